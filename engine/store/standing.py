"""Where the cases of a list stand: their open tasks, in one query for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from engine.store.tables import task
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The open tasks of a case: their names and when the first is due."""

    names: tuple[str, ...] = ()
    due_at: datetime | None = None


def standing(uow: UnitOfWork, case_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Return where each of the cases with open tasks stands."""
    if not case_ids:
        return {}
    names = func.array_agg(task.c.name.distinct()).label("names")
    statement = (
        select(task.c.case_id, names, func.min(task.c.due_at).label("due_at"))
        .where(task.c.case_id.in_(case_ids), task.c.closed_at.is_(None))
        .group_by(task.c.case_id)
    )
    return {
        row["case_id"]: Standing(names=tuple(row["names"]), due_at=row["due_at"])
        for row in uow.all(statement)
    }
