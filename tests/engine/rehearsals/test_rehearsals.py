"""A rehearsal plays a draft or a version; what really runs stays as it is."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from engine import definitions, drafts, rehearsals, scenarios
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.rehearsals import Source
from engine.store import tables
from forms import FormError
from tests.support import DUE, REVIEW

NAME = "review.scenarios.yaml"
BEGINS = {"at": "2026-01-05T09:00:00+01:00", "variables": {"due": DUE}}
WRITE = {"complete": "write_report", "by": "lara", "with": {"grade": 3}}
SIGN = {"complete": "sign_report", "by": "luc", "with": {}}


@pytest.fixture
def version(office):
    with office.begin() as uow:
        return Source(digest=definitions.latest(uow, "review")["digest"])


def begin(office, source, *steps, **begins):
    given = {**BEGINS, **begins}
    return office.do("olga", rehearsals.begin, source, "review", given, steps=steps)


def walk(office, one, *steps):
    for seen, step in enumerate(steps):
        office.do("olga", rehearsals.take, one, step, seen=seen)
    return shown(office, one)


def shown(office, one):
    return office.do("olga", rehearsals.show, one).folded


def rows(office, *names):
    counted = [select(func.count()).select_from(tables.metadata.tables[name]) for name in names]
    with office.begin() as uow:
        return [uow.scalar(one) for one in counted]


REAL = ("case", "task", "timer", "effect", "subscription", "event", "outbox", "incident")


def test_a_rehearsal_goes_to_its_end_and_nothing_real_comes_of_it(office, version):
    before = rows(office, *REAL)
    folded = walk(office, begin(office, version), WRITE, SIGN)
    assert folded.play.step.ended.element == "report_sent"
    (call,) = folded.play.answered
    assert (call.effect.operation, call.effect.input, call.answer) == (
        "mail.send",
        {"grade": 3},
        {},
    )
    assert rows(office, *REAL) == before
    assert office.mailbox.sent == []


def test_the_clock_jumps_to_the_next_deadline(office, version):
    one = begin(office, version)
    office.do("olga", rehearsals.jump, one, seen=0)
    folded = shown(office, one)
    assert folded.play.step.ended.element == "report_missing"
    assert folded.play.now.isoformat() == "2026-01-31T23:00:00+00:00"
    with pytest.raises(Conflict, match="No deadline runs"):
        office.do("olga", rehearsals.jump, one, seen=1)


def test_the_clock_does_not_go_back(office, version):
    one = begin(office, version)
    with pytest.raises(Invalid, match="cannot go back"):
        office.do("olga", rehearsals.take, one, {"at": "2026-01-01T09:00:00+01:00"}, seen=0)


def test_the_last_step_is_taken_back(office, version):
    one = begin(office, version)
    walk(office, one, WRITE)
    office.do("olga", rehearsals.undo, one, seen=1)
    assert [task.element for task in shown(office, one).play.step.tasks] == ["write_report"]
    with pytest.raises(Conflict):
        office.do("olga", rehearsals.undo, one, seen=0)


def test_a_form_is_judged_and_a_refused_step_is_not_taken(office, version):
    one = begin(office, version)
    with pytest.raises(FormError) as refused:
        office.do("olga", rehearsals.take, one, {**WRITE, "with": {"grade": 9}}, seen=0)
    assert "grade" in refused.value.errors
    assert shown(office, one).taken == 0


def test_four_eyes_hold_in_a_rehearsal(office, version):
    one = begin(office, version)
    walk(office, one, WRITE)
    with pytest.raises(Invalid, match="may not do sign_report too"):
        office.do("olga", rehearsals.take, one, {**SIGN, "by": "lara"}, seen=1)


def test_an_operation_waits_is_answered_or_fails(office, version):
    one = begin(office, version)
    folded = walk(office, one, {"wait": True}, WRITE, SIGN)
    (effect,) = folded.play.step.effects
    assert (effect.element, folded.waits) == ("send_report", True)
    answer = {"answer": "send_report", "with": {"message_id": "m-1"}}
    office.do("olga", rehearsals.take, one, answer, seen=3)
    assert shown(office, one).play.step.variables["message_id"] == "m-1"
    office.do("olga", rehearsals.undo, one, seen=4)
    with pytest.raises(Invalid, match="is not awaited"):
        office.do("olga", rehearsals.take, one, {**answer, "answer": "write_report"}, seen=3)
    office.do("olga", rehearsals.take, one, {"wait": False}, seen=3)
    assert shown(office, one).play.step.ended


def test_an_operation_that_waits_from_the_beginning_is_not_answered(office, version):
    assert shown(office, begin(office, version, {"wait": True})).waits


def test_two_windows_do_not_undo_each_other(office, version):
    one = begin(office, version)
    walk(office, one, WRITE)
    with pytest.raises(Conflict, match="another window"):
        office.do("olga", rehearsals.take, one, SIGN, seen=0)


def test_a_rehearsal_is_its_owners_alone(office, version):
    one = begin(office, version)
    office.hire({"otmar": ["process_owner"]})
    with pytest.raises(NotFound):
        office.do("otmar", rehearsals.show, one)
    with pytest.raises(NotAllowed):
        office.do("hanna", rehearsals.begin, version, "review", BEGINS)
    assert office.do("otmar", rehearsals.mine) == []
    assert [found.id for found in office.do("olga", rehearsals.mine)] == [one]
    office.do("olga", rehearsals.end, one)
    with pytest.raises(NotFound):
        office.do("olga", rehearsals.show, one)


def test_a_draft_changed_meanwhile_shows_where_the_steps_no_longer_go(office):
    draft = office.do("olga", drafts.begin, "review", "Shorter").id
    one = begin(office, Source(draft_id=draft))
    walk(office, one, WRITE, SIGN)
    renamed = REVIEW["review.bpmn"].replace(b"sign_report", b"countersign")
    office.do("olga", drafts.save_file, draft, "review.bpmn", renamed)
    folded = shown(office, one)
    assert folded.taken == 1
    assert "no task sign_report is open; open: countersign" in str(folded.problem)


def test_a_rehearsal_is_saved_as_a_scenario_that_comes_out_as_told(office, version):
    one = begin(office, version)
    walk(office, one, {"wait": True}, WRITE, SIGN,
         {"answer": "send_report", "with": {"message_id": "m-7"}})  # fmt: skip
    draft = office.do("olga", drafts.begin, "review", "Shorter").id
    given = {"title": "Signed", "expected_revision": 1}
    assert office.do("olga", rehearsals.save, one, draft, **given) == NAME
    files = office.do("olga", drafts.files, draft)
    (scenario,) = scenarios.parse(files[NAME], name=NAME)
    assert scenario.operations == {"mail.send": ({"message_id": "m-7"},)}
    assert scenarios.run(files, scenario).ok
    with pytest.raises(Invalid, match="two scenarios are called"):
        office.do("olga", rehearsals.save, one, draft, title="Signed", expected_revision=2)
    office.do("olga", rehearsals.save, one, draft, title="Again", expected_revision=2)
    assert len(scenarios.parse(office.do("olga", drafts.file, draft, NAME), name=NAME)) == 2


def test_a_rehearsal_in_the_middle_is_saved_with_its_tasks_and_deadlines(office, version):
    draft = office.do("olga", drafts.begin, "review", "Shorter").id
    one = begin(office, version)
    office.do("olga", rehearsals.save, one, draft, title="Begun", expected_revision=1)
    (scenario,) = scenarios.parse(office.do("olga", drafts.file, draft, NAME), name=NAME)
    expected = scenario.steps[-1].expected
    assert expected["tasks"] == ["write_report"]
    assert list(expected["timers"]) == ["report_late"]


def test_what_a_scenario_cannot_tell_is_not_saved(office, version):
    """The clock went on while the operation waited; a scenario answers at once."""
    slow = REVIEW["review.bpmn"].replace(
        b'<bpmn:endEvent id="report_sent"',
        b'<bpmn:boundaryEvent id="slow" attachedToRef="send_report">'
        b"<bpmn:outgoing>f9</bpmn:outgoing><bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
        b'</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="given_up"/>'
        b'<bpmn:sequenceFlow id="f9" sourceRef="slow" targetRef="given_up"/>'
        b'<bpmn:endEvent id="report_sent"',
    )
    draft = office.do("olga", drafts.begin, "review", "Slow").id
    office.do("olga", drafts.save_file, draft, "review.bpmn", slow)
    one = begin(office, Source(draft_id=draft))
    walk(office, one, {"wait": True}, WRITE, SIGN)
    office.do("olga", rehearsals.jump, one, seen=3)
    assert shown(office, one).play.step.ended.element == "given_up"
    with pytest.raises(Invalid, match="comes out otherwise"):
        office.do("olga", rehearsals.save, one, draft, title="Slow", expected_revision=2)


def test_a_scenario_is_rehearsed_with_its_steps(office, version):
    told = b"""
- scenario: Nobody wrote it
  process: review
  given: {at: "2026-01-05T09:00:00+01:00", variables: {due: "2026-02-01T00:00:00+01:00"}}
  steps:
    - when: {at: "2026-02-02T09:00:00+01:00"}
    - then: {ended: report_missing}
"""
    begins, steps = scenarios.story(told, name=NAME, title="Nobody wrote it")
    one = office.do("olga", rehearsals.begin, version, "review", begins, steps=tuple(steps))
    assert shown(office, one).play.step.ended.element == "report_missing"
    with pytest.raises(NotFound):
        scenarios.story(told, name=NAME, title="Another")


@pytest.mark.parametrize(
    ("begins", "match"),
    [
        ({"at": "tomorrow"}, "no ISO 8601 instant"),
        ({"at": "2026-01-05T09:00:00"}, "no time zone"),
        ({"variables": []}, "names with values"),
        ({"operations": {"mail.send": 3}}, "names with values"),
    ],
)
def test_what_a_rehearsal_begins_with_is_judged(office, version, begins, match):
    with pytest.raises(Invalid, match=match):
        begin(office, version, **begins)


def test_a_rehearsal_that_nobody_went_on_with_is_removed(office, version, clock):
    old = begin(office, version)
    clock.tick(rehearsals.KEPT.total_seconds() + 1)
    begin(office, version)
    assert old not in [found.id for found in office.do("olga", rehearsals.mine)]


def test_there_is_no_rehearsal_of_nothing(office):
    with pytest.raises(NotFound):
        office.do("olga", rehearsals.show, uuid4())
    with pytest.raises(NotFound):
        begin(office, Source(digest="nothing"))
