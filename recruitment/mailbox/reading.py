"""Take mail in: each message once, byte for byte, with its receipt and what is proposed."""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import message_from_bytes
from typing import Any, Protocol

from engine import clock
from engine.access import Actor
from engine.errors import CursusError
from engine.history import EventKind
from engine.store import Database, UnitOfWork, begin, events
from recruitment import scanning
from recruitment.checks import Check, gravest
from recruitment.inspection import inspect_pdf
from recruitment.mailbox import settings
from recruitment.mailbox.delivered import Delivered
from recruitment.mailbox.filing import file_away
from recruitment.mailbox.imap import Imap
from recruitment.mailbox.judging import Judged, judge
from recruitment.mailbox.maildir import Maildir
from recruitment.mailbox.message import Mail, Unreadable, take_apart
from recruitment.mailbox.receipt import Receipt, receipt_of
from recruitment.mailbox.texts import decoded, plain
from recruitment.store import mails

LOG = logging.getLogger(__name__)
#: Who takes mail in, in the history.
POSTMAN = Actor(name="engine", roles=frozenset())
_MOST_FAULT = 500
#: The name under which wrong settings of mailboxes are shown.
SETTINGS = "settings"


class Reader(Protocol):
    """A mailbox that can be read."""

    @property
    def name(self) -> str:
        """What officers and operators call it."""

    def read(self, known: Any) -> Iterator[Delivered]:  # noqa: ANN401  # each asks differently
        """Give what was not read before."""


def read_all(database: Database) -> int:
    """Read every configured mailbox; return how many messages were new.

    What goes wrong with one is written down for officers and operators and stops no other.
    """
    try:
        found = settings.read()
    except CursusError as error:
        _note(database, SETTINGS, 0, str(error))
        return 0
    _forget(database, SETTINGS)
    boxes: list[Reader] = []
    if found.maildir is not None:
        boxes.append(Maildir(folder=found.maildir))
    if found.imap is not None:
        boxes.append(Imap(box=found.imap))
    return sum(read_box(database, one) for one in boxes)


def read_box(database: Database, box: Reader) -> int:
    """Read a mailbox; return how many messages were new."""
    with begin(database, now=clock.now()) as holding:
        if not mails.hold_mailbox(holding, box.name):
            return 0
        taken, fault = 0, None
        try:
            for one in box.read(_asking(database, box)):
                taken += take_in(database, one)
        except (OSError, ValueError) as error:
            LOG.warning("mailbox %s: %s", box.name, error)
            fault = str(error)[:_MOST_FAULT] or type(error).__name__
        _note(database, box.name, taken, fault)
        return taken


def _asking(database: Database, box: Reader) -> Any:  # noqa: ANN401  # each reader asks differently
    def places(given: Any) -> Any:  # noqa: ANN401  # one prefix, or many places
        with begin(database, now=clock.now()) as uow:
            if isinstance(given, str):
                return mails.last_place(uow, box.name, given)
            return mails.places_read(uow, box.name, given)

    return places


def _note(database: Database, name: str, messages: int, fault: str | None) -> None:
    with begin(database, now=clock.now()) as uow:
        row = {"name": name, "read_at": uow.now, "messages": messages, "fault": fault}
        mails.note_mailbox(uow, row)


def _forget(database: Database, name: str) -> None:
    with begin(database, now=clock.now()) as uow:
        mails.forget_mailbox(uow, name)


def take_in(
    database: Database, one: Delivered, *, by: Actor = POSTMAN, said: datetime | None = None
) -> bool:
    """Store a message unless it is known; say whether it was new.

    It is looked into before the transaction: reading a file may take seconds.
    """
    sha256 = digest_of(one.raw)
    with begin(database, now=clock.now()) as uow:
        if mails.get(uow, sha256) is not None:
            _remember(uow, one, sha256)
            return False
        known = mails.references(uow)
    row = understood(one, known, said=said)
    with begin(database, now=clock.now()) as uow:
        is_new = mails.add(uow, {**row, "sha256": sha256, "raw": one.raw, "read_at": uow.now})
        if is_new:
            _record(uow, sha256, row, by)
            file_away(uow, sha256)
        _remember(uow, one, sha256)
        return is_new


def digest_of(raw: bytes) -> str:
    """Return the digest by which a message is known."""
    return hashlib.sha256(raw).hexdigest()


def _remember(uow: UnitOfWork, one: Delivered, sha256: str) -> None:
    if one.place:
        mails.add_place(uow, one.source, one.place, sha256)


def _record(uow: UnitOfWork, sha256: str, row: Mapping[str, Any], by: Actor) -> None:
    """Seal the arrival: digest, instant and its derivation, no name and no address."""
    receipt = row["findings"]["receipt"]
    events.append(
        uow,
        f"mail:{sha256}",
        kind=EventKind.MAIL_RECEIVED,
        actor=by,
        payload={
            "sha256": sha256,
            "received_at": row["received_at"].isoformat(),
            "derived_from": receipt["source"],
            "source": row["source"],
            "call": row["call"],
            "verdict": row["verdict"],
        },
    )


def understood(
    one: Delivered, known: Mapping[str, str], *, said: datetime | None = None
) -> dict[str, Any]:
    """Return the row of a message: what it says, its receipt, what was found.

    Raises ValueError when nothing says when it was received.
    """
    receipt = receipt_of(
        received_lines(one.raw), host=settings.host(), delivered_at=one.delivered_at, said=said
    )
    if receipt is None:
        raise ValueError("nothing says when this mail was received")
    try:
        mail = take_apart(one.raw)
    except Unreadable as error:
        return _unreadable(one, receipt, str(error))
    scanner = scanning.configured()
    judged = judge(mail, receipt, known, inspect=inspect_pdf, scan=scanner.scan)
    return _row(one, receipt, mail, judged)


def received_lines(raw: bytes) -> list[str]:
    """Return the Received lines from the top, each on one line."""
    try:
        found = message_from_bytes(raw).get_all("Received", [])
    except (RecursionError, ValueError, LookupError):
        return []
    return [decoded(one)[:2000] for one in found][:100]


def _row(one: Delivered, receipt: Receipt, mail: Mail, judged: Judged) -> dict[str, Any]:
    checks = list(judged.checks)
    if not one.is_whole:
        facts = {"megabytes": one.size // 1_000_000}
        checks.append(Check(code="too-large", verdict="ask", facts=facts))
    files = [
        {
            "name": file.name,
            "media_type": file.media_type,
            "size": file.inspection.size,
            "sha256": file.inspection.sha256,
            "pages": file.inspection.pages,
            "is_pdf": file.is_pdf,
            "checks": [check.as_json() for check in file.checks],
        }
        for file in judged.files
    ]
    findings = {
        "receipt": _receipt(receipt),
        "checks": [check.as_json() for check in checks],
        "files": files,
        "headers": [list(one) for one in mail.headers],
        "text": mail.text,
        "answer_to": mail.answer_to,
        "date": mail.date,
        "automatic": mail.automatic,
        "inner": vars(mail.inner) if mail.inner else None,
        "report": _report(mail),
    }
    verdict = gravest([*checks, Check(code="files-one", verdict=judged.verdict)])
    return {
        "received_at": receipt.at,
        "source": one.source,
        "message_id": mail.message_id or None,
        "sender": mail.writer.address,
        "sender_name": mail.writer.name,
        "subject": mail.writer.subject,
        "findings": findings,
        "call": judged.call,
        "verdict": verdict,
    }


def _unreadable(one: Delivered, receipt: Receipt, why: str) -> dict[str, Any]:
    check = Check(code="unreadable", verdict="ask", facts={"reason": plain(why)})
    findings = {
        "receipt": _receipt(receipt), "checks": [check.as_json()], "files": [], "headers": [],
        "text": "", "answer_to": "", "date": "", "automatic": "", "inner": None, "report": None,
    }  # fmt: skip
    return {
        "received_at": receipt.at,
        "source": one.source,
        "message_id": None,
        "sender": "",
        "sender_name": "",
        "subject": "",
        "findings": findings,
        "call": None,
        "verdict": check.verdict,
    }


def _receipt(receipt: Receipt) -> dict[str, object]:
    delivered = receipt.delivered_at
    return {
        "source": receipt.source,
        "line": receipt.line,
        "number": receipt.number,
        "delivered_at": delivered.isoformat() if delivered else None,
    }


def _report(mail: Mail) -> dict[str, object] | None:
    if mail.report is None:
        return None
    return {**vars(mail.report), "letter": str(mail.report.letter) if mail.report.letter else None}
