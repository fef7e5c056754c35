"""Letters on their way: the next one to send, and what became of it."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, or_, select, update

from engine.store import UnitOfWork
from recruitment.store.tables import call, letter


def next_due(uow: UnitOfWork) -> RowMapping | None:
    """Return the oldest letter that is to be tried now, locked; others pass over it."""
    is_due = or_(letter.c.next_attempt_at.is_(None), letter.c.next_attempt_at <= uow.now)
    statement = select(letter).where(
        letter.c.sent_at.is_(None), letter.c.failed_at.is_(None), is_due
    )
    return uow.one(
        statement.order_by(letter.c.written_at).limit(1).with_for_update(skip_locked=True)
    )


def get(uow: UnitOfWork, key: UUID) -> RowMapping | None:
    """Return a letter, locked."""
    return uow.one(select(letter).where(letter.c.id == key).with_for_update())


def look_at(uow: UnitOfWork, key: UUID) -> RowMapping | None:
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
    statement = update(letter).where(letter.c.sent_at.is_(None), letter.c.failed_at.is_not(None))
    if key is not None:
        statement = statement.where(letter.c.id == key)
    return uow.write(statement.values(failed_at=None, next_attempt_at=None, attempts=0))


def counts(uow: UnitOfWork, *, within: timedelta) -> RowMapping:
    """Count letters: waiting, waiting after a failure, refused, and lately come back."""
    is_waiting = letter.c.sent_at.is_(None) & letter.c.failed_at.is_(None)
    statement = select(
        func.count().filter(is_waiting).label("waiting"),
        func.count().filter(is_waiting, letter.c.attempts > 0).label("failing"),
        func.count().filter(letter.c.failed_at.is_not(None)).label("refused"),
    ).where(letter.c.sent_at.is_(None))
    came_back = select(func.count()).where(letter.c.bounced_at > uow.now - within)
    return uow.all(select(statement.subquery(), came_back.scalar_subquery().label("bounced")))[0]


def call_of_case(uow: UnitOfWork, case_id: UUID) -> str | None:
    """Return the call whose case it is."""
    row = uow.one(select(call.c.id).where(call.c.case_id == case_id))
    return str(row["id"]) if row else None
