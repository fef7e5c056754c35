"""Dates, times and durations as ISO 8601 writes them, with `@Zone` for IANA time zones.

Years run from 1 to 9999; what lies outside, or is no date, is None.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from feel.values import Months

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?"
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
    """Read an ISO 8601 time, with an offset, `Z`, `@Zone` or none; seconds may be left out."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
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
