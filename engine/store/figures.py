"""How far the cases under a parent came and how long that took, as questions to ask in one go.

`UnitOfWork.gathered` asks them together, so that what several of them need (where each case stands,
how long it stayed at each place) is worked out once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Select, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from engine.store.boards import rank_of, under
from engine.store.tables import task

#: Seconds of a day.
DAY = 24 * 3600


def stays(parent: UUID, process: str, ranks: Mapping[str, int], now: datetime) -> CTE:
    """Return the places in which each case under a parent had a task.

    A stay runs from the first task that opened there to the last one that was closed; it is over
    when none is open any more.
    """
    rank = rank_of(literal(dict(ranks), JSONB), task.c.element)
    is_overdue = task.c.closed_at.is_(None) & (task.c.due_at < now)
    return (
        select(
            task.c.case_id,
            rank.label("rank"),
            func.min(task.c.opened_at).label("opened_at"),
            func.max(task.c.closed_at).label("closed_at"),
            func.bool_and(task.c.closed_at.is_not(None)).label("is_over"),
            func.count().filter(is_overdue).label("overdue"),
        )
        .where(task.c.case_id == under(parent, process))
        .group_by(task.c.case_id, rank)
        .cte("stay")
        .prefix_with("MATERIALIZED")
    )


def stage_times(stay: CTE) -> Select[Any]:
    """Select per place how many cases worked in it and left it, with the median of days."""
    days = func.extract("epoch", stay.c.closed_at - stay.c.opened_at) / DAY
    middle: Any = func.percentile_cont(0.5).within_group(days)
    return (
        select(
            stay.c.rank,
            func.count().filter(stay.c.is_over).label("over"),
            middle.filter(stay.c.is_over).label("median_days"),
            func.max(days).filter(stay.c.is_over).label("longest_days"),
            func.sum(stay.c.overdue).label("overdue"),
        )
        .where(stay.c.rank.is_not(None))
        .group_by(stay.c.rank)
    )


def reached(stay: CTE, position: CTE) -> Select[Any]:
    """Select the number of cases that have been at each place: at work there, or waiting now."""
    worked = select(stay.c.rank, stay.c.case_id).where(stay.c.rank.is_not(None))
    waits = select(func.unnest(position.c.ranks_open).label("rank"), position.c.case_id)
    been = worked.union(waits).subquery("been")
    return select(been.c.rank, func.count().label("cases")).group_by(been.c.rank)


def last_worked(position: CTE) -> Select[Any]:
    """Select the running cases by where they wait and by the last process a person worked in."""
    last = (
        select(task.c.case_id, task.c.process)
        .ext(distinct_on(task.c.case_id))
        .join(position, position.c.case_id == task.c.case_id)
        .where(task.c.closed_at.is_not(None))
        .order_by(task.c.case_id, task.c.closed_at.desc(), task.c.id)
        .subquery("last")
    )
    return (
        select(position.c.rank, last.c.process, func.count().label("cases"))
        .join(last, last.c.case_id == position.c.case_id)
        .where(position.c.rank.is_not(None))
        .group_by(position.c.rank, last.c.process)
        .order_by(position.c.rank, func.count().desc())
    )
