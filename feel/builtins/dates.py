"""Built-in functions on dates, times and durations, DMN 1.3 sections 10.3.4.1 and 10.3.4.8."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from feel import iso, temporal
from feel.errors import Unfit
from feel.iso import MONTHS_A_YEAR
from feel.scope import Environment
from feel.signatures import Table, signature
from feel.values import KINDS, Months, equal

#: `today()` is the date here
_ZONE: Final = "Europe/Brussels"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _as_date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return iso.parse_date(value) if isinstance(value, str) else None


def _date_of(year: Decimal, month: Decimal, day: Decimal) -> date | None:
    try:
        return date(_whole(year), _whole(month), _whole(day))
    except ValueError:
        return None


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise ValueError(value)
    return int(value)


def _as_time(value: object) -> time | None:
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, date):
        return time(tzinfo=UTC)
    if isinstance(value, str):
        return iso.parse_time(value.removeprefix("T"))
    return value if isinstance(value, time) else None


def _time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: object = None) -> time | None:
    try:
        return time(
            _whole(hour),
            _whole(minute),
            int(second),
            int(second % 1 * 1_000_000),
            tzinfo=_zone_from(offset),
        )
    except ValueError:
        return None


def _zone_from(offset: object) -> tzinfo | None:
    if offset is None:
        return None
    if not isinstance(offset, timedelta):
        raise ValueError(offset)  # noqa: TRY004  # becomes null like other values
    return iso.fixed_zone(offset)


def _as_instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return iso.parse_instant(value) if isinstance(value, str) else None


def _instant_of(day: object, moment: object) -> datetime | None:
    on = _as_date(day) if isinstance(day, date) else None
    return datetime.combine(on, moment) if on and isinstance(moment, time) else None


def _instant_in(
    year: Decimal, month: Decimal, day: Decimal, hour: Decimal, minute: Decimal, *rest: object
) -> datetime | None:
    second, *offset = rest
    if not isinstance(second, Decimal):
        return None
    return _instant_of(_date_of(year, month, day), _time_of(hour, minute, second, *offset))


def _as_duration(value: object) -> object:
    if isinstance(value, str):
        return iso.parse_duration(value)
    return value if isinstance(value, (timedelta, Months)) else None


def _months_between(start: date, end: date) -> Months | None:
    """Count the whole months from one date to another; negative backwards."""
    if KINDS[type(start)] is not KINDS[type(end)]:
        start, end = _midnight(start, end), _midnight(end, start)
    if temporal.subtract(end, start) is None:
        return None
    if end < start:
        return Months(-_months_between(end, start).months)  # type: ignore[union-attr]
    count = (end.year - start.year) * MONTHS_A_YEAR + end.month - start.month
    is_whole = _within_month(start) <= _within_month(end)
    return Months(count if is_whole else count - 1)


def _midnight(value: date, like: date) -> date:
    if isinstance(value, datetime) or not isinstance(like, datetime):
        return value
    return temporal.midnight(value, like)


def _within_month(value: date) -> tuple[int, time]:
    return value.day, value.time() if isinstance(value, datetime) else time()


def _is_same(env: Environment, left: object, right: object) -> bool:
    """Tell whether two values are the same in every part, the time zone included."""
    if KINDS[type(left)] is not KINDS[type(right)]:
        return False
    if isinstance(left, (datetime, time)):
        return iso.write_moment(left) == iso.write_moment(right)  # type: ignore[arg-type]
    return equal(left, right, env.budget) is True


def _now(env: Environment) -> datetime:
    if env.now is None or env.now.tzinfo is None:
        raise Unfit("there is no present here", "give the date as a variable")
    return env.now


def _today(env: Environment) -> date:
    return _now(env).astimezone(ZoneInfo(_ZONE)).date()


def _last_day(day: date) -> Decimal:
    following = temporal.months_on(day.replace(day=1), 1)
    return Decimal((following - timedelta(days=1)).day)


TABLE: Table = {
    "date": signature("from", _as_date) + signature("year:num, month:num, day:num", _date_of),
    "time": signature("from", _as_time)
    + signature("hour:num, minute:num, second:num, offset?", _time_of),
    "date and time": signature("from", _as_instant)
    + signature("date, time", _instant_of)
    + signature(
        "year:num, month:num, day:num, hour:num, minute:num, second:num, offset?", _instant_in
    ),
    "duration": signature("from", _as_duration),
    "years and months duration": signature("from:date, to:date", _months_between),
    "is": signature("value1, value2", _is_same, needs_env=True),
    "now": signature("", _now, needs_env=True),
    "today": signature("", _today, needs_env=True),
    "day of week": signature("date:date", lambda d: _DAYS[d.weekday()]),
    "month of year": signature("date:date", lambda d: _MONTHS[d.month - 1]),
    "day of year": signature("date:date", lambda d: Decimal(d.timetuple().tm_yday)),
    "week of year": signature("date:date", lambda d: Decimal(d.isocalendar().week)),
    "last day of month": signature("date:date", _last_day),
}
