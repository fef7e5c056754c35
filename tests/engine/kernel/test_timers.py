from datetime import UTC, datetime, timedelta

import pytest

from engine import kernel
from engine.errors import ExecutionFailed, TaskNotOpen
from engine.kernel.durations import parse_cycle, parse_duration, parse_instant

END_OF_JANUARY = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_date_timer_fires_at_its_instant_and_not_before(case):
    it = case("test_timers.date").start()
    due = it.step.timers[0].due_at
    assert it.tick(due - timedelta(seconds=1)).end is None
    assert it.tick(due).end == "end"


def test_a_month_from_the_end_of_january_ends_in_february(case):
    assert case("test_timers.duration").start().timers == {"wait": "2026-02-28T12:00:00+00:00"}


def test_an_expression_may_compute_the_instant_from_the_legal_date(case):
    it = case("test_timers.expression").start(last_day="2026-03-28")
    assert it.timers == {"wait": "2026-03-28T23:00:00+00:00"}


@pytest.mark.parametrize("value", [None, "2026-03-28x", 7])
def test_an_expression_that_gives_no_instant_fails_naming_the_timer(case, value):
    with pytest.raises(ExecutionFailed, match=r"^wait: "):
        case("test_timers.expression").start(last_day=value)


def test_missed_repetitions_fire_in_order_on_one_tick(case):
    it = case("test_timers.boundary").start().tick(END_OF_JANUARY + timedelta(days=7))
    assert it.tasks == ["a", "reminded", "reminded", "reminded"]
    assert it.timers == {"late": "2026-02-10T12:00:00+00:00"}


def test_follow_up_tasks_of_a_reminder_survive_the_task(case):
    it = case("test_timers.boundary").start().tick(END_OF_JANUARY + timedelta(days=2))
    assert it.complete("a").tasks == ["reminded"]
    assert it.timers == {}
    assert it.complete("reminded").end == "noted"


def test_an_interrupting_timer_withdraws_its_task(case):
    it = case("test_timers.boundary").start()
    task = it.task("a")
    it.tick(END_OF_JANUARY + timedelta(days=10))
    assert task.id in it.step.closed
    assert "a" not in it.tasks


def test_a_timer_knows_the_task_it_sits_on(case):
    it = case("test_timers.boundary").start()
    assert {timer.attached_to for timer in it.step.timers} == {it.task("a").id}


def test_an_extended_timer_fires_at_its_new_instant(case):
    it = case("test_timers.duration").start()
    new = datetime(2026, 6, 1, tzinfo=UTC)
    it.do(kernel.Extend(timer_id=it.step.timers[0].id, due_at=new, reason="sickness"))
    assert it.tick(new - timedelta(seconds=1)).end is None
    assert it.tick(new).end == "end"


def test_a_timer_that_is_gone_cannot_be_extended(case):
    it = case("test_timers.duration").start()
    with pytest.raises(TaskNotOpen):
        it.do(kernel.Extend(timer_id="x", due_at=END_OF_JANUARY, reason="sickness"))


@pytest.mark.parametrize(
    ("start", "period", "times", "end"),
    [
        ("2026-05-31T10:00:00Z", "P9M", 1, "2027-02-28T11:00:00+00:00"),
        ("2026-01-31T10:00:00Z", "P1M", 1, "2026-02-28T10:00:00+00:00"),
        ("2024-02-29T10:00:00Z", "P1Y", 1, "2025-02-28T10:00:00+00:00"),
        ("2026-01-31T10:00:00Z", "P1M", 2, "2026-03-31T09:00:00+00:00"),
        # the clock goes forward on 29 March 2026: a day has 23 hours, 24 hours are 24 hours
        ("2026-03-28T11:00:00Z", "P1D", 1, "2026-03-29T10:00:00+00:00"),
        ("2026-03-28T11:00:00Z", "PT24H", 1, "2026-03-29T11:00:00+00:00"),
        ("2026-10-24T10:00:00Z", "P1W", 1, "2026-10-31T11:00:00+00:00"),
    ],
)
def test_durations_follow_the_calendar(start, period, times, end):
    reached = parse_duration(period).after(parse_instant(start), times=times)
    assert reached.isoformat() == end


@pytest.mark.parametrize("text", ["P", "PT", "P0D", "10 days", "P1H", "P101Y", "P99999Y", "-P1D"])
def test_a_text_that_is_no_usable_duration_is_refused(text):
    with pytest.raises(ValueError, match="P"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["2026-01-01", "2026-01-01T10:00:00"])
def test_an_instant_without_a_zone_is_refused(text):
    with pytest.raises(ValueError, match="no time zone"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["R3", "P1D", "R0/P1D", "R3/P1D/2026-01-01T00:00:00Z"])
def test_a_text_that_is_no_usable_cycle_is_refused(text):
    with pytest.raises(ValueError, match=r"R|P"):
        parse_cycle(text)
