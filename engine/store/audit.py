"""What an auditor asks of the tables: samples, titles, the list of checkpoints."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Text, cast, func, or_, select, text

from engine.store.cases import LISTED, Case
from engine.store.tables import case, checkpoint, definition, stream_head
from engine.store.unit_of_work import UnitOfWork


def one_instant(uow: UnitOfWork) -> None:
    """See the database as it is now until the transaction ends; nothing may be read before.

    Who verifies for minutes would else take an event written meanwhile for a forged one.
    """
    uow.connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def sample(
    uow: UnitOfWork, *, ended_before: datetime, process: str | None, seed: str, size: int
) -> tuple[int, list[Case]]:
    """Return how many cases had ended by then, and a few of them in an order the seed gives.

    The same seed over the same cases draws the same ones: they are sorted by the MD5 of seed and
    id, so that everybody can draw again with nothing but the list of ids.
    """
    conditions = [case.c.ended_at < ended_before]
    if process is not None:
        conditions.append(case.c.process == process)
    drawn = func.md5(func.concat(cast(seed, Text), ":", cast(case.c.id, Text)))
    statement = select(*LISTED).where(*conditions).order_by(drawn, case.c.id).limit(size)
    total = uow.scalar(select(func.count()).select_from(case).where(*conditions))
    return int(total or 0), [Case(**row) for row in uow.all(statement)]


def find_cases(uow: UnitOfWork, words: str, *, limit: int) -> list[Case]:
    """Return cases whose title, key or id contains the words, newest first."""
    inside = f"%{_literally(words)}%"
    known = (case.c.title, case.c.key, cast(case.c.id, String))
    statement = select(*LISTED).where(or_(*[one.ilike(inside, escape="\\") for one in known]))
    newest = statement.order_by(case.c.opened_at.desc(), case.c.id).limit(limit)
    return [Case(**row) for row in uow.all(newest)]


def _literally(words: str) -> str:
    for sign in "\\%_":
        words = words.replace(sign, f"\\{sign}")
    return words


def cases_by_id(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Case]:
    """Return the cases with these ids, without their state."""
    if not ids:
        return {}
    rows = uow.all(select(*LISTED).where(case.c.id.in_(ids)))
    return {row["id"]: Case(**row) for row in rows}


def cases_by_key(uow: UnitOfWork, keys: Collection[str]) -> dict[str, Case]:
    """Return the newest case of each of these business keys, without its state."""
    if not keys:
        return {}
    statement = select(*LISTED).where(case.c.key.in_(keys)).order_by(case.c.opened_at)
    return {row["key"]: Case(**row) for row in uow.all(statement)}


def processes(uow: UnitOfWork) -> list[str]:
    """Return the processes that have a published version."""
    rows = uow.all(select(definition.c.process).distinct().order_by(definition.c.process))
    return [row["process"] for row in rows]


def digests(uow: UnitOfWork) -> list[str]:
    """Return the digests of all published versions, newest first."""
    rows = uow.all(select(definition.c.digest).order_by(definition.c.published_at.desc()))
    return [row["digest"] for row in rows]


def size(uow: UnitOfWork) -> tuple[int, int]:
    """Return the number of streams and of their events."""
    # events are numbered without gaps: the heads know how many there are
    found = select(func.count(), func.coalesce(func.sum(stream_head.c.seq), 0))
    row = uow.connection.execute(found.select_from(stream_head)).one()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, kw_only=True)
class CheckpointRow:
    """A checkpoint without the heads that it covers."""

    id: int
    at: datetime
    size: int
    root: bytes
    public_key: bytes
    signature: bytes


def checkpoints(uow: UnitOfWork, *, before: int | None, limit: int) -> Sequence[CheckpointRow]:
    """Return checkpoints, newest first, from the one before this number on."""
    columns = [column for column in checkpoint.columns if column.name != "heads"]
    statement = select(*columns, func.jsonb_array_length(checkpoint.c.heads).label("size"))
    if before is not None:
        statement = statement.where(checkpoint.c.id < before)
    rows = uow.all(statement.order_by(checkpoint.c.id.desc()).limit(limit))
    return [CheckpointRow(**row) for row in rows]
