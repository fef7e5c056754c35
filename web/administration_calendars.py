"""Calendars: the holidays of both sites per year, and a calculator for time limits."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date
from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.identity import current_actor
from api.tools import compute
from engine import clock, timelimits
from engine.errors import CursusError, Invalid
from engine.timelimits import SITES, Calendar, Site
from web import lists
from web.administration import pages
from web.administration_deputies import today_of
from web.language import ZONE, _, current

#: Years ahead of the present one that may be looked at.
AHEAD = 5
_ISO = {"days": "P{}D", "weeks": "P{}W", "months": "P{}M", "years": "P{}Y",
        "working_days": "{} wd", "hours": "PT{}H"}  # fmt: skip
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A weekday on which at least one site does not work: the reason per site."""

    day: date
    reasons: Mapping[Site, str | None]


@dataclass(frozen=True, kw_only=True)
class SiteYear:
    """One site in one year."""

    site: Site
    place: str
    version: str
    source: str
    is_adopted: bool
    working_days: int
    warning: str | None


@pages.get("/administration/calendars")
def calendar_year() -> ResponseReturnValue:
    """Show the working days and holidays of both sites in a year."""
    current_actor()
    calendars = [timelimits.calendar_of(site) for site in SITES]
    this_year = today_of(clock.now()).year
    first = min(min(one.years) for one in calendars)
    year = _year(this_year, first=first, last=this_year + AHEAD)
    return render(
        "administration_calendars.html",
        year=year,
        years=range(first, this_year + AHEAD + 1),
        sites=[_site_year(one, year) for one in calendars],
        holidays=_holidays(calendars, year),
        months=_months(calendars, year),
        adopted={one.place: _adopted(one) for one in calendars},
        weekday=_weekday,
        month=_month,
    )


def _year(otherwise: int, *, first: int, last: int) -> int:
    given = request.args.get("year", "")
    if not given:
        return otherwise
    if not given.isdecimal() or not first <= int(given[:5]) <= last:
        raise Invalid(
            _("There is no calendar of this year."),
            where="year",
            remedy=_("choose a year from %(first)s to %(last)s", first=first, last=last),
        )
    return int(given)


def _adopted(calendar: Calendar) -> list[int]:
    return [number for number in sorted(calendar.years) if not calendar.warning(number, number)]


def _site_year(calendar: Calendar, year: int) -> SiteYear:
    found = calendar.year(year)
    warnings = calendar.warning(year, year)
    return SiteYear(
        site=calendar.site,
        place=calendar.place,
        version=calendar.version,
        source=found.source,
        is_adopted=not warnings,
        working_days=sum(_working_days(calendar, year)),
        warning=warnings[0] if warnings else None,
    )


def _working_days(calendar: Calendar, year: int) -> list[int]:
    """Return the working days of each month."""
    return [
        sum(
            calendar.is_working(date(year, month, day))
            for day in range(1, monthrange(year, month)[1] + 1)
        )
        for month in range(1, 13)
    ]


def _months(calendars: list[Calendar], year: int) -> list[tuple[date, list[int]]]:
    per_site = [_working_days(one, year) for one in calendars]
    return [(date(year, month, 1), [one[month - 1] for one in per_site]) for month in range(1, 13)]


def _holidays(calendars: list[Calendar], year: int) -> list[Holiday]:
    found = []
    day = date(year, 1, 1)
    while day.year == year:
        reasons = {one.site: one.year(year).days.get(day) for one in calendars}
        if day.weekday() < _SATURDAY and any(reasons.values()):
            found.append(Holiday(day=day, reasons=reasons))
        day += timedelta(days=1)
    return found


@pages.get("/administration/calendars/calculator")
def calculator() -> ResponseReturnValue:
    """Compute a time limit and show its derivation, article by article."""
    current_actor()
    given = lists.given("function", "start", "time", "length", "unit", "site")
    result, fault = None, None
    if "start" in given or "length" in given:
        try:
            result = _computed(given)
        except CursusError as error:
            fault = error
    page = render(
        "administration_calculator.html",
        given=given,
        result=result,
        fault=fault,
        functions=_functions(),
        units=_units(),
        sites={site: timelimits.calendar_of(site).place for site in SITES},
        today=today_of(clock.now()),
        weekday=_weekday,
    )
    return page, 422 if fault else 200


def _computed(given: Mapping[str, str]) -> dict[str, object]:
    function, site = given.get("function", "legal_limit"), given.get("site", SITES[0])
    if function not in _functions() or site not in SITES:
        raise Invalid(_("Choose a kind of time limit and a place."), where="function")
    return compute(function, _start(given), _period(given), site)


def _start(given: Mapping[str, str]) -> str:
    """Return the day, or the instant where hours are counted."""
    start = given.get("start", "")
    try:
        day = date.fromisoformat(start)
        if given.get("unit") != "hours":
            return day.isoformat()
        at = datetime.fromisoformat(f"{day.isoformat()}T{given.get('time', '00:00')}")
    except ValueError as error:
        raise Invalid(_("Choose the day, and for hours the time."), where="start") from error
    return at.replace(tzinfo=ZONE).isoformat()


def _period(given: Mapping[str, str]) -> str:
    length, unit = given.get("length", ""), given.get("unit", "days")
    if unit not in _ISO or not length.replace(".", "", 1).isdecimal():
        raise Invalid(_("Write how long the period is, as a number."), where="length")
    return _ISO[unit].format(length)


def _weekday(day: date | str) -> str:
    at = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(at, "EEE", locale=current())


def _month(day: date) -> str:
    return format_date(day, "LLLL", locale=current())


def _functions() -> dict[str, str]:
    return {
        "legal_limit": _("Time limit from an event"),
        "service_end": _("End of a contract or probation"),
        "latest_before": _("Latest day before an end"),
    }


def _units() -> dict[str, str]:
    return {
        "days": _("days"),
        "weeks": _("weeks"),
        "months": _("months"),
        "years": _("years"),
        "working_days": _("working days"),
        "hours": _("hours"),
    }
