"""A second implementation that walks the days one by one, compared for every start to 2040."""

from datetime import date, timedelta

import pytest

from engine.timelimits import add_working_days, latest_before, legal_limit, service_end

FIRST = date(2022, 1, 1)
DAYS = [FIRST + timedelta(days=offset) for offset in range((date(2043, 1, 1) - FIRST).days)]
STARTS = range((date(2025, 1, 1) - FIRST).days, (date(2040, 12, 31) - FIRST).days + 1)
NUMBER = [day.day for day in DAYS]
#: Easter Sundays, from an almanac
EASTER = [
    "2022-04-17",
    "2023-04-09",
    "2024-03-31",
    "2025-04-20",
    "2026-04-05",
    "2027-03-28",
    "2028-04-16",
    "2029-04-01",
    "2030-04-21",
    "2031-04-13",
    "2032-03-28",
    "2033-04-17",
    "2034-04-09",
    "2035-03-25",
    "2036-04-13",
    "2037-04-05",
    "2038-04-25",
    "2039-04-10",
    "2040-04-01",
    "2041-04-21",
    "2042-04-06",
]


def closed(site):
    fixed = {(1, 1), (1, 2), (5, 1), (5, 9), (8, 15), (11, 1), (11, 2)}
    fixed |= {(12, day) for day in range(24, 32)}
    fixed |= {(6, 23) if site == "LUX" else (7, 21)}
    moving = {
        date.fromisoformat(text) + timedelta(days=offset)
        for text in EASTER
        for offset in (-3, -2, 1, 39, 40, 50)
    }
    return [d.weekday() > 4 or (d.month, d.day) in fixed or d in moving for d in DAYS]


CLOSED = {site: closed(site) for site in ("LUX", "BRU")}


def walk_months(at, months):
    """Step by days to the same date number, or to the last day of a month without it."""
    number, passed = NUMBER[at], 0
    while True:
        at += 1
        passed += NUMBER[at] == 1
        if passed == months and (NUMBER[at] == number or NUMBER[at + 1] == 1):
            return at


def walk_service(at, months):
    """Step by days until tomorrow has the same number, or the month without it is over."""
    number, passed = NUMBER[at], 0
    while True:
        passed_tomorrow = passed + (NUMBER[at + 1] == 1)
        if passed_tomorrow == months and NUMBER[at + 1] == number:
            return at
        if passed == months and NUMBER[at + 1] == 1:
            return at
        at, passed = at + 1, passed_tomorrow


def walk_back(at, months):
    number, passed = NUMBER[at], 0
    while True:
        passed += NUMBER[at] == 1
        at -= 1
        if passed == months and NUMBER[at] <= number:
            return at


def slow_limit(at, count, unit, shut):
    end = at
    if unit == "wd":
        while count:
            end += 1
            count -= not shut[end]
        return end
    end = walk_months(at, count) if unit == "M" else at + count * (7 if unit == "W" else 1)
    is_two_days = end - at >= 2
    while shut[end]:
        end += 1
    while is_two_days and sum(not shut[day] for day in range(at + 1, min(at + 30, end + 1))) < 2:
        end += 1
        while shut[end]:
            end += 1
    return end


@pytest.mark.parametrize("site", ["LUX", "BRU"])
@pytest.mark.parametrize(
    ("count", "unit"),
    [(1, "D"), (2, "D"), (10, "D"), (20, "D"), (1, "W"), (3, "W"), (1, "M"), (3, "M"), (4, "M"),
     (1, "wd"), (8, "wd"), (30, "wd")],
)  # fmt: skip
def test_every_legal_limit_is_the_one_counted_day_by_day(count, unit, site):
    period = f"{count} wd" if unit == "wd" else f"P{count}{unit}"
    shut = CLOSED[site]
    for start in STARTS:
        expected = DAYS[slow_limit(start, count, unit, shut)]
        assert legal_limit(DAYS[start], period, site).day == expected, DAYS[start]


@pytest.mark.parametrize("months", [1, 9, 12, 15])
def test_every_end_of_service_is_the_one_counted_day_by_day(months):
    for start in STARTS:
        expected = DAYS[walk_service(start, months)]
        assert service_end(DAYS[start], f"P{months}M").day == expected, DAYS[start]


@pytest.mark.parametrize("months", [1, 3, 6])
def test_every_limit_counted_backwards_is_the_one_counted_day_by_day(months):
    for end in STARTS:
        raw = target = walk_back(end, months)
        for site, shut in CLOSED.items():
            target = raw
            while shut[target]:
                target -= 1
            limit = latest_before(DAYS[end], f"P{months}M", site)
            assert (limit.day, limit.working_target) == (DAYS[raw], DAYS[target]), DAYS[end]


@pytest.mark.parametrize("site", ["LUX", "BRU"])
@pytest.mark.parametrize("count", [1, 10, 20])
def test_working_days_before_every_day_are_those_counted_day_by_day(count, site):
    for end in STARTS:
        left, at = count, end
        while left:
            at -= 1
            left -= not CLOSED[site][at]
        assert add_working_days(DAYS[end], -count, site) == DAYS[at], DAYS[end]
