"""The auditor's pages: search, one case's seal, readings, samples, verification, export."""

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from sqlalchemy import text

from engine import archive, history
from engine.history import EventKind
from engine.store import events
from tests.support import KEY, REPORT
from web import history_words

PAGES = ("/history", "/history/reads", "/history/sample", "/history/verify")


@pytest.fixture
def case(office):
    """A finished review with five events."""
    return office.sent_back_to_the_end(office.open(title="Review of <b>Zoë</b>", key="R-1"))


def page(site, address, name="aldo"):
    answer = site.as_(name).get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def rows(text_):
    return re.findall(r"<tr>\s*<td.*?</tr>", text_, re.DOTALL)


def tamper(office, statement, **values):
    with office.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(text(statement), values).rowcount == 1


# --- search ----------------------------------------------------------------------------------


def test_the_search_says_in_words_who_did_what_and_leads_to_the_event(site, case):
    found = page(site, "/history?case=R-1")
    assert "Lara completed “Write the report”" in found
    assert f'href="/history/cases/{case}#event-2"' in found
    assert "Review of &lt;b&gt;Zoë&lt;/b&gt;" in found
    assert "<b>Zoë" not in found


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("who=lara", 1),
        ("who=Lara", 1),
        ("who=engine", 2),
        ("kind=task:completed", 2),
        ("element=write_report", 1),
        ("element=Write+the", 1),
        ("case=zo%C3%AB", 5),
        ("case=R-1&kind=case:ended", 1),
        ("case=R-1&since=2026-01-05&until=2026-01-05", 5),
        ("case=R-1&until=2026-01-04", 0),
        ("case=R-1&since=2026-01-06", 0),
        ("case=%25", 0),
        ("who=nobody", 0),
        ("kind=no:such", 0),
        ("article=CEOS+84", 1),
        ("article=CEOS+8", 0),
    ],
)
def test_the_search_is_narrowed_by_each_filter(site, case, query, count):
    assert len(rows(page(site, f"/history?{query}"))) == count


def test_an_article_is_searched_in_the_version_that_the_case_ran_on(site, office, case):
    files = _review()
    files["review.bpmn"] = files["review.bpmn"].replace(b"CEOS Art. 84(3)", b"CEOS 88(b); SR 25")
    office.publish(files=files)
    other = office.open(title="Under the other article")
    office.complete("lara", other, REPORT)
    (new,) = rows(page(site, "/history?article=sr+25"))
    assert f"/history/cases/{other}#event-2" in new
    assert "CEOS 88(b); SR 25" in new
    (old,) = rows(page(site, "/history?article=CEOS+84"))
    assert f"/history/cases/{case}#event-2" in old


def _review():
    from tests.support import REVIEW  # noqa: PLC0415  # its bytes only here

    return dict(REVIEW)


def test_the_search_finds_what_was_done_on_behalf_of_somebody(site, office, case):
    with office.begin() as uow:
        from engine.access import Actor  # noqa: PLC0415  # an actor made by hand

        who = Actor(name="luc", on_behalf_of="petra")
        events.append(uow, "administration", kind=EventKind.USER_CHANGED, actor=who, payload={})
    (row,) = rows(page(site, "/history?who=petra"))
    assert "Luc on behalf of Petra" in row


def test_pages_of_the_search_follow_one_another_without_gap_or_repetition(site, office):
    with office.begin() as uow:
        for number in range(120):
            actor, facts = office.actor("otto"), {"name": f"u{number:03}"}
            events.append(
                uow, "administration", kind=EventKind.USER_CHANGED, actor=actor, payload=facts
            )
    seen, address = [], "/history?who=otto&kind=user:changed"
    while address:
        found = page(site, address)
        seen += re.findall(r"changed the person (u\d{3})</a>", found)
        following = re.search(r'rel="next" href="([^"]+)"', found) or re.search(
            r'href="([^"]+)" rel="next"', found
        )
        address = following and unquote(following[1].replace("&amp;", "&"))
    assert seen == [f"u{number:03}" for number in reversed(range(120))]
    turned = page(site, "/history?who=otto&kind=user:changed&sort=at")
    assert re.findall(r"changed the person (u\d{3})</a>", turned)[:2] == ["u000", "u001"]


def test_an_empty_search_says_what_to_do(site, case):
    found = page(site, "/history?kind=case:migrated")
    assert "No event matches." in found
    assert "Take one of the filters away" in found


def test_a_wrong_day_and_an_unclear_name_are_said_in_words(site, case):
    answer = site.as_("aldo").get("/history?since=yesterday")
    assert answer.status_code == 400
    assert "“yesterday” is no day" in answer.text
    answer = site.as_("aldo").get("/history?who=l")
    assert "More than one person is meant" in answer.text


def test_a_cursor_of_another_list_is_refused(site, case):
    assert site.as_("aldo").get("/history?after=x").status_code == 400


def test_every_kind_of_event_has_a_name_and_a_sentence(site):
    with site.app.test_request_context():
        assert set(history_words.kinds()) == {str(one) for one in EventKind}
        for kind in EventKind:
            assert history_words.sentence(str(kind), "Ana", "Step", {})


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("name", ["hanna", "lara", "maria", "carla"])
def test_only_the_auditor_searches(site, case, address, name):
    assert site.as_(name).get(address).status_code == 403


@pytest.mark.parametrize("address", PAGES)
def test_whoever_is_not_signed_in_is_led_to_the_door(site, address):
    answer = site.anonymous().get(address)
    assert (answer.status_code, answer.location) == (
        303, f"/sign-in?next=%2F{address[1:].replace('/', '%2F')}",
    )  # fmt: skip


# --- one case --------------------------------------------------------------------------------


def test_the_history_of_a_case_is_verified_when_it_is_shown(site, office, case):
    found = page(site, f"/history/cases/{case}")
    assert "The seal holds." in found
    assert "All 5 events are in order" in found
    assert [int(one) for one in re.findall(r'id="event-(\d+)"', found)] == [1, 2, 3, 4, 5]
    assert "Good work." in found
    assert office.history(case)[2].hash.hex() in found


def test_the_reading_of_a_history_is_recorded_for_the_auditor_too(site, office, case):
    page(site, f"/history/cases/{case}")
    (read,) = rows(page(site, "/history/reads"))
    assert "Aldo" in read
    assert "history" in read
    assert f"/history/cases/{case}" in read


@pytest.mark.tampers
def test_a_tampered_event_is_named_in_a_red_banner_and_nothing_is_hidden(site, office, case):
    tamper(
        office,
        "UPDATE event SET actor = 'luc' WHERE stream = :s AND seq = 2",
        s=f"case:{case}",
    )
    found = page(site, f"/history/cases/{case}")
    assert "The seal is broken" in found
    assert "Event 2 is the first that does not hold." in found
    assert "its fields do not give its hash" in found
    assert f'href="/history/cases/{case}#event-2"' in found
    assert 'role="alert"' in found
    assert len(re.findall(r'id="event-\d+"', found)) == 5
    assert "The seal holds" not in found


@pytest.mark.tampers
@pytest.mark.parametrize(
    "damage",
    [
        ("UPDATE event_payload SET payload = '\\xff'::bytea WHERE stream = :s AND seq = 3", 3, 3),
        ("UPDATE event SET definition = 'ff' WHERE stream = :s AND seq = 1", 1, 1),
        ("UPDATE event SET kind = 'no:such' WHERE stream = :s AND seq = 4", 4, 4),
        ("DELETE FROM event WHERE stream = :s AND seq = 5", 5, 4),
        ("UPDATE \"case\" SET state = 'x' WHERE id = CAST(substr(:s, 6) AS uuid)", 5, 5),
    ],
)
def test_every_damage_leaves_the_page_readable(site, office, case, damage):
    statement, number, shown = damage
    tamper(office, statement, s=f"case:{case}")
    found = page(site, f"/history/cases/{case}")
    assert f"Event {number} is the first that does not hold." in found
    assert f'href="/history/cases/{case}#event-{shown}"' in found


def test_verifying_again_comes_back_to_the_case(site, case):
    answer = site.as_("aldo").post(f"/history/cases/{case}/verify")
    assert (answer.status_code, answer.location) == (
        303, f"/history/cases/{case}?said=history-verified",
    )  # fmt: skip
    assert "Verified again just now." in page(site, answer.location)


def test_erased_contents_are_said_to_be_erased_and_the_seal_holds(site, office, case):
    with office.begin() as uow:
        under = "retention rule 3"
        events.erase(uow, f"case:{case}", [2], under=under, actor=office.actor("otto"))
    found = page(site, f"/history/cases/{case}")
    assert "The content was erased under the rule: retention rule 3" in found
    assert "only the chain could be checked" in found
    assert "Good work." not in found


def test_confidential_contents_stay_hidden_and_sealed(site, office):
    secret = _review()
    secret["review.bpmn"] = secret["review.bpmn"].replace(
        b'<zeebe:formDefinition formId="write_report"',
        b'<zeebe:properties><zeebe:property name="confidential" value="true"/>'
        b'</zeebe:properties><zeebe:formDefinition formId="write_report"',
    )
    office.publish(files=secret)
    case = office.open()
    office.complete("lara", case, REPORT)
    found = page(site, f"/history/cases/{case}")
    assert "The content is confidential" in found
    assert "Good work." not in found
    assert "The seal holds." in found
    content = site.as_("aldo").get(f"/history/cases/{case}/export").data
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert b"Good work." not in packed.read("events.jsonl")


def test_whoever_has_no_part_in_a_case_does_not_see_that_it_exists(site, case):
    for address in (f"/history/cases/{case}", "/history/cases/" + "0" * 8 + str(case)[8:]):
        assert site.as_("petra").get(address).status_code == 404


def test_a_long_history_is_shown_in_pages(site, office):
    case = office.open()
    with office.begin() as uow:
        for _ in range(101):
            events.append(
                uow,
                f"case:{case}",
                kind=EventKind.COMMENT_WRITTEN,
                actor=office.actor("hanna"),
                payload={},
            )
    first = page(site, f"/history/cases/{case}")
    assert 'id="event-100"' in first
    assert 'id="event-101"' not in first
    assert 'id="event-102"' in page(site, f"/history/cases/{case}?after=100")
    assert f"/history/cases/{case}?after=100#event-102" in page(
        site, "/history?kind=comment:written"
    )


# --- export ----------------------------------------------------------------------------------


def test_the_export_is_one_signed_archive_and_its_reading_is_recorded(site, office, case):
    answer = site.as_("aldo").get(f"/history/cases/{case}/export")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        names = set(packed.namelist())
    assert {
        "README.txt", "manifest.json", "manifest.sig.json", "case-book.pdf", "events.csv",
        "events.xes", "events.jsonl", "verifier.py",
    } <= names  # fmt: skip
    assert "export" in page(site, "/history/reads")


@pytest.mark.parametrize("name", ["hanna", "carla", "otto", "petra"])
def test_only_the_auditor_exports(site, case, name):
    assert site.as_(name).get(f"/history/cases/{case}/export").status_code == 403


# --- single events ---------------------------------------------------------------------------


def test_an_event_beside_the_cases_is_shown_alone(site, office, case):
    found = page(site, "/history/event?stream=administration&seq=1")
    assert "added the person" in found


def test_an_event_about_a_person_is_a_reading(site, office, case):
    with office.begin() as uow:
        who = office.actor("hanna")
        events.append(
            uow, "application:R-1", kind=EventKind.DOCUMENT_STORED, actor=who, payload={"name": "x"}
        )
    page(site, "/history/event?stream=application:R-1&seq=1")
    assert "event of the history" in page(site, "/history/reads?case=R-1")


@pytest.mark.parametrize("query", ["", "stream=x&seq=1", "stream=administration&seq=999"])
def test_an_event_that_is_not_there_is_not_found(site, query):
    assert site.as_("aldo").get(f"/history/event?{query}").status_code == 404


# --- readings and samples --------------------------------------------------------------------


def test_readings_are_searched_by_person_and_by_file(site, office, case):
    other = office.open(title="Other")
    page(site, f"/history/cases/{case}")
    page(site, f"/history/cases/{other}", name="hanna")
    assert len(rows(page(site, "/history/reads"))) == 2
    assert len(rows(page(site, "/history/reads?who=hanna"))) == 1
    assert len(rows(page(site, "/history/reads?case=Other"))) == 1
    assert "No reading matches." in page(site, "/history/reads?who=petra")


def test_no_reading_yet_is_said(site):
    assert "Nobody has read a personal file yet." in page(site, "/history/reads")


def test_a_sample_names_the_instant_so_that_it_can_be_drawn_again(site, case, clock):
    clock.move_to("2026-01-06T09:00:00Z")
    answer = site.as_("aldo").get("/history/sample?seed=7&size=25")
    assert answer.status_code == 303
    assert "before=2026-01-06T09" in answer.location
    found = page(site, answer.location)
    assert "1 of 1 cases closed before" in found
    assert f'href="/history/cases/{case}"' in found
    clock.move_to("2026-02-06T09:00:00Z")
    assert rows(page(site, answer.location)) == rows(found)


@pytest.mark.parametrize("query", ["seed=7&size=0", "seed=7&size=x", "seed=7&before=never"])
def test_a_sample_that_cannot_be_drawn_is_refused_in_words(site, query):
    query = query if "before" in query else f"{query}&before=2026-01-05"
    assert site.as_("aldo").get(f"/history/sample?{query}").status_code == 422


def test_a_sample_without_closed_cases_says_so(site):
    found = page(site, "/history/sample?seed=7&before=2020-01-01")
    assert "No case was closed by then." in found


# --- verify and sign -------------------------------------------------------------------------


def test_everything_is_verified_and_the_progress_told(site, office, case):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
    answer = site.as_("aldo").post("/history/verify")
    assert answer.status_code == 200
    assert "Everything holds" in answer.text
    assert "genuine" in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.tampers
def test_a_verification_names_every_changed_history(site, office, case):
    tamper(
        office,
        "UPDATE event SET actor = 'luc' WHERE stream = :s AND seq = 2",
        s=f"case:{case}",
    )
    found = site.as_("otto").post("/history/verify").text
    assert "The history was changed" in found
    assert f"/history/cases/{case}" in found
    assert "event 2, its fields do not give its hash" in found


@pytest.mark.tampers
def test_a_checkpoint_of_another_key_is_called_forged(site, office, case):
    with office.begin() as uow:
        archive.checkpoint(uow, bytes(32))
    assert "forged" in site.as_("aldo").post("/history/verify").text
    assert "another key" in page(site, "/history/verify")


def test_a_checkpoint_is_signed_from_the_page_and_listed(site, case):
    assert "No checkpoint was signed yet." in page(site, "/history/verify")
    answer = site.as_("aldo").post("/history/checkpoints")
    assert (answer.status_code, answer.location) == (303, "/history/verify?said=history-signed")
    found = page(site, "/history/verify")
    assert len(rows(found)) == 1
    assert "ours" in found


def test_the_public_key_is_downloaded(site):
    answer = site.as_("otto").get("/history/public-key")
    assert answer.text.strip() == history.public_key_of(KEY).hex()


@pytest.mark.parametrize("address", ["/history/verify", "/history/checkpoints"])
def test_neither_verification_nor_signing_is_for_everybody(site, address):
    assert site.as_("hanna").post(address).status_code == 403
