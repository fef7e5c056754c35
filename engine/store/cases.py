"""The rows of one case: its state and the projections that the kernel's step gives."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)

from engine.kernel.model import Effect, OpenTask, Step, Subscription, Timer
from engine.store.events import Head
from engine.store.tables import case, draft, effect, offer, outbox, subscription, task, timer
from engine.store.unit_of_work import UnitOfWork

#: Tasks without a due date stand at the end of the inbox.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as the shell knows it; what may happen next is in `state`, for the kernel only."""

    id: UUID
    process: str
    definition: str
    revision: int
    title: str
    key: str | None
    parent: UUID | None
    opened_at: datetime
    changed_at: datetime
    changed_by: str
    ended_at: datetime | None
    ended_element: str | None
    outcome: str | None
    suspended_at: datetime | None
    state: bytes = b""

    @property
    def stream(self) -> str:
        """The name of its stream in the history."""
        return f"case:{self.id}"


def _case(row: RowMapping | None) -> Case | None:
    return Case(**row) if row else None


_PENDING = text(
    """
    SELECT 'task' AS what, id, due_at, NULL::bigint AS seq, NULL::bytea AS hash
    FROM task WHERE case_id = :case AND closed_at IS NULL
    UNION ALL SELECT 'timer', id, due_at, NULL, NULL FROM timer WHERE case_id = :case
    UNION ALL SELECT 'subscription', id, NULL, NULL, NULL FROM subscription WHERE case_id = :case
    UNION ALL SELECT 'effect', id, NULL, NULL, NULL FROM effect WHERE case_id = :case
    UNION ALL SELECT 'head', NULL, NULL, seq, hash FROM stream_head WHERE stream = :stream
    """
)


# a task never moves to another case; built once, for building takes longer than finding
_OF_TASK = (
    select(case)
    .where(
        case.c.id
        == select(task.c.case_id).where(task.c.id == bindparam("task_id")).scalar_subquery()
    )
    .with_for_update(of=case)
)


def get(uow: UnitOfWork, case_id: UUID) -> Case | None:
    """Return the case without locking it."""
    return _case(uow.one(select(case).where(case.c.id == case_id)))


def by_key(uow: UnitOfWork, process: str, key: str) -> Case | None:
    """Return the newest case of the process with this business key."""
    statement = select(case).where(case.c.process == process, case.c.key == key)
    return _case(uow.one(statement.order_by(case.c.opened_at.desc()).limit(1)))


def lock(uow: UnitOfWork, case_id: UUID, *, skip_locked: bool = False) -> Case | None:
    """Return the case, locked until the transaction ends; None if another holds it."""
    statement = select(case).where(case.c.id == case_id)
    return _case(uow.one(statement.with_for_update(skip_locked=skip_locked)))


def lock_of_task(uow: UnitOfWork, task_id: UUID) -> Case | None:
    """Return the case of a task, locked until the transaction ends."""
    return _case(uow.one(_OF_TASK, task_id=task_id))


def insert_case(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a new case."""
    uow.write(insert(case).values(row))


def update_case(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, object]) -> None:
    """Change columns of the case's row."""
    uow.write(update(case).where(case.c.id == case_id).values(changes))


#: What is stored as pending of one case: by table, the due instant by id.
Pending = Mapping[str, Mapping[UUID, datetime | None]]


def pending(uow: UnitOfWork, case: Case) -> tuple[Pending, Head]:
    """Return what is stored as pending of a locked case, and the head of its stream."""
    last = Head()
    stored: dict[str, dict[UUID, datetime | None]] = {
        "task": {},
        "timer": {},
        "subscription": {},
        "effect": {},
    }
    for row in uow.connection.execute(_PENDING, {"case": case.id, "stream": case.stream}):
        if row.what == "head":
            last = Head(seq=row.seq, hash=bytes(row.hash))
        else:
            stored[row.what][row.id] = row.due_at
    return stored, last


def save_pending(  # two sets, whose and by whom
    uow: UnitOfWork, case_id: UUID, stored: Pending, step: Step, *, by: str
) -> None:
    """Make tasks, timers, subscriptions and effects equal to what the step says is pending."""
    _close_tasks(uow, stored["task"], step.tasks, by)
    _save_tasks(uow, case_id, stored["task"], step.tasks)
    _save_timers(uow, case_id, stored["timer"], step.timers)
    _save_subscriptions(uow, case_id, stored["subscription"], step.subscriptions)
    _save_effects(uow, case_id, stored["effect"], step.effects)


def _close_tasks(
    uow: UnitOfWork,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[OpenTask],
    by: str,
) -> None:
    gone = list(stored.keys() - {UUID(one.id) for one in pending})
    if not gone:
        return
    closed = {"closed_at": uow.now, "closed_by": by}
    uow.write(update(task).where(task.c.id.in_(gone)).values(closed))
    uow.write(delete(offer).where(offer.c.task_id.in_(gone)))
    uow.write(delete(draft).where(draft.c.task_id.in_(gone)))


def _save_tasks(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[OpenTask],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    new = [one for key, one in wanted.items() if key not in stored]
    uow.write(insert(task), [_task_row(case_id, one, uow.now) for one in new])
    uow.write(
        insert(offer), [row for one in new for row in offers(_task_row(case_id, one, uow.now))]
    )


def _task_row(case_id: UUID, one: OpenTask, now: datetime) -> dict[str, object]:
    return {
        "id": UUID(one.id),
        "case_id": case_id,
        "element": one.element,
        "process": one.process,
        "name": one.name or one.element,
        "kind": one.kind,
        "form": one.form,
        "assignee": one.assignee,
        "candidate_groups": list(one.candidate_groups),
        "candidate_users": list(one.candidate_users),
        "due_at": one.due_at,
        "follow_up_at": one.follow_up_at,
        "priority": one.priority,
        "lane": one.lane,
        "legal_basis": one.legal_basis,
        "differs_from": list(one.differs_from),
        "confidential": one.confidential,
        "instance": one.instance,
        "opened_at": now,
    }


def offers(row: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the inbox rows of a task: its assignee's, or those of all whom it is offered to."""
    if row["assignee"]:
        whom = [f"user:{row['assignee']}"]
    else:
        whom = [f"user:{name}" for name in row["candidate_users"]]
        whom += [f"group:{name}" for name in row["candidate_groups"]]
    due = row["due_at"] or NEVER
    return [{"to_whom": one, "due_at": due, "task_id": row["id"]} for one in sorted(set(whom))]


def _save_timers(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[Timer],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    moved = {key for key, one in wanted.items() if key in stored and stored[key] != one.due_at}
    _remove(uow, timer, (stored.keys() - wanted.keys()) | moved)
    rows = [
        {
            "id": key,
            "case_id": case_id,
            "element": one.element,
            "attached_to": one.attached_to,
            "due_at": one.due_at,
        }
        for key, one in wanted.items()
        if key not in stored or key in moved
    ]
    uow.write(insert(timer), rows)


def _save_subscriptions(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[Subscription],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    _remove(uow, subscription, stored.keys() - wanted.keys())
    rows = [
        {
            "id": key,
            "case_id": case_id,
            "element": one.element,
            "message": one.message,
            "correlation": one.correlation,
        }
        for key, one in wanted.items()
        if key not in stored
    ]
    uow.write(insert(subscription), rows)


def _save_effects(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[Effect],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    _remove(uow, effect, stored.keys() - wanted.keys())
    rows = [
        {
            "id": key,
            "case_id": case_id,
            "element": one.element,
            "operation": one.operation,
            "input": dict(one.input),
            "retries": one.retries,
            "next_attempt_at": uow.now,
            "created_at": uow.now,
        }
        for key, one in wanted.items()
        if key not in stored
    ]
    uow.write(insert(effect), rows)


def save_outgoing(uow: UnitOfWork, case_id: UUID, step: Step) -> None:
    """Queue what the step sent to related cases."""
    rows = [
        {
            "id": uuid5(case_id, f"outgoing:{uow.now.isoformat()}:{number}"),
            "case_id": case_id,
            "kind": one.kind,
            "name": one.name,
            "variables": dict(one.variables),
            "created_at": uow.now,
        }
        for number, one in enumerate(step.outgoing)
    ]
    uow.write(insert(outbox), rows)


def _remove(uow: UnitOfWork, table: Any, ids: Iterable[UUID]) -> None:  # noqa: ANN401  # any table with an id
    gone = list(ids)
    if gone:
        uow.write(delete(table).where(table.c.id.in_(gone)))


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """What a list of cases is narrowed to; None means any."""

    process: str | None = None
    parent: UUID | None = None
    key: str | None = None
    outcome: str | None = None
    ended: bool | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    #: only cases with an open task offered to these ("group:panel_member")
    offered_to: tuple[str, ...] | None = None


def search(
    uow: UnitOfWork,
    narrowed: CaseFilter,
    *,
    sort: str,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Case]:
    """Return cases, without their state, sorted by `opened_at` or `changed_at`.

    A leading "-" in `sort` turns the order round.
    """
    column = {"opened_at": case.c.opened_at, "changed_at": case.c.changed_at}[
        sort.removeprefix("-")
    ]
    statement = select(*LISTED).where(*_narrow(narrowed))
    backwards = sort.startswith("-")
    if after is not None:
        key = tuple_(literal(after[0]), literal(after[1]))
        here = tuple_(column, case.c.id)
        statement = statement.where(here < key if backwards else here > key)
    order = (column.desc(), case.c.id.desc()) if backwards else (column, case.c.id)
    return [Case(**row) for row in uow.all(statement.order_by(*order).limit(limit))]


#: All columns but the state, which lists never need.
LISTED = tuple(column for column in case.columns if column.name != "state")


def _narrow(narrowed: CaseFilter) -> list[ColumnElement[bool]]:
    equal = {
        case.c.process: narrowed.process,
        case.c.parent: narrowed.parent,
        case.c.key: narrowed.key,
        case.c.outcome: narrowed.outcome,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if narrowed.ended is not None:
        conditions.append(
            case.c.ended_at.is_not(None) if narrowed.ended else case.c.ended_at.is_(None)
        )
    if narrowed.opened_from is not None:
        conditions.append(case.c.opened_at >= narrowed.opened_from)
    if narrowed.opened_before is not None:
        conditions.append(case.c.opened_at < narrowed.opened_before)
    if narrowed.offered_to is not None:
        theirs = (
            select(task.c.case_id)
            .join(offer, offer.c.task_id == task.c.id)
            .where(offer.c.to_whom.in_(narrowed.offered_to))
        )
        conditions.append(case.c.id.in_(theirs))
    return conditions


def is_offered(uow: UnitOfWork, case_id: UUID, whom: Sequence[str]) -> bool:
    """Say whether an open task of the case is offered to any of these."""
    statement = (
        select(literal(1))
        .join_from(offer, task, offer.c.task_id == task.c.id)
        .where(task.c.case_id == case_id, offer.c.to_whom.in_(whom))
        .limit(1)
    )
    return uow.scalar(statement) is not None


def count_open_tasks(uow: UnitOfWork, parent: UUID) -> list[RowMapping]:
    """Return how many open tasks of each element the cases under a parent have."""
    statement = (
        select(task.c.element, func.count().label("tasks"))
        .join(case, case.c.id == task.c.case_id)
        .where(case.c.parent == parent, task.c.closed_at.is_(None))
        .group_by(task.c.element)
        .order_by(task.c.element)
    )
    return list(uow.all(statement))


def suspend_tasks(uow: UnitOfWork, case_id: UUID, *, suspended: bool) -> None:
    """Mark the open tasks of a case as not workable, or as workable again."""
    is_open = (task.c.case_id == case_id) & task.c.closed_at.is_(None)
    uow.write(update(task).where(is_open).values(suspended=suspended))


def ids_by_key(uow: UnitOfWork, key: str) -> list[UUID]:
    """Return the running cases with this business key, newest first."""
    statement = select(case.c.id).where(case.c.key == key, case.c.ended_at.is_(None))
    return [row["id"] for row in uow.all(statement.order_by(case.c.opened_at.desc(), case.c.id))]
