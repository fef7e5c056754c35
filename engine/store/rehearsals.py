"""Rehearsals: what somebody did in a case that nobody else sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from engine.store.tables import rehearsal
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A case that its owner plays on a draft or on a version."""

    id: UUID
    owner: str
    process: str
    draft_id: UUID | None
    digest: str | None
    given: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    changed_at: datetime


def add(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a rehearsal."""
    uow.write(insert(rehearsal).values({**row, "changed_at": uow.now}))


def get(
    uow: UnitOfWork, rehearsal_id: UUID, owner: str, *, locked: bool = False
) -> Rehearsal | None:
    """Return a rehearsal of this person, if asked locked until the transaction ends."""
    here = (rehearsal.c.id == rehearsal_id) & (rehearsal.c.owner == owner)
    statement = select(rehearsal).where(here)
    row = uow.one(statement.with_for_update() if locked else statement)
    return Rehearsal(**row) if row else None


def of_owner(uow: UnitOfWork, owner: str) -> list[Rehearsal]:
    """Return what this person rehearses, last changed first."""
    mine = select(rehearsal).where(rehearsal.c.owner == owner)
    ordered = mine.order_by(rehearsal.c.changed_at.desc(), rehearsal.c.id)
    return [Rehearsal(**row) for row in uow.all(ordered)]


def put_steps(uow: UnitOfWork, rehearsal_id: UUID, steps: Sequence[Mapping[str, Any]]) -> None:
    """Store what was done in a rehearsal."""
    changed = {"steps": list(steps), "changed_at": uow.now}
    uow.write(update(rehearsal).where(rehearsal.c.id == rehearsal_id).values(changed))


def drop(uow: UnitOfWork, rehearsal_id: UUID) -> None:
    """Remove a rehearsal."""
    uow.write(delete(rehearsal).where(rehearsal.c.id == rehearsal_id))


def drop_old(uow: UnitOfWork, owner: str, *, kept: timedelta) -> None:
    """Remove what this person has not touched for so long."""
    old = (rehearsal.c.owner == owner) & (rehearsal.c.changed_at < uow.now - kept)
    uow.write(delete(rehearsal).where(old))
