"""The three functions of time, which are never mixed, each with its derivation."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from engine.errors import PeriodRefused
from engine.timelimits.calendar import (
    Site,
    add_working_days,
    calendar_of,
    next_working_day,
    on_or_after,
    on_or_before,
)
from engine.timelimits.days import (
    day_of,
    end_of_day,
    instant,
    months_end,
    shift_days,
    shift_months,
)
from engine.timelimits.period import Period, parse_period

Name = Literal["legal_limit", "service_end", "latest_before"]
_ACT = "1182/71 Art. "
_HOURS_IN_TWO_DAYS = 48


@dataclass(frozen=True, kw_only=True, slots=True)
class Derivation:
    """One rule applied: its article, what it did, and the day that resulted."""

    article: str
    text: str
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeLimit:
    """A day computed by one of the three functions, and why.

    `expires_at` is the first instant after the period, in Europe/Brussels; `working_target` is only
    set by `latest_before` with a site.
    """

    function: Name
    day: date
    expires_at: datetime
    working_target: date | None
    derivation: tuple[Derivation, ...]
    warnings: tuple[str, ...] = ()


def legal_limit(event: date | datetime, period: str, site: Site) -> TimeLimit:
    """Compute the last day of a period that runs from an event, by Regulation 1182/71.

    The event does not count (Art. 3(1)); a last day that is a holiday, Saturday or Sunday moves to
    the next working day (Art. 3(4)); two days or more contain two working days (Art. 3(5)).
    Raises PeriodRefused for an unreadable period or site, or hours counted from a bare date.
    """
    parsed = parse_period(period)
    calendar_of(site)
    if parsed.hours:
        return _limit_in_hours(event, parsed, site)
    first = Derivation(
        article=_ACT + "3(1)",
        text=f"{_name(day_of(event))} is the day of the event and does not count.",
        day=day_of(event),
    )
    if parsed.working_days:
        return _limit_in_working_days(first, parsed, site)
    return _limit_in_days(first, parsed, site)


def service_end(start: date, period: str) -> TimeLimit:
    """Compute the last day of a contract, probation or cap that includes its first day.

    Months end on the day before the same date number, or on the last day of a month that lacks
    that number. No calendar, no roll. Raises PeriodRefused for hours and working days.
    """
    parsed = parse_period(period)
    if parsed.hours or parsed.working_days:
        remedy = "service runs in years, months, weeks or days"
        raise PeriodRefused(f"a period of service cannot be {period!r}", remedy=remedy)
    start = day_of(start)
    end = months_end(start, parsed.months)
    clipped = shift_months(start, parsed.months)[1]
    last = shift_days(end, parsed.plain_days)
    steps = (
        _service_step(f"The first day of service counts: {_name(start)}.", start),
        _service_step(_service_reason(parsed, last, clipped=clipped), last),
    )
    return _finished("service_end", steps)


def latest_before(end: date, period: str, site: Site | None = None) -> TimeLimit:
    """Compute the latest day for something due a period before an end, counted backwards.

    The same date number some months earlier, clipped to the end of the month; never rolled
    (1182/71 Art. 3(4), second sentence). With a site the working target is that day or the working
    day before.
    Raises PeriodRefused for hours, and for working days without a site.
    """
    parsed = parse_period(period)
    end = day_of(end)
    if parsed.hours:
        remedy = "count backwards in months, weeks, days or wd"
        raise PeriodRefused(f"{period!r} cannot be counted backwards", remedy=remedy)
    step = _back_in_working_days(end, parsed, site) if parsed.working_days else _back(end, parsed)
    if site is None:
        return _finished("latest_before", (step,))
    target = on_or_before(step.day, site)
    text = f"Working target: {_name(target)} ({calendar_of(site).describe(target)})."
    aim = Derivation(article="working target", text=text, day=target)
    years = (target.year, end.year if parsed.working_days else step.day.year)
    limit = _finished("latest_before", (step, aim), day=step.day)
    return _with(limit, target=target, warnings=calendar_of(site).warning(*years))


def _limit_in_days(first: Derivation, period: Period, site: Site) -> TimeLimit:
    raw = _raw_step(first.day, period)
    steps = [first, raw]
    rolled = on_or_after(raw.day, site)
    if rolled != raw.day:
        steps.append(_roll_step(raw.day, rolled, site))
    last = rolled
    if (raw.day - first.day).days > 1:
        last = _second_working_day(first.day, rolled, site)
    if last != rolled:
        text = f"Fewer than two working days lie in the period: it runs on to {_name(last)}."
        steps.append(Derivation(article=_ACT + "3(5)", text=text, day=last))
    warnings = calendar_of(site).warning(raw.day.year, last.year)
    return _with(_finished("legal_limit", tuple(steps)), warnings=warnings)


def _second_working_day(event: date, limit: date, site: Site) -> date:
    first = next_working_day(event, site)
    return max(limit, next_working_day(first, site))


def _raw_step(event: date, period: Period) -> Derivation:
    same, clipped = shift_months(event, period.months)
    last = shift_days(same, period.plain_days)
    articles = {
        "3(2)(c)": period.months or period.weeks,
        "3(2)(d)": period.part_days,
        "3(2)(b)": period.days,
    }
    article = ", ".join(name for name, used in articles.items() if used)
    note = f" ({_name(same)} is the last day of a month without that date)" if clipped else ""
    text = f"{period.text} from the event end on {_name(last)}{note}."
    return Derivation(article=_ACT + article, text=text, day=last)


def _roll_step(raw: date, rolled: date, site: Site) -> Derivation:
    calendar = calendar_of(site)
    text = (
        f"{_name(raw)} is no working day ({calendar.closure(raw)}; {calendar.describe(raw)}): "
        f"the period ends with the next one, {_name(rolled)}."
    )
    return Derivation(article=_ACT + "2, 3(4)", text=text, day=rolled)


def _limit_in_working_days(first: Derivation, period: Period, site: Site) -> TimeLimit:
    last = add_working_days(first.day, period.working_days, site)
    calendar = calendar_of(site)
    text = f"{period.working_days} working days end on {_name(last)} ({calendar.describe(last)})."
    step = Derivation(article=_ACT + "2, 3(3)", text=text, day=last)
    begin = shift_days(first.day, 1)
    warnings = calendar.warning(begin.year, last.year)
    return _with(_finished("legal_limit", (first, step)), warnings=warnings)


def _limit_in_hours(event: date | datetime, period: Period, site: Site) -> TimeLimit:
    if not isinstance(event, datetime):
        remedy = "give the instant of the event, as 2026-06-03T10:20:00+02:00"
        raise PeriodRefused(f"{period.text!r} cannot run from a day", remedy=remedy)
    moment = instant(event)
    hour = moment.replace(minute=0, second=0, microsecond=0)
    expires = instant(hour + timedelta(hours=1 + period.hours))
    day = day_of(expires - timedelta(microseconds=1))
    steps = (
        Derivation(
            article=_ACT + "3(1)",
            text=f"The hour of {moment:%H:%M} on {_name(moment.date())} does not count.",
            day=moment.date(),
        ),
        Derivation(
            article=_ACT + "3(2)(a), 3(3)",
            text=f"{period.hours} hours end at {expires:%H:%M} on {_name(expires.date())}.",
            day=day,
        ),
    )
    return TimeLimit(
        function="legal_limit",
        day=day,
        expires_at=expires,
        working_target=None,
        derivation=steps,
        warnings=_hours_warning(moment.date(), day, period, site),
    )


def _hours_warning(event: date, last: date, period: Period, site: Site) -> tuple[str, ...]:
    if period.hours < _HOURS_IN_TWO_DAYS or _second_working_day(event, last, site) == last:
        return ()
    return (
        f"Fewer than two working days lie in these {period.hours} hours. Art. 3(4) does not apply "
        "to hours and whether Art. 3(5) does is disputed: it was not applied.",
    )


def _service_step(text: str, day: date) -> Derivation:
    return Derivation(article="period of service", text=text, day=day)


def _service_reason(period: Period, last: date, *, clipped: bool) -> str:
    day = _name(last)
    if clipped:
        return f"{period.text} end with a month that lacks that date, so on its last day: {day}."
    return f"{period.text} end on the day before the same date, not moved to a working day: {day}."


def _back(end: date, period: Period) -> Derivation:
    same, clipped = shift_months(end, -period.months)
    day = shift_days(same, -period.plain_days)
    note = ", the last day of a month without that date" if clipped else ""
    text = f"{period.text} before {_name(end)} is {_name(day)}{note}; counted backwards, no roll."
    return Derivation(article=_ACT + "3(4), second sentence", text=text, day=day)


def _back_in_working_days(end: date, period: Period, site: Site | None) -> Derivation:
    if site is None:
        remedy = "give the site, LUX or BRU, or use add_working_days(end, -n, site)"
        raise PeriodRefused(f"{period.text!r} depends on a calendar", remedy=remedy)
    day = add_working_days(end, -period.working_days, site)
    text = f"{period.working_days} working days before {_name(end)} is {_name(day)}."
    return Derivation(article=_ACT + "2, 3(3)", text=text, day=day)


def _finished(function: Name, steps: tuple[Derivation, ...], day: date | None = None) -> TimeLimit:
    last = day or steps[-1].day
    return TimeLimit(
        function=function,
        day=last,
        expires_at=end_of_day(last),
        working_target=None,
        derivation=steps,
    )


def _with(limit: TimeLimit, *, warnings: tuple[str, ...], target: date | None = None) -> TimeLimit:
    return TimeLimit(
        function=limit.function,
        day=limit.day,
        expires_at=limit.expires_at,
        working_target=target,
        derivation=limit.derivation,
        warnings=warnings,
    )


def _name(day: date) -> str:
    # strftime's %a would follow the server's locale
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    return f"{weekday} {day:%d.%m.%Y}"
