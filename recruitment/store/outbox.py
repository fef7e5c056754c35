"""Letters on their way: the next one to send, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from engine.store import UnitOfWork
from engine.store.unit_of_work import Row
from recruitment.store.tables import call, letter

#: Letters are counted no further than this.
MANY = 1000


def next_due(uow: UnitOfWork) -> Row | None:
    """Return the oldest letter that is to be tried now, locked; others pass over it."""
    is_due = or_(letter.c.next_attempt_at.is_(None), letter.c.next_attempt_at <= uow.now)
    statement = select(letter).where(
        letter.c.sent_at.is_(None), letter.c.failed_at.is_(None), is_due
    )
    return uow.one(
        statement.order_by(letter.c.written_at).limit(1).with_for_update(skip_locked=True)
    )


def get(uow: UnitOfWork, key: UUID) -> Row | None:
    """Return a letter, locked."""
    return uow.one(select(letter).where(letter.c.id == key).with_for_update())


def look_at(uow: UnitOfWork, key: UUID) -> Row | None:
    """Return a letter."""
    return uow.one(select(letter).where(letter.c.id == key))


def change(uow: UnitOfWork, key: UUID, changes: Mapping[str, object]) -> None:
    """Change columns of a letter."""
    uow.write(update(letter).where(letter.c.id == key).values(changes))


def remove(uow: UnitOfWork, key: UUID) -> None:
    """Remove a letter that has not left."""
    uow.write(delete(letter).where(letter.c.id == key, letter.c.sent_at.is_(None)))


def again(uow: UnitOfWork, key: UUID | None) -> int:
    """Let refused letters be tried again, or one of them; return how many."""
    refused = letter.c.sent_at.is_(None) & letter.c.failed_at.is_not(None)
    if key is not None:
        refused &= letter.c.id == key
    if not uow.all(select(letter.c.id).where(refused).limit(1)):
        return 0
    changes = {"failed_at": None, "next_attempt_at": None, "attempts": 0}
    return uow.write(update(letter).where(refused).values(changes))


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many letters are where; none is counted beyond MANY."""

    waiting: int
    #: waiting after a failed attempt
    failing: int
    refused: int
    #: lately come back
    bounced: int


def counts(uow: UnitOfWork, *, within: timedelta) -> Counts:
    """Count the letters in the outbox and those that came back within this time."""
    waits = letter.c.sent_at.is_(None) & letter.c.failed_at.is_(None)
    tried = letter.c.sent_at.is_(None) & (letter.c.attempts > 0)
    return Counts(
        waiting=_count(uow, waits),
        failing=_count(uow, tried & letter.c.failed_at.is_(None)),
        refused=_count(uow, tried & letter.c.failed_at.is_not(None)),
        bounced=_count(uow, letter.c.bounced_at > uow.now - within),
    )


def _count(uow: UnitOfWork, which: ColumnElement[bool]) -> int:
    found = select(letter.c.id).where(which).limit(MANY).subquery()
    return int(uow.scalar(select(func.count()).select_from(found)) or 0)


def call_of_case(uow: UnitOfWork, case_id: UUID) -> str | None:
    """Return the call whose case it is."""
    row = uow.one(select(call.c.id).where(call.c.case_id == case_id))
    return str(row["id"]) if row else None
