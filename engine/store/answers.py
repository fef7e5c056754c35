"""Answers already given under an Idempotency-Key, so that a retry changes nothing twice."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, insert, select, text

from engine.store.tables import idempotency
from engine.store.unit_of_work import Row, UnitOfWork

#: How long an answer is kept.
KEPT = timedelta(days=1)


def find(uow: UnitOfWork, actor: str, key: str) -> Row | None:
    """Return the answer given under this key; the key is locked until the transaction ends."""
    uow.connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))"), {"key": f"{actor}\n{key}"}
    )
    mine = (idempotency.c.actor == actor) & (idempotency.c.key == key)
    return uow.one(select(idempotency).where(mine, idempotency.c.created_at > uow.now - KEPT))


def keep(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Keep the answer to a request."""
    mine = (idempotency.c.actor == row["actor"]) & (idempotency.c.key == row["key"])
    uow.write(delete(idempotency).where(mine))
    uow.write(insert(idempotency).values(**row, created_at=uow.now))


def forget_old(uow: UnitOfWork) -> int:
    """Remove answers older than a day."""
    return uow.write(delete(idempotency).where(idempotency.c.created_at <= uow.now - KEPT))
