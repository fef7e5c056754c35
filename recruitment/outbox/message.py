"""A letter as a mail: known again by its id, marked as automatic, its invitation beside it."""

import re
from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import Any

_METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)
_POLICY = policy.SMTP.clone(max_line_length=78)


def recipients(letter: Mapping[str, Any]) -> list[str]:
    """Return the addresses that a letter goes to."""
    return [address for _, address in getaddresses([letter["to_address"]]) if "@" in address]


def message_of(letter: Mapping[str, Any], *, sender: str, now: datetime) -> EmailMessage:
    """Return the mail of a letter; the same letter has the same Message-ID whenever it is sent."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = ", ".join(recipients(letter))
    message["Subject"] = " ".join(str(letter["subject"]).split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter['id']}@cursus>"
    # no program answers it (RFC 3834, 5), and Exchange does not either
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_text(str(letter["body"])))
    if letter["calendar"]:
        _invite(message, str(letter["calendar"]))
    return message


def _text(body: str) -> str:
    """Return the text without the address on top, which the mail carries in its own line."""
    first, _, rest = body.partition("\n")
    return rest.lstrip("\n") if first.startswith("To: ") else body


def _invite(message: EmailMessage, calendar: str) -> None:
    """Put the invitation beside the text (RFC 6047, 2.4), so that calendars offer an answer."""
    found = _METHOD.search(calendar)
    message.add_alternative(
        calendar,
        subtype="calendar",
        params={"method": found.group(1) if found else "PUBLISH"},
    )
