"""Reasons in words: why a task is mine, and why it is due when it is."""

from datetime import date, datetime

from engine import worklist
from engine.access import Actor, authorize_task
from engine.cases import Act
from engine.errors import NotYourTask
from engine.kernel import Reason
from engine.worklist import Task
from web.language import _, day, instant, label, words
from web.navigation import person
from web.sentences import derived, sentence


def why_mine(actor: Actor, task: Task) -> str:
    """Say why the task stands in the actor's inbox; empty when it does not."""
    found = worklist.ground(actor, task)
    if found is None:
        return ""
    if found.kind == "assigned":
        return _("it is assigned to you")
    if found.kind == "named":
        return _("it is offered to you by name")
    if found.kind == "role":
        return _("it is offered to everybody who is: %(role)s", role=words(found.whose))
    if found.kind == "deputy":
        return _("you are the deputy of %(who)s", who=person(found.whose))
    return _("you are the deputy of %(who)s, to whom it is assigned", who=person(found.whose))


def step_in_words(step: Reason) -> str:
    """Say one step of a deadline as a sentence; the raw call where it has no better words."""
    given = [_readable(one) for one in step.given]
    result = _readable(step.result)
    if step.article:
        return f"{sentence(step.article)}: {derived(step.text)} → {result}"
    if step.function == "add_working_days":
        start, number, site = given
        return _(
            "%(number)s working days (%(site)s) from %(start)s: %(result)s",
            number=number, site=site, start=start, result=result,
        )  # fmt: skip
    if step.function == "end_of_day":
        return _("It lasts until the end of %(day)s.", day=given[0])
    if step.function == "start_of_day":
        return _("It begins with %(day)s.", day=given[0])
    if step.function == "at_time":
        return _("At %(time)s on %(day)s, Brussels time.", time=given[1], day=given[0])
    return f"{step.function}({', '.join(given)}) → {result}"


def _readable(text: str) -> str:
    """Write a day or an instant as people do, anything else as it is."""
    try:
        if len(text) == len("2026-01-01"):
            return day(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return str(instant(at).striptags()) if at.tzinfo else text


def is_theirs(act: Act, task: Task) -> bool:
    """Say whether the actor may work on the task."""
    try:
        authorize_task(act.actor, task)
    except NotYourTask:
        return False
    return True


def shown_name(task: Task, *, is_mine: bool) -> str:
    """Return the name of a task; of a confidential one, only to those who do it."""
    return _("A confidential task") if task.confidential and not is_mine else label(task.name)
