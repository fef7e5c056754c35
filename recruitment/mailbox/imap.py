"""Read a folder on an IMAP server over TLS: by UID, marked as seen, nothing is deleted.

RFC 9051 and 3501: a UID rises with every message and never changes while UIDVALIDITY stands. When
that changes, everything is read once more; what is known by its digest is not taken twice.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recruitment.mailbox.delivered import HEADER_BYTES, MOST_BYTES, Delivered
from recruitment.mailbox.receipt import dated
from recruitment.mailbox.settings import ImapBox

#: The last place read in this mailbox; empty for none.
Last = Callable[[str], str]

_SECONDS = 30
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


class MailboxFault(OSError):
    """The server refused, or said what is no answer."""


@dataclass(frozen=True, kw_only=True)
class Imap:
    """A folder on an IMAP server."""

    box: ImapBox

    @property
    def name(self) -> str:
        """The name of the mailbox."""
        return f"imap:{self.box.name}"

    def read(self, last: Last) -> Iterator[Delivered]:
        """Give every message beyond the last place, in the order of arrival; raises OSError.

        When the next one is asked for, the last one is marked as seen.
        """
        with _session(self.box) as server:
            validity = _validity(server, self.box.folder)
            before = int(last(f"{validity:010}:").rpartition(":")[2] or 0)
            for uid in _beyond(server, before):
                found = self._message(server, uid, f"{validity:010}:{uid:010}")
                if found is not None:
                    yield found
                    _said(server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))

    def _message(self, server: imaplib.IMAP4_SSL, uid: int, place: str) -> Delivered | None:
        about = b" ".join(_pieces(server.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)")))
        size = _SIZE.search(about)
        if size is None:
            # somebody removed it since the search
            return None
        most = "" if int(size.group(1)) <= MOST_BYTES else f"<0.{HEADER_BYTES}>"
        answer = _said(server.uid("FETCH", str(uid), f"(BODY.PEEK[]{most})"))
        raw = next((one[1] for one in answer if isinstance(one, tuple)), None)
        if raw is None:
            return None
        return Delivered(
            raw=raw,
            # some servers estimate the size; what was handed over whole is whole
            size=int(size.group(1)) if most else len(raw),
            delivered_at=_internal_date(about),
            source=self.name,
            place=place,
        )


@contextmanager
def _session(box: ImapBox) -> Iterator[imaplib.IMAP4_SSL]:
    try:
        password = box.password_file.read_text("utf-8").strip()
        server = imaplib.IMAP4_SSL(
            box.host, box.port, ssl_context=ssl.create_default_context(), timeout=_SECONDS
        )
        with server:
            server.login(box.user, password)
            yield server
            with suppress(imaplib.IMAP4.error):
                server.close()
    except imaplib.IMAP4.error as error:
        raise MailboxFault(f"the server says: {error}"[:500]) from error


def _validity(server: imaplib.IMAP4_SSL, folder: str) -> int:
    quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
    _said(server.select(f'"{quoted}"'))
    found = server.response("UIDVALIDITY")[1]
    if not found or not found[0]:
        raise MailboxFault("the server gives no UIDVALIDITY")
    return int(found[0])


def _beyond(server: imaplib.IMAP4_SSL, before: int) -> list[int]:
    answer = b" ".join(_pieces(server.uid("SEARCH", f"UID {before + 1}:*")))
    # "n:*" names the last message even when its UID is below n
    return sorted(int(one) for one in answer.split() if int(one) > before)


def _internal_date(about: bytes) -> datetime | None:
    found = _DATE.search(about)
    if found is None:
        return None
    # 5-Jan-2026 12:00:00 +0100 is an instant of RFC 5322 but for its hyphens
    return dated(found.group(1).decode("ascii", "replace").replace("-", " ", 2))


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    status, content = answer
    if status != "OK":
        raise MailboxFault(f"the server refused: {content!r}"[:500])
    return content


def _pieces(answer: tuple[str, list[Any]]) -> Iterator[bytes]:
    for one in _said(answer):
        if isinstance(one, tuple):
            yield from one
        elif isinstance(one, bytes):
            yield one
