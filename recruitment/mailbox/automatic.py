"""Mails that nobody wrote: automatic replies (RFC 3834) and delivery reports (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from uuid import UUID

from recruitment.mailbox.texts import body, decoded, header

_OURS = re.compile(r"<([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})@cursus>")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
#: Headers that say so by being there, from programs older than the standard.
_TELLING = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "List-Id")
_DAEMONS = ("mailer-daemon@", "postmaster@")
_MOST_TEXT = 500


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a mail server says of a message: `letter` is ours, when it is about one."""

    letter: UUID | None
    recipient: str
    #: failed, delayed, delivered, relayed, expanded; empty when it does not say
    action: str
    #: why, in the words of the server
    reason: str

    @property
    def says_dead(self) -> bool:
        """Whether it says that the message will not arrive."""
        return self.action == "failed"


def why_automatic(message: Message) -> str:
    """Return the header that says that nobody wrote this; empty for a person's mail."""
    said = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if said and said != "no":
        return f"Auto-Submitted: {said}"
    if header(message, "Precedence").lower() in _BULK:
        return f"Precedence: {header(message, 'Precedence').lower()}"
    if header(message, "Return-Path") == "<>":
        return "Return-Path: <>"
    if message.get_content_type() == "multipart/report":
        return "Content-Type: multipart/report"
    return next((name for name in _TELLING if name in message), "")


def report_of(message: Message) -> Report | None:
    """Return what a delivery report says; None for anything else."""
    kind = str(message.get_param("report-type", "")).lower()
    if message.get_content_type() == "multipart/report" and kind == "delivery-status":
        return _standard(message)
    sender = header(message, "From").lower()
    if any(one in sender for one in _DAEMONS) and why_automatic(message):
        # older servers write what happened in plain words
        text = "\n".join(body(one) for one in message.walk() if not one.is_multipart())
        return Report(letter=_letter(text), recipient="", action="failed", reason=_short(text))
    return None


def _standard(message: Message) -> Report:
    groups = [one for part in message.walk() for one in _groups(part)]
    about = next((one for one in groups if one.get("Action")), Message())
    reason = " ".join(
        one for one in (header(about, "Status"), _typed(about, "Diagnostic-Code")) if one
    )
    returned = "\n".join(_returned(message))
    return Report(
        letter=_letter(returned),
        recipient=_typed(about, "Final-Recipient") or _typed(about, "Original-Recipient"),
        action=header(about, "Action").lower(),
        reason=_short(reason),
    )


def _groups(part: Message) -> Iterator[Message]:
    if part.get_content_type() == "message/delivery-status" and part.is_multipart():
        yield from part.get_payload()  # type: ignore[misc]  # a list of groups of fields


def _returned(message: Message) -> Iterator[str]:
    """Give the Message-ID lines of the message that came back."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            yield body(part)
        elif part is not message and "Message-ID" in part:
            yield decoded(part["Message-ID"])


def _letter(text: str) -> UUID | None:
    found = _OURS.search(text)
    return UUID(found.group(1)) if found else None


def _typed(group: Message, name: str) -> str:
    """Return a field without the type before it: `rfc822; ana@example.org`."""
    value = header(group, name)
    return value.partition(";")[2].strip() or value


def _short(text: str) -> str:
    return " ".join(text.split())[:_MOST_TEXT]
