"""The verbs on an open task."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from engine import definitions, kernel
from engine.access import Actor, Policy, authorize, authorize_task, ensure_four_eyes
from engine.cases.stepping import Act, Read, advance, ensure_text, ensure_workable, note, plain
from engine.errors import (
    Conflict,
    FormRejected,
    FourEyes,
    Invalid,
    NotFound,
    NotYourTask,
    TaskNotOpen,
)
from engine.history import EventKind
from engine.kernel import Step
from engine.store import events, pending, tasks, users
from engine.store.cases import Case
from engine.store.pending import Held
from engine.store.tasks import Task
from engine.store.unit_of_work import UnitOfWork
from forms import FormError, compile_form


def complete_task(
    act: Act,
    task_id: UUID,
    submission: Mapping[str, object],
    *,
    expected_revision: int | None = None,
) -> Step:
    """Complete an open task with its form's submission; return the step.

    Raises as `complete` does.
    """
    step, _ = complete(act, task_id, submission, expected_revision=expected_revision)
    return step


def complete(
    act: Act,
    task_id: UUID,
    submission: Mapping[str, object],
    *,
    expected_revision: int | None = None,
) -> tuple[Step, Task]:
    """Complete an open task with its form's submission; return the step and the closed task.

    Raises TaskNotOpen (who did it and when), StaleCase, NotYourTask, FourEyes, FormRejected with
    the errors by field, ExecutionFailed when the diagram cannot go on; nothing is stored then.
    """
    case, task, held = _held_task(act.uow, task_id, expected_revision)
    who = _authorized(act.uow, act.actor, case.stream, task)
    definition = definitions.find(act.uow, case.definition)
    restored = kernel.restore(definition, case.state, now=act.uow.now)
    seen = kernel.seen_by(restored, str(task_id))
    result = _validated(definition.forms, task, submission, seen=seen, now=act.uow.now)
    command = kernel.CompleteTask(task_id=str(task_id), variables=result)
    kind, element = EventKind.TASK_COMPLETED, task.element
    step = advance(
        act.uow, case, command, who, kind, element=element, read=Read(held=held, restored=restored)
    )
    closed_by = who.on_behalf_of or who.name
    closed = replace(task, closed_at=act.uow.now, closed_by=closed_by, revision=case.revision + 1)
    return step, closed


def four_eyes_bar(act: Act, task: Task) -> str | None:
    """Say who took part in an earlier step and bars the actor from this one; None if nobody does.

    It is what completing the task would be refused for (four eyes).
    """
    if not task.differs_from:
        return None
    try:
        _authorized(act.uow, act.actor, f"case:{task.case_id}", task)
    except FourEyes as refusal:
        return refusal.detail
    except NotYourTask:
        return None
    return None


def claim(act: Act, task_id: UUID, *, expected_revision: int | None = None) -> Task:
    """Take a task that is offered to the actor; it leaves everybody else's inbox."""
    case, task = _open_task(act.uow, task_id, expected_revision)
    who = _authorized(act.uow, act.actor, case.stream, task)
    holder = who.on_behalf_of or who.name
    return _reassign(act.uow, case, task, who, EventKind.TASK_CLAIMED, assignee=holder)


def unclaim(act: Act, task_id: UUID, *, expected_revision: int | None = None) -> Task:
    """Give a claimed task back to all whom it was offered to: its holder, or who may assign it."""
    case, task = _open_task(act.uow, task_id, expected_revision)
    who = _holder_or_assigner(act, task)
    if not (task.candidate_groups or task.candidate_users):
        raise Conflict("This task is for one named person", remedy="delegate it instead")
    _ensure_not_in_person(task)
    return _reassign(act.uow, case, task, who, EventKind.TASK_UNCLAIMED, assignee=None)


def assign(
    act: Act,
    task_id: UUID,
    *,
    to: str,
    reason: str | None = None,
    expected_revision: int | None = None,
) -> Task:
    """Give a task to a named person who has one of its roles.

    What is done in person needs a reason: somebody fell ill for good, and the case must go on.
    """
    case, task = _open_task(act.uow, task_id, expected_revision)
    who = authorize(act.actor, "task:assign", act.shell.policy)
    if task.in_person:
        ensure_text(reason or "", "reason")
    _ensure_candidate(act.uow, task, to)
    facts = {"to": to, "reason": reason}
    return _reassign(act.uow, case, task, who, EventKind.TASK_ASSIGNED, assignee=to, facts=facts)


def delegate(
    act: Act,
    task_id: UUID,
    *,
    to: str,
    reason: str,
    expected_revision: int | None = None,
) -> Task:
    """Hand one's own task to a colleague who has one of its roles, with a reason."""
    ensure_text(reason, "reason")
    case, task = _open_task(act.uow, task_id, expected_revision)
    who = authorize_task(act.actor, task)
    _ensure_not_in_person(task)
    _ensure_candidate(act.uow, task, to)
    facts = {"to": to, "reason": reason}
    return _reassign(act.uow, case, task, who, EventKind.TASK_DELEGATED, assignee=to, facts=facts)


def save_draft(act: Act, task_id: UUID, content: Mapping[str, object]) -> datetime:
    """Keep an unsubmitted form; nothing is validated and no event is written."""
    _, task, _ = _of_task(act.uow, task_id)
    who = authorize_task(act.actor, task)
    tasks.save_draft(act.uow, task_id, content, who.name)
    return act.uow.now


def send_back(
    act: Act,
    task_id: UUID,
    *,
    to_element: str,
    reason: str,
    expected_revision: int | None = None,
) -> Step:
    """Withdraw an open task and open an earlier one anew; the earlier attempt stays visible."""
    ensure_text(reason, "reason")
    case, task = _open_task(act.uow, task_id, expected_revision)
    who = _task_or_permission(act.actor, task, "task:send-back", act.shell.policy)
    command = kernel.SendBack(task_id=str(task_id), to_element=to_element, reason=reason)
    return advance(act.uow, case, command, who, EventKind.CASE_SENT_BACK, element=task.element)


def reschedule(
    act: Act,
    task_id: UUID,
    changes: Mapping[str, object],
    *,
    reason: str,
    expected_revision: int | None = None,
) -> Task:
    """Change an open task's due date, follow-up date or priority, with a reason."""
    ensure_text(reason, "reason")
    unknown = changes.keys() - {"due_at", "follow_up_at", "priority"}
    if unknown or not changes:
        raise Invalid(
            f"A task has no {sorted(unknown)[0]} to change" if unknown else "Nothing is to change",
            where=str(task_id),
            remedy="due_at, follow_up_at or priority",
        )
    case, task = _open_task(act.uow, task_id, expected_revision)
    who = _task_or_permission(act.actor, task, "task:assign", act.shell.policy)
    before = {key: getattr(task, key) for key in changes}
    facts = {"reason": reason, "before": plain(before), "after": plain(changes)}
    tasks.change(act.uow, task, changes)
    note(
        act.uow, case, who, EventKind.TASK_RESCHEDULED, element=task.element, facts=facts, task=task
    )
    return still_open(act.uow, case, task_id)


def _reassign(  # noqa: PLR0913  # all four verbs share these parts
    uow: UnitOfWork,
    case: Case,
    task: Task,
    actor: Actor,
    kind: EventKind,
    *,
    assignee: str | None,
    facts: Mapping[str, object] | None = None,
) -> Task:
    tasks.change(uow, task, {"assignee": assignee})
    record = {"from": task.assignee, "assignee": assignee, **(facts or {})}
    note(uow, case, actor, kind, element=task.element, facts=record, task=task)
    return still_open(uow, case, task.id)


def still_open(uow: UnitOfWork, case: Case, task_id: UUID) -> Task:
    """Return the task; raise TaskNotOpen, saying who finished it, or NotFound."""
    task = tasks.get(uow, task_id)
    if task is None:
        raise NotFound("There is no such task", where=str(task_id))
    _ensure_open(case, task)
    return task


def _ensure_open(case: Case, task: Task) -> None:
    if task.closed_at is None:
        return
    raise TaskNotOpen(
        f"{task.closed_by} finished this task at {task.closed_at.isoformat()}",
        where=task.element,
        changed_by=task.closed_by,
        changed_at=task.closed_at.isoformat(),
        revision=case.revision,
    )


def _of_task(uow: UnitOfWork, task_id: UUID) -> tuple[Case, Task, Held]:
    found = pending.lock_of_task(uow, task_id)
    if found is None:
        raise NotFound("There is no such task", where=str(task_id))
    case, task, held = found
    _ensure_open(case, task)
    return case, task, held


def _held_task(
    uow: UnitOfWork, task_id: UUID, expected_revision: int | None
) -> tuple[Case, Task, Held]:
    case, task, held = _of_task(uow, task_id)
    ensure_workable(case, expected_revision)
    return case, task, held


def _open_task(uow: UnitOfWork, task_id: UUID, expected_revision: int | None) -> tuple[Case, Task]:
    case, task, _ = _held_task(uow, task_id, expected_revision)
    return case, task


def _authorized(uow: UnitOfWork, actor: Actor, stream: str, task: Task) -> Actor:
    who = authorize_task(actor, task)
    if task.differs_from:
        performers = events.performers(uow, stream, task.differs_from)
        ensure_four_eyes(who, performers, task.element)
    return who


def _task_or_permission(actor: Actor, task: Task, verb: str, policy: Policy) -> Actor:
    if policy.allows(actor.roles, verb):
        return actor
    return authorize_task(actor, task)


def _holder_or_assigner(act: Act, task: Task) -> Actor:
    """Return as whom the actor acts: whoever may assign a task may also take that back."""
    try:
        return authorize_task(act.actor, task)
    except NotYourTask:
        if not act.shell.policy.allows(act.actor.roles, "task:assign"):
            raise
        return act.actor


def _ensure_not_in_person(task: Task) -> None:
    if task.in_person:
        raise Conflict(
            "This task is done in person; it cannot be handed over or given back",
            where=task.element,
            remedy="ask an officer to assign it, with the reason",
        )


def _ensure_candidate(uow: UnitOfWork, task: Task, name: str) -> None:
    person = users.get(uow, name)
    if person is None or not person["active"]:
        raise Invalid(f"There is no active user {name!r}", where="to")
    groups = frozenset(task.candidate_groups)
    if groups and not groups & frozenset(person["roles"]) and name not in task.candidate_users:
        wanted = ", ".join(sorted(groups))
        raise Invalid(f"{name} has none of the roles of this task: {wanted}", where="to")


def _validated(
    forms: Mapping[str, bytes],
    task: Task,
    submission: Mapping[str, object],
    *,
    seen: Mapping[str, object],
    now: datetime,
) -> dict[str, object]:
    if task.form is None:
        if submission:
            raise FormRejected("This task has no form", errors={"": ["send an empty object"]})
        return {}
    form = compile_form(forms[task.form], name=f"{task.form}.form")
    try:
        return form.load(submission, context=seen, now=now)
    except FormError as error:
        fields = ", ".join(sorted(error.errors))
        raise FormRejected(
            f"The form has errors in: {fields}", where=task.element, errors=error.errors
        ) from error
