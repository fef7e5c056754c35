"""Periods in the reader's words."""

from engine import timelimits
from engine.errors import PeriodRefused
from web.language import ngettext

_MONTHS_IN_YEAR = 12


def period_words(text: str | None) -> str:
    """Write a period: `P10D` is "10 days"; what is none stays as it is."""
    if not text:
        return ""
    try:
        found = timelimits.parse_period(text)
    except PeriodRefused:
        return text
    years, months = divmod(found.months, _MONTHS_IN_YEAR)
    days = found.days + found.part_days
    parts = (
        (years, ngettext("%(n)s year", "%(n)s years", years)),
        (months, ngettext("%(n)s month", "%(n)s months", months)),
        (found.weeks, ngettext("%(n)s week", "%(n)s weeks", found.weeks)),
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (found.hours, ngettext("%(n)s hour", "%(n)s hours", found.hours)),
        (
            found.working_days,
            ngettext("%(n)s working day", "%(n)s working days", found.working_days),
        ),
    )
    return ", ".join(part % {"n": number} for number, part in parts if number)
