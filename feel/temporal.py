"""Dates, times and durations: reading, writing, parts and sums.

Years run from 1 to 9999; what lies outside, or is no date, is null. Sums of months end on the last
day of a shorter month. Sums on an instant with a time zone count elapsed time.
"""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from feel.values import DECIMAL, KINDS, Months

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?"
    r"(?:(?P<utc>[Zz])|(?P<offset>[+-]\d{2}:\d{2}(?::\d{2})?)|@(?P<zone>[A-Za-z0-9_+/-]{1,64}))?",
    re.ASCII,
)
_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)"
    r"(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?"
    r"(?:(?P<days>\d{1,9})D)?"
    r"(?P<clock>T(?=.)(?:(?P<hours>\d{1,12})H)?(?:(?P<minutes>\d{1,12})M)?"
    r"(?:(?P<seconds>\d{1,12})(?:\.(?P<fraction>\d{1,9}))?S)?)?",
    re.ASCII,
)
MONTHS_A_YEAR = 12
_MINUTE = 60
_HOUR = 3600
_MICROSECOND = timedelta(microseconds=1)
_MAX_OFFSET = timedelta(hours=18)


def parse_date(text: str) -> date | None:
    """Read an ISO 8601 date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """Read an ISO 8601 time, with an offset, `Z`, `@Zone` or none."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = map(int, match.groups()[:3])
    microsecond = int((match[4] or "").ljust(6, "0")[:6])
    try:
        return time(hour, minute, second, microsecond, tzinfo=_zone_of(match))
    except ValueError:
        return None


def parse_instant(text: str) -> datetime | None:
    """Read an ISO 8601 date and time; a date alone means its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return datetime.combine(day, time())
    moment = parse_time(time_text)
    return datetime.combine(day, moment) if moment else None


def parse_duration(text: str) -> timedelta | Months | None:
    """Read an ISO 8601 duration of either kind; weeks count as seven days."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    part = {name: int(value or 0) for name, value in match.groupdict().items() if name in _PARTS}
    sign = -1 if match["sign"] else 1
    by_month = match["years"] or match["months"]
    by_day = match["weeks"] or match["days"] or match["clock"]
    if by_month and by_day:
        return None
    if by_month:
        return Months(sign * (part["years"] * MONTHS_A_YEAR + part["months"]))
    return _elapsed(sign, part, match["fraction"] or "")


_PARTS = frozenset(["years", "months", "weeks", "days", "hours", "minutes", "seconds"])


def _elapsed(sign: int, part: dict[str, int], fraction: str) -> timedelta | None:
    try:
        return sign * timedelta(
            weeks=part["weeks"],
            days=part["days"],
            hours=part["hours"],
            minutes=part["minutes"],
            seconds=part["seconds"],
            microseconds=int(fraction.ljust(6, "0")[:6]),
        )
    except OverflowError:
        return None


def parse_any(text: str) -> object:
    """Read what stands behind `@`: a duration, a date and time, a date or a time."""
    found = (read(text) for read in (parse_duration, parse_date, parse_instant, parse_time))
    return next((value for value in found if value is not None), None)


def zone(name: str) -> tzinfo | None:
    """Find a time zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown, a path, a folder
        return None


def _zone_of(match: re.Match[str]) -> tzinfo | None:
    if match["utc"]:
        return UTC
    if match["zone"]:
        found = zone(match["zone"])
        if found is None:
            raise ValueError(match["zone"])
        return found
    return offset_zone(match["offset"]) if match["offset"] else None


def offset_zone(text: str) -> timezone:
    """Make a time zone from `+HH:MM`; raises ValueError beyond 18 hours."""
    hours, minutes, *seconds = map(int, text[1:].split(":"))
    if minutes >= _MINUTE:
        raise ValueError(text)
    size = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return fixed_zone(-size if text[0] == "-" else size)


def fixed_zone(offset: timedelta) -> timezone:
    """Make a time zone of an offset; raises ValueError beyond 18 hours."""
    if abs(offset) > _MAX_OFFSET:
        raise ValueError(offset)
    return timezone(offset)


def write_zone(moment: datetime | time, *, names: bool = True) -> str:
    """Write the time zone of an instant: `Z`, `+HH:MM`, or with names `@Europe/Brussels`."""
    if names and isinstance(moment.tzinfo, ZoneInfo):
        return f"@{moment.tzinfo.key}"
    offset = moment.utcoffset()
    if offset is None:
        return ""
    if not offset:
        return "Z"
    return moment.isoformat()[-6:] if not offset.seconds % _MINUTE else moment.isoformat()[-9:]


def write_moment(moment: datetime | time, *, names: bool = True) -> str:
    """Write a time or a date and time as ISO 8601."""
    return moment.replace(tzinfo=None).isoformat() + write_zone(moment, names=names)


def write_duration(value: timedelta | Months) -> str:
    """Write a duration as ISO 8601, in its shortest usual form."""
    if isinstance(value, Months):
        return _write_months(value.months)
    sign = "-" if value < timedelta() else ""
    size = abs(value)
    minutes, seconds = divmod(size.seconds, _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    fraction = f".{size.microseconds:06d}".rstrip("0").rstrip(".")
    clock = "".join(
        [
            f"{hours}H" * bool(hours),
            f"{minutes}M" * bool(minutes),
            f"{seconds}{fraction}S" * bool(seconds or size.microseconds),
        ]
    )
    days = f"{size.days}D" * bool(size.days)
    return f"{sign}P{days}{'T' * bool(clock)}{clock}" if days or clock else "PT0S"


def _write_months(months: int) -> str:
    years, rest = divmod(abs(months), MONTHS_A_YEAR)
    if not months:
        return "P0M"
    sign = "-" if months < 0 else ""
    return f"{sign}P{f'{years}Y' * bool(years)}{f'{rest}M' * bool(rest)}"


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
