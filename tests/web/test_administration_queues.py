"""Incidents, timers and operations as an operator mends them in a browser."""

import re
from datetime import timedelta

import pytest

from engine import cases
from engine.history import EventKind
from engine.operations import AnswerLater
from engine.store import queue
from tests.support import REPORT


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def _effect(office, case):
    with office.begin() as uow:
        (effect,) = queue.effects(uow, case_id=case)
    return effect


def _timer(office, case):
    with office.begin() as uow:
        (timer,) = queue.timers(uow, case_id=case)
    return timer


@pytest.fixture
def sending(office):
    """Bring a review to the point where its mail is to be sent."""

    def bring(title="Review of X"):
        case = office.open(title=title)
        office.complete("lara", case, REPORT)
        office.complete("luc", case)
        return case

    return bring


@pytest.fixture
def stopped(office, clock, sending):
    """Two cases whose mail has failed for the last time."""
    office.mailbox.fails_with = OSError("mailbox <b>full</b>")
    found = [sending("Review of X"), sending("Review of Y")]
    for _ in range(6):
        office.work()
        clock.tick(timedelta(hours=2))
    office.mailbox.fails_with = None
    return found


def _incidents(office, **more):
    with office.begin() as uow:
        return queue.incidents(uow, **more)


def test_an_incident_says_case_step_cause_and_attempts_as_text(site, stopped):
    answer = site.as_("otto").get("/administration/incidents")
    page = _text(answer)
    assert "Review of X" in page
    assert "mailbox &lt;b&gt;full&lt;/b&gt;" in answer.get_data(as_text=True)
    assert "Retry the ticked ones" in page
    assert "Retry the ticked ones" not in _text(site.as_("aldo").get("/administration/incidents"))


def test_incidents_are_narrowed_and_an_empty_result_says_what_to_do(site, office, stopped):
    element = _incidents(office)[0]["element"]
    otto = site.as_("otto")
    for query, count in ((f"element={element}&process=review", 2), ("process=nothing", 0),
                         ("since=2026-01-05", 2), ("before=2026-01-04", 0)):  # fmt: skip
        page = _text(otto.get(f"/administration/incidents?{query}"))
        assert page.count("Review of") >= count
        assert ("No incident matches." in page) is (count == 0), query
    assert otto.get("/administration/incidents?since=soon").status_code == 422
    assert otto.get("/administration/incidents?since=0001-01-01").status_code == 422


def test_several_are_retried_and_each_tells_its_result(site, office, stopped):
    first, second = _incidents(office)
    office.do("otto", cases.retry_incident, second["id"], note="before")
    chosen = [str(first["id"]), str(second["id"]), "nonsense"]
    given = {"incident": chosen, "note": "emptied the mailbox"}
    assert site.as_("aldo").post("/administration/incidents/retry", data=given).status_code == 403
    assert _incidents(office)
    answer = site.as_("otto").post("/administration/incidents/retry", data=given)
    page = _text(answer)
    assert "1 of 3 are tried again" in page
    assert "It is tried again now." in page
    assert "otto resolved this incident already" in page
    assert "There is no such incident" in page
    assert _incidents(office) == []
    assert office.work().effects == 2
    assert "emptied the mailbox" in _text(
        site.as_("aldo").get("/administration/incidents?state=resolved")
    )


def test_a_retry_needs_a_note_and_a_choice(site, office, stopped):
    otto = site.as_("otto")
    chosen = {"incident": [str(_incidents(office)[0]["id"])], "note": " "}
    page = _text(otto.post("/administration/incidents/retry", data=chosen))
    assert "0 of 1 are tried again" in page
    assert otto.post("/administration/incidents/retry", data={"note": "x"}).status_code == 422


def test_a_note_is_written_on_an_incident(site, office, stopped):
    incident = _incidents(office)[0]
    address = f"/administration/incidents/{incident['id']}/note"
    assert site.as_("aldo").post(address, data={"note": "x"}).status_code == 403
    given = {"note": "calling the postmaster"}
    assert site.as_("otto").post(address, data=given).status_code == 303
    assert "calling the postmaster" in _text(site.as_("hanna").get("/administration/incidents"))
    assert office.kinds(incident["case_id"])[-1] == EventKind.INCIDENT_ANNOTATED


# --- operations ------------------------------------------------------------------------------


def test_a_failing_operation_is_run_at_once_with_a_note(site, office, sending):
    case, otto = sending(), site.as_("otto")
    assert "waits for its turn" in _text(otto.get("/administration/effects"))
    office.mailbox.fails_with = OSError("no route")
    office.work()
    office.mailbox.fails_with = None
    page = _text(otto.get("/administration/effects?state=failing"))
    assert "no route" in page
    assert "1 of 5" in page or "1 of 3" in page
    effect = _effect(office, case)
    address = f"/administration/effects/{effect['id']}/run"
    assert site.as_("hanna").post(address, data={"note": "x"}).status_code == 403
    assert otto.post(address, data={"note": ""}).status_code == 422
    assert office.work().effects == 0
    assert otto.post(address, data={"note": "route mended"}).status_code == 303
    assert office.kinds(case)[-1] == EventKind.EFFECT_HASTENED
    assert office.work().effects == 1
    assert otto.post(address, data={"note": "again"}).status_code == 404
    assert "No operation waits." in _text(otto.get("/administration/effects"))


def test_running_a_stopped_operation_resolves_its_incident(site, office, stopped):
    effect = _effect(office, stopped[0])
    page = _text(site.as_("otto").get("/administration/effects?state=stopped"))
    assert "stopped by an incident" in page
    answer = site.as_("otto").post(
        f"/administration/effects/{effect['id']}/run", data={"note": "emptied"}
    )
    assert answer.status_code == 303
    assert len(_incidents(office)) == 1
    assert office.work().effects == 1


def test_an_operation_that_answers_later_cannot_be_hurried(site, office, sending):
    office.mailbox.fails_with = AnswerLater()
    case = sending()
    office.work()
    assert "has begun" in _text(site.as_("otto").get("/administration/effects?state=begun"))
    effect = _effect(office, case)
    answer = site.as_("otto").post(
        f"/administration/effects/{effect['id']}/run", data={"note": "x"}
    )
    assert answer.status_code == 409


# --- timers ----------------------------------------------------------------------------------


def test_timers_are_listed_by_period_and_say_what_they_are(site, office, clock):
    case = office.open()
    otto = site.as_("otto")
    assert "Review of X" in _text(otto.get("/administration/timers?process=review"))
    assert "Nothing is due." in _text(otto.get("/administration/timers?span=due"))
    assert "No deadline is held back." in _text(otto.get("/administration/timers?span=held"))
    assert "No deadline matches." in _text(otto.get("/administration/timers?span=week"))
    clock.move_to(_timer(office, case)["due_at"] + timedelta(minutes=5))
    page = _text(otto.get("/administration/timers?span=due"))
    assert "due, not fired yet" in page
    assert "5 minutes ago" in page


def test_a_held_timer_says_so(site, office, clock):
    case = office.open()
    clock.move_to(_timer(office, case)["due_at"])
    with office.begin() as uow:
        queue.hold_timers(uow, case, uow.now)
        uow.changed.discard("timer")
    assert "held back" in _text(site.as_("otto").get("/administration/timers?span=held"))


def test_a_deadline_is_moved_with_a_reason_by_whoever_may(site, office):
    case = office.open()
    timer, revision = _timer(office, case), office.case(case).revision
    address = f"/administration/timers/{timer['id']}"
    given = {"due_at": "2026-03-01T12:00", "reason": "ill", "revision": revision}
    assert "A deadline is moved by: Contracting authority, HR officer." in _text(
        site.as_("otto").get(address)
    )
    assert site.as_("otto").post(f"{address}/move", data=given).status_code == 403
    hanna = site.as_("hanna")
    assert "Move this deadline" in _text(hanna.get(address))
    for bad in ({"due_at": "soon"}, {"reason": " "}, {"revision": ""}):
        assert hanna.post(f"{address}/move", data={**given, **bad}).status_code == 422, bad
    stale = hanna.post(f"{address}/move", data={**given, "revision": revision - 1})
    assert stale.status_code in (409, 412)
    assert "This case has changed since you opened the page" in _text(stale)
    assert hanna.post(f"{address}/move", data=given).status_code == 303
    assert _timer(office, case)["due_at"].isoformat() == "2026-03-01T12:00:00+01:00" or (
        str(_timer(office, case)["due_at"]).startswith("2026-03-01 11:00")
    )
    assert office.kinds(case)[-1] == EventKind.DEADLINE_EXTENDED


def test_a_deadline_that_is_gone_says_so(site):
    answer = site.as_("otto").get("/administration/timers/00000000-0000-0000-0000-000000000000")
    assert answer.status_code == 404
    assert "not running any more" in _text(answer)


def test_many_timers_come_page_by_page(site, office):
    for number in range(52):
        office.open(title=f"Review {number:02}")
    first = site.as_("otto").get("/administration/timers").get_data(as_text=True)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = _text(site.as_("otto").get(following.replace("&amp;", "&")))
    assert len(re.findall(r"Review \d\d", second)) == 2
