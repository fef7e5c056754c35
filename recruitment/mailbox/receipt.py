"""When a mail reached us: the newest Received line of our own server, to the second.

RFC 5321 4.4: each server writes its line on top. The Date line is written by the sender and
proves nothing; lines below our own are written by whoever sent the mail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

_COMMENT = re.compile(r"\([^()]*\)")
_BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)

#: line: of our own server; delivery: of the mailbox; said: an officer named it.
Source = Literal["line", "delivery", "said"]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """An instant with its derivation."""

    at: datetime
    source: Source
    #: the line it was read from, as it stands; empty when there is none
    line: str
    #: the place of that line among the Received lines, from 1 on top
    number: int
    #: our receiving server, as far as it is configured
    host: str
    #: when the mailbox says that it was delivered
    delivered_at: datetime | None


def receipt_of(
    lines: Sequence[str], *, host: str, delivered_at: datetime | None, said: datetime | None = None
) -> Receipt | None:
    """Return when the mail was received; None when nothing but the sender says so.

    `lines` are the Received lines from the top, `host` is the name of our receiving server.
    """
    for number, line in enumerate(lines, 1):
        if host and by_host(line) == host.lower().rstrip("."):
            at = instant_of(line)
            if at is not None:
                return Receipt(
                    at=at,
                    source="line",
                    line=line,
                    number=number,
                    host=host,
                    delivered_at=delivered_at,
                )
            break
    at = delivered_at or said
    if at is None:
        return None
    source: Source = "delivery" if delivered_at else "said"
    return Receipt(at=at, source=source, line="", number=0, host=host, delivered_at=delivered_at)


def by_host(line: str) -> str:
    """Return the server that wrote a Received line."""
    found = _BY.search(_without_comments(line.rpartition(";")[0]))
    return found.group(1).lower().rstrip(".") if found else ""


def instant_of(line: str) -> datetime | None:
    """Return the instant at the end of a Received line; None when it cannot be read."""
    return dated(line.rpartition(";")[2])


def dated(text: str) -> datetime | None:
    """Return an instant of RFC 5322 in UTC; None when it is none."""
    try:
        at = parsedate_to_datetime(_without_comments(text).strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # -0000 is UTC of a machine that does not tell its zone (RFC 5322, 3.3)
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _without_comments(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _COMMENT.sub(" ", text)
    return text
