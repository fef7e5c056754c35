import pytest

from engine.errors import ExecutionFailed


def test_a_boundary_timer_may_read_the_inputs_of_its_task(case):
    it = case("test_traps.c8_timer_reads_input").start(days=10)
    assert it.timers == {"late": "2026-02-10T12:00:00+00:00"}


def test_parallel_branches_keep_their_lists_apart(case):
    it = case("test_traps.v2_parallel_lists").start()
    assert it.step.variables == {"ones": [9], "twos": [7, 8]}


def test_an_error_in_one_instance_ends_all_and_leaves_by_the_boundary(case):
    it = case("test_traps.s12_error_in_instance").start(items=[1, 2, 3])
    it.complete("in_task")
    assert it.tasks == ["mend"]


def test_a_chain_of_nine_hundred_elements_runs_to_its_end(case):
    it = case("test_traps.s3_long_chain").start()
    assert (it.end, it.step.variables) == ("end", {"x": 899})


def test_a_stuck_join_is_named_even_while_an_event_sub_process_listens(case):
    it = case("test_traps.e3_deadlock_with_listener").start(x=True)
    with pytest.raises(ExecutionFailed, match="join: the join waits"):
        it.complete("a")
