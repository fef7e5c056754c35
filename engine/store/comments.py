"""Comments on a case and its tasks."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert, select

from engine.store.tables import comment, task
from engine.store.unit_of_work import Row, UnitOfWork


def add(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a comment."""
    uow.write(insert(comment).values(row))


def of_case(uow: UnitOfWork, case_id: UUID) -> list[Row]:
    """Return the comments of a case, oldest first, with the task that each was written at."""
    statement = (
        select(
            comment,
            task.c.name.label("task_name"),
            task.c.confidential,
            task.c.candidate_groups,
        )
        .outerjoin(task, task.c.id == comment.c.task_id)
        .where(comment.c.case_id == case_id)
        .order_by(comment.c.written_at, comment.c.id)
    )
    return list(uow.all(statement))
