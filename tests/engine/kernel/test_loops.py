from datetime import UTC, datetime

import pytest

from engine.errors import ExecutionFailed

PANEL = ["ann", "bob", "cyd"]


def test_a_parallel_loop_opens_one_task_for_each_item_and_gathers_in_order(case):
    it = case("test_loops.parallel").start(members=PANEL)
    assert [(task.instance, task.variables["member"]) for task in it.step.tasks] == [
        (1, "ann"),
        (2, "bob"),
        (3, "cyd"),
    ]
    it.complete("vote", 3, score=7).complete("vote", 1, score=9).complete("vote", 2, score=8)
    assert it.tasks == ["after"]
    assert it.step.variables == {"members": PANEL, "scores": [9, 8, 7]}


def test_a_sequential_loop_opens_one_task_at_a_time(case):
    it = case("test_loops.sequential").start(members=PANEL)
    for number in (1, 2, 3):
        assert [task.instance for task in it.step.tasks] == [number]
        it.complete("vote", score=number)
    assert (it.tasks, it.step.variables["scores"]) == (["after"], [1, 2, 3])


def test_a_completion_condition_withdraws_the_other_instances(case):
    it = case("test_loops.until").start(members=PANEL)
    third = it.task("vote", 3)
    it.complete("vote", 1, score=1).complete("vote", 2, score=2)
    assert (it.tasks, it.step.variables["scores"]) == (["after"], [1, 2, None])
    assert third.id in it.step.closed


@pytest.mark.parametrize("name", ["parallel", "sequential", "service", "sub_process", "call"])
def test_a_loop_over_nothing_completes_at_once(case, name):
    assert case(f"test_loops.{name}").start(members=[]).tasks == ["after"]


@pytest.mark.parametrize("members", [None, "ann", {"a": 1}])
def test_a_loop_over_something_that_is_no_list_fails_naming_it(case, members):
    with pytest.raises(ExecutionFailed, match="vote: the input collection"):
        case("test_loops.parallel").start(members=members)


def test_a_boundary_timer_ends_all_instances(case):
    it = case("test_loops.service").start(members=PANEL)
    assert [effect.input for effect in it.step.effects] == [{"to": name} for name in PANEL]
    it.finish("send", message_id="m1").tick(datetime(2026, 2, 2, tzinfo=UTC))
    assert (it.end, it.effects) == ("late_end", [])


def test_each_instance_of_a_sub_process_keeps_its_own_variables(case):
    it = case("test_loops.sub_process").start(members=PANEL)
    for instance in (10, 20, 30):
        it.complete("ask", score=instance)
    assert it.tasks == ["after"]
    assert it.step.variables == {"members": PANEL, "totals": [11, 22, 33]}


def test_a_boundary_timer_ends_all_instances_of_a_sub_process(case):
    it = case("test_loops.sub_process").start(members=PANEL)
    it.complete("ask", score=1).tick(datetime(2026, 2, 2, tzinfo=UTC))
    assert (it.end, it.tasks, it.timers) == ("late_end", [], {})


def test_a_called_process_runs_once_for_each_item(case):
    it = case("test_loops.call").start(members=PANEL)
    for name in PANEL:
        assert it.task("q_task").variables == {"x": name}
        it.complete("q_task", y=name.upper())
    assert it.step.variables["answers"] == ["ANN", "BOB", "CYD"]
