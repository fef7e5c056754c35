"""The one clock of the product; tests freeze it, everything else asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

#: The instant of a rehearsal or demonstration; None: the real time.
_pretended: datetime | None = None


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _pretended or datetime.now(UTC)  # noqa: TID251  # the one place allowed to look


@contextmanager
def pretending(instant: datetime) -> Iterator[None]:
    """Let this process believe that it is another instant: for demonstrations only."""
    global _pretended  # noqa: PLW0603  # one clock, one place
    before, _pretended = _pretended, instant.astimezone(UTC)
    try:
        yield
    finally:
        _pretended = before
