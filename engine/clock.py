"""The one clock of the product; tests freeze it, everything else asks it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # the one place allowed to look
