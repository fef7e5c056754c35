from datetime import UTC, datetime

import pytest

from engine import kernel
from engine.errors import CaseEnded, ExecutionFailed, TaskNotOpen


def test_a_user_task_carries_its_duty_and_its_rules(case):
    task = case("test_tasks.user").start(chief="u7").task("a")
    assert (task.form, task.assignee, task.priority) == ("a", "u7", 70)
    assert task.candidate_groups == ("hr_officer", "line_manager")
    assert task.due_at == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert (task.legal_basis, task.differs_from) == ("CEOS Art. 84", ("b", "c"))
    assert task.confidential


def test_a_manual_task_waits_for_its_confirmation(case):
    it = case("test_tasks.user").start().complete("a")
    assert it.tasks == ["m"]
    assert it.complete("m").end == "end"


def test_a_submission_merges_into_the_case(case):
    assert case("test_tasks.user").start().complete("a", seen=True).step.variables == {"seen": True}


def test_a_completed_task_cannot_be_completed_again(case):
    it = case("test_tasks.user").start()
    task = it.task("a")
    it.complete("a")
    with pytest.raises(TaskNotOpen):
        it.do(kernel.CompleteTask(task_id=task.id))


def test_an_ended_case_takes_no_commands(case):
    it = case("test_tasks.user").start().complete("a").complete("m")
    with pytest.raises(CaseEnded):
        it.tick(datetime(2027, 1, 1, tzinfo=UTC))


def test_a_service_task_sees_only_its_inputs_and_gives_only_its_outputs(case):
    it = case("test_tasks.service").start(name="Ann", secret=1)
    assert it.step.effects[0].input == {"to": "Ann", "template": "letter"}
    it.finish("send", message_id="m1", other=2)
    assert it.step.variables == {"name": "Ann", "secret": 1, "mail": "m1"}
    assert it.end == "end"


@pytest.mark.parametrize(
    ("code", "tasks", "end"), [("FULL", ["call_by_phone"], None), ("ELSE", [], "gave_up")]
)
def test_a_failed_operation_leaves_by_the_boundary_of_its_code(case, code, tasks, end):
    it = case("test_tasks.service").start(name="Ann").fail("send", code)
    assert (it.tasks, it.end, it.effects) == (tasks, end, [])


def test_a_script_task_evaluates_feel_and_maps_its_result(case):
    it = case("test_tasks.script").start(a=1, b=2)
    assert it.step.variables == {"a": 1, "b": 2, "total": 3, "twice": 6, "pair": {"single": 3}}


def test_a_send_task_without_operation_sends_its_message_out(case):
    it = case("test_tasks.send_receive").start(a=1, reference=7).finish("send")
    assert [(out.name, out.variables) for out in it.step.outgoing] == [("told", {"what": 1})]
    assert [(sub.message, sub.correlation) for sub in it.step.subscriptions] == [("reply", "7")]


def test_a_receive_task_takes_the_message_of_its_key_only(case):
    it = case("test_tasks.send_receive").start(a=1, reference=7).finish("send")
    with pytest.raises(ExecutionFailed, match="does not wait"):
        it.receive("reply", "8")
    it.receive("reply", "7", answer="yes")
    assert (it.end, it.step.variables["reply_text"]) == ("end", "yes")


def test_a_decision_is_taken_and_its_reasons_are_kept(case):
    it = case("test_tasks.decision", extra=("test_tasks.colour.dmn",)).start(season="winter")
    assert it.step.variables["paint"] == "white"
    assert it.step.decisions[0].as_json()["matched"] == [1]
