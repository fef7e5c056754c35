"""What will happen by itself: running deadlines over many cases, and those that end a task."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, tuple_

from engine.store.tables import case, offer, task, timer
from engine.store.unit_of_work import UnitOfWork


def coming(
    uow: UnitOfWork,
    *,
    offered_to: Sequence[str] | None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return deadlines that nothing holds back with their cases, the next first.

    `offered_to` narrows them to cases with an open task for any of these; None to no case.
    """
    about = (case.c.title.label("case_title"), case.c.process, case.c.definition)
    statement = (
        select(timer, *about)
        .join(case, case.c.id == timer.c.case_id)
        .where(timer.c.held_at.is_(None), case.c.suspended_at.is_(None))
        .order_by(timer.c.due_at, timer.c.id)
        .limit(limit)
    )
    if offered_to is not None:
        statement = statement.where(timer.c.case_id.in_(_theirs(offered_to)))
    if after is not None:
        statement = statement.where(
            tuple_(timer.c.due_at, timer.c.id) > tuple_(*map(literal, after))
        )
    return [dict(row) for row in uow.all(statement)]


def count_coming(
    uow: UnitOfWork, *, offered_to: Sequence[str] | None, before: datetime, most: int
) -> int:
    """Count the deadlines of `coming` that pass before an instant, up to `most`."""
    found = (
        select(timer.c.id)
        .join(case, case.c.id == timer.c.case_id)
        .where(timer.c.held_at.is_(None), case.c.suspended_at.is_(None), timer.c.due_at < before)
        .limit(most)
    )
    if offered_to is not None:
        found = found.where(timer.c.case_id.in_(_theirs(offered_to)))
    return int(uow.scalar(select(func.count()).select_from(found.subquery())) or 0)


def _theirs(whom: Sequence[str]) -> Select[tuple[UUID]]:
    return (
        select(task.c.case_id)
        .join(offer, offer.c.task_id == task.c.id)
        .where(offer.c.to_whom.in_(whom))
    )


def ending(uow: UnitOfWork, tasks: Sequence[UUID]) -> dict[str, dict[str, Any]]:
    """Return the next deadline that stands at each of several tasks, by the task's id."""
    if not tasks:
        return {}
    # by case first: that has an index, and a page shows few cases
    cases = select(task.c.case_id).where(task.c.id.in_(tasks))
    statement = (
        select(timer.c.attached_to, timer.c.element, timer.c.due_at)
        .where(timer.c.case_id.in_(cases), timer.c.attached_to.in_([str(one) for one in tasks]))
        .order_by(timer.c.due_at.desc())
    )
    # the last one kept is the earliest
    return {row["attached_to"]: dict(row) for row in uow.all(statement)}
