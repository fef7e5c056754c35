"""Where mail comes from: environment variables only, the password in a file."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from engine.errors import Invalid

_IMAPS = 993


@dataclass(frozen=True, kw_only=True)
class ImapBox:
    """A folder on an IMAP server, over TLS."""

    host: str
    port: int
    user: str
    folder: str
    password_file: Path

    @property
    def name(self) -> str:
        """What officers and operators read; never the password."""
        return f"{self.user}@{self.host}/{self.folder}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The mailboxes and the name of our receiving server."""

    #: the server whose Received line counts; empty: the delivery into the mailbox
    host: str
    maildir: Path | None
    imap: ImapBox | None

    @property
    def is_configured(self) -> bool:
        """Whether there is a mailbox to read."""
        return self.maildir is not None or self.imap is not None


def read() -> Settings:
    """Read CURSUS_MAIL_HOST, CURSUS_MAILDIR, CURSUS_IMAP_URL and CURSUS_IMAP_PASSWORD_FILE.

    Raises Invalid, naming the variable.
    """
    maildir = os.environ.get("CURSUS_MAILDIR")
    url = os.environ.get("CURSUS_IMAP_URL")
    return Settings(
        host=host(),
        maildir=Path(maildir) if maildir else None,
        imap=_imap(url) if url else None,
    )


def host() -> str:
    """Return the name of our receiving server (CURSUS_MAIL_HOST)."""
    return os.environ.get("CURSUS_MAIL_HOST", "").strip()


def _imap(url: str) -> ImapBox:
    parts, file = urlsplit(url), os.environ.get("CURSUS_IMAP_PASSWORD_FILE", "")
    if parts.scheme != "imaps" or not parts.hostname or not parts.username:
        raise Invalid(
            "A mailbox is read over TLS only",
            where="CURSUS_IMAP_URL",
            remedy="imaps://user@host/INBOX",
        )
    if not file:
        raise Invalid("The file with the password is missing", where="CURSUS_IMAP_PASSWORD_FILE")
    return ImapBox(
        host=parts.hostname,
        port=parts.port or _IMAPS,
        user=unquote(parts.username),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        password_file=Path(file),
    )
