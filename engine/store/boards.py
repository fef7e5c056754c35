"""Where the cases under a parent stand: a place for each, from all that they wait for, at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    Table,
    Text,
    cast,
    distinct,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from engine.store.tables import case, effect, incident, subscription, task, timer
from engine.store.tasks import Task, from_row
from engine.store.unit_of_work import UnitOfWork

#: Seconds of a day.
DAY = 24 * 3600


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
    here = (
        select(case.c.id.label("case_id"))
        .where(case.c.parent == parent, case.c.process == process, case.c.ended_at.is_(None))
        .cte("here")
        .prefix_with("MATERIALIZED")
    )
    known = literal(dict(ranks), JSONB)
    # lateral: one probe of an index per case, however many tasks are open elsewhere
    opened = (
        select(task.c.element, task.c.due_at)
        .where(task.c.case_id == here.c.case_id, task.c.closed_at.is_(None))
        # a fence: the planner would rather read every open task there is
        .offset(0)
        .correlate(here)
        .lateral("opened")
    )
    waits = union_all(
        select(
            here.c.case_id,
            _rank(known, opened.c.element).label("rank"),
            func.min(opened.c.due_at).label("due_at"),
        )
        .join_from(here, opened, true())
        .group_by(here.c.case_id, opened.c.element),
        *(
            select(here.c.case_id, _rank(known, one.c.element), null()).join_from(here, one, true())
            for one in (_placed(known, here, one) for one in (timer, subscription, effect))
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


def _placed(known: ColumnElement[Any], here: CTE, table: Table) -> FromClause:
    """Return what a case waits for at places; most messages may come at any time and have none."""
    return (
        select(table.c.element)
        .where(table.c.case_id == here.c.case_id, known.has_key(table.c.element))
        # no limit, but a fence: the planner would rather ask every row of the table for its place
        .offset(0)
        .correlate(here)
        .lateral()
    )


def _rank(known: ColumnElement[Any], element: ColumnElement[str]) -> ColumnElement[Any]:
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


def stage_times(
    uow: UnitOfWork, parent: UUID, process: str, ranks: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return per place how many cases worked in it and left it, with the median of days.

    The time runs from the first task that opened there to the last one that was closed.
    """
    place, theirs = _places(ranks), _tasks(parent, process)
    is_overdue = theirs.c.closed_at.is_(None) & (theirs.c.due_at < uow.now)
    stays = (
        select(
            place.c.rank,
            theirs.c.case_id,
            func.min(theirs.c.opened_at).label("opened_at"),
            func.max(theirs.c.closed_at).label("closed_at"),
            func.bool_and(theirs.c.closed_at.is_not(None)).label("is_over"),
            func.count().filter(is_overdue).label("overdue"),
        )
        .join(place, place.c.element == theirs.c.element)
        .group_by(place.c.rank, theirs.c.case_id)
        .subquery("stay")
    )
    days = func.extract("epoch", stays.c.closed_at - stays.c.opened_at) / DAY
    middle: Any = func.percentile_cont(0.5).within_group(days)
    statement = select(
        stays.c.rank,
        func.count().filter(stays.c.is_over).label("over"),
        middle.filter(stays.c.is_over).label("median_days"),
        func.max(days).filter(stays.c.is_over).label("longest_days"),
        func.sum(stays.c.overdue).label("overdue"),
    ).group_by(stays.c.rank)
    return [dict(row) for row in uow.all(statement)]


def reached(
    uow: UnitOfWork, parent: UUID, process: str, ranks: Mapping[str, int]
) -> dict[int, int]:
    """Count the cases that have been at each place: with a task there, or waiting there now."""
    place, now = _places(ranks), positions(parent, process, ranks)
    theirs = _tasks(parent, process)
    worked = select(place.c.rank, theirs.c.case_id).join(place, place.c.element == theirs.c.element)
    waits = select(func.unnest(now.c.ranks_open).label("rank"), now.c.case_id)
    both = worked.union(waits).subquery("been")
    rows = uow.all(select(both.c.rank, func.count().label("cases")).group_by(both.c.rank))
    return {row["rank"]: row["cases"] for row in rows}


def endings(uow: UnitOfWork, parent: UUID, process: str) -> list[dict[str, Any]]:
    """Count the ended cases by end event and outcome."""
    statement = (
        select(case.c.ended_element, case.c.outcome, func.count().label("cases"))
        .where(case.c.parent == parent, case.c.process == process, case.c.ended_at.is_not(None))
        .group_by(case.c.ended_element, case.c.outcome)
        .order_by(func.count().desc(), case.c.outcome)
    )
    return [dict(row) for row in uow.all(statement)]


def last_worked(
    uow: UnitOfWork, parent: UUID, process: str, ranks: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Count the running cases by where they wait and by the last process a person worked in."""
    now = positions(parent, process, ranks)
    last = (
        select(task.c.case_id, task.c.process)
        .ext(distinct_on(task.c.case_id))
        .join(now, now.c.case_id == task.c.case_id)
        .where(task.c.closed_at.is_not(None))
        .order_by(task.c.case_id, task.c.closed_at.desc(), task.c.id)
        .subquery("last")
    )
    statement = (
        select(now.c.rank, last.c.process, func.count().label("cases"))
        .join(last, last.c.case_id == now.c.case_id)
        .where(now.c.rank.is_not(None))
        .group_by(now.c.rank, last.c.process)
        .order_by(now.c.rank, func.count().desc())
    )
    return [dict(row) for row in uow.all(statement)]


def waiting(
    uow: UnitOfWork, parent: UUID, process: str, known: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return where each case under a parent waits: element, since when, and whether overdue.

    `known` are the elements that are a place; a case appears once at each.
    """
    here = (
        select(case.c.id.label("case_id"))
        .where(case.c.parent == parent, case.c.process == process, case.c.ended_at.is_(None))
        .cte("here")
        .prefix_with("MATERIALIZED")
    )
    opened = (
        select(task.c.element, task.c.opened_at, task.c.due_at)
        .where(task.c.case_id == here.c.case_id, task.c.closed_at.is_(None))
        .offset(0)
        .correlate(here)
        .lateral("opened")
    )
    places = literal(dict(known), JSONB)
    waits = union_all(
        select(here.c.case_id, opened.c.element, opened.c.opened_at, opened.c.due_at).join_from(
            here, opened, true()
        ),
        *(
            select(here.c.case_id, one.c.element, null(), null()).join_from(here, one, true())
            for one in (_placed(places, here, one) for one in (timer, subscription, effect))
        ),
    ).subquery("waits")
    statement = select(
        waits.c.element,
        waits.c.case_id,
        func.min(waits.c.opened_at).label("since"),
        func.bool_or(func.coalesce(waits.c.due_at < uow.now, False)).label("is_overdue"),
    ).group_by(waits.c.element, waits.c.case_id)
    return [dict(row) for row in uow.all(statement)]


def worked(uow: UnitOfWork, parent: UUID, process: str) -> dict[str, int]:
    """Count the cases under a parent in which a person has done each task."""
    statement = (
        select(task.c.element, func.count(distinct(task.c.case_id)).label("cases"))
        .join(case, case.c.id == task.c.case_id)
        .where(case.c.parent == parent, case.c.process == process, task.c.closed_at.is_not(None))
        .group_by(task.c.element)
    )
    return {row["element"]: row["cases"] for row in uow.all(statement)}


def _places(ranks: Mapping[str, int]) -> Subquery:
    elements = cast(literal(list(ranks), ARRAY(Text)), ARRAY(Text))
    numbers = cast(literal(list(ranks.values()), ARRAY(Integer)), ARRAY(Integer))
    return select(
        func.unnest(elements).label("element"), func.unnest(numbers).label("rank")
    ).subquery("place")


def _tasks(parent: UUID, process: str) -> CTE:
    """Return the tasks, open and closed, of the cases under a parent."""
    of_case = (
        select(task.c.element, task.c.opened_at, task.c.closed_at, task.c.due_at)
        .where(task.c.case_id == case.c.id)
        # a fence, as above: one probe of an index per case
        .offset(0)
        .correlate(case)
        .lateral("of_case")
    )
    return (
        select(case.c.id.label("case_id"), *of_case.c)
        .join_from(case, of_case, true())
        .where(case.c.parent == parent, case.c.process == process)
        .cte("theirs")
        # or the places would be unrolled for each case
        .prefix_with("MATERIALIZED")
    )
