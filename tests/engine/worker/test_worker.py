"""Timers fire at their instant and once; operations fail, wait, are retried and end in words."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from engine import cases, replay, worker
from engine import clock as engine_clock
from engine.errors import CaseSuspended, Conflict, NotAllowed, UnrecordedChange
from engine.operations import AnswerLater, BusinessError
from engine.store import queue
from engine.store import tables as t
from tests.support import DUE

HERE = Path(__file__).parent
ALARM = {"alarm.bpmn": (HERE / "alarm.bpmn").read_bytes()}
ERRAND = {"errand.bpmn": (HERE / "errand.bpmn").read_bytes()}


def _alarm(office, expression="=at"):
    content = ALARM["alarm.bpmn"].replace(b">=at<", f">{expression}<".encode())
    office.publish("alarm", {"alarm.bpmn": content})


@pytest.mark.parametrize(
    ("expression", "variables", "due"),
    [
        ("=at", {"at": "2026-02-01T12:00:00+01:00"}, "2026-02-01T11:00:00Z"),
        # the night of 29 March has 23 hours, that of 25 October 25
        ("=end_of_day(at)", {"at": "2026-03-28"}, "2026-03-28T23:00:00Z"),
        ("=end_of_day(at)", {"at": "2026-03-29"}, "2026-03-29T22:00:00Z"),
        ("=end_of_day(at)", {"at": "2026-10-24"}, "2026-10-24T22:00:00Z"),
        ("=end_of_day(at)", {"at": "2026-10-25"}, "2026-10-25T23:00:00Z"),
        ('=at_time(at, "12:00")', {"at": "2026-03-29"}, "2026-03-29T10:00:00Z"),
        # half past two comes twice
        ("=at", {"at": "2026-10-25T02:30:00+02:00"}, "2026-10-25T00:30:00Z"),
        ("=at", {"at": "2026-10-25T02:30:00+01:00"}, "2026-10-25T01:30:00Z"),
    ],
)
def test_a_timer_fires_at_its_instant_and_not_before(office, clock, expression, variables, due):
    _alarm(office, expression)
    case = office.open("alarm", variables)
    instant = datetime.fromisoformat(due)
    clock.move_to(instant - timedelta(microseconds=1))
    assert office.work().timers == 0
    assert office.case(case).ended_at is None
    clock.move_to(instant)
    assert office.work().timers == 1
    assert office.case(case).ended_at == instant
    assert office.kinds(case) == ["case:opened", "timer:fired", "case:ended"]


def test_a_report_due_today_is_late_only_after_the_last_instant(office, clock):
    case = office.open()
    clock.move_to(datetime.fromisoformat(DUE) - timedelta(microseconds=1))
    assert office.work().total == 0
    clock.move_to(datetime.fromisoformat(DUE))
    office.work()
    assert office.case(case).outcome == "late"
    assert office.work().total == 0


def test_a_clock_that_jumps_fires_each_timer_once(office, clock):
    _alarm(office)
    days = [f"2026-{month:02}-01T12:00:00+01:00" for month in range(2, 13)]
    opened = [office.open("alarm", {"at": day}) for day in days]
    later = office.open("alarm", {"at": "2027-01-05T09:30:00Z"})
    review = office.open(variables={"due": "2030-01-01T00:00:00Z"})
    clock.move_to("2027-01-05T09:00:00Z")
    assert office.work().timers == len(opened)
    clock.move_to("2027-01-05T07:00:00Z")
    assert office.work().total == 0
    office.complete("lara", review, {"grade": 3})
    clock.move_to("2027-01-05T09:30:00Z")
    assert office.work().timers == 1
    for case in (*opened, later):
        assert office.kinds(case).count("timer:fired") == 1
    with office.begin() as uow:
        assert replay.prove(uow, review).ok


def _workers(office, count=2):
    barrier, done = threading.Barrier(count, timeout=20), []

    def run():
        barrier.wait()
        done.append(worker.run_due(office.database, office.shell))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=120)
    assert len(done) == count
    return done


def test_two_workers_fire_two_hundred_timers_once_each(office, clock):
    _alarm(office)
    opened = [office.open("alarm", {"at": "2026-02-01T00:00:00Z"}) for _ in range(200)]
    clock.move_to("2026-02-01T00:00:00Z")
    done = _workers(office)
    assert sum(one.timers for one in done) == 200
    for case in opened:
        assert office.kinds(case) == ["case:opened", "timer:fired", "case:ended"]


def test_two_workers_run_each_operation_once(office):
    office.publish("errand", ERRAND)
    opened = [office.open("errand", {"grade": 1}) for _ in range(40)]
    done = _workers(office)
    assert sum(one.effects for one in done) == 40
    assert Counter(case for case, _ in office.mailbox.sent) == Counter(opened)
    assert {office.case(case).ended_element for case in opened} == {"errand_run"}


@pytest.fixture
def errand(office):
    office.publish("errand", ERRAND)
    return office.open("errand", {"grade": 1})


def _effect(office, case):
    with office.begin() as uow:
        (found,) = queue.effects(uow, case_id=case)
    return found


def _incidents(office, case):
    with office.begin() as uow:
        return queue.incidents(uow, case_id=case)


def test_an_operation_that_fails_is_tried_again_and_ends_in_an_incident(office, clock, errand):
    office.mailbox.fails_with = OSError("mailbox full")
    for attempts, pause in ((1, 10), (2, 60)):
        assert office.work().effects == 1
        effect = _effect(office, errand)
        assert (effect["attempts"], effect["error"]) == (attempts, "mailbox full")
        assert effect["next_attempt_at"] == engine_clock.now() + timedelta(seconds=pause)
        clock.tick(timedelta(seconds=pause) - timedelta(microseconds=1))
        assert office.work().effects == 0
        clock.tick(timedelta(microseconds=1))
    assert office.work().effects == 1
    (incident,) = _incidents(office, errand)
    assert incident["message"] == "mail.send failed 3 times: mailbox full"
    assert incident["element"] == "run_errand"
    clock.tick(timedelta(days=400))
    assert office.work().total == 0

    with pytest.raises(NotAllowed):
        office.do("hanna", cases.retry_incident, incident["id"], note="emptied")
    office.do("otto", cases.annotate_incident, incident["id"], note="calling the postmaster")
    office.mailbox.fails_with = None
    office.do("otto", cases.retry_incident, incident["id"], note="emptied")
    with pytest.raises(Conflict, match="otto"):
        office.do("otto", cases.retry_incident, incident["id"], note="again")
    assert office.work().effects == 1
    assert office.case(errand).ended_element == "errand_run"
    assert office.kinds(errand) == [
        "case:opened", "incident:raised", "incident:annotated", "incident:retried",
        "effect:finished", "case:ended",
    ]  # fmt: skip
    assert _incidents(office, errand) == []


def test_a_business_error_takes_the_way_that_the_diagram_drew(office, errand):
    office.mailbox.fails_with = BusinessError("REFUSED", "nobody home")
    assert office.work().effects == 1
    assert office.case(errand).outcome == "refused"
    assert office.kinds(errand) == ["case:opened", "effect:failed", "case:ended"]


def test_a_business_error_that_nobody_drew_becomes_an_incident(office, clock, errand):
    office.mailbox.fails_with = BusinessError("UNHEARD", "of")
    for _ in range(3):
        office.work()
        clock.tick(timedelta(hours=2))
    assert len(_incidents(office, errand)) == 1
    assert office.case(errand).ended_at is None


def test_an_operation_may_answer_later(office, clock, errand):
    office.mailbox.fails_with = AnswerLater()
    assert office.work().effects == 1
    clock.tick(timedelta(days=30))
    assert office.work().total == 0
    assert office.kinds(errand) == ["case:opened", "effect:begun"]


@pytest.mark.parametrize("bad", [{}, {"grade": "x"}])
def test_an_operation_refuses_input_of_another_kind(office, clock, bad):
    office.publish("errand", ERRAND)
    case = office.open("errand", {"grade": bad.get("grade", "one")})
    for _ in range(3):
        office.work()
        clock.tick(timedelta(hours=2))
    (incident,) = _incidents(office, case)
    assert "grade" in incident["message"]
    assert office.mailbox.sent == []


def test_a_suspended_case_waits_and_catches_up(office, clock, errand):
    _alarm(office)
    alarm = office.open("alarm", {"at": "2026-02-01T00:00:00Z"})
    for case in (alarm, errand):
        office.do("hanna", cases.suspend, case, reason="a question first")
    clock.move_to("2026-03-01T00:00:00Z")
    assert office.work().total == 0
    with pytest.raises(CaseSuspended):
        office.do("hanna", cases.cancel, alarm, reason="x")
    for case in (alarm, errand):
        office.do("hanna", cases.resume, case, reason="answered")
    assert (done := office.work()).timers == 1
    assert done.effects == 1
    assert office.kinds(alarm) == [
        "case:opened", "case:suspended", "case:resumed", "timer:fired", "case:ended",
    ]  # fmt: skip


def test_a_worker_that_is_told_to_stop_stops(office):
    stop = threading.Event()
    stop.set()
    worker.serve(office.database, office.shell, stop)
    thread = threading.Thread(target=worker.serve, args=(office.database, office.shell, stop))
    stop.clear()
    thread.start()
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()


@pytest.mark.parametrize("name", ["case", "task", "timer", "deputy", "app_user", "incident"])
def test_a_change_without_an_event_is_not_committed(office, name):
    case = office.open()
    table = t.metadata.tables[name]
    column = table.primary_key.columns[0]
    with pytest.raises(UnrecordedChange, match=name), office.begin() as uow:
        uow.write(update(table).values({column: column}))
    with pytest.raises(UnrecordedChange), office.begin() as uow:
        uow.write(update(t.case).where(t.case.c.id == case).values(title="another"))
    assert office.case(case).title == "Review of X"


def test_an_exception_undoes_everything(office):
    def fail(uow):
        row = {"digest": "d", "user_name": "luc", "opened_at": uow.now, "seen_at": uow.now}
        uow.write(insert(t.session).values(row))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), office.begin() as uow:
        fail(uow)
    with office.begin() as uow:
        assert uow.all(t.session.select()) == []


def test_the_clock_of_the_product_is_aware():
    assert engine_clock.now() == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


# --- messages between cases ------------------------------------------------------------------

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:t">'
    '<bpmn:message id="m" name="news"/>'
)
TELLER = f"""{HEAD}<bpmn:process id="teller" name="Teller" isExecutable="true">
<bpmn:startEvent id="s"/><bpmn:intermediateThrowEvent id="tell" name="Tell">
<bpmn:extensionElements><zeebe:ioMapping><zeebe:input source="=day" target="day"/></zeebe:ioMapping>
</bpmn:extensionElements><bpmn:messageEventDefinition id="d1" messageRef="m"/>
</bpmn:intermediateThrowEvent><bpmn:endEvent id="told" name="Told"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="tell"/>
<bpmn:sequenceFlow id="f2" sourceRef="tell" targetRef="told"/></bpmn:process></bpmn:definitions>"""
HEARER = f"""{HEAD}<bpmn:process id="hearer" name="Hearer" isExecutable="true">
<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="hear" name="Hear">
<bpmn:messageEventDefinition id="d1" messageRef="m"/></bpmn:intermediateCatchEvent>
<bpmn:intermediateCatchEvent id="wait" name="Wait"><bpmn:timerEventDefinition id="d2">
<bpmn:timeDate>=day</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:endEvent id="heard" name="Heard"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="hear"/>
<bpmn:sequenceFlow id="f2" sourceRef="hear" targetRef="wait"/>
<bpmn:sequenceFlow id="f3" sourceRef="wait" targetRef="heard"/></bpmn:process></bpmn:definitions>"""


@pytest.fixture
def talk(office):
    """Return a function that lets a child tell its parent a day."""
    office.publish("hearer", {"hearer.bpmn": HEARER.encode()})
    office.publish("teller", {"teller.bpmn": TELLER.encode()})

    def tell(day):
        parent = office.open("hearer", {"day": None})
        return parent, office.open("teller", {"day": day}, parent=parent)

    return tell


def test_a_message_reaches_the_parent_that_waits(office, talk):
    parent, _ = talk("2026-02-01T00:00:00Z")
    assert office.work().deliveries == 1
    assert office.kinds(parent) == ["case:opened", "message:received"]
    assert office.work().total == 0


def test_a_message_that_makes_its_receiver_fail_stops_nobody_else(office, clock, talk):
    stuck, _ = talk("soon")
    happy, _ = talk("2026-02-01T00:00:00Z")
    office.work()
    assert office.kinds(happy) == ["case:opened", "message:received"]
    assert office.kinds(stuck) == ["case:opened", "incident:raised"]
    (incident,) = _incidents(office, stuck)
    assert incident["subject"] == "message"
    assert office.work().total == 0
    # it is tried again each hour, or at once when an operator says so; one incident is enough
    clock.tick(timedelta(hours=1))
    assert office.work().deliveries == 1
    assert len(_incidents(office, stuck)) == 1
    office.do("otto", cases.retry_incident, incident["id"], note="again")
    assert office.work().deliveries == 1
    assert len(_incidents(office, stuck)) == 1


def test_a_message_to_a_suspended_case_waits(office, talk):
    parent, _ = talk("2026-02-01T00:00:00Z")
    office.do("hanna", cases.suspend, parent, reason="a question first")
    assert office.work().total == 0
    assert office.kinds(parent) == ["case:opened", "case:suspended"]
    office.do("hanna", cases.resume, parent, reason="answered")
    assert office.work().deliveries == 1
    assert office.kinds(parent)[-1] == "message:received"
