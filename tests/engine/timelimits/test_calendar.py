from datetime import date, timedelta
from importlib import resources

import pytest

from engine.errors import PeriodRefused
from engine.timelimits import (
    SITES,
    calendar_of,
    is_working_day,
    latest_before,
    legal_limit,
    load_calendar,
    working_days_between,
)
from engine.timelimits.calendar import easter, project

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
#: typed from the table of decisions, not from the data files
BOTH = {
    2025: "1, 2 Jan; 17, 18, 21 Apr; 1, 9, 29, 30 May; 9 Jun; 15 Aug; 24, 25, 26, 29, 30, 31 Dec",
    2026: "1, 2 Jan; 2, 3, 6 Apr; 1, 14, 15, 25 May; 2 Nov; 24, 25, 28, 29, 30, 31 Dec",
    2027: "1 Jan; 25, 26, 29 Mar; 6, 7, 17 May; 1, 2 Nov; 24, 27, 28, 29, 30, 31 Dec",
}
OWN = {"LUX": "; 23 Jun", "BRU": "; 21 Jul"}
COUNT = {2025: 18, 2026: 17, 2027: 16}
EASTER = [
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
]


def read(year, text):
    days = set()
    for part in text.split("; "):
        *numbers, month = part.replace(",", "").split()
        days |= {date(year, MONTHS.index(month) + 1, int(number)) for number in numbers}
    return days


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("year", BOTH)
def test_a_year_has_exactly_the_days_of_its_decision(site, year):
    calendar = calendar_of(site)
    assert set(calendar.year(year).days) == read(year, BOTH[year] + OWN[site])
    assert len(calendar.year(year).days) == COUNT[year]
    first = date(year, 1, 1)
    for offset in range(365):
        day = first + timedelta(days=offset)
        closed = day.weekday() > 4 or day in read(year, BOTH[year] + OWN[site])
        assert is_working_day(day, site) is not closed


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("year", BOTH)
def test_the_pattern_gives_back_the_years_it_was_made_from(site, year):
    calendar = calendar_of(site)
    assert set(project(calendar.pattern, year).days) == set(calendar.year(year).days)


@pytest.mark.parametrize("text", EASTER)
def test_easter_falls_on_its_known_sunday(text):
    assert easter(int(text[:4])).isoformat() == text


@pytest.mark.parametrize("site", SITES)
def test_adopted_years_cite_their_decision_and_the_others_say_projection(site):
    calendar = calendar_of(site)
    stated = {number: (year.status, year.source) for number, year in calendar.years.items()}
    assert stated == {
        2025: ("adopted", "OJ C/2024/2219"),
        2026: ("adopted", "OJ C/2025/4103"),
        2027: ("projection", "no decision found"),
    }
    assert calendar.version
    assert calendar.year(2031).status == "projection"


@pytest.mark.parametrize(
    ("event", "period", "warned"),
    [
        (date(2026, 12, 1), "P20D", ()),
        (date(2025, 12, 1), "P20D", ()),
        (date(2026, 12, 10), "P14D", ("2027",)),
        (date(2026, 12, 10), "20 wd", ("2027",)),
        (date(2026, 12, 20), "P2Y", ("2028",)),
        (date(2026, 6, 1), "400 wd", ("2027", "2028")),
        (date(2024, 6, 3), "P20D", ("2024",)),
    ],
)
@pytest.mark.parametrize("site", SITES)
def test_a_limit_in_a_year_without_decision_warns_and_is_projected(event, period, warned, site):
    limit = legal_limit(event, period, site)
    assert len(limit.warnings) == len(warned)
    for year, warning in zip(warned, limit.warnings, strict=True):
        assert f"holidays of {year}" in warning
        assert "projection" in warning
        assert "last adopted year is 2026" in warning
    assert is_working_day(limit.day, site)


def test_a_holiday_beyond_the_last_decision_is_not_taken_as_working():
    assert not is_working_day(date(2031, 4, 14), "LUX")
    assert not is_working_day(date(2031, 12, 29), "BRU")
    assert not is_working_day(date(2028, 6, 23), "LUX")
    assert legal_limit(date(2031, 12, 1), "P23D", "LUX").day == date(2032, 1, 5)


def test_a_working_target_in_a_projected_year_warns_and_a_bare_limit_needs_no_calendar():
    assert latest_before(date(2028, 3, 31), "P1M", "LUX").warnings
    assert not latest_before(date(2028, 3, 31), "P1M").warnings


def test_working_days_between_exclude_the_first_day_and_include_the_last():
    assert working_days_between(date(2026, 6, 19), date(2026, 6, 24), "LUX") == 2
    assert working_days_between(date(2026, 6, 19), date(2026, 6, 24), "BRU") == 3


def shipped():
    return (resources.files("engine.timelimits") / "calendars" / "LUX.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2025-06-23: N", "2026-06-23: N", "not weekdays of 2025: 2026-06-23"),
        ("2025-06-23: N", "2025-06-22: N", "not weekdays of 2025: 2025-06-22"),
        ("status: adopted", "status: projection", "no year is adopted"),
        ("status: projection", "status: guessed", "2027 is neither"),
        ("pattern:", "patterns:", "pattern"),
        ("years:", "years: [", "while parsing"),
    ],
)
def test_a_calendar_file_that_contradicts_itself_is_refused(old, new, message):
    assert old in shipped()
    with pytest.raises(PeriodRefused, match=message) as refused:
        load_calendar(shipped().replace(old, new).encode())
    assert refused.value.remedy


def test_an_adopted_decision_replaces_the_projection():
    adopted = shipped().replace("status: projection", "status: adopted")
    calendar = load_calendar(adopted.encode())
    assert not calendar.warning(2027, 2027)
    assert "last adopted year is 2027" in calendar.warning(2028, 2028)[0]
