"""What a reader of a mailbox hands over."""

from dataclasses import dataclass
from datetime import datetime

#: The largest mail that is taken over whole; of a larger one only the header.
MOST_BYTES = 50_000_000
HEADER_BYTES = 65_536


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A message as it lies in a mailbox."""

    raw: bytes
    #: its size in the mailbox; more than `raw` when only the header was taken
    size: int
    #: by the mailbox: IMAP INTERNALDATE, the Maildir's own time
    delivered_at: datetime | None
    #: the mailbox, or who handed the file in
    source: str
    #: where in the mailbox; empty for a file that was handed in
    place: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is missing."""
        return len(self.raw) == self.size
