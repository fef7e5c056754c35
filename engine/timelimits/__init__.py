"""Time limits and service: pure, with the derivation of each result.

Three functions that are never mixed (each returns a `TimeLimit`):

    legal_limit(event: date | datetime, period: str, site: Site)      Regulation 1182/71, forwards
    service_end(start: date, period: str)                             contracts, probation, caps
    latest_before(end: date, period: str, site: Site | None = None)   backwards, never rolled

A period is `P20D`, `P2W`, `P3M`, `P1Y6M`, `P4.5M` (parts of months: 30 days), `PT48H` or `8 wd`.
A site is "LUX" or "BRU". Errors are `PeriodRefused` and name the bad text.

`FUNCTIONS` offers these to FEEL. Days are dates, instants or their ISO texts, periods their text or
a FEEL duration; results are dates, instants, numbers or booleans. Null gives null, except
where stated.

    legal_limit(event, period, site)          date: last day of the period
    legal_limit_instant(event, period, site)  instant: first after the period; the one for hours
    service_end(start, period)                date
    latest_before(end, period)                date; a third argument `site` is needed for wd
    working_target(end, period, site)         date: latest_before or the working day before it
    add_working_days(day, n, site)            date; a negative n counts backwards
    is_working_day(day, site)                 boolean
    calendar_warning(day, site)               text if that year's holidays are projected, or null
    end_of_day(day)                           instant: first after that day, Europe/Brussels
    start_of_day(day)                         instant
    at_time(day, clock)                       instant of "12:00" on that day in Europe/Brussels

A spell is a context {from, to, share, kind}: inclusive days; share (1 = full time) and kind
("contract_agent", "temporary_agent", "interim", "seconded_national_expert") are optional. Lists of
spells may be empty, or one spell alone. Overlapping or adjoining spells are one spell.

    used_months(spells)                       number: whole months + days/30; null: 0 (D12)
    months_of_service(spells)                 number: complete months; null: 0
    years_of_service(spells)                  number: complete years; null: 0 (D19)
    exceeds_months(spells, cap)               boolean, exact: spells incl. the proposed > cap (D12)
    remaining_end(start, used, cap)           date: last day a contract from `start` may have under
                                              `cap` months, or null when nothing remains; `used` is
                                              used_months(...) or, exact, the list of spells (D12)
    lasts_at_least(first, last, period)       boolean: last >= service_end(first, period) (D14, D15)
    is_month_or_longer(first, last)           boolean: the same with P1M (D16)
    days_inclusive(first, last)               number of days, both counted (D16)
    extended_probation_end(start, end, first, last)
                                              date: new end of a probation start..end after an
                                              absence first..last; null if under a month in it (D16)
    experience_months(periods, until)         number: overlaps once, part-time by share, up to the
                                              day before `until`, the entry into service (D10)
    experience_months_since(periods, since, until)
                                              the same, nothing before `since` (the diploma)
    seven_year_days(spells, end)              number of working days in the 12 years to `end`;
                                              seven years are 1540 (D13)
    month_end_of_birthday(born, age)          date: last day of the month of the birthday (D12)
    next_start_day(day)                       date: the 1st or 16th on or after a day
"""

from engine.timelimits.calendar import (
    SITES,
    Calendar,
    Site,
    add_working_days,
    calendar_of,
    is_working_day,
    load_calendar,
    next_working_day,
    on_or_after,
    on_or_before,
    previous_working_day,
    working_days_between,
)
from engine.timelimits.days import ZONE, at_time, end_of_day, start_of_day
from engine.timelimits.functions import FUNCTIONS, read_spells
from engine.timelimits.limits import (
    Derivation,
    TimeLimit,
    latest_before,
    legal_limit,
    service_end,
)
from engine.timelimits.period import Period, parse_period
from engine.timelimits.service import Spell

__all__ = [
    "FUNCTIONS",
    "SITES",
    "ZONE",
    "Calendar",
    "Derivation",
    "Period",
    "Site",
    "Spell",
    "TimeLimit",
    "add_working_days",
    "at_time",
    "calendar_of",
    "end_of_day",
    "is_working_day",
    "latest_before",
    "legal_limit",
    "load_calendar",
    "next_working_day",
    "on_or_after",
    "on_or_before",
    "parse_period",
    "previous_working_day",
    "read_spells",
    "service_end",
    "start_of_day",
    "working_days_between",
]
