import pytest

from engine.errors import ExecutionFailed


@pytest.mark.parametrize(("size", "end"), [(11, "large"), (10, "small"), (None, "small")])
def test_an_exclusive_gateway_takes_the_true_flow_or_its_default(case, size, end):
    assert case("test_gateways.exclusive").start(size=size).end == end


def test_a_parallel_join_waits_for_all_branches(case):
    it = case("test_gateways.parallel").start()
    assert it.tasks == ["a", "b"]
    assert it.complete("b").tasks == ["a"]
    assert it.complete("a").tasks == ["c"]
    assert it.complete("c").end == "end"


@pytest.mark.parametrize(("x", "open_tasks"), [(0, ["c"]), (2, ["a"]), (3, ["a", "b"])])
def test_an_inclusive_join_waits_for_the_branches_that_were_taken(case, x, open_tasks):
    it = case("test_gateways.inclusive").start(x=x)
    assert it.tasks == open_tasks
    for task in open_tasks:
        it.complete(task)
    assert it.tasks == ["d"]


def test_an_event_gateway_takes_the_first_event_only(case):
    it = case("test_gateways.event_based").start().receive("answered")
    assert (it.end, it.timers) == ("answered_end", {})


def test_each_timer_of_an_event_gateway_keeps_its_own_instant(case):
    it = case("test_gateways.event_based").start()
    assert it.timers == {
        "soon": "2026-02-05T12:00:00+00:00",
        "late": "2026-03-02T12:00:00+00:00",
    }
    assert it.tick(it.step.timers[0].due_at).end == "soon_end"


def test_a_loop_of_tasks_does_not_let_the_state_grow(case):
    it = case("test_gateways.loop").start()
    for _ in range(5):
        it.complete("ask", done=False)
    small = len(it.state)
    for _ in range(600):
        it.complete("ask", done=False)
    assert len(it.state) < small + 20
    assert it.step.depth == 1
    assert it.complete("ask", done=True).end == "end"


def test_a_circle_without_a_task_fails_instead_of_hanging(case):
    assert case("test_gateways.circle").start(n=0, limit=500).end == "end"
    with pytest.raises(ExecutionFailed, match="without waiting"):
        case("test_gateways.circle").start(n=0, limit=100_000)


def test_a_join_that_can_never_fire_fails_naming_itself(case):
    it = case("test_gateways.deadlock").start(x=True)
    with pytest.raises(ExecutionFailed, match=r"^join: the join waits"):
        it.complete("a")


def test_flows_without_ids_and_reserved_names_are_followed(case):
    it = case("test_gateways.no_flow_ids").start()
    assert it.complete("Start").tasks == ["End"]
    assert it.complete("End").end == "done"


def test_a_link_goes_on_at_its_catch_event(case):
    it = case("test_gateways.link").start().complete("a")
    assert it.complete("b").end == "end"


def test_two_flows_into_a_task_run_it_twice(case):
    it = case("test_gateways.implicit").start().complete("a").complete("b")
    assert it.tasks == ["c", "c"]
    assert len({task.id for task in it.step.tasks}) == 2
