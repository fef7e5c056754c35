"""Lists of calls and of the applications of one call: filtered, sorted, counted, paged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy import case as either

from engine.store import UnitOfWork
from engine.store.tables import case
from recruitment.store.tables import application, call, candidate

#: A row, by the names of its columns.
Found = Mapping[str, Any]
#: Applications without a due task stand at the end.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
#: The place of a case that waits for nothing that has a place.
NOWHERE = -1
#: The end of a case that was cancelled: it reached no end event.
CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What a list of applications is narrowed to; None means any."""

    #: the rank of a place, or NOWHERE
    rank: int | None = None
    #: the end event of an ended case, or CANCELLED
    ended: str | None = None
    outcome: str | None = None
    late: bool | None = None
    #: part of the name of the candidate
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A page of a list: its order, where it begins and how long it is."""

    #: "due_at", "received_at", "name" or "rank"; a leading "-" turns the order round
    sort: str
    after: tuple[object, str] | None
    limit: int | None


def calls(
    uow: UnitOfWork, *, after: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Return calls, the latest deadline first, with their cases and numbers of applications."""
    here = application.c.call == call.c.id
    count = select(func.count()).where(here)
    late = count.where(application.c.received_at > call.c.deadline)
    statement = select(
        call,
        case.c.ended_at,
        case.c.ended_element,
        case.c.suspended_at,
        count.scalar_subquery().label("applications"),
        late.scalar_subquery().label("late"),
    ).outerjoin(case, case.c.id == call.c.case_id)
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1]))
        statement = statement.where(tuple_(call.c.deadline, call.c.id) < place)
    return [
        dict(row)
        for row in uow.all(
            statement.order_by(call.c.deadline.desc(), call.c.id.desc()).limit(limit)
        )
    ]


def counted(call_row: Found, position: CTE, narrowed: Narrowed, now: datetime) -> Select[Any]:
    """Select the numbers of applications of a call by place and end: all, late and overdue ones.

    `matching` counts those of the narrowed list; the others count all.
    """
    matches = and_(true(), *_conditions(call_row, position, narrowed))
    rank = func.coalesce(position.c.rank, NOWHERE).label("rank")
    columns: list[ColumnElement[Any]] = [
        rank,
        _ended().label("ended"),
        func.count().label("cases"),
        func.count().filter(matches).label("matching"),
        func.count().filter(_is_late(call_row)).label("late"),
        func.count().filter(position.c.due_at < now).label("overdue"),
    ]
    return _of_call(call_row, position).with_only_columns(*columns).group_by(rank, _ended())


def applications(
    uow: UnitOfWork,
    call_row: Found,
    position: CTE,
    narrowed: Narrowed,
    wanted: Wanted,
) -> list[dict[str, Any]]:
    """Return a page of the applications of a call with the place of their cases."""
    statement = page(call_row, position, narrowed, wanted)
    return [dict(row) for row in uow.all(statement)]


def page(call_row: Found, position: CTE, narrowed: Narrowed, wanted: Wanted) -> Select[Any]:
    """Select a page of the applications of a call with the place of their cases."""
    statement = _of_call(call_row, position).where(*_conditions(call_row, position, narrowed))
    columns: dict[str, ColumnElement[Any]] = {
        "due_at": func.coalesce(position.c.due_at, literal(NEVER)),
        "received_at": application.c.received_at,
        "name": candidate.c.name,
        "rank": func.coalesce(position.c.rank, literal(NOWHERE)),
    }
    column = columns[wanted.sort.removeprefix("-")]
    backwards = wanted.sort.startswith("-")
    if wanted.after is not None:
        key = tuple_(literal(wanted.after[0]), literal(wanted.after[1]))
        here = tuple_(column, application.c.id)
        statement = statement.where(here < key if backwards else here > key)
    order = (column.desc(), application.c.id.desc()) if backwards else (column, application.c.id)
    return statement.order_by(*order).limit(wanted.limit)


def same_person(uow: UnitOfWork, call_id: str, candidate_id: str) -> list[dict[str, Any]]:
    """Return all applications of one person for one call, the first first."""
    statement = (
        select(
            application.c.id,
            application.c.received_at,
            application.c.digest,
            case.c.id.label("case_id"),
        )
        .outerjoin(case, case.c.key == application.c.id)
        .where(application.c.call == call_id, application.c.candidate == candidate_id)
        .order_by(application.c.received_at, application.c.id)
    )
    return [dict(row) for row in uow.all(statement)]


def arrivals(uow: UnitOfWork, call_id: str) -> list[dict[str, Any]]:
    """Count the applications of a call by the day they arrived, in Brussels."""
    day = func.date(func.timezone("Europe/Brussels", application.c.received_at)).label("day")
    statement = select(day, func.count().label("applications")).where(application.c.call == call_id)
    return [dict(row) for row in uow.all(statement.group_by(day).order_by(day))]


def first(
    uow: UnitOfWork, call_row: Found, position: CTE, narrowed: Narrowed, *, each: int
) -> list[dict[str, Any]]:
    """Return the first applications, due first, of every place and end of a call.

    Each row carries the numbers of its column, so that one query is enough: `cases`,
    `cases_late` and `cases_overdue`.
    """
    listed = (
        _of_call(call_row, position).where(*_conditions(call_row, position, narrowed)).subquery()
    )
    number = (
        func.row_number()
        .over(
            partition_by=(listed.c.rank, listed.c.ended),
            order_by=(listed.c.due_at, listed.c.id),
        )
        .label("number")
    )
    of_column = (listed.c.rank, listed.c.ended)
    is_overdue = listed.c.due_at < uow.now
    counts = (
        func.count().over(partition_by=of_column).label("cases"),
        func.count().filter(listed.c.late).over(partition_by=of_column).label("cases_late"),
        func.count().filter(is_overdue).over(partition_by=of_column).label("cases_overdue"),
    )
    numbered = select(listed, number, *counts).subquery()
    statement = select(numbered).where(numbered.c.number <= each)
    return [
        dict(row)
        for row in uow.all(statement.order_by(numbered.c.rank, numbered.c.due_at, numbered.c.id))
    ]


def _of_call(call_row: Found, position: CTE) -> Select[Any]:
    return (
        select(
            application.c.id,
            application.c.received_at,
            application.c.score,
            candidate.c.name,
            case.c.id.label("case_id"),
            case.c.revision,
            case.c.definition,
            case.c.ended_at,
            case.c.ended_element,
            case.c.outcome,
            case.c.suspended_at,
            _ended().label("ended"),
            func.coalesce(position.c.rank, NOWHERE).label("rank"),
            position.c.ranks_open,
            func.coalesce(position.c.due_at, literal(NEVER)).label("due_at"),
            _is_late(call_row).label("late"),
        )
        .join(candidate, candidate.c.id == application.c.candidate)
        .join(case, case.c.key == application.c.id)
        .outerjoin(position, position.c.case_id == case.c.id)
        .where(application.c.call == call_row["id"], case.c.parent == call_row["case_id"])
    )


def _ended() -> ColumnElement[str | None]:
    """Return the end event of an ended case; null while it runs."""
    named = func.coalesce(case.c.ended_element, literal_column(f"'{CANCELLED}'"))
    return either((case.c.ended_at.is_not(None), named), else_=None)


def _is_late(call_row: Found) -> ColumnElement[bool]:
    return application.c.received_at > literal(call_row["deadline"])


def _conditions(call_row: Found, position: CTE, narrowed: Narrowed) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowed.rank is not None:
        found.append(func.coalesce(position.c.rank, NOWHERE) == narrowed.rank)
        found.append(case.c.ended_at.is_(None))
    if narrowed.ended is not None:
        found.append(_ended() == narrowed.ended)
    if narrowed.outcome is not None:
        found.append(case.c.outcome == narrowed.outcome)
    if narrowed.late is not None:
        found.append(_is_late(call_row) == narrowed.late)
    if narrowed.name is not None:
        pattern = narrowed.name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found.append(candidate.c.name.ilike(f"%{pattern}%"))
    return found
