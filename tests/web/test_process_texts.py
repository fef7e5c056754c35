"""A French reader sees no English word of the shipped processes; the catalogues are complete."""

import html
import json
import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from engine import clock, worklist
from engine.store import begin
from engine.store.tasks import TaskFilter
from recruitment import intake
from recruitment.correspondence import pdf
from web.extraction import shipped, texts
from web.extraction_names import articles
from web.language import CATALOGUES, PROCESSES

CALL = {
    "id": "c1", "reference": "EC/2026/DIGIT/000001", "title": "Juriste",
    "deadline": "2026-03-02T12:00:00+01:00", "site": "LUX", "function_group": "IV",
    "contract_type": "3b",
}  # fmt: skip
#: Of so many words a text is looked for inside of others, too: it cannot be there by chance.
LONG = 4
TABS = ("overview", "diagram", "timeline", "papers", "comments", "data", "as-of")


def _catalogue(code):
    written = (CATALOGUES / code / "LC_MESSAGES" / f"{PROCESSES}.po").read_bytes()
    return {one.id: one.string for one in read_po(BytesIO(written), locale=code) if one.id}


@pytest.fixture(scope="module")
def english():
    """The texts that read otherwise in French."""
    return {text for text, told in _catalogue("fr").items() if told != text}


@pytest.fixture
def reader(site, selection):
    """Give a browser that asks for French, on a site with the shipped processes."""
    site.office.do("hanna", intake.open_call, CALL)

    def french(name):
        browser = site.as_(name)
        return lambda address: browser.get(address, headers={"Accept-Language": "fr"}).text

    return french


@pytest.fixture
def application(site, reader):
    """An application with defects of form: somebody has to look at them."""
    mail = {
        "received_at": clock.now().isoformat(), "message_id": "<1@mail",
        "subject": CALL["reference"], "in_order": False, "one_pdf": True,
    }  # fmt: skip
    person = {"name": "Zoé Čapek", "email": "zoe@example.org"}
    paper = pdf("CV", "Zoé", {}, date="2026-01-05")
    site.office.do("hanna", intake.register_application, "c1", person, mail, attachment=paper)
    site.office.work()
    return reader


def _tasks(site, process):
    with begin(site.office.database, now=clock.now()) as uow:
        return list(worklist.everywhere(uow, TaskFilter(process=process), limit=100))


def _shown(page):
    """Return every text that a page shows or says, and those that its scripts show."""
    for island in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S):
        yield from _strings(json.loads(island))
    # a value of the case stays as somebody wrote it
    plain = re.sub(r'<script.*?</script>|<span class="case-text">.*?</span>', " ", page, flags=re.S)
    for attribute in re.findall(r'(?:aria-label|title|placeholder)="([^"]*)"', plain):
        yield html.unescape(attribute).strip()
    for part in re.split(r"<[^>]*>", plain):
        yield " ".join(html.unescape(part).split())


def _strings(value, name=""):
    if isinstance(value, str):
        # what the case knows and the addresses of its parts are no texts
        if name not in ("key", "value", "id", "type"):
            yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            # the words of the drawing stand beside what they replace
            if key not in ("variables", "words", "keys"):
                yield from _strings(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, name)


def _left_in(page, english):
    shown = set(_shown(page))
    long = {text for text in english if len(text.split()) >= LONG}
    return {text for text in english if text in shown} | {
        text for text in long if any(text in one for one in shown)
    }


def test_what_the_shipped_files_say_is_in_both_catalogues():
    for code in ("fr", "de"):
        assert set(_catalogue(code)) == set(texts()), f"{code}: run make messages"


def test_french_is_complete():
    assert [text for text, told in _catalogue("fr").items() if not told] == []


def test_where_german_is_not_written_yet_the_owner_is_read(site, reader):
    told = _catalogue("de")
    page = site.as_("hanna").get("/cases", headers={"Accept-Language": "de"}).text
    name = "Call for expression of interest"
    assert (told[name] or name) in page


def test_an_english_reader_sees_what_the_owner_wrote(site, application, english):
    task = _tasks(site, "expression_of_interest")[0]
    page = site.as_("hanna").get(f"/tasks/{task.id}").text
    assert "Check the format defects" in page
    assert _left_in(page, english)


def test_a_task_is_shown_in_french(site, application, english):
    page = application("hanna")
    for task in (*_tasks(site, "expression_of_interest"), *_tasks(site, "call_for_interest")):
        shown = page(f"/tasks/{task.id}")
        assert _left_in(shown, english) == set(), task.element
    assert _left_in(page("/work"), english) == set()


def test_the_form_keeps_its_keys_and_values(site, application):
    (task,) = _tasks(site, "expression_of_interest")
    data = json.loads(
        re.search(r'id="task-data">(.*?)</script>', application("hanna")(f"/tasks/{task.id}"))[1]
    )
    (choice,) = (one for one in data["schema"]["components"] if one.get("key") == "decision")
    assert [one["value"] for one in choice["values"]] == ["accept", "ask", "refuse"]
    assert "Accepter en l\u2019état" in [one["label"] for one in choice["values"]]


@pytest.mark.parametrize("tab", TABS)
def test_a_case_is_shown_in_french(site, application, english, tab):
    for process in ("expression_of_interest", "call_for_interest"):
        case = _tasks(site, process)[0].case_id
        assert _left_in(application("hanna")(f"/cases/{case}?tab={tab}"), english) == set()


def test_the_diagram_is_drawn_in_french(site, application):
    (task,) = _tasks(site, "expression_of_interest")
    page = application("hanna")(f"/cases/{task.case_id}?tab=diagram")
    words = json.loads(re.search(r'id="case-marks">(.*?)</script>', page)[1])["words"]
    assert words["Check the format defects"] == "Vérifier les défauts de forme"
    assert words["HR officer"] == "Gestionnaire RH"
    english = site.as_("hanna").get(f"/cases/{task.case_id}?tab=diagram").text
    assert '"words": {}' in english


@pytest.mark.parametrize(
    "address",
    [
        "/calls/c1",
        "/calls/c1/table",
        "/calls/c1/figures",
        "/calls/c1/about",
        "/cases",
        "/find?q=zo",
    ],
)
def test_lists_and_boards_are_shown_in_french(application, english, address):
    assert _left_in(application("hanna")(address), english) == set()


def test_the_list_of_the_studio_is_shown_in_french(application, english):
    page = application("olga")("/studio")
    # the review of the small office is no shipped process
    assert _left_in(page.replace("Probation review", ""), english) == set()


def test_the_history_is_shown_in_french_and_its_file_as_it_was(site, application, english):
    case = _tasks(site, "expression_of_interest")[0].case_id
    # the auditor searches for articles as they are sealed
    law = {text for one in shipped() if one.suffix == ".bpmn" for text, _kind in articles(one)}
    but_law = english - law
    for address in (f"/history/cases/{case}", "/history"):
        assert _left_in(application("aldo")(address), but_law) == set()
    told = site.as_("hanna").get(f"/api/v1/cases/{case}", headers={"Accept-Language": "fr"}).json
    assert "Vérifier" not in json.dumps(told, ensure_ascii=False)


def test_a_text_that_its_owner_changed_stays_as_he_wrote_it(site, reader):
    site.office.open()
    page = reader("hanna")("/cases")
    assert "Write the report" in page
