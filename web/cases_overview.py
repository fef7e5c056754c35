"""The overview of a case: what runs, what happens then, and what can be done or why not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from engine import kernel
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import NotYourTask
from engine.kernel import Ahead
from engine.kernel.returns import return_targets
from engine.worklist import Task
from web.cases_head import Head, Running
from web.language import _, label, words
from web.navigation import may

#: The message by which a candidate withdraws.
WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A running deadline with what follows when it passes."""

    id: UUID
    name: str
    due_at: datetime
    held_at: datetime | None
    legal_basis: str | None
    #: what it interrupts or stands beside, if it sits on something
    host: str | None
    is_interrupting: bool
    then: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One possible value of a field of an action."""

    value: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that can be done to the case, or the reason why it cannot be done now."""

    #: the last part of its address, also the id of its dialog
    name: str
    title: str
    explanation: str
    #: None when it can be done
    why_not: str | None = None
    is_grave: bool = False
    #: the address that the form is sent to, after that of the case
    path: str = ""
    #: further questions of its dialog
    asks: str | None = None
    choices: tuple[Choice, ...] = field(default=())


def deadlines(head: Head) -> tuple[Deadline, ...]:
    """Return the running deadlines, the next first."""
    return tuple(_deadline(head, one) for one in head.timers)


def _deadline(head: Head, timer: Running) -> Deadline:
    element = head.definition.elements[timer.element]
    return Deadline(
        id=timer.id,
        name=head.name_of(timer.element),
        due_at=timer.due_at,
        held_at=timer.held_at,
        legal_basis=element.legal_basis,
        host=head.name_of(element.attached_to) if element.attached_to else None,
        is_interrupting=element.interrupting,
        then=tuple(place_in_words(one) for one in kernel.ahead(head.definition, element.id)),
    )


def place_in_words(place: Ahead) -> str:
    """Say where the case goes next."""
    name = label(place.element.name) or place.element.id
    if place.ends:
        text = _("the case ends: %(name)s", name=name)
    elif place.stage:
        text = _("the stage “%(stage)s” ends: %(name)s", stage=label(place.stage), name=name)
    else:
        text = name
    if not place.answers:
        return text
    answers = ", ".join(
        f"{label(question)} {label(answer)}".strip() for question, answer in place.answers
    )
    return _("%(place)s (if: %(answers)s)", place=text, answers=answers)


def actions(act: Act, head: Head) -> tuple[Action, ...]:
    """Return all that may be done to the case as a whole, what can be done now first."""
    found = [*_on_case(act, head), *_on_deadlines(act, head), *_on_tasks(act, head)]
    return tuple(sorted(found, key=lambda one: one.why_not is not None))


def why_not_correct(act: Act, head: Head) -> str | None:
    """Say why data cannot be corrected now; None when it can."""
    return _blocked(act, head, "case:correct")


def _on_case(act: Act, head: Head) -> Iterator[Action]:
    case = head.case
    if any(one.message == WITHDRAWAL for one in head.definition.elements.values()):
        yield Action(
            name="withdraw",
            title=_("Record a withdrawal"),
            explanation=_("The candidate withdraws. The case goes on as its diagram says."),
            why_not=_blocked(act, head, "case:message")
            or (None if WITHDRAWAL in head.messages else _no_withdrawal()),
            is_grave=True,
        )
    if case.suspended_at:
        yield Action(
            name="resume",
            title=_("Resume"),
            explanation=_("Work goes on; deadlines that passed in the meantime act at once."),
            why_not=_not_allowed(act, "case:suspend"),
        )
    else:
        yield Action(
            name="suspend",
            title=_("Suspend"),
            explanation=_("Nothing can be completed and no deadline acts until it is resumed."),
            why_not=_blocked(act, head, "case:suspend"),
        )
    yield Action(
        name="cancel",
        title=_("Cancel the case"),
        explanation=_("The case ends at once, before its time. This cannot be undone."),
        why_not=_blocked(act, head, "case:cancel"),
        is_grave=True,
    )


def _no_withdrawal() -> str:
    return _("at this stage the process does not wait for a withdrawal")


def _on_deadlines(act: Act, head: Head) -> Iterator[Action]:
    why_not = _blocked(act, head, "deadline:extend")
    if not why_not and not head.timers:
        why_not = _("no deadline is running")
    yield Action(
        name="extend",
        title=_("Move a deadline"),
        explanation=_("The date before stays on record, with your reason."),
        why_not=why_not,
        asks="deadline",
        choices=tuple(
            Choice(value=str(one.id), title=head.name_of(one.element)) for one in head.timers
        ),
    )


def _on_tasks(act: Act, head: Head) -> Iterator[Action]:
    possible = return_targets(head.definition, head.case.state) if head.tasks else {}
    choices = tuple(
        Choice(
            value=f"{task.id}/{element.id}",
            title=_(
                "from “%(task)s” to “%(earlier)s”",
                task=label(task.name),
                earlier=label(element.name) or element.id,
            ),
        )
        for task in head.tasks
        if _may_send_back(act, task)
        for element in possible.get(str(task.id), ())
    )
    why_not = _halted(head)
    if not why_not and not head.tasks:
        why_not = _("no task is open")
    if not why_not and not any(_may_send_back(act, one) for one in head.tasks):
        why_not = _not_allowed(act, "task:send-back")
    if not why_not and not choices:
        why_not = _("no earlier task of this part of the case can be opened again")
    yield Action(
        name="send-back",
        title=_("Send back"),
        explanation=_("The open task is withdrawn and the earlier one opens anew."),
        why_not=why_not,
        asks="task",
        choices=choices,
    )


def _may_send_back(act: Act, task: Task) -> bool:
    if may("task:send-back"):
        return True
    try:
        authorize_task(act.actor, task)
    except NotYourTask:
        return False
    return True


def _blocked(act: Act, head: Head, verb: str) -> str | None:
    return _halted(head) or _not_allowed(act, verb)


def _halted(head: Head) -> str | None:
    if head.case.ended_at:
        return _("the case has ended")
    return _("the case is suspended; resume it first") if head.case.suspended_at else None


def _not_allowed(act: Act, verb: str) -> str | None:
    if may(verb):
        return None
    roles = sorted(words(one) for one in act.shell.policy.permissions.get(verb, ()))
    return _("it takes one of these roles: %(roles)s", roles=", ".join(roles))
