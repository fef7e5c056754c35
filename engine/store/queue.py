"""What waits for the worker: due timers, effects to run; and the incidents that stop them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from engine.store.tables import case, effect, incident, outbox, subscription, timer
from engine.store.unit_of_work import Row, UnitOfWork


def due_timers(uow: UnitOfWork, *, limit: int) -> Sequence[Row]:
    """Return cases with a due timer, most overdue first; suspended cases wait."""
    statement = (
        select(timer.c.case_id, timer.c.id, timer.c.due_at)
        .join(case, case.c.id == timer.c.case_id)
        .where(
            timer.c.due_at <= uow.now,
            timer.c.held_at.is_(None),
            case.c.suspended_at.is_(None),
        )
        .order_by(timer.c.due_at, timer.c.id)
        .limit(limit)
        .with_for_update(of=timer, skip_locked=True)
    )
    return uow.all(statement)


def due_effects(uow: UnitOfWork, *, limit: int) -> Sequence[Row]:
    """Return effects whose attempt is due, oldest first; suspended cases wait."""
    statement = (
        select(effect)
        .join(case, case.c.id == effect.c.case_id)
        .where(effect.c.next_attempt_at <= uow.now, case.c.suspended_at.is_(None))
        .order_by(effect.c.next_attempt_at, effect.c.id)
        .limit(limit)
        .with_for_update(of=effect, skip_locked=True)
    )
    return uow.all(statement)


def get_effect(uow: UnitOfWork, effect_id: UUID) -> Row | None:
    """Return an effect that has not finished."""
    return uow.one(select(effect).where(effect.c.id == effect_id))


def lock_effect(uow: UnitOfWork, effect_id: UUID) -> Row | None:
    """Return the effect locked, or None when it is gone or another worker has it."""
    statement = select(effect).where(effect.c.id == effect_id)
    return uow.one(statement.with_for_update(skip_locked=True))


def change_effect(uow: UnitOfWork, effect_id: UUID, changes: Mapping[str, object]) -> None:
    """Change columns of an effect."""
    uow.write(update(effect).where(effect.c.id == effect_id).values(changes))


def effects(uow: UnitOfWork, *, case_id: UUID | None = None) -> Sequence[Row]:
    """Return the effects that have not finished, oldest first."""
    statement = select(effect).order_by(effect.c.created_at, effect.c.id)
    if case_id is not None:
        statement = statement.where(effect.c.case_id == case_id)
    return uow.all(statement)


def get_timer(uow: UnitOfWork, timer_id: UUID) -> Row | None:
    """Return a running timer."""
    return uow.one(select(timer).where(timer.c.id == timer_id))


def timers(
    uow: UnitOfWork,
    *,
    case_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 200,
) -> Sequence[Row]:
    """Return running timers, the next due first."""
    statement = (
        select(timer, case.c.title.label("case_title"), case.c.process)
        .join(case, case.c.id == timer.c.case_id)
        .order_by(timer.c.due_at, timer.c.id)
        .limit(limit)
    )
    if case_id is not None:
        statement = statement.where(timer.c.case_id == case_id)
    if after is not None:
        day, key = after
        later = (timer.c.due_at == day) & (timer.c.id > key)
        statement = statement.where((timer.c.due_at > day) | later)
    return uow.all(statement)


def hold_timers(uow: UnitOfWork, case_id: UUID, held_at: datetime | None) -> None:
    """Keep the due timers of a case from firing, or let them fire again (None)."""
    statement = update(timer).where(timer.c.case_id == case_id)
    if held_at is not None:
        statement = statement.where(timer.c.due_at <= held_at)
    uow.write(statement.values(held_at=held_at))


def next_due(uow: UnitOfWork) -> datetime | None:
    """Return the instant at which the worker has something to do next, or None."""
    of_timers = (
        select(timer.c.due_at).where(timer.c.held_at.is_(None)).order_by(timer.c.due_at).limit(1)
    )
    of_effects = (
        select(effect.c.next_attempt_at)
        .where(effect.c.next_attempt_at.is_not(None))
        .order_by(effect.c.next_attempt_at)
        .limit(1)
    )
    found = [uow.scalar(of_timers), uow.scalar(of_effects)]
    return min((one for one in found if one is not None), default=None)


def count_due(uow: UnitOfWork, case_id: UUID) -> int:
    """Return how many timers of the case are due."""
    is_due = (timer.c.case_id == case_id) & (timer.c.due_at <= uow.now)
    found = uow.scalar(select(func.count()).select_from(timer).where(is_due))
    return int(found or 0)


def outgoing(uow: UnitOfWork, *, limit: int) -> Sequence[Row]:
    """Return thrown messages that nobody delivered yet, oldest first."""
    statement = select(outbox).where(outbox.c.created_at <= uow.now)
    return uow.all(statement.order_by(outbox.c.created_at, outbox.c.id).limit(limit))


def lock_outgoing(uow: UnitOfWork, message_id: UUID) -> Row | None:
    """Return a thrown message locked, or None when it is gone or another worker has it."""
    statement = select(outbox).where(outbox.c.id == message_id)
    return uow.one(statement.with_for_update(skip_locked=True))


def postpone_outgoing(uow: UnitOfWork, message_id: UUID, until: datetime) -> None:
    """Let a message that could not be taken stand back until an instant."""
    uow.write(update(outbox).where(outbox.c.id == message_id).values(created_at=until))


def remove_outgoing(uow: UnitOfWork, message_id: UUID) -> None:
    """Forget a delivered message; the history keeps it."""
    uow.write(delete(outbox).where(outbox.c.id == message_id))


def related_waiting(uow: UnitOfWork, case_id: UUID, message: str) -> list[UUID]:
    """Return the parent and children of a case that wait for the message."""
    parent = select(case.c.parent).where(case.c.id == case_id).scalar_subquery()
    related = (case.c.parent == case_id) | (case.c.id == parent)
    statement = (
        select(subscription.c.case_id)
        .join(case, case.c.id == subscription.c.case_id)
        .where(subscription.c.message == message, related)
    )
    return sorted({row["case_id"] for row in uow.all(statement)})


def waiting(
    uow: UnitOfWork, message: str, correlation: str | None, case_id: UUID | None
) -> list[UUID]:
    """Return the ids of the cases that wait for the message, locked in their order."""
    statement = select(subscription.c.case_id).where(subscription.c.message == message)
    if case_id is not None:
        statement = statement.where(subscription.c.case_id == case_id)
    if correlation is not None:
        statement = statement.where(subscription.c.correlation == correlation)
    return sorted({row["case_id"] for row in uow.all(statement)})


def subscriptions(uow: UnitOfWork, case_id: UUID) -> Sequence[Row]:
    """Return the messages that a case waits for."""
    statement = select(subscription).where(subscription.c.case_id == case_id)
    return uow.all(statement.order_by(subscription.c.message, subscription.c.id))


def add_incident(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store an incident."""
    uow.write(insert(incident).values(row))


def get_incident(uow: UnitOfWork, incident_id: UUID) -> Row | None:
    """Return an incident, open or resolved."""
    return uow.one(select(incident).where(incident.c.id == incident_id))


def change_incident(uow: UnitOfWork, incident_id: UUID, changes: Mapping[str, object]) -> None:
    """Annotate or resolve an incident."""
    uow.write(update(incident).where(incident.c.id == incident_id).values(changes))


def incidents(
    uow: UnitOfWork, *, case_id: UUID | None = None, only_open: bool = True
) -> Sequence[Row]:
    """Return incidents, oldest first."""
    statement = select(incident, case.c.title.label("case_title")).join(
        case, case.c.id == incident.c.case_id
    )
    if case_id is not None:
        statement = statement.where(incident.c.case_id == case_id)
    if only_open:
        statement = statement.where(incident.c.resolved_at.is_(None))
    return uow.all(statement.order_by(incident.c.raised_at, incident.c.id))


def open_incident(uow: UnitOfWork, subject_id: UUID) -> UUID | None:
    """Return the open incident of an effect, timer or message, if it has one."""
    here = (incident.c.subject_id == subject_id) & incident.c.resolved_at.is_(None)
    found: UUID | None = uow.scalar(select(incident.c.id).where(here).limit(1))
    return found


# --- what an operator looks through ----------------------------------------------------------

#: After which row a page begins: an instant and an id.
Place = tuple[datetime, UUID] | None
_OF_CASE = (
    case.c.title.label("case_title"),
    case.c.process,
    case.c.definition,
    case.c.revision,
    case.c.suspended_at,
)


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """What a list of timers, effects or incidents is narrowed to; None means any."""

    process: str | None = None
    element: str | None = None
    case_id: UUID | None = None
    #: of timers: the instant they fire; of effects and incidents: since when they are there
    since: datetime | None = None
    before: datetime | None = None
    #: one of STATES of the list
    state: str | None = None


TIMER_STATES: Mapping[str, ColumnElement[bool]] = {
    "held": timer.c.held_at.is_not(None),
    "running": timer.c.held_at.is_(None),
}
_STOPPED = (
    select(literal(1))
    .where(incident.c.subject_id == effect.c.id, incident.c.resolved_at.is_(None))
    .exists()
)
EFFECT_STATES: Mapping[str, ColumnElement[bool]] = {
    "waiting": effect.c.next_attempt_at.is_not(None) & (effect.c.attempts == 0),
    "failing": effect.c.next_attempt_at.is_not(None) & (effect.c.attempts > 0),
    "stopped": effect.c.next_attempt_at.is_(None) & _STOPPED,
    "begun": effect.c.next_attempt_at.is_(None) & ~_STOPPED,
}
INCIDENT_STATES: Mapping[str, ColumnElement[bool]] = {
    "open": incident.c.resolved_at.is_(None),
    "resolved": incident.c.resolved_at.is_not(None),
}


def search_timers(
    uow: UnitOfWork, narrowed: QueueFilter, *, after: Place, limit: int
) -> Sequence[Row]:
    """Return running timers with their cases, the next due first."""
    # each state by itself: the index holds only those that nothing keeps from firing
    states = [narrowed.state] if narrowed.state is not None else [*TIMER_STATES]
    found: list[Row] = []
    for state in states:
        statement = select(timer, *_OF_CASE).join(case, case.c.id == timer.c.case_id)
        statement = _narrow(statement, timer.c.element, timer.c.due_at, narrowed)
        statement = _page(statement.where(TIMER_STATES[state]), (timer.c.due_at, timer.c.id), after)
        found += uow.all(statement.limit(limit))
    return sorted(found, key=lambda row: (row["due_at"], row["id"]))[:limit]


def search_effects(
    uow: UnitOfWork, narrowed: QueueFilter, *, after: Place, limit: int
) -> Sequence[Row]:
    """Return operations that have not finished with their cases, oldest first."""
    statement = select(effect, *_OF_CASE, _STOPPED.label("is_stopped"))
    statement = statement.join(case, case.c.id == effect.c.case_id)
    statement = _narrow(statement, effect.c.element, effect.c.created_at, narrowed)
    if narrowed.state is not None:
        statement = statement.where(EFFECT_STATES[narrowed.state])
    return uow.all(_page(statement, (effect.c.created_at, effect.c.id), after).limit(limit))


def search_incidents(
    uow: UnitOfWork, narrowed: QueueFilter, *, after: Place, limit: int
) -> Sequence[Row]:
    """Return incidents with their cases and attempts, oldest first; resolved ones newest first."""
    of_effect = (effect.c.attempts, effect.c.operation)
    statement = (
        select(incident, *_OF_CASE, *of_effect)
        .join(case, case.c.id == incident.c.case_id)
        .outerjoin(effect, effect.c.id == incident.c.subject_id)
    )
    statement = _narrow(statement, incident.c.element, incident.c.raised_at, narrowed)
    if narrowed.state is not None:
        statement = statement.where(INCIDENT_STATES[narrowed.state])
    key = (incident.c.raised_at, incident.c.id)
    backwards = narrowed.state == "resolved"
    return uow.all(_page(statement, key, after, backwards=backwards).limit(limit))


def waiting_places(uow: UnitOfWork, kind: str) -> Sequence[Row]:
    """Count the timers, effects or open incidents by process and element.

    `kind` is "timer", "effect" or "incident"; `definition` is one version that has the element.
    """
    table = {"timer": timer, "effect": effect, "incident": incident}[kind]
    version = func.max(case.c.definition).label("definition")
    statement = (
        select(case.c.process, table.c.element, version, func.count().label("n"))
        .join(case, case.c.id == table.c.case_id)
        .group_by(case.c.process, table.c.element)
        .order_by(case.c.process, table.c.element)
    )
    if kind == "incident":
        statement = statement.where(incident.c.resolved_at.is_(None))
    return uow.all(statement)


def get_incident_with_case(uow: UnitOfWork, incident_id: UUID) -> Row | None:
    """Return an incident, open or resolved, with its case."""
    statement = select(incident, *_OF_CASE).join(case, case.c.id == incident.c.case_id)
    return uow.one(statement.where(incident.c.id == incident_id))


def get_timer_with_case(uow: UnitOfWork, timer_id: UUID) -> Row | None:
    """Return a running timer with its case."""
    statement = select(timer, *_OF_CASE).join(case, case.c.id == timer.c.case_id)
    return uow.one(statement.where(timer.c.id == timer_id))


def _narrow(
    statement: Select[Any],
    element: ColumnElement[Any],
    at: ColumnElement[Any],
    narrowed: QueueFilter,
) -> Select[Any]:
    equal = {
        case.c.process: narrowed.process,
        element: narrowed.element,
        case.c.id: narrowed.case_id,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if narrowed.since is not None:
        conditions.append(at >= narrowed.since)
    if narrowed.before is not None:
        conditions.append(at < narrowed.before)
    return statement.where(*conditions)


def _page(
    statement: Select[Any],
    key: tuple[ColumnElement[Any], ColumnElement[Any]],
    after: Place,
    *,
    backwards: bool = False,
) -> Select[Any]:
    if after is not None:
        here, there = tuple_(*key), tuple_(*map(literal, after))
        statement = statement.where(here < there if backwards else here > there)
    return statement.order_by(*[one.desc() for one in key] if backwards else key)
