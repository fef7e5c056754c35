"""Calendar days and instants in Europe/Brussels (Luxembourg has the same offset)."""

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from engine.errors import PeriodRefused
from engine.timelimits.period import MONTHS_IN_YEAR

ZONE = ZoneInfo("Europe/Brussels")
ONE_DAY = timedelta(days=1)
_DATE_REMEDY = "write a date as 2026-06-03 or an instant as 2026-06-03T10:20:00+02:00"


def shift_months(day: date, months: int) -> tuple[date, bool]:
    """Return the same date number some months away, and whether it had to be clipped.

    A date number that the month lacks becomes the last day of that month.
    """
    index = day.year * MONTHS_IN_YEAR + day.month - 1 + months
    year, month = index // MONTHS_IN_YEAR, index % MONTHS_IN_YEAR + 1
    if not date.min.year <= year <= date.max.year:
        raise PeriodRefused(f"{months} months from {day} leave the calendar", remedy=_DATE_REMEDY)
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last)), day.day > last


def months_end(first: date, months: int) -> date:
    """Return the last day of whole months of service that include the first day."""
    same, clipped = shift_months(first, months)
    return same if clipped else shift_days(same, -1)


def shift_days(day: date, days: int) -> date:
    """Return the day some days away; raise PeriodRefused beyond the years 1 to 9999."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise PeriodRefused(
            f"{days} days from {day} leave the calendar", remedy=_DATE_REMEDY
        ) from None


def day_of(moment: date | datetime) -> date:
    """Return the day in Europe/Brussels; an instant without an offset is refused."""
    return instant(moment).date() if isinstance(moment, datetime) else moment


def instant(moment: datetime) -> datetime:
    """Return an aware instant in Europe/Brussels; raise PeriodRefused without an offset."""
    if moment.tzinfo is None:
        raise PeriodRefused(f"{moment.isoformat()} has no offset from UTC", remedy=_DATE_REMEDY)
    return in_brussels(moment)


def in_brussels(moment: datetime) -> datetime:
    """Return the instant with the offset Europe/Brussels has then, as a fixed offset.

    A zone would make Python compare and add wall clocks: an instant in the hour that exists twice
    equals no instant of another zone, and a sum over a clock change is an hour wrong.
    """
    wall = moment.astimezone(ZONE).replace(tzinfo=None, fold=0)
    return wall.replace(tzinfo=timezone(wall - moment.astimezone(UTC).replace(tzinfo=None)))


def start_of_day(day: date) -> datetime:
    """Return the first instant of a day in Europe/Brussels."""
    return in_brussels(datetime.combine(day, time(), tzinfo=ZONE))


def end_of_day(day: date) -> datetime:
    """Return the first instant after a day in Europe/Brussels."""
    return start_of_day(shift_days(day, 1))


def at_time(day: date, clock: str) -> datetime:
    """Return the instant of a wall-clock time in Europe/Brussels.

    On the two nights of the year when the clock changes, an hour that does not exist is moved one
    hour later and an hour that exists twice means the second one: a deadline never lapses early.
    """
    try:
        wall = time.fromisoformat(clock)
    except (TypeError, ValueError):
        wall = None
    if wall is None or wall.tzinfo is not None:
        raise PeriodRefused(f"{clock!r} is not a time of day", remedy="write 12:00 or 12:00:00")
    later = datetime.combine(day, wall.replace(fold=1), tzinfo=ZONE)
    earlier = datetime.combine(day, wall.replace(fold=0), tzinfo=ZONE)
    return in_brussels(max(later.astimezone(UTC), earlier.astimezone(UTC)))


def read_moment(value: object) -> date | datetime:
    """Read a date or instant from a value of FEEL or JSON; raise PeriodRefused otherwise."""
    if isinstance(value, date):
        return value
    try:
        return _from_text(value) if isinstance(value, str) else _refuse(value)
    except ValueError:
        return _refuse(value)


def read_day(value: object) -> date:
    """Read a day in Europe/Brussels from a date, an instant or their ISO texts."""
    return day_of(read_moment(value))


def _from_text(text: str) -> date | datetime:
    if len(text) == len("2026-06-03"):
        return date.fromisoformat(text)
    # FEEL adds the zone's name, as in 2026-06-03T10:20:00+02:00[Europe/Brussels]
    return datetime.fromisoformat(text.partition("[")[0])


def _refuse(value: object) -> date:
    raise PeriodRefused(f"{value!r} is not a date", remedy=_DATE_REMEDY)
