"""Which mail server takes our letters: environment variables only, the password in a file."""

import os
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

from engine.errors import Invalid

_PORTS = {"smtps": 465, "smtp": 587}


@dataclass(frozen=True, kw_only=True)
class Server:
    """A mail server that takes letters for delivery."""

    host: str
    port: int
    #: TLS from the first byte; otherwise STARTTLS is demanded
    is_implicit: bool
    user: str | None
    password_file: Path | None
    #: where letters come from and where delivery reports go
    sender: str

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, where nothing travels and TLS may be missing."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


def read() -> Server | None:
    """Read CURSUS_SMTP_URL, CURSUS_SMTP_PASSWORD_FILE and CURSUS_MAIL_FROM; None without one.

    Raises Invalid, naming the variable.
    """
    url, file = os.environ.get("CURSUS_SMTP_URL"), os.environ.get("CURSUS_SMTP_PASSWORD_FILE")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Invalid(
            "This is no mail server", where="CURSUS_SMTP_URL", remedy="smtps://user@host:465"
        )
    user = unquote(parts.username) if parts.username else None
    sender = os.environ.get("CURSUS_MAIL_FROM") or user or ""
    if "@" not in sender:
        raise Invalid("Say which address letters come from", where="CURSUS_MAIL_FROM")
    if user and not file:
        raise Invalid("The file with the password is missing", where="CURSUS_SMTP_PASSWORD_FILE")
    return Server(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        is_implicit=parts.scheme == "smtps",
        user=user,
        password_file=Path(file) if file else None,
        sender=sender,
    )
