"""Read a Maildir: what is new is read and marked as seen, nothing is deleted or changed.

The program that delivers writes into `tmp` and renames into `new`, so a file in `new` is whole.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recruitment.mailbox.delivered import HEADER_BYTES, MOST_BYTES, Delivered

#: Which of these places have been read before.
Known = Callable[[Collection[str]], Collection[str]]


@dataclass(frozen=True, kw_only=True)
class Maildir:
    """A Maildir folder."""

    folder: Path

    @property
    def name(self) -> str:
        """The name of the mailbox."""
        return f"maildir:{self.folder}"

    def read(self, known: Known) -> Iterator[Delivered]:
        """Give every message not read before, the oldest first; raises OSError.

        When the next one is asked for, the last one is marked as seen.
        """
        places = {_unique(one): one for room in ("cur", "new") for one in self._files(room)}
        fresh = places.keys() - set(known(list(places)))
        for place in sorted(fresh, key=lambda one: (_delivered_at(places[one]), one)):
            found = self._message(place, places[place])
            if found is not None:
                yield found
                _mark_seen(places[place], self.folder / "cur")

    def _files(self, room: str) -> list[Path]:
        # a folder that is not there is a fault, not an empty mailbox
        return [one for one in (self.folder / room).iterdir() if not one.name.startswith(".")]

    def _message(self, place: str, path: Path) -> Delivered | None:
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                raw = file.read(HEADER_BYTES if size > MOST_BYTES else -1)
            at = _delivered_at(path)
        except FileNotFoundError:
            # another program renamed it since it was listed: the next round finds it
            return None
        return Delivered(raw=raw, size=size, delivered_at=at, source=self.name, place=place)


def _unique(path: Path) -> str:
    return path.name.partition(":")[0]


def _delivered_at(path: Path) -> datetime:
    """Return when it was delivered: the seconds in its name, else when the file was written."""
    seconds, written = path.name.partition(".")[0], _written(path)
    if seconds.isdigit() and 0 < int(seconds) <= written + 1:
        return datetime.fromtimestamp(int(seconds), UTC)
    return datetime.fromtimestamp(int(written), UTC)


def _written(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0


def _mark_seen(path: Path, room: Path) -> None:
    """Move it from `new` to `cur` with the flag S, as every mail program does."""
    if path.parent.name == "new":
        with suppress(FileNotFoundError):
            path.rename(room / f"{_unique(path)}:2,S")
