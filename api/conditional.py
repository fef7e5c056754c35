"""Conditional requests: revisions as strong entity tags, and keys that make a retry harmless."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from engine.errors import CursusError, Invalid, StaleCase

_TAG = re.compile(r'\A"r(\d{1,18})"\Z', re.ASCII)
_KEY = re.compile(r'\A"?([\x21\x23-\x5b\x5d-\x7e]{8,200})"?\Z')


class RevisionRequired(CursusError):
    """Say which revision you have seen."""

    code = "revision-required"


class MalformedHeader(Invalid):
    """A header of the request cannot be read."""

    code = "malformed-header"


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    """A client's name for one request; the fingerprint tells it from another request."""

    key: str
    fingerprint: str


def etag_of(revision: int) -> str:
    """Write a revision as a strong entity tag."""
    return f'"r{revision}"'


def expected_revision() -> int:
    """Return the revision of If-Match; raise RevisionRequired or MalformedHeader."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        raise RevisionRequired(
            "This changes something that others may be changing too.",
            where="If-Match",
            remedy='send the ETag you were given, such as If-Match: "r7"',
        )
    found = _TAG.match(given)
    if found is None:
        raise MalformedHeader(
            f"{given[:80]!r} is not one revision.",
            where="If-Match",
            remedy='send the ETag you were given, such as If-Match: "r7"',
        )
    return int(found[1])


def require_current(
    expected: int, *, current: int, changed_by: str | None, changed_at: datetime | None
) -> None:
    """Raise StaleCase, with who changed it and when, unless the revision is the current one."""
    if expected != current:
        raise StaleCase(
            _who_and_when(changed_by, changed_at),
            remedy="look at it again and repeat what is still needed",
            expected=expected,
            current=current,
            changed_by=changed_by,
            changed_at=changed_at,
        )


def _who_and_when(changed_by: str | None, changed_at: datetime | None) -> str | None:
    if changed_by is None or changed_at is None:
        return None
    return f"{changed_by} changed this at {changed_at.isoformat(timespec='seconds')}."


def with_revision(response: Response, revision: int) -> Response:
    """Give a response its entity tag, and 304 when the client has this revision."""
    response.headers["ETag"] = etag_of(revision)
    if request.method in ("GET", "HEAD") and response.status_code == 200:  # noqa: PLR2004  # OK
        response.make_conditional(request.environ)
    return response


def idempotency_key() -> IdempotencyKey | None:
    """Return the Idempotency-Key of the request, None without one; raise MalformedHeader."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    found = _KEY.match(given.strip())
    if found is None:
        raise MalformedHeader(
            "An Idempotency-Key has 8 to 200 visible ASCII characters.",
            where="Idempotency-Key",
            remedy="send a fresh UUID for each intention",
        )
    return IdempotencyKey(key=found[1], fingerprint=_fingerprint())


def _fingerprint() -> str:
    query = request.query_string
    head = b"\n".join((request.method.encode(), request.path.encode(), query))
    return hashlib.sha256(head + b"\n" + request.get_data(cache=True)).hexdigest()
