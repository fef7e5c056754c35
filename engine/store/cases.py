"""The rows of one case: its state and the projections that the kernel's step gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    bindparam,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from engine.store.prepared import prepared
from engine.store.tables import case, offer, task
from engine.store.unit_of_work import Row, UnitOfWork


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


def _case(row: Row | None) -> Case | None:
    return Case(**row) if row else None


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


#: What every step sets anew.
ADVANCED = (
    "definition", "revision", "state", "changed_at", "changed_by", "ended_at", "ended_element",
    "outcome",
)  # fmt: skip


def insert_case(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a new case."""
    uow.write(insert(case).values(row))


_ADVANCE = prepared(
    update(case)
    .where(case.c.id == bindparam("case_id"))
    .values({name: bindparam(name) for name in ADVANCED})
)


def advance(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, object]) -> None:
    """Store what a step changed in the case's row: the columns of ADVANCED."""
    uow.send(_ADVANCE, {**changes, "case_id": case_id})


def update_case(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, object]) -> None:
    """Change columns of the case's row."""
    uow.write(update(case).where(case.c.id == case_id).values(changes))


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


def any_ended_since(uow: UnitOfWork, instant: datetime) -> bool:
    """Say whether a case has ended after the instant."""
    # whatever ended has changed: the index on the change finds it
    since = (case.c.changed_at > instant) & (case.c.ended_at > instant)
    return uow.scalar(select(literal(1)).where(since).limit(1)) is not None


def is_offered(uow: UnitOfWork, case_id: UUID, whom: Sequence[str]) -> bool:
    """Say whether an open task of the case is offered to any of these."""
    statement = (
        select(literal(1))
        .join_from(offer, task, offer.c.task_id == task.c.id)
        .where(task.c.case_id == case_id, offer.c.to_whom.in_(whom))
        .limit(1)
    )
    return uow.scalar(statement) is not None


def count_open_tasks(uow: UnitOfWork, parent: UUID) -> list[Row]:
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
