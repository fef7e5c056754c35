"""The hash chain of one stream: seal an event, verify many, name the first bad one."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.history.canonical import canonical
from engine.history.vocabulary import EventKind

#: What the first event of a stream has before it.
GENESIS = bytes(32)
#: RFC 6962 section 2.1: a leaf is hashed with 0x00, an inner node with 0x01.
LEAF = b"\x00"


@dataclass(frozen=True, kw_only=True)
class Fields:
    """What an event says in the open: where, when, who, what; the content is only committed to."""

    stream: str
    #: from 1, without gaps
    seq: int
    at: datetime
    actor: str
    on_behalf_of: str | None = None
    kind: EventKind | str
    element: str | None = None
    definition: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the fields as plain JSON; the instant in UTC with microseconds."""
        return {
            "stream": self.stream,
            "seq": self.seq,
            "at": instant(self.at),
            "actor": self.actor,
            "on_behalf_of": self.on_behalf_of,
            "kind": str(self.kind),
            "element": self.element,
            "definition": self.definition,
        }


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A stored event: its fields, the commitment to its content, and its place in the chain."""

    fields: Fields
    commitment: bytes
    previous: bytes
    hash: bytes
    #: both null once the content was erased
    salt: bytes | None = None
    payload: bytes | None = None
    #: under which rule the content was erased
    erased_under: str | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The result of verifying one stream; `first_bad` is the number of the first bad event."""

    stream: str
    ok: bool
    count: int
    head: bytes = GENESIS
    first_bad: int | None = None
    reason: str | None = None
    erased: int = 0


def instant(at: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC with six decimals."""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("a naive instant cannot be sealed")
    return (at - offset).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def commit(payload: bytes, salt: bytes) -> bytes:
    """Return SHA-256(salt || canonical payload): it binds to the content without showing it."""
    return hashlib.sha256(salt + payload).digest()


def seal(fields: Fields, commitment: bytes, previous: bytes) -> bytes:
    """Return SHA-256(0x00 || previous || canonical fields || commitment)."""
    return hashlib.sha256(LEAF + previous + canonical(fields.as_json()) + commitment).digest()


def verify_stream(
    stream: str, events: Iterable[Sealed], *, expected_head: tuple[int, bytes] | None = None
) -> Verdict:
    """Check every event of a stream in order; `expected_head` (number, hash) finds a cut tail.

    The head comes from a signed checkpoint or from the stream's head row.
    """
    previous, count, erased = GENESIS, 0, 0
    wanted = expected_head[0] if expected_head else None
    for event in events:
        reason = _wrong(event, stream, count + 1, previous)
        if reason is None and count + 1 == wanted and expected_head:
            reason = None if event.hash == expected_head[1] else "differs from the recorded head"
        if reason is not None:
            return Verdict(
                stream=stream, ok=False, count=count, head=previous, first_bad=count + 1,
                reason=reason, erased=erased,
            )  # fmt: skip
        previous, count = event.hash, count + 1
        erased += event.payload is None
    if wanted is not None and count < wanted:
        return Verdict(
            stream=stream, ok=False, count=count, head=previous, first_bad=count + 1,
            reason=f"missing: the stream had {wanted} events", erased=erased,
        )  # fmt: skip
    return Verdict(stream=stream, ok=True, count=count, head=previous, erased=erased)


def _wrong(  # noqa: PLR0911  # one line per way to be wrong
    event: Sealed, stream: str, seq: int, previous: bytes
) -> str | None:
    fields = event.fields
    if fields.stream != stream:
        return f"belongs to the stream {fields.stream}"
    if fields.seq != seq:
        return f"number {fields.seq} stands where number {seq} belongs"
    if event.previous != previous:
        return "does not follow the event before it"
    if event.hash != seal(fields, event.commitment, event.previous):
        return "its fields do not give its hash"
    if event.payload is None or event.salt is None:
        return None if event.erased_under else "its content is missing and no erasure says why"
    if event.commitment != commit(event.payload, event.salt):
        return "its content is not what was committed to"
    return None
