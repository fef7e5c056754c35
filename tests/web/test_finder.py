"""Find anything: what is found, by which words, and by whom."""

import re

import pytest

from engine import finding
from engine.finding import fold, matches, pattern, words
from recruitment.store import records
from tests.conftest import START
from tests.support import REPORT, REVIEW, watched

CALL = {
    "id": "call-1",
    "reference": "COMM/LUX/2026/CA/7",
    "title": "Policy officer in rail safety",
    "deadline": "2026-03-02T12:00:00+01:00",
    "site": "LUX",
    "function_group": "IV",
}


@pytest.mark.parametrize(
    ("searched", "title"),
    [
        ("muller", "Zoé Müller / COMM/LUX"),
        ("MÜLLER", "Zoe Muller / COMM/LUX"),
        ("mueller", "Zoé Müller"),
        ("zoe mul", "Zoé Müller"),
        ("lukasz", "Łukasz Nowak"),
        ("strasse", "Straße 5"),
        ("soren", "Søren Ærø"),
        ("aero", "Søren Ærø"),
        ("lux 2026", "Policy officer COMM/LUX/2026/CA/7"),
        ("иван", "Иван Петров"),
        ("zoe", "Zoe\u0301 Dupont"),
    ],
)
def test_accents_capitals_and_punctuation_do_not_matter(office, searched, title):
    case = office.open(title=title)
    with office.act("hanna") as act:
        found = finding.find(act, words(searched))
    assert [one.id for one in found.cases] == [case]


@pytest.mark.parametrize("searched", ["uller", "nobody", "zoe dupont", ".*", "%"])
def test_a_word_is_found_by_its_beginning_only(office, searched):
    office.open(title="Zoé Müller / COMM/LUX")
    with office.act("hanna") as act:
        assert finding.find(act, words(searched)).cases == []


def test_what_folds_alike_matches_alike():
    assert fold("Łukasz MÜLLER, Straße") == "lukasz muller, strasse"
    assert matches("Contracting authority", words("auth contr"))
    assert not matches("Contracting authority", words("tracting"))
    assert re.compile(pattern("zoe").removeprefix(r"\m")).match("ZOÉ")


def test_a_task_is_found_by_its_name_and_its_case_together(office):
    case = office.open(title="Zoé Müller")
    office.open(title="Somebody Else")
    task = office.task(case)
    with office.act("hanna") as act:
        found = finding.find(act, words(f"{task.name} muller"))
    assert [one.id for one in found.tasks] == [task.id]


def test_a_task_is_found_by_its_name_alone_in_any_case(office):
    tasks = {office.task(office.open(title=f"Case {number}")).id for number in range(3)}
    with office.act("lara") as act:
        found = finding.find(act, words("write"))
    assert {one.id for one in found.tasks} == tasks
    with office.act("petra") as act:
        assert finding.find(act, words("write")).tasks == []


def test_who_may_not_read_all_cases_finds_those_with_a_task_of_theirs(office):
    theirs = office.open(title="Dupont one")
    office.complete("lara", office.open(title="Dupont two"), REPORT)
    with office.act("petra") as act:
        nothing = finding.find(act, words("dupont"))
    assert (nothing.cases, nothing.tasks) == ([], [])
    with office.act("lara") as act:
        found = finding.find(act, words("dupont one"))
    assert [one.id for one in found.cases] == [theirs]
    assert [one.case_id for one in found.tasks] == [theirs]


def test_the_box_offers_options_and_the_page_links(site, office):
    office.open(title="Zoé Müller <script>")
    options = site.as_("hanna").get("/find?q=muller&part=results").text
    assert 'role="option"' in options
    assert "Zoé Müller &lt;script&gt;" in options
    page = site.as_("hanna").get("/find?q=muller").text
    assert "<h1>Find</h1>" in page
    assert 'role="option"' not in page
    assert "Zoé Müller &lt;script&gt;</a>" in page


def test_nothing_found_says_so(site):
    assert "Nothing matches" in site.as_("hanna").get("/find?q=zzzz&part=results").text


def test_without_words_the_pages_of_the_menu_are_offered(site):
    page = site.as_("hanna").get("/find?part=results").text
    assert 'href="/work"' in page


def test_candidates_and_calls_stand_apart_from_other_cases(site, office):
    with office.begin() as uow:
        call = {key: CALL[key] for key in ("id", "reference", "title")}
        records.add_call(uow, {**call, "deadline": START, "content": {}, "created_at": uow.now})
        person = {"id": "c1", "name": "Zoé Müller", "email": "z@example.org", "content": {}}
        records.add_candidate(uow, {**person, "created_at": uow.now})
        application = {"id": "a1", "call": "call-1", "candidate": "c1", "content": {}}
        records.add_application(uow, {**application, "received_at": uow.now})
        uow.changed.clear()
    case = office.open(title="Zoé Müller / COMM/LUX/2026/CA/7", key="a1")
    page = site.as_("hanna").get("/find?q=muller").text
    assert '<h2 id="found-candidates">Candidates</h2>' in page
    assert f'<a href="/cases/{case}">Zoé Müller</a>' in page
    assert "found-cases" not in page
    assert "found-calls" in site.as_("hanna").get("/find?q=rail").text
    # who may not read calls is not told of them
    assert "found-calls" not in site.as_("petra").get("/find?q=rail").text


def test_whoever_has_not_signed_in_is_led_to_the_door(site):
    answer = site.anonymous().get("/find?q=x")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_one_letter_finds_pages_only(site, office):
    office.open(title="Zoé Müller")
    page = site.as_("hanna").get("/find?q=m").text
    assert "found-cases" not in page
    assert "found-pages" in page


def test_a_search_asks_few_questions_of_the_database(office):
    office.open(title="Zoé Müller")
    asked = []
    with office.act("hanna") as act, watched(asked.append):
        finding.find(act, words("zoe muller write report"))
    assert len(asked) <= 6


def test_a_confidential_task_is_found_only_by_those_it_is_offered_to(office):
    open_, secret = (
        b'name="differsFrom" value="write_report" />',
        b'name="confidential" value="true" />',
    )
    diagram = REVIEW["review.bpmn"].replace(open_, secret)
    office.publish(files={**REVIEW, "review.bpmn": diagram})
    case = office.open(title="Dupont")
    office.complete("lara", case, REPORT)
    with office.act("hanna") as act:
        found = finding.find(act, words("dupont"))
    assert ([one.id for one in found.cases], found.tasks) == ([case], [])
    with office.act("carla") as act:
        assert [one.case_id for one in finding.find(act, words("sign dupont")).tasks] == [case]
