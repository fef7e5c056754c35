"""Comments: who may write and see them, and what the history keeps."""

from uuid import uuid4

import orjson
import pytest

from engine.cases import comments
from engine.errors import Invalid, NotFound
from tests.support import REPORT


@pytest.fixture
def case(office):
    return office.open()


def _texts(office, name, case):
    with office.act(name) as act:
        return [one.text for one in comments.of_case(act, case)]


def test_a_comment_is_sealed_and_leaves_the_revision_alone(office, case):
    before = office.case(case).revision
    office.do("hanna", comments.write, case, "  The file is complete.  ")
    assert office.case(case).revision == before
    last = office.history(case)[-1]
    assert str(last.fields.kind) == "comment:written"
    assert orjson.loads(last.payload)["text"] == "The file is complete."
    assert _texts(office, "hanna", case) == ["The file is complete."]


def test_whoever_has_a_task_of_the_case_may_write(office, case):
    task = office.task(case).id
    office.do("lara", comments.write, case, "I need one more week.", task_id=task)
    with office.act("hanna") as act:
        (found,) = comments.of_case(act, case)
    assert (found.author, found.task_id, found.task_name) == (
        "lara", task, office.task(case).name,
    )  # fmt: skip
    assert office.history(case)[-1].fields.element == "write_report"


def test_for_anybody_else_there_is_no_such_case(office, case):
    with pytest.raises(NotFound):
        office.do("petra", comments.write, case, "Let me in.")
    office.complete("lara", case, REPORT)
    office.complete("luc", case)
    with pytest.raises(NotFound):
        office.do("lara", comments.write, case, "Too late for me.")


def test_a_comment_says_something(office, case):
    for nothing in ("", "   ", "x" * 10_001):
        with pytest.raises(Invalid):
            office.do("hanna", comments.write, case, nothing)


def test_a_task_of_another_case_is_refused(office, case):
    other = office.task(office.open()).id
    for wrong in (other, uuid4()):
        with pytest.raises(NotFound):
            office.do("hanna", comments.write, case, "Hello.", task_id=wrong)


def test_comments_come_oldest_first(office, case, clock):
    office.do("hanna", comments.write, case, "first")
    clock.tick(60)
    office.do("carla", comments.write, case, "second")
    assert _texts(office, "hanna", case) == ["first", "second"]
