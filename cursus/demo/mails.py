"""Mails that wait in the demonstration's second call, so that the queue is alive."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from engine.store import Database
from recruitment.correspondence import pdf
from recruitment.mailbox.delivered import Delivered
from recruitment.mailbox.reading import take_in

SOURCE = "demonstration"


def deliver(database: Database, call: Mapping[str, Any]) -> None:
    """Take the mails of the demonstration in; a second time changes nothing."""
    for at, message in _mails(call):
        raw = message.as_bytes()
        take_in(database, Delivered(raw=raw, size=len(raw), delivered_at=at, source=SOURCE))


def _mails(call: Mapping[str, Any]) -> Iterator[tuple[datetime, EmailMessage]]:
    deadline, reference = datetime.fromisoformat(str(call["deadline"])), str(call["reference"])
    subject = f"{reference} application"
    day = deadline.date().isoformat()
    paper = pdf("CV and application form", "Zofie Šťastná", {}, date=day)
    yield _mail(
        deadline - timedelta(minutes=1, seconds=19), "Zofie Šťastná <zofie@mail.example>",
        subject, {"Šťastná CV.pdf": paper},
    )  # fmt: skip
    paper = pdf("CV and application form", "Οδυσσέας Δημητρίου", {}, date=day)
    yield _mail(
        deadline + timedelta(seconds=1), "Οδυσσέας Δημητρίου <odysseas@mail.example>",
        subject, {"CV.pdf": paper},
    )  # fmt: skip
    parts = {
        f"{title}.pdf": pdf(title, "Liam O'Brien", {}, date=day)
        for title in ("CV", "Application form")
    }
    yield _mail(deadline - timedelta(hours=3), "Liam O'Brien <liam@mail.example>", subject, parts)
    at, away = _mail(
        deadline - timedelta(hours=2),
        "Rasa Urbonas <rasa@mail.example>",
        f"Automatic reply: {reference}",
        {},
    )
    away["Auto-Submitted"] = "auto-replied"
    yield at, away


def _mail(
    at: datetime, sender: str, subject: str, files: Mapping[str, bytes]
) -> tuple[datetime, EmailMessage]:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "Recruitment <recruitment@cursus.example>"
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    box = sender.rpartition("<")[2].partition("@")[0]
    message["Message-ID"] = f"<{box}.{at:%Y%m%d}@mail.example>"
    message.set_content("Dear colleagues,\n\nplease find my application attached.\n")
    for name, content in files.items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    if files:
        # drawn at random otherwise: the same mail twice would be two
        message.set_boundary(f"=={box}==")
    return at, message
