"""The sealed history in the database: append, read, heads, checkpoints."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)

from engine import history
from engine.access import Actor
from engine.history import Checkpoint, EventKind, Fields, Sealed, StreamHead
from engine.store.prepared import prepared
from engine.store.tables import checkpoint, event, event_payload, stream_head
from engine.store.unit_of_work import Row, UnitOfWork

#: The advisory lock of whoever signs a checkpoint.
_SIGNING = 0x5349474E

# one round trip: the event, its payload and the new head of its stream
_APPEND = prepared(
    text(
        """
    WITH sealed AS (
        INSERT INTO event (stream, seq, at, actor, on_behalf_of, kind, element, definition,
                           commitment, previous, hash)
        VALUES (:stream, :seq, :at, :actor, :on_behalf_of, :kind, :element, :definition,
                :commitment, :previous, :hash)
    ), content AS (
        INSERT INTO event_payload (stream, seq, salt, payload)
        VALUES (:stream, :seq, :salt, :payload)
    )
    INSERT INTO stream_head (stream, seq, hash) VALUES (:stream, :seq, :hash)
    ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
    """
    ),
    changes="event",
)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last event of a stream: its number (from 1) and its hash."""

    seq: int = 0
    hash: bytes = history.GENESIS


_HEAD = select(stream_head).where(stream_head.c.stream == bindparam("stream"))


def head(uow: UnitOfWork, stream: str) -> Head:
    """Return the head of the stream, locked until the transaction ends."""
    # an advisory lock also serialises the very first event, which has no row to lock
    uow.connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:stream, 0))"), {"stream": stream}
    )
    return peek(uow, stream)


def peek(uow: UnitOfWork, stream: str) -> Head:
    """Return the head of the stream without locking it."""
    row = uow.one(_HEAD, stream=stream)
    return Head(seq=row["seq"], hash=bytes(row["hash"])) if row else Head()


def append(  # noqa: PLR0913  # an event has these columns
    uow: UnitOfWork,
    stream: str,
    *,
    kind: EventKind,
    actor: Actor,
    payload: Mapping[str, object],
    element: str | None = None,
    definition: str | None = None,
    after: Head | None = None,
) -> Head:
    """Seal one event onto its stream and return the new head.

    `after` is the head when the caller holds the stream's lock already (a case row).
    """
    last = after or head(uow, stream)
    fields = history.Fields(
        stream=stream,
        seq=last.seq + 1,
        at=uow.now,
        actor=actor.name,
        on_behalf_of=actor.on_behalf_of,
        kind=kind,
        element=element,
        definition=definition,
    )
    salt = secrets.token_bytes(history.SALT_BYTES)
    content = history.canonical(payload)
    commitment = history.commit(content, salt)
    hashed = history.seal(fields, commitment, last.hash)
    uow.send(
        _APPEND,
        {
            "stream": stream,
            "seq": fields.seq,
            "at": uow.now,
            "actor": actor.name,
            "on_behalf_of": actor.on_behalf_of,
            "kind": kind.value,
            "element": element,
            "definition": definition,
            "commitment": commitment,
            "previous": last.hash,
            "hash": hashed,
            "salt": salt,
            "payload": content,
        },
    )
    uow.recorded = True
    return Head(seq=fields.seq, hash=hashed)


def _with_payload() -> Select[Any]:
    same = (event.c.stream == event_payload.c.stream) & (event.c.seq == event_payload.c.seq)
    content = event_payload.c
    return select(
        event, content.salt, content.payload, content.erased_at, content.erased_under
    ).outerjoin(event_payload, same)


def sealed(row: Row) -> Sealed:
    """Return a stored row as the history's own value."""
    return Sealed(
        fields=Fields(
            stream=row["stream"],
            seq=row["seq"],
            at=row["at"],
            actor=row["actor"],
            on_behalf_of=row["on_behalf_of"],
            kind=row["kind"],
            element=row["element"],
            definition=row["definition"],
        ),
        commitment=bytes(row["commitment"]),
        previous=bytes(row["previous"]),
        hash=bytes(row["hash"]),
        salt=row["salt"] and bytes(row["salt"]),
        payload=row["payload"] and bytes(row["payload"]),
        erased_under=row["erased_under"],
    )


def of_stream(
    uow: UnitOfWork, stream: str, *, after: int = 0, limit: int | None = None
) -> list[Sealed]:
    """Return the events of a stream in order, with their contents."""
    statement = _with_payload().where(event.c.stream == stream, event.c.seq > after)
    return [sealed(row) for row in uow.all(statement.order_by(event.c.seq).limit(limit))]


def last_of(uow: UnitOfWork, streams: Sequence[str]) -> dict[str, Sealed]:
    """Return the last event of each of several streams."""
    if not streams:
        return {}
    is_last = (stream_head.c.stream == event.c.stream) & (stream_head.c.seq == event.c.seq)
    statement = _with_payload().join(stream_head, is_last)
    rows = uow.all(statement.where(stream_head.c.stream.in_(streams)))
    return {row["stream"]: sealed(row) for row in rows}


def at_instant(uow: UnitOfWork, stream: str, at: datetime) -> list[Sealed]:
    """Return what one transaction sealed onto a stream, in order."""
    statement = _with_payload().where(event.c.stream == stream, event.c.at == at)
    return [sealed(row) for row in uow.all(statement.order_by(event.c.seq))]


def performers(uow: UnitOfWork, stream: str, elements: Sequence[str]) -> frozenset[str]:
    """Return everybody who completed one of these elements, in person or through a deputy."""
    statement = select(event.c.actor, event.c.on_behalf_of).where(
        event.c.stream == stream,
        event.c.element.in_(elements),
        event.c.kind == EventKind.TASK_COMPLETED.value,
    )
    rows = uow.all(statement)
    return frozenset(name for row in rows for name in row.values() if name)


def heads(uow: UnitOfWork) -> list[StreamHead]:
    """Return the head of every stream."""
    rows = uow.all(select(stream_head).order_by(stream_head.c.stream))
    return [StreamHead(stream=r["stream"], seq=r["seq"], hash=bytes(r["hash"])) for r in rows]


def streams(uow: UnitOfWork) -> set[str]:
    """Return the names of all streams that have events."""
    return {row["stream"] for row in uow.all(select(event.c.stream).distinct())}


def hold_checkpoints(uow: UnitOfWork) -> bool:
    """Take the right to sign a checkpoint until the transaction ends; False if another has it."""
    held = uow.connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _SIGNING})
    return bool(held.scalar())


def add_checkpoint(uow: UnitOfWork, signed: Checkpoint, covered: Sequence[StreamHead]) -> None:
    """Store a signed checkpoint and the heads it covers."""
    number = (uow.scalar(select(func.max(checkpoint.c.id))) or 0) + 1
    row = {
        "id": number,
        "at": signed.at,
        "heads": [[one.stream, one.seq, one.hash.hex()] for one in covered],
        "root": signed.root,
        "public_key": signed.public_key,
        "signature": signed.signature,
    }
    uow.write(insert(checkpoint).values(row))


def checkpoints(uow: UnitOfWork) -> list[tuple[Checkpoint, list[StreamHead]]]:
    """Return the stored checkpoints with the heads they cover, oldest first."""
    return [_checkpoint(row) for row in uow.all(select(checkpoint).order_by(checkpoint.c.id))]


def last_checkpoint_at(uow: UnitOfWork) -> datetime | None:
    """Return the instant of the newest checkpoint."""
    found: datetime | None = uow.scalar(select(func.max(checkpoint.c.at)))
    return found


def last_checkpoint(uow: UnitOfWork) -> tuple[Checkpoint, list[StreamHead]] | None:
    """Return the newest checkpoint with the heads it covers."""
    row = uow.one(select(checkpoint).order_by(checkpoint.c.id.desc()).limit(1))
    return _checkpoint(row) if row else None


def _checkpoint(row: Row) -> tuple[Checkpoint, list[StreamHead]]:
    covered = [StreamHead(stream=s, seq=n, hash=bytes.fromhex(h)) for s, n, h in row["heads"]]
    signed = Checkpoint(
        at=row["at"],
        size=len(covered),
        root=bytes(row["root"]),
        public_key=bytes(row["public_key"]),
        signature=bytes(row["signature"]),
    )
    return signed, covered


def erase(
    uow: UnitOfWork, stream: str, numbers: Sequence[int], *, under: str, actor: Actor
) -> Head:
    """Destroy the contents of events under a rule and seal an event that says so.

    The commitments keep the chain verifiable; without that event an erasure is tampering.
    """
    here = (event_payload.c.stream == stream) & event_payload.c.seq.in_(numbers)
    gone = {"salt": None, "payload": None, "erased_at": uow.now, "erased_under": under}
    uow.write(update(event_payload).where(here).values(gone))
    content = history.erasure(numbers, under=under)
    return append(uow, stream, kind=EventKind.PAYLOAD_ERASED, actor=actor, payload=content)
