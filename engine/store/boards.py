"""Where the cases under a parent stand: a place for each, from all that they wait for, at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    distinct,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.sql.elements import CollectionAggregate

from engine.store.tables import case, effect, incident, subscription, task, timer
from engine.store.tasks import Task, from_row
from engine.store.unit_of_work import UnitOfWork


def definitions(uow: UnitOfWork, parent: UUID, process: str) -> list[str]:
    """Return the versions that the cases under a parent run on, the newest case's first."""
    statement = (
        select(case.c.definition)
        .where(case.c.parent == parent, case.c.process == process)
        .group_by(case.c.definition)
        .order_by(func.max(case.c.opened_at).desc())
    )
    return [row["definition"] for row in uow.all(statement)]


def positions(parent: UUID, process: str, ranks: Mapping[str, int]) -> CTE:
    """Return the cases under a parent with their place: `ranks` gives that of each element.

    A case that waits at several places stands at the first; `ranks_open` names all of them.
    """
    here, known = under(parent, process, is_running=True), literal(dict(ranks), JSONB)
    waits = union_all(
        select(
            task.c.case_id,
            rank_of(known, task.c.element).label("rank"),
            func.min(task.c.due_at).label("due_at"),
        )
        .where(task.c.case_id == here, task.c.closed_at.is_(None))
        .group_by(task.c.case_id, task.c.element),
        *(
            select(one.c.case_id, rank_of(known, one.c.element), null()).where(
                *_placed(one, here, ranks)
            )
            for one in (timer, subscription, effect)
        ),
    ).subquery("waits")
    rank = waits.c.rank
    return (
        select(
            waits.c.case_id,
            func.min(rank).label("rank"),
            func.array_agg(distinct(rank)).filter(rank.is_not(None)).label("ranks_open"),
            func.min(waits.c.due_at).label("due_at"),
        )
        .group_by(waits.c.case_id)
        .cte("position")
        # computed once, not once more in every row of a join that was thought to be small
        .prefix_with("MATERIALIZED")
    )


def under(parent: UUID, process: str, *, is_running: bool = False) -> CollectionAggregate[Any]:
    """Return any of the cases under a parent, to be compared with.

    As an array and not as a join: the planner, which cannot guess that all tasks of these cases
    are few, would read every open task there is instead of probing the index for each case.
    """
    ids = select(case.c.id).where(case.c.parent == parent, case.c.process == process)
    if is_running:
        ids = ids.where(case.c.ended_at.is_(None))
    return any_(func.array(ids.scalar_subquery(), type_=ARRAY(Uuid)))


def _placed(
    table: Table, here: CollectionAggregate[Any], known: Mapping[str, int]
) -> tuple[ColumnElement[bool], ...]:
    """Say what waits at a place; most messages may come at any time and have none."""
    return table.c.case_id == here, table.c.element == any_(literal(list(known), ARRAY(Text)))


def rank_of(known: ColumnElement[Any], element: ColumnElement[str]) -> ColumnElement[Any]:
    """Return the place of an element, null where it has none."""
    # looked up and not joined: the planner knows no length of a parameter and would try them all
    return cast(known[element].astext, Integer)


def open_tasks(uow: UnitOfWork, cases: Sequence[UUID]) -> dict[UUID, list[Task]]:
    """Return the open tasks of several cases, due first."""
    statement = (
        select(
            task,
            case.c.title.label("case_title"),
            case.c.key.label("case_key"),
            case.c.revision,
            case.c.definition,
        )
        .join(case, case.c.id == task.c.case_id)
        .where(task.c.case_id.in_(cases), task.c.closed_at.is_(None))
        .order_by(task.c.due_at.nulls_last(), task.c.opened_at, task.c.id)
    )
    found: dict[UUID, list[Task]] = {one: [] for one in cases}
    for row in uow.all(statement):
        found[row["case_id"]].append(from_row(row))
    return found


def last_done(uow: UnitOfWork, cases: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the task that was closed last in each of several cases."""
    statement = (
        select(
            task.c.case_id,
            task.c.name,
            task.c.process,
            task.c.confidential,
            task.c.closed_at,
        )
        .ext(distinct_on(task.c.case_id))
        .where(task.c.case_id.in_(cases), task.c.closed_at.is_not(None))
        .order_by(task.c.case_id, task.c.closed_at.desc(), task.c.id)
    )
    return {row["case_id"]: dict(row) for row in uow.all(statement)}


def troubled(uow: UnitOfWork, cases: Sequence[UUID]) -> frozenset[UUID]:
    """Return those of several cases that an open incident holds up."""
    is_open = incident.c.case_id.in_(cases) & incident.c.resolved_at.is_(None)
    return frozenset(
        row["case_id"] for row in uow.all(select(incident.c.case_id).distinct().where(is_open))
    )


def endings(uow: UnitOfWork, parent: UUID, process: str) -> list[dict[str, Any]]:
    """Count the ended cases by end event and outcome."""
    statement = (
        select(case.c.ended_element, case.c.outcome, func.count().label("cases"))
        .where(case.c.parent == parent, case.c.process == process, case.c.ended_at.is_not(None))
        .group_by(case.c.ended_element, case.c.outcome)
        .order_by(func.count().desc(), case.c.outcome)
    )
    return [dict(row) for row in uow.all(statement)]


def waiting(
    uow: UnitOfWork, parent: UUID, process: str, known: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return where each case under a parent waits: element, since when, and whether overdue.

    `known` are the elements that are a place; a case appears at each. `case_id` is its text.
    """
    here = under(parent, process, is_running=True)
    waits = union_all(
        select(
            task.c.case_id,
            task.c.element,
            func.min(task.c.opened_at).label("since"),
            func.bool_or(func.coalesce(task.c.due_at < uow.now, False)).label("is_overdue"),
        )
        .where(task.c.case_id == here, task.c.closed_at.is_(None))
        .group_by(task.c.case_id, task.c.element),
        *(
            select(one.c.case_id, one.c.element, null(), false()).where(*_placed(one, here, known))
            for one in (timer, subscription, effect)
        ),
    ).subquery("waits")
    # the letters and not the UUID, which costs the reader as much as the rest of the row
    columns = (waits.c.element, waits.c.since, waits.c.is_overdue)
    return uow.all(select(cast(waits.c.case_id, Text).label("case_id"), *columns))


def worked(uow: UnitOfWork, parent: UUID, process: str) -> dict[str, int]:
    """Count the cases under a parent in which a person has done each task."""
    statement = (
        select(task.c.element, func.count(distinct(task.c.case_id)).label("cases"))
        .where(task.c.case_id == under(parent, process), task.c.closed_at.is_not(None))
        .group_by(task.c.element)
    )
    return {row["element"]: row["cases"] for row in uow.all(statement)}
