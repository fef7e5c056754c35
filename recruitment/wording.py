"""Instants, days and periods as a letter writes them: in words, in English and in Brussels time."""

import re
from datetime import date, datetime

from babel.dates import format_date, format_datetime

from engine.errors import PeriodRefused
from engine.timelimits import ZONE, parse_period

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[0-9:.]*(Z|[+-]\d\d:?\d\d)", re.ASCII)
_MONTHS_IN_YEAR = 12


def worded(text: str) -> str:
    """Return an instant, a day or a period in words; any other text as it is."""
    try:
        if _INSTANT.fullmatch(text):
            return instant(datetime.fromisoformat(text))
        return day(date.fromisoformat(text)) if _DAY.fullmatch(text) else period(text)
    except ValueError:
        # shaped like a day of a calendar that has no such day
        return text


def instant(at: datetime) -> str:
    """Write an instant: Monday 7 December 2026, 09:00 (Brussels time)."""
    local = at.astimezone(ZONE)
    return f"{format_datetime(local, 'EEEE d MMMM y, HH:mm', locale='en_GB')} (Brussels time)"


def day(on: date) -> str:
    """Write a day: 7 December 2026."""
    return format_date(on, "d MMMM y", locale="en_GB")


def period(text: str) -> str:
    """Write a period: `P1Y6M` is 1 year, 6 months; what is none stays as it is."""
    try:
        found = parse_period(text)
    except PeriodRefused:
        return text
    years, months = divmod(found.months, _MONTHS_IN_YEAR)
    parts = (
        (years, "year"),
        (months, "month"),
        (found.weeks, "week"),
        (found.days + found.part_days, "day"),
        (found.hours, "hour"),
        (found.working_days, "working day"),
    )
    return ", ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)
