"""A rehearsal on its page: begun, walked, undone, saved; nothing real comes of it."""

import html
import json
import re

import pytest
from sqlalchemy import func, select

from engine import definitions, drafts, scenarios
from engine.kernel import Token, View
from engine.store import tables
from tests.engine.drafts.test_drafts_scenarios import NAME, SIGNED, WHOLE, keep
from tests.support import DUE, REVIEW
from web.cases_diagram import marks


@pytest.fixture
def draft(office):
    keep(office, {NAME: WHOLE})
    return office.do("olga", drafts.begin, "review", "Rehearsed").id


@pytest.fixture
def olga(site):
    return site.as_("olga")


def begin(olga, draft, **more):
    data = {
        "draft": str(draft), "process": "review", "at": "2026-01-05T09:00",
        "variables": json.dumps({"due": DUE}), **more,
    }  # fmt: skip
    answer = olga.post("/studio/rehearsals", data=data)
    assert answer.status_code == 303, answer.text
    return answer.location.partition("?")[0]


def take(olga, address, kind, seen, **more):
    return olga.post(f"{address}/step", data={"kind": kind, "seen": str(seen), **more})


def write(olga, address, seen=0, grade=3):
    values = json.dumps({"grade": grade})
    return take(olga, address, "complete", seen, target="write_report", **{"with": values})


def sign(olga, address, seen=1):
    return take(olga, address, "complete", seen, target="sign_report", **{"with": "{}"})


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def rows(office):
    names = ("case", "task", "timer", "effect", "event", "outbox")
    counted = [select(func.count()).select_from(tables.metadata.tables[name]) for name in names]
    with office.begin() as uow:
        return [uow.scalar(one) for one in counted]


def test_what_it_begins_with_is_filled_in_from_a_scenario(olga, draft):
    page = olga.get(f"/studio/rehearsals/new?draft={draft}&scenario=Nobody+wrote+it").text
    assert 'value="2026-01-05T09:00"' in page
    assert "2026-02-01T00:00:00+01:00" in html.unescape(page)
    assert "Play all steps of “Nobody wrote it”" in page


def test_a_case_is_walked_to_its_end_and_nothing_real_comes_of_it(olga, office, draft):
    address = begin(olga, draft)
    before = rows(office)
    page = olga.get(address).text
    assert "Write the report" in page
    assert '"id": "write_report"' in page
    assert "5 Jan 2026, 09:00" in page
    assert write(olga, address).status_code == 303
    assert sign(olga, address).status_code == 303
    page = words(olga.get(address).text)
    assert "The case has ended: Report sent" in page
    assert "Task “Sign the report” completed" in page
    assert rows(office) == before
    assert office.mailbox.sent == []


def test_the_story_names_roles_and_days_as_people_do(olga, draft):
    address = begin(olga, draft)
    write(olga, address)
    page = words(olga.get(address).text)
    story = page.partition("What happened")[2].partition("Clock")[0]
    assert "Task “Write the report” opened for Line manager" in story
    assert "2026-0" not in story


def test_one_s_own_rehearsals_are_listed_and_put_away(site, olga, draft, clock):
    first, second = begin(olga, draft), begin(olga, draft)
    clock.tick(3600)
    write(olga, second)
    page = olga.get("/studio").text
    assert page.index(second) < page.index(first)
    assert "Your rehearsals" in page
    assert first not in site.as_("otto").get("/studio").text
    answer = olga.post(f"{first}/end", data={"from": "list"})
    assert answer.location.startswith("/studio?")
    page = olga.get("/studio").text
    assert first not in page
    assert second in page


def test_the_tasks_of_a_list_are_counted_without_what_holds_them():
    task = {"element": "declare", "kind": "userTask"}
    tokens = (
        Token(id="0", **task),
        *(Token(id=str(number), instance=number, **task) for number in (1, 2, 3)),
        Token(id="4", element="decide", kind="userTask"),
    )
    view = View(case_id="1", tokens=tokens, completed={}, flows={}, scopes=())
    assert marks(view)["tokens"] == {"declare": 3, "decide": 1}


def test_the_clock_jumps_to_the_next_deadline_and_back_by_undoing(olga, draft):
    address = begin(olga, draft)
    assert "To the next deadline" in olga.get(address).text
    take(olga, address, "jump", 0)
    page = words(olga.get(address).text)
    assert "The case has ended: No report in time" in page
    assert "Undo: clock to 1 Feb 2026, 00:00" in page
    take(olga, address, "undo", 1)
    assert "Write the report" in words(olga.get(address).text)


def test_the_clock_moves_to_an_instant_and_not_back(olga, draft):
    address = begin(olga, draft)
    assert take(olga, address, "at", 0, at="2026-01-20T12:00").status_code == 303
    assert "20 Jan 2026, 12:00" in olga.get(address).text
    refused = take(olga, address, "at", 1, at="2026-01-06T12:00")
    assert refused.status_code == 422
    assert "the clock cannot go back from 20 Jan 2026, 12:00 to 6 Jan 2026, 12:00" in refused.text
    assert 'value="2026-01-06T12:00"' in refused.text
    assert take(olga, address, "at", 1, at="tomorrow").status_code == 422


def test_a_form_with_errors_is_shown_again_with_what_was_typed(olga, draft):
    address = begin(olga, draft)
    refused = write(olga, address, grade=9)
    assert refused.status_code == 422
    island = re.search(r'id="rehearsal-data">(.*?)</script>', refused.text, re.DOTALL)
    data = json.loads(island.group(1))
    assert data["typed"] == {"grade": 9}
    assert "grade" in data["errors"]
    no_json = take(olga, address, "complete", 0, target="write_report", **{"with": "{"})
    assert no_json.status_code == 422
    assert "The values are no JSON" in no_json.text


def test_an_operation_is_answered_or_fails(olga, draft):
    address = begin(olga, draft, waits="yes")
    write(olga, address, 1)
    sign(olga, address, 2)
    page = words(olga.get(address).text)
    assert "Waits for an answer: Send the report" in page
    answer = take(
        olga, address, "answer", 3, target="send_report", **{"with": '{"message_id": "m"}'}
    )
    assert answer.status_code == 303
    take(olga, address, "undo", 4)
    failed = take(olga, address, "fail", 3, target="send_report", code="FULL")
    # nothing in the diagram catches it: a case would have an incident
    assert failed.status_code == 409
    assert 'value="FULL"' in failed.text
    assert take(olga, address, "wait", 3, waits="no").status_code == 303
    assert "The case has ended" in olga.get(address).text


def test_a_letter_is_shown_and_not_sent(olga, office, draft):
    diagram = REVIEW["review.bpmn"].replace(
        b'<zeebe:input source="=grade" target="grade" />',
        b'<zeebe:input source="ada@example.org" target="to" />'
        b'<zeebe:input source="offer" target="template" />'
        b'<zeebe:input source="=grade" target="grade" />',
    )
    office.do("olga", drafts.save_file, draft, "review.bpmn", diagram)
    address = begin(olga, draft)
    write(olga, address)
    sign(olga, address)
    page = words(olga.get(address).text)
    assert "Letters: shown, not sent" in page
    assert "ada@example.org" in page
    assert office.mailbox.sent == []


def test_a_rehearsal_is_saved_as_a_scenario_of_the_draft(olga, office, draft):
    address = begin(olga, draft)
    write(olga, address)
    sign(olga, address)
    saved = olga.post(f"{address}/save", data={"draft": str(draft), "title": "Walked"})
    assert saved.location.startswith(f"/studio/drafts/{draft}/scenarios")
    told = scenarios.parse(office.do("olga", drafts.file, draft, NAME), name=NAME)
    assert [one.name for one in told] == ["Signed in time", "Nobody wrote it", "Walked"]
    twice = olga.post(f"{address}/save", data={"draft": str(draft), "title": "Walked"})
    assert twice.status_code == 422
    assert "two scenarios are called" in html.unescape(twice.text)
    assert 'value="Walked"' in twice.text
    nowhere = olga.post(f"{address}/save", data={"title": "Walked"})
    assert nowhere.status_code == 422


def test_a_rehearsal_of_a_version_is_saved_into_a_draft_that_is_chosen(olga, office, draft):
    with office.begin() as uow:
        digest = definitions.latest(uow, "review")["digest"]
    data = {"version": digest, "file": NAME, "scenario": "Signed in time"}
    address = olga.post("/studio/rehearsals", data=data).location.partition("?")[0]
    assert f'<option value="{draft}">' in olga.get(address).text
    saved = olga.post(f"{address}/save", data={"draft": str(draft), "title": "Again"})
    assert saved.status_code == 303


def test_faults_of_what_it_begins_with_stand_beside_their_fields(olga, draft):
    data = {
        "draft": str(draft),
        "process": "review",
        "at": "",
        "variables": "{not",
        "operations": "",
    }
    refused = olga.post("/studio/rehearsals", data=data)
    assert refused.status_code == 422
    assert 'id="variables-fault"' in refused.text
    assert ">{not</textarea>" in refused.text
    assert 'href="#at"' in refused.text
    other = {**data, "at": "2026-01-05T09:00", "variables": "[]"}
    assert olga.post("/studio/rehearsals", data=other).status_code == 422


def test_another_window_is_told(olga, draft):
    address = begin(olga, draft)
    write(olga, address)
    refused = write(olga, address)
    assert refused.status_code == 409
    assert "another window" in refused.text


def test_a_changed_draft_shows_where_the_story_goes_otherwise(olga, office, draft):
    address = begin(olga, draft)
    write(olga, address)
    sign(olga, address)
    renamed = REVIEW["review.bpmn"].replace(b"sign_report", b"countersign")
    office.do("olga", drafts.save_file, draft, "review.bpmn", renamed)
    page = words(olga.get(address).text)
    assert "From here on the story goes otherwise" in page
    assert "1 of 2 steps were taken." in page


def test_a_rehearsal_is_ended_and_gone(olga, draft):
    address = begin(olga, draft)
    ended = olga.post(f"{address}/end")
    assert ended.location.startswith(f"/studio/drafts/{draft}")
    assert olga.get(address).status_code == 404


def test_it_is_nobody_elses(site, olga, draft):
    address = begin(olga, draft)
    assert site.as_("aldo").get(address).status_code == 404
    assert site.as_("hanna").get(address).status_code == 403
    assert site.as_("hanna").get(f"/studio/rehearsals/new?draft={draft}").status_code == 403


def test_nothing_is_rehearsed_of_nothing(olga):
    assert olga.get("/studio/rehearsals/new").status_code == 404
    assert olga.get("/studio/rehearsals/new?draft=x").status_code == 404
    assert olga.get("/studio/rehearsals/new?version=x").status_code == 404


def test_an_auditor_rehearses_and_saves_nothing(site, office, draft):
    aldo = site.as_("aldo")
    address = begin(aldo, draft)
    assert "Save as a scenario" not in aldo.get(address).text
    refused = aldo.post(f"{address}/save", data={"draft": str(draft), "title": "x"})
    assert refused.status_code == 403
    assert SIGNED in office.do("olga", drafts.file, draft, NAME)
