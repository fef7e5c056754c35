from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.errors import PeriodRefused
from engine.timelimits import (
    add_working_days,
    at_time,
    end_of_day,
    latest_before,
    legal_limit,
    next_working_day,
    previous_working_day,
    service_end,
    start_of_day,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
BOTH = ("LUX", "BRU")


def day(text):
    return date(*(int(part) for part in reversed(text.split("."))))


@pytest.mark.parametrize(
    ("event", "period", "luxembourg", "brussels", "articles"),
    [
        ("03.06.2026", "P20D", "24.06.2026", "23.06.2026", "3(1) 3(2)(b) 2,3(4)"),
        ("12.06.2026", "8 wd", "25.06.2026", "24.06.2026", "3(1) 2,3(3)"),
        ("30.11.2025", "P3M", "02.03.2026", "02.03.2026", "3(1) 3(2)(c) 2,3(4)"),
        ("05.06.2026", "P2D", "09.06.2026", "09.06.2026", "3(1) 3(2)(b) 2,3(4) 3(5)"),
        ("23.12.2026", "P2D", "05.01.2027", "05.01.2027", "3(1) 3(2)(b) 2,3(4) 3(5)"),
        # three weeks from a Thursday end on a Thursday (C-171/03)
        ("04.06.2026", "P3W", "25.06.2026", "25.06.2026", "3(1) 3(2)(c)"),
        ("16.02.2026", "P9M", "16.11.2026", "16.11.2026", "3(1) 3(2)(c)"),
        ("23.12.2026", "P1W", "05.01.2027", "05.01.2027", "3(1) 3(2)(c) 2,3(4) 3(5)"),
        ("29.02.2024", "P1Y", "28.02.2025", "28.02.2025", "3(1) 3(2)(c)"),
        ("28.02.2023", "P1Y", "28.02.2024", "28.02.2024", "3(1) 3(2)(c)"),
        ("31.01.2028", "P1M", "29.02.2028", "29.02.2028", "3(1) 3(2)(c)"),
        ("31.08.2026", "P1M", "30.09.2026", "30.09.2026", "3(1) 3(2)(c)"),
        ("05.06.2026", "P1D", "08.06.2026", "08.06.2026", "3(1) 3(2)(b) 2,3(4)"),
        ("08.06.2026", "P1D", "09.06.2026", "09.06.2026", "3(1) 3(2)(b)"),
        ("08.06.2026", "P2D", "10.06.2026", "10.06.2026", "3(1) 3(2)(b)"),
        ("01.06.2026", "P4.5M", "16.10.2026", "16.10.2026", "3(1) 3(2)(c),3(2)(d)"),
        ("01.06.2026", "P1M3D", "06.07.2026", "06.07.2026", "3(1) 3(2)(c),3(2)(b) 2,3(4)"),
        ("01.06.2026", "P1Y6M", "01.12.2027", "01.12.2027", "3(1) 3(2)(c)"),
        ("22.06.2026", "1 wd", "24.06.2026", "23.06.2026", "3(1) 2,3(3)"),
        ("20.07.2026", "1 wd", "21.07.2026", "22.07.2026", "3(1) 2,3(3)"),
        ("01.07.2026", "30 wd", "12.08.2026", "13.08.2026", "3(1) 2,3(3)"),
    ],
)
def test_a_legal_limit_follows_the_regulation(event, period, luxembourg, brussels, articles):
    for site, expected in zip(BOTH, (luxembourg, brussels), strict=True):
        limit = legal_limit(day(event), period, site)
        assert limit.day == day(expected)
        assert limit.expires_at == end_of_day(limit.day)
        assert limit.derivation[-1].day == limit.day
    found = legal_limit(day(event), period, "LUX").derivation
    names = [step.article.removeprefix("1182/71 Art. ").replace(" ", "") for step in found]
    assert names == articles.split()


def test_a_limit_rolls_at_one_site_only():
    assert len(legal_limit(day("03.06.2026"), "P20D", "BRU").derivation) == 2


@pytest.mark.parametrize(
    ("start", "period", "expected"),
    [
        ("16.02.2026", "P9M", "15.11.2026"),
        ("31.05.2025", "P9M", "28.02.2026"),
        ("01.03.2026", "P72M", "29.02.2032"),
        ("01.03.2026", "P6Y", "29.02.2032"),
        ("01.06.2026", "P9M", "28.02.2027"),
        ("01.06.2026", "P15M", "31.08.2027"),
        ("01.06.2026", "P1Y", "31.05.2027"),
        ("16.06.2026", "P1Y", "15.06.2027"),
        ("29.02.2024", "P1Y", "28.02.2025"),
        ("29.02.2024", "P4Y", "28.02.2028"),
        ("31.01.2026", "P1M", "28.02.2026"),
        ("30.01.2028", "P1M", "29.02.2028"),
        ("01.01.2026", "P1D", "01.01.2026"),
        ("01.01.2026", "P2W", "14.01.2026"),
        ("01.06.2026", "P4.5M", "15.10.2026"),
        ("01.06.2026", "P1M10D", "10.07.2026"),
    ],
)
def test_a_period_of_service_includes_its_first_day_and_never_rolls(start, period, expected):
    end = service_end(day(start), period)
    assert end.day == day(expected)
    assert end.expires_at == end_of_day(end.day)
    assert end.derivation[-1].day == end.day
    assert not end.warnings


@pytest.mark.parametrize(
    ("end", "period", "expected", "luxembourg", "brussels"),
    [
        ("15.11.2026", "P1M", "15.10.2026", "15.10.2026", "15.10.2026"),
        ("31.03.2027", "P1M", "28.02.2027", "26.02.2027", "26.02.2027"),
        ("23.07.2026", "P1M", "23.06.2026", "22.06.2026", "23.06.2026"),
        ("31.05.2026", "P3M", "28.02.2026", "27.02.2026", "27.02.2026"),
        ("29.02.2028", "P1Y", "28.02.2027", "26.02.2027", "26.02.2027"),
        ("15.11.2026", "P2W", "01.11.2026", "30.10.2026", "30.10.2026"),
        ("10.06.2026", "P10D", "31.05.2026", "29.05.2026", "29.05.2026"),
        ("15.01.2027", "P1M", "15.12.2026", "15.12.2026", "15.12.2026"),
    ],
)
def test_a_period_counted_backwards_is_clipped_and_never_rolled(
    end, period, expected, luxembourg, brussels
):
    assert latest_before(day(end), period).day == day(expected)
    assert latest_before(day(end), period).working_target is None
    for site, target in zip(BOTH, (luxembourg, brussels), strict=True):
        limit = latest_before(day(end), period, site)
        assert (limit.day, limit.working_target) == (day(expected), day(target))
        assert limit.expires_at == end_of_day(limit.day)
        assert limit.derivation[-1].day == limit.working_target


@pytest.mark.parametrize(
    ("end", "period", "luxembourg", "brussels"),
    [
        ("10.06.2026", "1 wd", "09.06.2026", "09.06.2026"),
        ("24.06.2026", "1 wd", "22.06.2026", "23.06.2026"),
        ("04.01.2027", "1 wd", "23.12.2026", "23.12.2026"),
        ("15.10.2026", "20 wd", "17.09.2026", "17.09.2026"),
    ],
)
def test_working_days_are_counted_backwards_without_the_end(end, period, luxembourg, brussels):
    for site, expected in zip(BOTH, (luxembourg, brussels), strict=True):
        limit = latest_before(day(end), period, site)
        assert limit.day == limit.working_target == day(expected)
        count = int(period.split()[0])
        assert add_working_days(day(end), -count, site) == day(expected)


def test_next_and_previous_working_day_exclude_the_day_itself():
    assert next_working_day(day("22.06.2026"), "LUX") == day("24.06.2026")
    assert previous_working_day(day("24.06.2026"), "LUX") == day("22.06.2026")
    assert add_working_days(day("23.06.2026"), 0, "LUX") == day("23.06.2026")


def test_the_three_functions_differ_on_the_same_input():
    start = day("16.02.2026")
    assert service_end(start, "P9M").day == day("15.11.2026")
    assert legal_limit(start, "P9M", "LUX").day == day("16.11.2026")
    assert latest_before(start, "P9M").day == day("16.05.2025")


@pytest.mark.parametrize(
    ("event", "period", "expires", "last"),
    [
        # the hour of the event does not count, so the first hour begins at 11:00
        ("2026-06-03T10:20:00+02:00", "PT48H", "2026-06-05T11:00:00+02:00", "05.06.2026"),
        ("2026-06-03T10:00:00+02:00", "PT1H", "2026-06-03T12:00:00+02:00", "03.06.2026"),
        ("2026-06-03T22:59:59+02:00", "PT1H", "2026-06-04T00:00:00+02:00", "03.06.2026"),
        ("2026-06-05T16:30:00+02:00", "PT24H", "2026-06-06T17:00:00+02:00", "06.06.2026"),
        # spring: 02:00 to 03:00 does not exist on 29.03.2026; autumn: it exists twice on 25.10.2026
        ("2026-03-28T23:30:00+01:00", "PT4H", "2026-03-29T05:00:00+02:00", "29.03.2026"),
        ("2026-10-24T23:30:00+02:00", "PT4H", "2026-10-25T03:00:00+01:00", "25.10.2026"),
        ("2026-10-25T02:30:00+02:00", "PT1H", "2026-10-25T03:00:00+01:00", "25.10.2026"),
        ("2026-10-25T02:30:00+01:00", "PT1H", "2026-10-25T04:00:00+01:00", "25.10.2026"),
        ("2026-03-27T10:20:00+01:00", "PT72H", "2026-03-30T12:00:00+02:00", "30.03.2026"),
    ],
)
def test_hours_run_from_the_next_full_hour_and_never_roll(event, period, expires, last):
    limit = legal_limit(datetime.fromisoformat(event), period, "LUX")
    assert limit.expires_at == datetime.fromisoformat(expires)
    assert limit.day == day(last)
    assert [step.article for step in limit.derivation] == [
        "1182/71 Art. 3(1)",
        "1182/71 Art. 3(2)(a), 3(3)",
    ]


def test_hours_over_a_weekend_warn_that_two_working_days_are_disputed():
    friday = datetime(2026, 6, 5, 10, 20, tzinfo=BRUSSELS)
    assert "3(5)" in legal_limit(friday, "PT48H", "LUX").warnings[0]
    assert not legal_limit(friday, "PT47H", "LUX").warnings
    assert not legal_limit(friday - timedelta(days=3), "PT48H", "LUX").warnings


def test_an_instant_belongs_to_its_day_in_brussels():
    late = datetime(2026, 6, 2, 22, 30, tzinfo=UTC)
    assert legal_limit(late, "P20D", "BRU").day == day("23.06.2026")
    assert legal_limit(late - timedelta(hours=1), "P20D", "BRU").day == day("22.06.2026")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("28.03.2026", "2026-03-28T23:00:00+00:00"),
        ("29.03.2026", "2026-03-29T22:00:00+00:00"),
        ("24.10.2026", "2026-10-24T22:00:00+00:00"),
        ("25.10.2026", "2026-10-25T23:00:00+00:00"),
        ("14.03.2027", "2027-03-14T23:00:00+00:00"),
    ],
)
def test_a_day_ends_at_midnight_in_brussels_also_on_the_nights_the_clock_changes(text, utc):
    assert end_of_day(day(text)) == datetime.fromisoformat(utc)
    assert end_of_day(day(text)) == start_of_day(day(text) + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "clock", "utc"),
    [
        ("26.05.2025", "12:00", "2025-05-26T10:00:00+00:00"),
        ("26.01.2025", "12:00:00", "2025-01-26T11:00:00+00:00"),
        ("29.03.2026", "02:30", "2026-03-29T01:30:00+00:00"),
        ("25.10.2026", "02:30", "2026-10-25T01:30:00+00:00"),
    ],
)
def test_a_wall_clock_time_is_read_in_brussels(text, clock, utc):
    assert at_time(day(text), clock) == datetime.fromisoformat(utc)


@pytest.mark.parametrize("bad", ["noon", "25:00", "12:00+01:00", "", 12])
def test_a_time_that_is_none_is_refused(bad):
    with pytest.raises(PeriodRefused, match="is not a time of day"):
        at_time(day("26.05.2025"), bad)


@pytest.mark.parametrize(
    "period",
    ["", "P", "PT", "20 days", "P0D", "0 wd", "P-1D", "-P1D", "P1.5D", "P0.01M", "P1DT2H", "PT30M",
     "P20D ago", "8wds", "P1M1Y", "P99999D", "P999Y", "P1,5M", "p20d", "٣ wd", "P٣D", None, 20],
)  # fmt: skip
def test_a_text_that_is_no_period_is_refused_by_name(period):
    for call in (
        lambda: legal_limit(day("03.06.2026"), period, "LUX"),
        lambda: service_end(day("03.06.2026"), period),
        lambda: latest_before(day("03.06.2026"), period, "LUX"),
    ):
        with pytest.raises(PeriodRefused) as refused:
            call()
        assert repr(period) in str(refused.value)
        assert refused.value.remedy


@pytest.mark.parametrize("site", ["lux", "", "PAR", "../LUX", None])
def test_an_unknown_site_is_refused_by_name(site):
    for period in ("P20D", "8 wd", "PT48H"):
        with pytest.raises(PeriodRefused, match="is not a site") as refused:
            legal_limit(datetime(2026, 6, 3, 10, tzinfo=BRUSSELS), period, site)
        assert "LUX or BRU" in refused.value.remedy


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: legal_limit(day("03.06.2026"), "PT48H", "LUX"), "cannot run from a day"),
        (lambda: legal_limit(datetime(2026, 6, 3, 10), "P2D", "LUX"), "no offset"),  # noqa: DTZ001  # naive is the point
        (lambda: service_end(day("03.06.2026"), "8 wd"), "period of service"),
        (lambda: service_end(day("03.06.2026"), "PT8H"), "period of service"),
        (lambda: latest_before(day("03.06.2026"), "8 wd"), "depends on a calendar"),
        (lambda: latest_before(day("03.06.2026"), "PT8H", "LUX"), "counted backwards"),
        (lambda: service_end(date(9999, 6, 1), "P1Y"), "leave the calendar"),
        (lambda: legal_limit(date(9999, 12, 30), "P20D", "LUX"), "leave the calendar"),
        (lambda: latest_before(date(1, 1, 1), "P1D"), "leave the calendar"),
    ],
)
def test_what_a_function_cannot_count_is_refused_with_a_remedy(call, message):
    with pytest.raises(PeriodRefused, match=message) as refused:
        call()
    assert refused.value.remedy


def test_a_step_says_why_in_a_sentence():
    rolled = legal_limit(day("03.06.2026"), "P20D", "LUX").derivation[2]
    assert rolled.text == (
        "Tue 23.06.2026 is no working day (National Day of Luxembourg; calendar LUX 2026-1, 2026: "
        "adopted, OJ C/2025/4103): the period ends with the next one, Wed 24.06.2026."
    )
