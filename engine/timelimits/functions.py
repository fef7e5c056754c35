"""The functions of this room as FEEL sees them: names, parameters, conversion of values."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import wraps
from typing import Any, cast

import feel
from engine.errors import PeriodRefused
from engine.timelimits import service
from engine.timelimits.calendar import Site, add_working_days, calendar_of, is_working_day
from engine.timelimits.days import at_time, end_of_day, read_day, read_moment, start_of_day
from engine.timelimits.limits import latest_before, legal_limit, service_end
from engine.timelimits.service import Spell

_SPELL_REMEDY = 'write {from: "2026-01-01", to: "2026-12-31"}; share and kind are optional'


def read_spells(value: object) -> tuple[Spell, ...]:
    """Read spells from contexts {from, to, share, kind}; null, one alone or a list will do."""
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(_read_spell(item) for item in items)


def _read_spell(item: object) -> Spell:
    if not isinstance(item, Mapping) or item.get("from") is None or item.get("to") is None:
        raise PeriodRefused(f"{item!r} is not a spell", remedy=_SPELL_REMEDY)
    return Spell(
        first=read_day(item["from"]),
        last=read_day(item["to"]),
        share=_fraction(1 if item.get("share") is None else item["share"]),
        kind=str(item.get("kind") or service.KINDS[0]),
    )


def _fraction(value: object) -> Fraction:
    try:
        return Fraction(str(value))
    except ValueError:
        raise PeriodRefused(f"{value!r} is not a number", remedy="write a number") from None


def _whole(value: object) -> int:
    number = _fraction(value)
    if number.denominator != 1:
        raise PeriodRefused(f"{value} is not a whole number", remedy="write a whole number")
    return int(number)


def _number(value: Fraction) -> Decimal:
    with localcontext(prec=34):
        return Decimal(value.numerator) / Decimal(value.denominator)


def _site(value: object) -> Site:
    return calendar_of(str(value)).site


def _null_in_null_out(call: Callable[..., object]) -> Callable[..., object]:
    # as FEEL's own functions do: a value not known yet gives a result not known yet
    @wraps(call)
    def guarded(*values: object, **named: object) -> object:
        if any(value is None for value in (*values, *named.values())):
            return None
        return call(*values, **named)

    return guarded


def _text(value: object) -> str:
    """Read a period or time of day: a FEEL value of that kind is as good as its ISO text."""
    return str(feel.to_json(value))


def _legal_limit(event: object, period: object, site: str) -> date:
    return legal_limit(read_moment(event), _text(period), _site(site)).day


def _legal_limit_instant(event: object, period: object, site: str) -> datetime:
    return legal_limit(read_moment(event), _text(period), _site(site)).expires_at


def _service_end(start: object, period: object) -> date:
    return service_end(read_day(start), _text(period)).day


def _latest_before(end: object, period: object, *site: str) -> date:
    return latest_before(read_day(end), _text(period), *map(_site, site)).day


def _working_target(end: object, period: object, site: str) -> date:
    limit = latest_before(read_day(end), _text(period), _site(site))
    return cast("date", limit.working_target)


def _calendar_warning(day: object, site: str) -> str | None:
    year = read_day(day).year
    return next(iter(calendar_of(site).warning(year, year)), None)


def _add_working_days(day: object, n: object, site: str) -> date:
    return add_working_days(read_day(day), _whole(n), _site(site))


def _is_working_day(day: object, site: str) -> bool:
    return is_working_day(read_day(day), _site(site))


def _end_of_day(day: object) -> datetime:
    return end_of_day(read_day(day))


def _start_of_day(day: object) -> datetime:
    return start_of_day(read_day(day))


def _at_time(day: object, clock: object) -> datetime:
    return at_time(read_day(day), _text(clock))


def _used_months(spells: object) -> Decimal:
    return _number(service.used_months(read_spells(spells)))


def _months_of_service(spells: object) -> int:
    return service.months_of_service(read_spells(spells))


def _years_of_service(spells: object) -> int:
    return _months_of_service(spells) // 12


def _exceeds_months(spells: object, cap: object) -> bool:
    return service.exceeds_months(read_spells(spells), _whole(cap))


def _remaining_end(start: object, used: object, cap: object) -> date | None:
    first = read_day(start)
    if isinstance(used, list | tuple | Mapping):
        return service.latest_end(first, read_spells(used), _whole(cap))
    # a number of months came out of a division by 30: back to whole days before it is used
    days = round(_fraction(used) * 30)
    return service.remaining_end(first, Fraction(days, 30), _whole(cap))


def _lasts_at_least(first: object, last: object, period: object) -> bool:
    return service.lasts_at_least(read_day(first), read_day(last), _text(period))


def _is_month_or_longer(first: object, last: object) -> bool:
    return service.lasts_at_least(read_day(first), read_day(last), "P1M")


def _days_inclusive(first: object, last: object) -> int:
    return service.days_inclusive(read_day(first), read_day(last))


def _extended_probation_end(start: object, end: object, first: object, last: object) -> date | None:
    return service.extended_probation_end(*(read_day(day) for day in (start, end, first, last)))


def _experience_months(periods: object, until: object) -> Decimal:
    return _number(service.experience_months(read_spells(periods), None, read_day(until)))


def _experience_months_since(periods: object, since: object, until: object) -> Decimal:
    spells = read_spells(periods)
    return _number(service.experience_months(spells, read_day(since), read_day(until)))


def _seven_year_days(spells: object, end: object) -> Decimal:
    return _number(service.seven_year_days(read_spells(spells), read_day(end)))


def _month_end_of_birthday(born: object, age: object) -> date:
    return service.month_end_of_birthday(read_day(born), _whole(age))


def _next_start_day(day: object) -> date:
    return service.next_start_day(read_day(day))


_CALLS: Mapping[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    "legal_limit": (("event", "period", "site"), _legal_limit),
    "legal_limit_instant": (("event", "period", "site"), _legal_limit_instant),
    "service_end": (("start", "period"), _service_end),
    "latest_before": (("end", "period", "site"), _latest_before),
    "working_target": (("end", "period", "site"), _working_target),
    "calendar_warning": (("day", "site"), _calendar_warning),
    "add_working_days": (("day", "n", "site"), _add_working_days),
    "is_working_day": (("day", "site"), _is_working_day),
    "end_of_day": (("day",), _end_of_day),
    "start_of_day": (("day",), _start_of_day),
    "at_time": (("day", "clock"), _at_time),
    "used_months": (("spells",), _used_months),
    "months_of_service": (("spells",), _months_of_service),
    "years_of_service": (("spells",), _years_of_service),
    "exceeds_months": (("spells", "cap"), _exceeds_months),
    "remaining_end": (("start", "used", "cap"), _remaining_end),
    "lasts_at_least": (("first", "last", "period"), _lasts_at_least),
    "is_month_or_longer": (("first", "last"), _is_month_or_longer),
    "days_inclusive": (("first", "last"), _days_inclusive),
    "extended_probation_end": (("start", "end", "first", "last"), _extended_probation_end),
    "experience_months": (("periods", "until"), _experience_months),
    "experience_months_since": (("periods", "since", "until"), _experience_months_since),
    "seven_year_days": (("spells", "end"), _seven_year_days),
    "month_end_of_birthday": (("born", "age"), _month_end_of_birthday),
    "next_start_day": (("day",), _next_start_day),
}
#: these read null as "no spells", so that a first contract needs no special case
_NULL_IS_EMPTY = {"used_months", "months_of_service", "years_of_service"}

FUNCTIONS: Mapping[str, feel.Function] = {
    name: feel.Function(
        parameters=parameters,
        call=call if name in _NULL_IS_EMPTY else _null_in_null_out(call),
        optional=1 if name == "latest_before" else 0,
    )
    for name, (parameters, call) in _CALLS.items()
}
