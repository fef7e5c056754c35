"""Arithmetic of service and experience: spells, caps, windows. No calendar, no roll.

A spell is inclusive of its first and its last day. Months are counted from the first day of a spell
(`service_end`), days left over count 30 to the month. Spells that overlap or adjoin are one spell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from engine.errors import PeriodRefused
from engine.timelimits.days import ONE_DAY, months_end, shift_days, shift_months
from engine.timelimits.limits import service_end
from engine.timelimits.period import DAYS_IN_MONTH, MONTHS_IN_YEAR

#: The seven-year rule: C(2004)1597/6 as told by Generation 2004; a year is not twelve months here.
WORKING_DAYS_IN_MONTH = 20
WORKING_DAYS_IN_YEAR = 220
WINDOW_IN_MONTHS = 12 * MONTHS_IN_YEAR
INTERIM_IGNORED_DAYS = 3 * WORKING_DAYS_IN_YEAR
#: what counts towards the seven years; a seconded national expert does not
KINDS = ("contract_agent", "temporary_agent", "interim", "seconded_national_expert")
_START_DAY = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Spell:
    """An inclusive period of work; `share` is 1 for full time, `kind` one of KINDS."""

    first: date
    last: date
    share: Fraction = Fraction(1)
    kind: str = KINDS[0]

    def __post_init__(self) -> None:
        """Refuse a spell that ends before it starts, a share outside (0, 1], an unknown kind."""
        if self.last < self.first:
            raise PeriodRefused(
                f"the spell from {self.first} ends on {self.last}, before it starts",
                remedy="exchange the two dates or correct them",
            )
        if not 0 < self.share <= 1:
            raise PeriodRefused(
                f"the share {self.share} is not a part of full time",
                remedy="write 1 for full time, 0.5 for half time",
            )
        if self.kind not in KINDS:
            raise PeriodRefused(
                f"{self.kind!r} is not a kind of employment",
                remedy=f"use one of {', '.join(KINDS)}",
            )


def months_and_days(first: date, last: date) -> tuple[int, int]:
    """Split an inclusive spell into whole months of service and days left over (0 to 30)."""
    months = (last.year - first.year) * MONTHS_IN_YEAR + last.month - first.month + 1
    while months and months_end(first, months) > last:
        months -= 1
    complete = months_end(first, months) if months else shift_days(first, -1)
    return months, (last - complete).days


def joined(spells: Iterable[Spell]) -> tuple[tuple[date, date], ...]:
    """Unite spells that overlap or adjoin, so that each day counts once."""
    united: list[tuple[date, date]] = []
    for first, last in sorted((spell.first, spell.last) for spell in spells):
        if united and first <= united[-1][1] + ONE_DAY:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return tuple(united)


def used_days(spells: Iterable[Spell]) -> int:
    """Sum spells in days, 30 to the month (six-year cap, CEOS Art. 88(b))."""
    parts = (months_and_days(first, last) for first, last in joined(spells))
    return sum(months * DAYS_IN_MONTH + days for months, days in parts)


def used_months(spells: Iterable[Spell]) -> Fraction:
    """Sum spells in months of 30 days."""
    return Fraction(used_days(spells), DAYS_IN_MONTH)


def months_of_service(spells: Iterable[Spell]) -> int:
    """Count complete months; thirty days of one spell are no month, of several they are."""
    parts = [months_and_days(first, last) for first, last in joined(spells)]
    over = sum(min(days, DAYS_IN_MONTH - 1) for _, days in parts)
    return sum(months for months, _ in parts) + over // DAYS_IN_MONTH


def exceeds_months(spells: Iterable[Spell], cap: int) -> bool:
    """Tell whether all spells together are longer than a cap in months, exactly."""
    return used_days(spells) > cap * DAYS_IN_MONTH


def remaining_end(start: date, used: Fraction, cap: int) -> date | None:
    """Return service_end(start, cap - used), or None when nothing remains (CEOS Art. 88(b))."""
    left = int((cap - used) * DAYS_IN_MONTH)
    if left <= 0:
        return None
    months, days = divmod(left, DAYS_IN_MONTH)
    complete = months_end(start, months) if months else shift_days(start, -1)
    # 28 or 29 days over must not complete one month more in February
    most = shift_days(months_end(start, months + 1), -1)
    return min(shift_days(complete, days), most)


def latest_end(start: date, spells: Iterable[Spell], cap: int) -> date | None:
    """Return the last end of a spell from start that stays within the cap with all the others.

    Exact where a contract adjoins the one before: the two count as one spell. None when even one
    day is too much.
    """
    others = tuple(spells)
    low, high = 0, (months_end(start, cap) - start).days + 1
    while low < high:
        middle = (low + high + 1) // 2
        spell = Spell(first=start, last=shift_days(start, middle - 1))
        low, high = (low, middle - 1) if exceeds_months((*others, spell), cap) else (middle, high)
    return shift_days(start, low - 1) if low else None


def lasts_at_least(first: date, last: date, period: str) -> bool:
    """Tell whether a spell lasts a period: last >= service_end(first, period)."""
    return last >= service_end(first, period).day


def days_inclusive(first: date, last: date) -> int:
    """Count the days from first to last, both counted; raise PeriodRefused when reversed."""
    spell = Spell(first=first, last=last)
    return (spell.last - spell.first).days + 1


def extended_probation_end(start: date, end: date, first: date, last: date) -> date | None:
    """Return the end of probation after an absence, or None without a ground (CEOS Art. 84(1)).

    The part of the absence that lies within probation must last at least a month; probation is
    extended by its days, to 15 months in all at most. The cause is for the decision table.
    """
    first, last = max(first, start), min(last, end)
    if last < first or not lasts_at_least(first, last, "P1M"):
        return None
    return min(shift_days(end, days_inclusive(first, last)), months_end(start, 15))


def experience_months(periods: Iterable[Spell], since: date | None, until: date) -> Fraction:
    """Sum professional experience in months of 30 days, from `since` to the day before `until`.

    Part-time counts by its share; what overlaps counts once, together never above full time.
    """
    inside = tuple(_clipped(periods, since or date.min, shift_days(until, -1)))
    edges = sorted({spell.first for spell in inside} | {spell.last + ONE_DAY for spell in inside})
    runs: list[tuple[date, date, Fraction]] = []
    for first, after in pairwise(edges):
        share = _share_on(first, inside)
        if runs and runs[-1][1] == first and runs[-1][2] == share:
            runs[-1] = (runs[-1][0], after, share)
        else:
            runs.append((first, after, share))
    return sum(
        (share * _months(first, after - ONE_DAY) for first, after, share in runs), Fraction(0)
    )


def seven_year_days(spells: Iterable[Spell], end: date) -> Fraction:
    """Sum non-permanent employment in the 12 years up to `end`, in working days.

    One year is 220 days, one month left over 20, one day left over 2/3, never above a year. Interim
    work counts beyond its first three years; a seconded national expert does not count.
    Seven years are 1540. Source: C(2004)1597/6 as told by Generation 2004.
    """
    before, _ = shift_months(end, -WINDOW_IN_MONTHS)
    inside = tuple(_clipped(spells, before + ONE_DAY, end))
    staff = [spell for spell in inside if spell.kind in KINDS[:2]]
    interim = [spell for spell in inside if spell.kind == "interim"]
    return _working_days(staff) + max(Fraction(0), _working_days(interim) - INTERIM_IGNORED_DAYS)


def month_end_of_birthday(born: date, age: int) -> date:
    """Return the last day of the month of a birthday (CEOS Art. 47(a): the 66th)."""
    month, _ = shift_months(born.replace(day=1), age * MONTHS_IN_YEAR + 1)
    return shift_days(month, -1)


def next_start_day(day: date) -> date:
    """Return the first 1st or 16th of a month that is not before a day."""
    if day.day == 1:
        return day
    if day.day <= _START_DAY:
        return day.replace(day=_START_DAY)
    return shift_months(day.replace(day=1), 1)[0]


def _clipped(spells: Iterable[Spell], first: date, last: date) -> Iterable[Spell]:
    for spell in spells:
        begin, end = max(spell.first, first), min(spell.last, last)
        if begin <= end:
            yield Spell(first=begin, last=end, share=spell.share, kind=spell.kind)


def _share_on(day: date, spells: tuple[Spell, ...]) -> Fraction:
    shares = (spell.share for spell in spells if spell.first <= day <= spell.last)
    return min(Fraction(1), sum(shares, Fraction(0)))


def _months(first: date, last: date) -> Fraction:
    months, days = months_and_days(first, last)
    return months + Fraction(days, DAYS_IN_MONTH)


def _working_days(spells: list[Spell]) -> Fraction:
    years, days = divmod(used_days(spells), MONTHS_IN_YEAR * DAYS_IN_MONTH)
    rest = Fraction(days * WORKING_DAYS_IN_MONTH, DAYS_IN_MONTH)
    return years * WORKING_DAYS_IN_YEAR + min(rest, Fraction(WORKING_DAYS_IN_YEAR))
