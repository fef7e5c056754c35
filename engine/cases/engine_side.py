"""What the engine does to a case by itself: timers, answers of operations, deliveries."""

from collections.abc import Mapping
from uuid import UUID

from engine import kernel
from engine.access import ENGINE
from engine.cases.stepping import advance, locked, note
from engine.history import EventKind
from engine.kernel import Step
from engine.store import cases, queue
from engine.store.cases import Case
from engine.store.unit_of_work import Row, UnitOfWork


def tick(uow: UnitOfWork, case_id: UUID) -> Step | None:
    """Fire the due timers of a case; None when another transaction holds it or none is due."""
    case = cases.lock(uow, case_id, skip_locked=True)
    if case is None or case.suspended_at or case.ended_at:
        return None
    due = [row for row in queue.timers(uow, case_id=case_id) if row["due_at"] <= uow.now]
    if not due:
        return None
    facts = {
        "timers": [{"element": row["element"], "due_at": row["due_at"].isoformat()} for row in due]
    }
    element = due[0]["element"]
    return advance(
        uow, case, kernel.Tick(), ENGINE, EventKind.TIMER_FIRED, element=element, facts=facts
    )


def finish_effect(
    uow: UnitOfWork, case: Case, effect: Row, variables: Mapping[str, object]
) -> Step:
    """Hand the answer of an operation to its case, which the caller has locked."""
    command = kernel.FinishEffect(effect_id=str(effect["id"]), variables=dict(variables))
    return advance(uow, case, command, ENGINE, EventKind.EFFECT_FINISHED, element=effect["element"])


def fail_effect(uow: UnitOfWork, case: Case, effect: Row, code: str, message: str) -> Step:
    """Let the diagram handle an operation's business error, by its BPMN error code."""
    command = kernel.FailEffect(effect_id=str(effect["id"]), error_code=code, message=message)
    return advance(uow, case, command, ENGINE, EventKind.EFFECT_FAILED, element=effect["element"])


def deliver(
    uow: UnitOfWork, case_id: UUID, message: str, variables: Mapping[str, object]
) -> Step | None:
    """Deliver a message from another case; None when nobody in this case waits for it."""
    case = locked(uow, case_id)
    waits = {row["message"] for row in queue.subscriptions(uow, case_id)}
    if case.ended_at or message not in waits:
        return None
    command = kernel.Receive(message=message, variables=dict(variables))
    facts = {"message": message}
    return advance(uow, case, command, ENGINE, EventKind.MESSAGE_RECEIVED, facts=facts)


def note_waiting(uow: UnitOfWork, case: Case, effect: Row) -> None:
    """Record that an operation has begun and will answer later."""
    facts = {"operation": effect["operation"], "effect": str(effect["id"])}
    note(uow, case, ENGINE, EventKind.EFFECT_BEGUN, element=effect["element"], facts=facts)
