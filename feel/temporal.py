"""Sums and parts of dates, times and durations.

Sums of months end on the last day of a shorter month; sums on an instant with a time zone count
elapsed time; what leaves the years 1 to 9999 is None.
"""

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from feel.iso import MONTHS_A_YEAR
from feel.values import DECIMAL, KINDS, Months

_MINUTE = 60
_HOUR = 3600
_MICROSECOND = timedelta(microseconds=1)


def months_on(day: date, months: int) -> date:
    """Add calendar months; the last day of a shorter month takes the place of a missing one."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(year)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def elapse(moment: datetime, span: timedelta) -> datetime:
    """Add elapsed time; a change of the clock in between does not shorten or lengthen it."""
    if moment.tzinfo is None:
        return moment + span
    return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)


def _turn(moment: time, span: timedelta) -> time:
    turned = datetime.combine(date(2000, 1, 1), moment.replace(tzinfo=None)) + timedelta(
        seconds=span.seconds, microseconds=span.microseconds
    )
    return turned.time().replace(tzinfo=moment.tzinfo)


def _between_instants(left: datetime, right: datetime) -> timedelta | None:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    if left.tzinfo is None:
        return left - right
    return left.astimezone(UTC) - right.astimezone(UTC)


def _between_times(left: time, right: time) -> timedelta | None:
    day = date(2000, 1, 1)
    return _between_instants(datetime.combine(day, left), datetime.combine(day, right))


def midnight(day: date, like: datetime) -> datetime:
    """Take a date as its midnight, in the time zone of another instant."""
    return datetime.combine(day, time(), tzinfo=like.tzinfo)


_ADD: dict[tuple[type, type], Callable[..., object]] = {
    (date, timedelta): lambda a, b: (datetime.combine(a, time()) + b).date(),
    (date, Months): lambda a, b: months_on(a, b.months),
    (datetime, timedelta): elapse,
    (datetime, Months): lambda a, b: months_on(a, b.months),
    (time, timedelta): _turn,
    (timedelta, timedelta): lambda a, b: a + b,
    (Months, Months): lambda a, b: Months(a.months + b.months),
}
_SUBTRACT: dict[tuple[type, type], Callable[..., object]] = {
    (date, date): lambda a, b: a - b,
    (datetime, datetime): _between_instants,
    (date, datetime): lambda a, b: _between_instants(midnight(a, b), b),
    (datetime, date): lambda a, b: _between_instants(a, midnight(b, a)),
    (time, time): _between_times,
    (date, timedelta): lambda a, b: (datetime.combine(a, time()) - b).date(),
    (date, Months): lambda a, b: months_on(a, -b.months),
    (datetime, timedelta): lambda a, b: elapse(a, -b),
    (datetime, Months): lambda a, b: months_on(a, -b.months),
    (time, timedelta): lambda a, b: _turn(a, -b),
    (timedelta, timedelta): lambda a, b: a - b,
    (Months, Months): lambda a, b: Months(a.months - b.months),
}


def add(left: object, right: object) -> object:
    """Add a duration to a date, time, instant or duration, in either order; else None."""
    rule = _ADD.get((KINDS[type(left)], KINDS[type(right)]))
    if rule is None:
        left, right = right, left
        rule = _ADD.get((KINDS[type(left)], KINDS[type(right)]))
    return _sum(rule, left, right)


def subtract(left: object, right: object) -> object:
    """Take a duration from a date, time, instant or duration, or measure the time between two."""
    return _sum(_SUBTRACT.get((KINDS[type(left)], KINDS[type(right)])), left, right)


def _sum(rule: Callable[..., object] | None, left: object, right: object) -> object:
    if rule is None:
        return None
    try:
        return rule(left, right)
    except OverflowError:
        return None


def seconds_of(span: timedelta) -> Decimal:
    """Count the seconds of a days and time duration."""
    return Decimal(span // _MICROSECOND).scaleb(-6, context=DECIMAL).normalize(DECIMAL)


def span_of(seconds: Decimal) -> timedelta | None:
    """Make a days and time duration from seconds, cut to microseconds."""
    try:
        return timedelta(microseconds=int(seconds.scaleb(6, context=DECIMAL)))
    except (OverflowError, ArithmeticError):
        return None


def multiply(left: object, right: object) -> object:
    """Multiply a duration by a number, in either order; months are cut to whole ones."""
    span, factor = (right, left) if isinstance(left, Decimal) else (left, right)
    if not isinstance(factor, Decimal):
        return None
    if isinstance(span, Months):
        return Months(int(DECIMAL.multiply(span.months, factor)))
    if isinstance(span, timedelta):
        return span_of(DECIMAL.multiply(seconds_of(span), factor))
    return None


def divide(left: object, right: object) -> object:
    """Divide a duration by a number, or by a duration of its kind."""
    if isinstance(right, Decimal) and right:
        return multiply(left, DECIMAL.divide(Decimal(1), right)) if left is not None else None
    if isinstance(left, Months) and isinstance(right, Months) and right.months:
        return DECIMAL.divide(left.months, right.months)
    if isinstance(left, timedelta) and isinstance(right, timedelta) and right:
        return DECIMAL.divide(seconds_of(left), seconds_of(right))
    return None


def negative(value: object) -> object:
    """Turn a duration round."""
    if isinstance(value, Months):
        return Months(-value.months)
    return -value if isinstance(value, timedelta) else None


_DATE_PARTS: dict[str, Callable[..., object]] = {
    "year": lambda d: Decimal(d.year),
    "month": lambda d: Decimal(d.month),
    "day": lambda d: Decimal(d.day),
    "weekday": lambda d: Decimal(d.isoweekday()),
}
_TIME_PARTS: dict[str, Callable[..., object]] = {
    "hour": lambda t: Decimal(t.hour),
    "minute": lambda t: Decimal(t.minute),
    "second": lambda t: DECIMAL.add(t.second, Decimal(t.microsecond).scaleb(-6)).normalize(DECIMAL),
    "time offset": lambda t: t.utcoffset(),
    "timezone": lambda t: t.tzinfo.key if isinstance(t.tzinfo, ZoneInfo) else None,
}


def _signed(value: timedelta, size: int) -> Decimal:
    return Decimal(-size if value < timedelta() else size)


_PARTS_OF: dict[type, dict[str, Callable[..., object]]] = {
    date: _DATE_PARTS,
    datetime: _DATE_PARTS | _TIME_PARTS,
    time: _TIME_PARTS,
    timedelta: {
        "days": lambda d: _signed(d, abs(d).days),
        "hours": lambda d: _signed(d, abs(d).seconds // _HOUR),
        "minutes": lambda d: _signed(d, abs(d).seconds % _HOUR // _MINUTE),
        "seconds": lambda d: seconds_of(
            (abs(d) % timedelta(minutes=1)) * (-1 if d < timedelta() else 1)
        ),
    },
    Months: {
        "years": lambda m: Decimal(int(m.months / MONTHS_A_YEAR)),
        "months": lambda m: Decimal(abs(m.months) % MONTHS_A_YEAR * (-1 if m.months < 0 else 1)),
    },
}


def part(value: object, name: str) -> object:
    """Read a part such as `year` of a date or `days` of a duration; else None."""
    reader = _PARTS_OF.get(KINDS[type(value)], {}).get(name)
    return reader(value) if reader else None
