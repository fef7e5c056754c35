"""Read a period: ISO 8601 (`P20D`, `P2W`, `P3M`, `P1Y6M`, `P4.5M`, `PT48H`) or `8 wd`."""

import re
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import PeriodRefused

MONTHS_IN_YEAR = 12
#: Regulation 1182/71 Art. 3(2)(d); also the unit of service arithmetic.
DAYS_IN_MONTH = 30
#: a century: longer periods are typing errors and would leave the calendar
_MOST_DAYS = 36_600
_REMEDY = "write P20D, P2W, P3M, P1Y6M, P4.5M, PT48H or 8 wd"
_WORKING_DAYS = re.compile(r"([0-9]{1,5}) ?wd", re.ASCII)
_HOURS = re.compile(r"PT([0-9]{1,6})H", re.ASCII)
_CALENDAR = re.compile(
    r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,5}(?:\.[0-9]{1,4})?)M)?(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A period in calendar units (months, weeks, days), in hours, or in working days."""

    text: str
    months: int = 0
    weeks: int = 0
    days: int = 0
    #: days that stand for a part of a month, 30 to the month
    part_days: int = 0
    hours: int = 0
    working_days: int = 0

    @property
    def plain_days(self) -> int:
        """All days beyond whole months."""
        return self.weeks * 7 + self.days + self.part_days


def parse_period(text: str) -> Period:
    """Read a period; raise PeriodRefused when it is unreadable, empty or over a century."""
    if not isinstance(text, str):
        raise PeriodRefused(f"the period {text!r} is not a text", remedy=_REMEDY)
    period = _read(text.strip())
    size = period.months * 31 + period.plain_days + period.hours // 24 + period.working_days
    if size > _MOST_DAYS:
        raise PeriodRefused(f"the period {text!r} is longer than a century", remedy=_REMEDY)
    if not (size or period.hours):
        raise PeriodRefused(f"the period {text!r} has no length", remedy="give at least one unit")
    return period


def _read(text: str) -> Period:
    if found := _WORKING_DAYS.fullmatch(text):
        return Period(text=text, working_days=int(found[1]))
    if found := _HOURS.fullmatch(text):
        return Period(text=text, hours=int(found[1]))
    if found := _CALENDAR.fullmatch(text):
        return _calendar_period(text, found)
    raise PeriodRefused(f"{text!r} is not a period", remedy=_REMEDY)


def _calendar_period(text: str, found: re.Match[str]) -> Period:
    years, months, weeks, days = found.groups(default="0")
    exact = Fraction(months)
    part_days = (exact % 1) * DAYS_IN_MONTH
    if part_days.denominator != 1:
        remedy = "a month has 30 days here: give a part that is whole days, as P4.5M"
        raise PeriodRefused(f"the part of a month in {text!r} is not whole days", remedy=remedy)
    return Period(
        text=text,
        months=int(years) * MONTHS_IN_YEAR + int(exact),
        weeks=int(weeks),
        days=int(days),
        part_days=int(part_days),
    )
