import pytest

from engine import kernel
from engine.errors import ExecutionFailed


def test_a_message_is_received_by_its_key_and_brings_its_variables(case):
    it = case("test_events.message").start(reference="r1")
    assert it.receive("offer_answered", "r1", accepted=True).tasks == ["see"]
    assert it.step.variables == {"reference": "r1", "accepted": True}


def test_a_process_with_only_a_message_start_begins_there(case):
    assert case("test_events.message_start").start().tasks == ["see"]


def test_thrown_messages_leave_the_case_or_become_operations(case):
    it = case("test_events.message_throw").start(a=1)
    assert [(out.element, out.variables) for out in it.step.outgoing] == [("tell", {"what": 1})]
    assert it.step.effects[0].input == {"to": 1}
    it.finish("mail")
    assert ([out.element for out in it.step.outgoing], it.end) == (["end"], "end")


def test_a_signal_reaches_everything_that_waits_and_leaves_the_case(case):
    it = case("test_events.signal").start().complete("before")
    assert it.tasks == ["listened", "long"]
    assert [(out.kind, out.name) for out in it.step.outgoing] == [("signal", "alarm")]
    it.do(kernel.Signal(name="alarm"))
    assert it.tasks == ["listened", "listened", "long"]


def test_an_error_is_caught_by_its_code_on_the_sub_process(case):
    it = case("test_events.error").start().complete("in_task")
    assert it.end == "repaired"


def test_an_error_that_nothing_catches_fails_and_changes_nothing(case):
    it = case("test_events.error_uncaught").start()
    with pytest.raises(ExecutionFailed, match="bad: the error REFUSED is not caught"):
        it.complete("a")
    assert it.tasks == ["a"]


def test_an_escalation_runs_beside_what_goes_on(case):
    it = case("test_events.escalation").start().complete("in_task")
    assert it.tasks == ["chief", "in_more"]


def test_terminate_ends_everything_beside_it(case):
    it = case("test_events.terminate").start().complete("a")
    assert (it.end, it.tasks) == ("stop", [])


def test_a_condition_fires_once_each_time_it_becomes_true(case):
    it = case("test_events.conditional").start(level=0)
    assert it.tasks == ["long", "set"]
    it.do(kernel.SetVariables(variables={"level": 4}, reason="measured"))
    assert it.tasks == ["alarm", "long", "set"]
    it.do(kernel.SetVariables(variables={"level": 5}, reason="measured"))
    assert it.tasks == ["alarm", "long", "set"]
    it.do(kernel.SetVariables(variables={"level": 1}, reason="measured"))
    it.complete("set", level=6)
    assert it.tasks == ["alarm", "alarm", "long"]
    assert "until" not in [
        token.element for token in kernel.inspect(it.definition, it.state).tokens
    ]
