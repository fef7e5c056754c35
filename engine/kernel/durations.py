"""ISO 8601 durations with calendar months, and the instants reached by them."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

#: Days and months are counted on the calendar of the institution's seat.
ZONE = ZoneInfo("Europe/Brussels")
LEAST = timedelta(seconds=1)
MOST_YEARS = 100

_PATTERN = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_CYCLE = re.compile(r"R(\d*)/(?:([^P/][^/]*)/)?(P[^/]+)")


@dataclass(frozen=True, kw_only=True)
class Duration:
    """A span of calendar months and days, then of seconds."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def after(self, anchor: datetime, *, times: int = 1) -> datetime:
        """Return the instant that many durations after the anchor, in UTC.

        A month that lacks the day gives its last day (Regulation 1182/71 Art. 3(2)(c)). Months and
        days move on the calendar of Brussels, hours are absolute. Raises ValueError out of range.
        """
        local = anchor.astimezone(ZONE)
        moved = _add_months(local.date(), self.months * times) + timedelta(days=self.days * times)
        wall = datetime.combine(moved, local.timetz()).astimezone(UTC)
        return wall + timedelta(seconds=self.seconds * times)


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A repetition: how often (None for ever), from when (None for entry) and how far apart."""

    count: int | None
    start: datetime | None
    every: Duration


def parse_duration(text: str) -> Duration:
    """Return the duration; raise ValueError unless it is between 1 second and 100 years."""
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an ISO 8601 duration such as P20D or PT48H")
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in match.groups()
    )
    total_days = weeks * 7 + days
    total_seconds = (hours * 60 + minutes) * 60 + seconds
    total_months = years * 12 + months
    if not (total_months or total_days or total_seconds):
        raise ValueError(f"{text!r} is no time at all; a timer waits at least one second")
    if total_months / 12 + total_days / 366 + total_seconds / 31_622_400 > MOST_YEARS:
        raise ValueError(f"{text!r} is longer than {MOST_YEARS} years")
    return Duration(months=total_months, days=total_days, seconds=total_seconds)


def parse_instant(text: str) -> datetime:
    """Return an aware instant in UTC; raise ValueError for anything without a zone."""
    body, _, zone = text.strip().partition("@")
    instant = datetime.fromisoformat(body)
    if zone:
        instant = instant.replace(tzinfo=ZoneInfo(zone))
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone: use end_of_day(), start_of_day() or a Z")
    return instant.astimezone(UTC)


def parse_cycle(text: str) -> Cycle:
    """Return a cycle such as R3/P5D, R/P1M or R/2026-01-01T00:00:00Z/P1D, or raise ValueError."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an ISO 8601 repetition such as R3/P5D")
    count, start, every = match.groups()
    if count == "0":
        raise ValueError(f"{text!r} never fires")
    return Cycle(
        count=int(count) if count else None,
        start=parse_instant(start) if start else None,
        every=parse_duration(every),
    )


def end_of(day: date) -> datetime:
    """Return the first instant after a day in Brussels, in UTC."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE).astimezone(UTC)


def _add_months(day: date, months: int) -> date:
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
