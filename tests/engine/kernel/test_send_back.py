import pytest

from engine import kernel
from engine.errors import Conflict


def send_back(it, element, target):
    return it.do(kernel.SendBack(task_id=it.task(element).id, to_element=target, reason="gap"))


def test_an_earlier_task_opens_anew_as_a_new_attempt(case):
    it = case("test_send_back.chain").start()
    first = it.task("a")
    it.complete("a").complete("b")
    send_back(it, "c", "a")
    assert it.tasks == ["a"]
    assert it.task("a").id != first.id
    assert it.complete("a").tasks == ["b"]


@pytest.mark.parametrize(
    ("target", "reason"), [("c", "has not been done"), ("end", "not a task"), ("x", "not a task")]
)
def test_a_task_cannot_be_sent_where_the_case_has_not_been(case, target, reason):
    it = case("test_send_back.chain").start().complete("a")
    with pytest.raises(Conflict, match=reason):
        send_back(it, "b", target)


def test_a_task_cannot_be_sent_behind_a_split_whose_other_branch_runs(case):
    it = case("test_send_back.parallel").start().complete("a")
    with pytest.raises(Conflict, match="c runs beside"):
        send_back(it, "b", "a")
