"""What happened in a case, in one sentence, as far as the reader may know."""

import json
from collections.abc import Mapping, Sequence

from engine import clock, definitions
from engine.access import ENGINE
from engine.cases import Act, Case
from engine.history import EventKind, Sealed
from engine.worklist import Task
from web.language import ZONE, _, day, label, time_of_day
from web.navigation import person


def of(act: Act, case: Case, task: Task | None, found: Sequence[Sealed]) -> str:
    """Say the most telling of these events: the end of the task shown, else the last."""
    told = _most_telling(found, task)
    said = {"who": person(told.fields.actor), "time": _time(told)}
    if task is not None and _is_of(told, task):
        return _of_task(told, said)
    if told.fields.actor == act.actor.name:
        return _("You changed this case in another window at %(time)s.", **said)
    if not act.shell.policy.allows(act.actor.roles, "case:read"):
        return _("This case has changed since you opened this page.")
    name = _open_name(act, case, told)
    if name is None:
        return _("%(who)s changed this case at %(time)s.", **said)
    return _of_step(told, {**said, "step": name}) or _of_case(told, said)


def _most_telling(found: Sequence[Sealed], task: Task | None) -> Sealed:
    closing = [one for one in found if task and _closes(one, task)]
    by_people = [one for one in found if one.fields.actor != ENGINE.name]
    return (closing or by_people or found)[-1]


def _of_task(told: Sealed, said: Mapping[str, object]) -> str:
    to = _content(told).get("assignee")
    sentences: Mapping[str, str] = {
        EventKind.TASK_COMPLETED: _("%(who)s completed this task at %(time)s."),
        EventKind.TASK_CLAIMED: _("%(who)s took this task at %(time)s."),
        EventKind.TASK_UNCLAIMED: _("%(who)s gave this task back at %(time)s."),
        EventKind.TASK_ASSIGNED: _("%(who)s gave this task to %(whom)s at %(time)s."),
        EventKind.TASK_DELEGATED: _("%(who)s handed this task over to %(whom)s at %(time)s."),
        EventKind.TASK_RESCHEDULED: _("%(who)s changed the dates of this task at %(time)s."),
        EventKind.COMMENT_WRITTEN: _("%(who)s wrote a comment on this task at %(time)s."),
    }
    withdrawn = _("This task was withdrawn at %(time)s.")
    return sentences.get(told.fields.kind, withdrawn) % {**said, "whom": person(str(to or ""))}


def _of_step(told: Sealed, said: Mapping[str, object]) -> str | None:
    """Say what was done to a step that has a name."""
    sentences: Mapping[str, str] = {
        EventKind.TASK_COMPLETED: _("%(who)s completed \u201c%(step)s\u201d at %(time)s."),
        EventKind.TASK_CLAIMED: _("%(who)s took \u201c%(step)s\u201d at %(time)s."),
        EventKind.TASK_UNCLAIMED: _("%(who)s gave \u201c%(step)s\u201d back at %(time)s."),
        EventKind.TASK_ASSIGNED: _("%(who)s assigned \u201c%(step)s\u201d at %(time)s."),
        EventKind.TASK_DELEGATED: _("%(who)s handed \u201c%(step)s\u201d over at %(time)s."),
        EventKind.TASK_RESCHEDULED: _(
            "%(who)s changed the dates of \u201c%(step)s\u201d at %(time)s."
        ),
        EventKind.TIMER_FIRED: _("The time of \u201c%(step)s\u201d came at %(time)s."),
    }
    sentence = sentences.get(told.fields.kind)
    return sentence % said if sentence and said["step"] else None


def _of_case(told: Sealed, said: Mapping[str, object]) -> str:
    sentences: Mapping[str, str] = {
        EventKind.CASE_SENT_BACK: _("%(who)s sent this case back at %(time)s."),
        EventKind.CASE_CORRECTED: _("%(who)s corrected this case at %(time)s."),
        EventKind.CASE_CANCELLED: _("%(who)s ended this case before its time at %(time)s."),
        EventKind.CASE_SUSPENDED: _("%(who)s suspended this case at %(time)s."),
        EventKind.CASE_RESUMED: _("%(who)s resumed this case at %(time)s."),
        EventKind.CASE_MIGRATED: _("%(who)s moved this case to another version at %(time)s."),
        EventKind.CASE_ENDED: _("This case ended at %(time)s."),
        EventKind.DEADLINE_EXTENDED: _("%(who)s moved a deadline of this case at %(time)s."),
        EventKind.MESSAGE_RECEIVED: _("A message for this case arrived at %(time)s."),
        EventKind.COMMENT_WRITTEN: _("%(who)s wrote a comment at %(time)s."),
        EventKind.TIMER_FIRED: _("A deadline of this case passed at %(time)s."),
    }
    changed = _("%(who)s changed this case at %(time)s.")
    return sentences.get(told.fields.kind, changed) % said


def _open_name(act: Act, case: Case, told: Sealed) -> str | None:
    """Return the name of the event's step, empty where it has none; None for a confidential one."""
    element = definitions.find(act.uow, case.definition).elements.get(told.fields.element or "")
    if element is None:
        return ""
    return None if element.confidential else label(element.name)


def _is_of(told: Sealed, task: Task) -> bool:
    return _content(told).get("task") == str(task.id) or _closes(told, task)


def _closes(told: Sealed, task: Task) -> bool:
    closed = _content(told).get("closed")
    return isinstance(closed, list) and str(task.id) in closed


def _content(told: Sealed) -> Mapping[str, object]:
    found: Mapping[str, object] = json.loads(told.payload) if told.payload else {}
    return found


def _time(told: Sealed) -> str:
    at = told.fields.at
    if at.astimezone(ZONE).date() == clock.now().astimezone(ZONE).date():
        return time_of_day(at)
    return _("%(time)s on %(day)s", time=time_of_day(at), day=day(at))
