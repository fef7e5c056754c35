"""The verbs on a case as a whole: messages, deadlines, ending, pausing, migrating."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from engine import definitions, kernel
from engine.access import Actor, authorize
from engine.cases.stepping import Act, advance, ensure_text, get, locked, note, workable
from engine.errors import Conflict, Invalid, NotFound
from engine.history import EventKind
from engine.kernel import Step
from engine.store import cases, pending, queue, tasks
from engine.store.cases import Case
from engine.store.unit_of_work import UnitOfWork


def receive(  # noqa: PLR0913  # a message has these parts
    act: Act,
    case_id: UUID,
    message: str,
    variables: Mapping[str, object],
    *,
    correlation: str | None = None,
    expected_revision: int | None = None,
) -> Step:
    """Deliver a message to a case that waits for it; raises Conflict when nothing does."""
    who = authorize(act.actor, "case:message", act.shell.policy)
    case = workable(act.uow, case_id, expected_revision)
    awaited = sorted({row["message"] for row in queue.subscriptions(act.uow, case_id)})
    if message not in awaited:
        raise Conflict(
            f"This case does not wait for {message!r}",
            where="message",
            remedy=f"it waits for: {', '.join(awaited) or 'no message'}",
        )
    command = kernel.Receive(message=message, correlation=correlation, variables=dict(variables))
    facts = {"message": message}
    return advance(act.uow, case, command, who, EventKind.MESSAGE_RECEIVED, facts=facts)


def extend(
    act: Act,
    timer_id: UUID,
    *,
    due_at: datetime,
    reason: str,
    expected_revision: int | None = None,
) -> Step:
    """Move a running deadline to another instant, with a reason; the old one stays on record."""
    ensure_text(reason, "reason")
    if due_at.tzinfo is None:
        raise Invalid("The new deadline needs a zone or an offset", where="due_at")
    timer = queue.get_timer(act.uow, timer_id)
    if timer is None:
        raise NotFound("No such deadline is running", where=str(timer_id))
    who = authorize(act.actor, "deadline:extend", act.shell.policy)
    case = workable(act.uow, timer["case_id"], expected_revision)
    facts = {"reason": reason, "before": timer["due_at"].isoformat(), "after": due_at.isoformat()}
    command = kernel.Extend(timer_id=str(timer_id), due_at=due_at, reason=reason)
    step = advance(
        act.uow,
        case,
        command,
        who,
        EventKind.DEADLINE_EXTENDED,
        element=timer["element"],
        facts=facts,
    )
    _move_task_with_deadline(act.uow, timer["attached_to"], timer["due_at"], due_at)
    return step


def cancel(
    act: Act,
    case_id: UUID,
    *,
    reason: str,
    expected_revision: int | None = None,
) -> Step:
    """End a case before its time, with a reason."""
    ensure_text(reason, "reason")
    who = authorize(act.actor, "case:cancel", act.shell.policy)
    case = workable(act.uow, case_id, expected_revision)
    return advance(act.uow, case, kernel.Cancel(reason=reason), who, EventKind.CASE_CANCELLED)


def correct(
    act: Act,
    case_id: UUID,
    variables: Mapping[str, object],
    *,
    reason: str,
    expected_revision: int | None = None,
) -> Step:
    """Correct variables of a case, with a reason; the values before stay on record."""
    ensure_text(reason, "reason")
    who = authorize(act.actor, "case:correct", act.shell.policy)
    case = workable(act.uow, case_id, expected_revision)
    command = kernel.SetVariables(variables=dict(variables), reason=reason)
    return advance(act.uow, case, command, who, EventKind.CASE_CORRECTED)


def suspend(act: Act, case_id: UUID, *, reason: str) -> Case:
    """Stop a case for a while: its tasks stay visible, its timers do not fire."""
    ensure_text(reason, "reason")
    who = authorize(act.actor, "case:suspend", act.shell.policy)
    case = workable(act.uow, case_id, None)
    cases.suspend_tasks(act.uow, case_id, suspended=True)
    return _set_suspended(act.uow, case, who, EventKind.CASE_SUSPENDED, act.uow.now, reason)


def resume(act: Act, case_id: UUID, *, reason: str) -> Case:
    """Let a suspended case go on; what fell due in the meantime fires now."""
    ensure_text(reason, "reason")
    who = authorize(act.actor, "case:suspend", act.shell.policy)
    case = locked(act.uow, case_id)
    if case.suspended_at is None:
        raise Conflict("This case is not suspended")
    cases.suspend_tasks(act.uow, case_id, suspended=False)
    return _set_suspended(act.uow, case, who, EventKind.CASE_RESUMED, None, reason)


def preview_migration(
    act: Act,
    case_id: UUID,
    *,
    to: str,
    mapping: Mapping[str, str],
) -> kernel.Preview:
    """Say what migrating the case to another version would do, changing nothing."""
    authorize(act.actor, "case:migrate", act.shell.policy)
    case = get(act.uow, case_id)
    old, new = definitions.find(act.uow, case.definition), definitions.find(act.uow, to)
    return kernel.preview_migration(old, new, case.state, mapping)


def migrate(  # noqa: PLR0913  # the request has these parts
    act: Act,
    case_id: UUID,
    *,
    to: str,
    mapping: Mapping[str, str],
    reason: str,
    recompute_timers: bool = False,
    expected_revision: int | None = None,
) -> Step:
    """Move a running case to another version of its process; one event names both versions."""
    ensure_text(reason, "reason")
    who = authorize(act.actor, "case:migrate", act.shell.policy)
    case = workable(act.uow, case_id, expected_revision)
    old = definitions.find(act.uow, case.definition)
    command = kernel.Migrate(
        old=old, mapping=dict(mapping), recompute_timers=recompute_timers, reason=reason
    )
    facts = {"from": case.definition, "to": to}
    moved = replace(case, definition=to)
    step = advance(act.uow, moved, command, who, EventKind.CASE_MIGRATED, facts=facts)
    pending.rename(act.uow, step)
    return step


def _set_suspended(  # noqa: PLR0913, PLR0917  # both verbs share these parts
    uow: UnitOfWork,
    case: Case,
    actor: Actor,
    kind: EventKind,
    suspended_at: datetime | None,
    reason: str,
) -> Case:
    cases.update_case(uow, case.id, {"suspended_at": suspended_at})
    note(uow, case, actor, kind, element=None, facts={"reason": reason})
    return get(uow, case.id)


def _move_task_with_deadline(
    uow: UnitOfWork, attached_to: str | None, before: datetime, due_at: datetime
) -> None:
    task = tasks.get(uow, UUID(attached_to)) if attached_to else None
    if task is not None and task.closed_at is None and task.due_at == before:
        tasks.change(uow, task, {"due_at": due_at})
