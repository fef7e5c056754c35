"""Send what waits in the outbox: one letter, one transaction; any number of workers share it.

`sent_at` is set when the mail server has taken the letter. A process that ends between the two
sends the letter once more, with the same Message-ID, by which mail programs know it again: SMTP
has no way to be sure (RFC 5321, 4.2.5), and a letter twice is better than none.
"""

import logging
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from engine import clock
from engine.access import Actor
from engine.errors import CursusError
from engine.history import EventKind
from engine.store import Database, UnitOfWork, begin, events
from engine.store.unit_of_work import Row
from recruitment.outbox import settings
from recruitment.outbox.message import message_of, recipients
from recruitment.outbox.settings import Server
from recruitment.store import outbox

LOG = logging.getLogger(__name__)
POSTMAN = Actor(name="engine", roles=frozenset())
#: Seconds before the second, third, ... attempt; the last one repeats.
BACK_OFF = (60, 300, 1800, 7200)
#: After so many attempts, a day and a half, a letter counts as refused.
MOST_ATTEMPTS = 20
#: Letters of one session with the server.
BATCH = 100
_SECONDS = 30
_PERMANENT = range(500, 600)
_MOST_FAULT = 500


def send_all(database: Database) -> int:
    """Send the letters that are due; return how many were taken. Without a server none is tried."""
    try:
        server = settings.read()
    except CursusError as error:
        LOG.warning("letters wait: %s", error)
        return 0
    if server is None or not _any_due(database):
        return 0
    try:
        with _session(server) as session:
            return _send_batch(database, server, session)
    except (OSError, smtplib.SMTPException) as error:
        # nobody could be reached: the oldest letter carries the reason, all of them wait
        LOG.warning("the mail server %s: %s", server.host, error)
        _postpone_next(database, _said(error))
        return 0


def _any_due(database: Database) -> bool:
    with begin(database, now=clock.now()) as uow:
        return outbox.next_due(uow) is not None


def _send_batch(database: Database, server: Server, session: smtplib.SMTP) -> int:
    sent = 0
    for _ in range(BATCH):
        done = _send_next(database, server, session)
        if done is None:
            break
        sent += done
    return sent


def _send_next(database: Database, server: Server, session: smtplib.SMTP) -> bool | None:
    """Send the oldest letter that is due; None when none is. Raises when the session is lost."""
    with begin(database, now=clock.now()) as uow:
        letter = outbox.next_due(uow)
        if letter is None:
            return None
        row = {str(name): value for name, value in letter.items()}
        try:
            refused = _hand_over(row, server, session, uow)
        except smtplib.SMTPServerDisconnected:
            raise
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            _note_fault(uow, row, _said(error), is_final=_is_final(error))
            session.rset()
            return False
        except (ValueError, smtplib.SMTPException) as error:
            _note_fault(uow, row, _said(error), is_final=True)
            return False
        _note_sent(uow, row, refused)
        return True


def _hand_over(
    letter: Mapping[str, Any], server: Server, session: smtplib.SMTP, uow: UnitOfWork
) -> Mapping[str, Any]:
    """Hand a letter over; return who of several was refused."""
    to = recipients(letter)
    if not to:
        raise ValueError("there is no address")
    message = message_of(letter, sender=server.sender, now=uow.now)
    return session.send_message(message, to_addrs=to)


def _note_sent(uow: UnitOfWork, letter: Mapping[str, Any], refused: Mapping[str, Any]) -> None:
    fault = "; ".join(f"{to}: {_reply(*said)}" for to, said in refused.items())[:_MOST_FAULT]
    changes = {
        "sent_at": uow.now,
        "attempts": letter["attempts"] + 1,
        "fault": fault or None,
        "next_attempt_at": None,
    }
    outbox.change(uow, letter["id"], changes)
    _record(uow, letter, EventKind.LETTER_SENT, fault or None)


def _note_fault(
    uow: UnitOfWork, letter: Mapping[str, Any] | Row, fault: str, *, is_final: bool
) -> None:
    attempts = letter["attempts"] + 1
    is_over = is_final or attempts >= MOST_ATTEMPTS
    pause = timedelta(seconds=BACK_OFF[min(attempts, len(BACK_OFF)) - 1])
    changes = {
        "attempts": attempts,
        "fault": fault,
        "failed_at": uow.now if is_over else None,
        "next_attempt_at": None if is_over else uow.now + pause,
    }
    outbox.change(uow, letter["id"], changes)
    if is_over:
        _record(uow, letter, EventKind.LETTER_REFUSED, fault)
    else:
        # that it is tried again is no fact of anybody's career
        uow.changed.discard("letter")


def _postpone_next(database: Database, fault: str) -> None:
    with begin(database, now=clock.now()) as uow:
        letter = outbox.next_due(uow)
        if letter is not None:
            _note_fault(uow, letter, fault, is_final=False)


def _record(
    uow: UnitOfWork, letter: Mapping[str, Any] | Row, kind: EventKind, fault: str | None
) -> None:
    payload = {"letter": str(letter["id"]), "case": str(letter["case_id"]), "fault": fault}
    events.append(uow, f"letter:{letter['id']}", kind=kind, actor=POSTMAN, payload=payload)


@contextmanager
def _session(server: Server) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    session: smtplib.SMTP
    if server.is_implicit:
        session = smtplib.SMTP_SSL(server.host, server.port, context=context, timeout=_SECONDS)
    else:
        session = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    with session:
        if not server.is_implicit:
            _secure(session, server, context)
        if server.user and server.password_file:
            session.login(server.user, server.password_file.read_text("utf-8").strip())
        yield session


def _secure(session: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    """Demand TLS, but for a server on this machine that has none."""
    session.ehlo()
    if session.has_extn("starttls") or not server.is_here:
        session.starttls(context=context)
        session.ehlo()


def _is_final(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code in _PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code in _PERMANENT


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{to}: {_reply(*one)}" for to, one in error.recipients.items())
        return said[:_MOST_FAULT]
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)[:_MOST_FAULT]
    return (str(error) or type(error).__name__)[:_MOST_FAULT]


def _reply(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(said.split())}"
