"""What happened, in one sentence, as far as the reader may know."""

from datetime import UTC, datetime

import pytest
from flask import g

from engine import cases, watching
from tests.support import REPORT, REVIEW
from web import news

PAUSE = {"reason": "a complaint"}


@pytest.fixture
def told(site, office):
    """Say to somebody what happened in a case after its revision 1."""

    def say(name, case_id, task=None):
        with site.app.test_request_context(), office.act(name) as act:
            g.actor, g.act = act.actor, act
            case = cases.get(act.uow, case_id)
            found = watching.since(act.uow, case, 1, seq=1, but_comments_of=name)
            return news.of(act, case, task, found) if found else None

    return say


def give(office, name, task):
    office.do("otto", cases.assign, task.id, to=name, reason="her file")


HAPPENINGS = {
    "Lara completed “Write the report” at 10:00.": lambda o, t: o.complete(
        "lara", t.case_id, REPORT
    ),
    "Lara took “Write the report” at 10:00.": lambda o, t: o.do("lara", cases.claim, t.id),
    "Otto assigned “Write the report” at 10:00.": lambda o, t: give(o, "lara", t),
    "Otto changed the dates of “Write the report” at 10:00.": lambda o, t: o.do(
        "otto", cases.reschedule, t.id, {"priority": 60}, reason="urgent"
    ),
    "Carla suspended this case at 10:00.": lambda o, t: o.do(
        "carla", cases.suspend, t.case_id, **PAUSE
    ),
    "Carla ended this case before its time at 10:00.": lambda o, t: o.do(
        "carla", cases.cancel, t.case_id, **PAUSE
    ),
    "You changed this case in another window at 10:00.": lambda o, t: o.do(
        "hanna", cases.suspend, t.case_id, **PAUSE
    ),
}


@pytest.mark.parametrize("sentence", HAPPENINGS)
def test_a_case_page_says_who_did_what(told, office, sentence):
    task = office.task(office.open())
    HAPPENINGS[sentence](office, task)
    assert told("hanna", task.case_id) == sentence


def test_a_task_page_says_to_whom_it_went(told, office):
    task = office.task(office.open())
    give(office, "luc", task)
    assert told("lara", task.case_id, task) == "Otto gave this task to Luc at 10:00."


def test_a_task_page_says_that_the_deadline_took_the_task_away(told, office, clock):
    task = office.task(office.open())
    clock.move_to("2026-02-02T09:00:00+01:00")
    office.work()
    assert office.case(task.case_id).outcome == "late"
    assert told("lara", task.case_id, task) == "This task was withdrawn at 09:00."


def test_the_end_of_the_task_outweighs_what_came_after(told, office):
    task = office.task(office.open())
    office.complete("luc", task.case_id, REPORT)
    office.do("hanna", cases.suspend, task.case_id, reason="a complaint")
    assert told("lara", task.case_id, task) == "Luc completed this task at 10:00."


def test_another_day_is_named(told, office, clock):
    task = office.task(office.open())
    office.complete("luc", task.case_id, REPORT)
    clock.move_to(datetime(2026, 1, 7, tzinfo=UTC))
    assert told("hanna", task.case_id).endswith("at 10:00 on 5 Jan 2026.")


def test_a_confidential_step_keeps_its_name(told, office):
    secret = b'name="confidential" value="true" />'
    diagram = REVIEW["review.bpmn"].replace(b'name="differsFrom" value="write_report" />', secret)
    office.publish(files={**REVIEW, "review.bpmn": diagram})
    case = office.open()
    office.complete("lara", case, REPORT)
    office.complete("luc", case)
    assert told("hanna", case) == "Luc changed this case at 10:00."


def test_ones_own_comment_is_no_news_but_that_of_another_is(told, office):
    task = office.task(office.open())
    office.do("hanna", cases.comments.write, task.case_id, "Seen.")
    assert told("hanna", task.case_id) is None
    office.do("lara", cases.comments.write, task.case_id, "Thank you.", task_id=task.id)
    assert told("hanna", task.case_id) == "Lara wrote a comment at 10:00."
    assert told("luc", task.case_id, task) == "Lara wrote a comment on this task at 10:00."
