"""The hash chain of one stream: seal an event, verify many, name the first bad one."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import Invalid
from engine.history.canonical import canonical
from engine.history.vocabulary import EventKind

#: What the first event of a stream has before it.
GENESIS = bytes(32)
#: RFC 6962 section 2.1: a leaf is hashed with 0x00, an inner node with 0x01.
LEAF = b"\x00"
#: Salt and content are hashed as one text, so only a fixed length keeps the border between them.
SALT_BYTES = 16


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


def erasure(numbers: Sequence[int], *, under: str) -> dict[str, object]:
    """Return the content of the `payload:erased` event that makes erased contents verifiable.

    It names the erased events of its own stream and the rule; without it an erasure is tampering.
    """
    return {"erased": list(numbers), "under": under}


def verify_stream(
    stream: str,
    events: Iterable[Sealed],
    *,
    expected_head: tuple[int, bytes] | None = None,
    head_is_last: bool = False,
) -> Verdict:
    """Check every event of a stream in order; `expected_head` (number, hash) finds a cut tail.

    The head comes from a signed checkpoint or, with `head_is_last`, from the stream's head row.
    A content that is missing must be named by a later `payload:erased` event under the same rule.
    """
    previous, count, erased = GENESIS, 0, 0
    unexplained: dict[int, str | None] = {}
    wanted = expected_head[0] if expected_head else 0

    def verdict(first_bad: int | None = None, reason: str | None = None) -> Verdict:
        return Verdict(
            stream=stream, ok=reason is None, count=count, head=previous, first_bad=first_bad,
            reason=reason, erased=erased,
        )  # fmt: skip

    for event in events:
        reason = _wrong(event, stream, count + 1, previous) or _off_head(event, expected_head)
        if head_is_last and count + 1 > wanted:
            reason = reason or "stands after the recorded head"
        if reason is not None:
            return verdict(count + 1, reason)
        previous, count = event.hash, count + 1
        if event.payload is None:
            erased += 1
            unexplained[count] = event.erased_under
        _explain(event, unexplained)
    if count < wanted:
        return verdict(count + 1, f"missing: the stream had {wanted} events")
    if unexplained:
        return verdict(min(unexplained), "its content is missing and no later event erases it")
    return verdict()


def _off_head(event: Sealed, head: tuple[int, bytes] | None) -> str | None:
    if head is None or event.fields.seq != head[0] or event.hash == head[1]:
        return None
    return "differs from the recorded head"


def _explain(event: Sealed, unexplained: dict[int, str | None]) -> None:
    """Strike out the erasures that this event records."""
    if event.fields.kind != EventKind.PAYLOAD_ERASED or event.payload is None:
        return
    try:
        content = json.loads(event.payload)
        for number in content["erased"]:
            if unexplained.get(number) == content["under"]:
                unexplained.pop(number, None)
    except (ValueError, TypeError, LookupError):
        return  # sealed, but not by this software: it explains nothing


def _wrong(event: Sealed, stream: str, seq: int, previous: bytes) -> str | None:
    return _misplaced(event, stream, seq, previous) or _unsealed(event)


def _misplaced(event: Sealed, stream: str, seq: int, previous: bytes) -> str | None:
    fields = event.fields
    if fields.stream != stream:
        return f"belongs to the stream {fields.stream}"
    if fields.seq != seq:
        return f"number {fields.seq} stands where number {seq} belongs"
    return None if event.previous == previous else "does not follow the event before it"


def _unsealed(event: Sealed) -> str | None:
    try:
        hashed = seal(event.fields, event.commitment, event.previous)
    except (Invalid, ValueError) as error:
        return f"its fields cannot be sealed: {error}"
    if event.hash != hashed or len(event.commitment) != hashlib.sha256().digest_size:
        return "its fields do not give its hash"
    if event.payload is None or event.salt is None:
        return _unerased(event)
    if event.erased_under is not None:
        return "it is marked as erased but its content is there"
    if len(event.salt) != SALT_BYTES or event.commitment != commit(event.payload, event.salt):
        return "its content is not what was committed to"
    return None


def _unerased(event: Sealed) -> str | None:
    if event.payload is not None or event.salt is not None:
        return "half of its content is missing"
    return None if event.erased_under else "its content is missing and no erasure says why"
