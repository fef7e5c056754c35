"""The working days of a site, from versioned data files (`calendars/*.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, cast, get_args

import yaml

from engine.errors import PeriodRefused
from engine.timelimits.days import shift_days

Site = Literal["LUX", "BRU"]
SITES: tuple[Site, ...] = get_args(Site)
ADOPTED = "adopted"
_SATURDAY = 5
_WEEKEND = {5: "Saturday", 6: "Sunday"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """The non-working weekdays of one year, and how sure they are."""

    status: str
    source: str
    days: Mapping[date, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pattern:
    """How a year without a decision is projected."""

    fixed: Mapping[tuple[int, int], str]
    days_from_easter: Mapping[int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The calendar of one site."""

    site: Site
    place: str
    version: str
    years: Mapping[int, Year]
    pattern: Pattern

    def closure(self, day: date) -> str | None:
        """Say why nobody works on a day, or None for a working day."""
        return _WEEKEND.get(day.weekday()) or self.year(day.year).days.get(day)

    def is_working(self, day: date) -> bool:
        """Tell whether a day is a working day of the site (Regulation 1182/71 Art. 2)."""
        return self.closure(day) is None

    def year(self, number: int) -> Year:
        """Return the days of a year, projected when the file has none."""
        return self.years.get(number) or project(self.pattern, number)

    def warning(self, first: int, last: int) -> tuple[str, ...]:
        """Warn of every year from first to last whose days are not adopted."""
        return tuple(
            self._warn(number)
            for number in range(first, last + 1)
            if self.year(number).status != ADOPTED
        )

    def describe(self, day: date) -> str:
        """Name the calendar and the source of a day's year."""
        year = self.year(day.year)
        return f"calendar {self.site} {self.version}, {day.year}: {year.status}, {year.source}"

    def _warn(self, number: int) -> str:
        adopted = [year for year, days in self.years.items() if days.status == ADOPTED]
        return (
            f"The holidays of {number} in {self.place} are a projection (fixed holidays, days "
            "counted from Easter, and the year-end closure of 24 to 31 December as in previous "
            f"years): no decision is on file, the last adopted year is {max(adopted)}. "
            "Check this date when the decision is published."
        )


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, rest = divmod(year, 100)
    leap = century // 4
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leap - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=512)
def project(pattern: Pattern, number: int) -> Year:
    """Project the days of a year from the pattern; a day at a weekend is not replaced."""
    sunday = easter(number)
    days = {date(number, month, day): name for (month, day), name in pattern.fixed.items()}
    for offset, name in pattern.days_from_easter.items():
        days[sunday + timedelta(days=offset)] = name
    weekdays = {day: name for day, name in sorted(days.items()) if day.weekday() < _SATURDAY}
    return Year(status="projection", source="no decision on file", days=weekdays)


def load_calendar(data: bytes) -> Calendar:
    """Read a calendar file; raise PeriodRefused when it is not complete or not consistent."""
    try:
        return _calendar(cast("dict[str, Any]", yaml.safe_load(data)))
    except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as fault:
        raise PeriodRefused(
            f"this is not a calendar file: {fault}", remedy="follow calendars/LUX.yaml"
        ) from fault


def calendar_of(site: str) -> Calendar:
    """Return the shipped calendar of a site; raise PeriodRefused for an unknown site."""
    if site not in SITES:
        raise PeriodRefused(f"{site!r} is not a site", remedy="write LUX or BRU")
    return _shipped(site)


@lru_cache(maxsize=len(SITES))
def _shipped(site: str) -> Calendar:
    file = resources.files("engine.timelimits") / "calendars" / f"{site}.yaml"
    return load_calendar(file.read_bytes())


def _calendar(raw: dict[str, Any]) -> Calendar:
    years = {number: _year(number, year) for number, year in raw["years"].items()}
    if ADOPTED not in {year.status for year in years.values()}:
        raise ValueError("no year is adopted")
    return Calendar(
        site=raw["site"],
        place=raw["place"],
        version=raw["version"],
        years=years,
        pattern=Pattern(
            fixed={_month_day(text): name for text, name in raw["pattern"]["fixed"].items()},
            days_from_easter=dict(raw["pattern"]["days_from_easter"]),
        ),
    )


def _year(number: int, raw: dict[str, Any]) -> Year:
    days: dict[date, str] = raw["days"]
    strays = [str(day) for day in days if day.year != number or day.weekday() >= _SATURDAY]
    if strays:
        raise ValueError(f"not weekdays of {number}: {', '.join(strays)}")
    if raw["status"] not in {ADOPTED, "projection"}:
        raise ValueError(f"{number} is neither adopted nor a projection")
    return Year(status=raw["status"], source=raw["source"], days=days)


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def is_working_day(day: date, site: Site) -> bool:
    """Tell whether a day is a working day of the site (Regulation 1182/71 Art. 2)."""
    return calendar_of(site).is_working(day)


def on_or_after(day: date, site: Site) -> date:
    """Return that day if it is a working day, else the next one."""
    calendar = calendar_of(site)
    while not calendar.is_working(day):
        day = shift_days(day, 1)
    return day


def on_or_before(day: date, site: Site) -> date:
    """Return that day if it is a working day, else the one before."""
    calendar = calendar_of(site)
    while not calendar.is_working(day):
        day = shift_days(day, -1)
    return day


def next_working_day(day: date, site: Site) -> date:
    """Return the first working day strictly after a day."""
    return on_or_after(shift_days(day, 1), site)


def previous_working_day(day: date, site: Site) -> date:
    """Return the last working day strictly before a day."""
    return on_or_before(shift_days(day, -1), site)


def add_working_days(day: date, count: int, site: Site) -> date:
    """Count working days after a day, or before it when the count is negative.

    The day itself never counts; a count of zero returns it unchanged.
    """
    move = next_working_day if count > 0 else previous_working_day
    for _ in range(abs(count)):
        day = move(day, site)
    return day


def working_days_between(after: date, last: date, site: Site) -> int:
    """Count the working days in (after, last]."""
    calendar = calendar_of(site)
    span = (last - after).days
    return sum(calendar.is_working(shift_days(after, ahead)) for ahead in range(1, span + 1))
