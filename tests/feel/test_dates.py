"""Dates, times, instants and durations."""

from datetime import UTC, date, datetime

import pytest

import feel

READING = [
    ('date("2026-01-31")', "2026-01-31"),
    ('date("2026-02-30")', "null"),
    ('date("2026-1-1")', "null"),
    ('date("x")', "null"),
    ("date(null)", "null"),
    ("date(2026, 2, 28)", "2026-02-28"),
    ("date(2026, 2, 29)", "null"),
    ("date(2026.5, 2, 1)", "null"),
    ("date(year: 2026, month: 2, day: 1)", "2026-02-01"),
    ('date(from: "2026-02-01")', "2026-02-01"),
    ('date(date and time("2026-02-01T10:00:00Z"))', "2026-02-01"),
    ('date(@"2026-02-01")', "2026-02-01"),
    ('time("12:30:00")', "12:30:00"),
    ('time("T12:30:00")', "12:30:00"),
    ('time("12:30:00Z")', "12:30:00Z"),
    ('time("12:30+02:00")', "12:30:00+02:00"),
    ('time("12:30:00.5+02:00")', "12:30:00.500000+02:00"),
    ('time("12:30:00@Europe/Brussels")', "12:30:00@Europe/Brussels"),
    ('time("25:00:00")', "null"),
    ('time("12:00:00@Not/AZone")', "null"),
    ('time("12:00:00+19:00")', "null"),
    ("time(12, 30, 0)", "12:30:00"),
    ('time(12, 30, 0, @"PT2H")', "12:30:00+02:00"),
    ('time(12, 30, 0, @"-PT2H")', "12:30:00-02:00"),
    ('time(@"2026-01-01T12:00:00Z")', "12:00:00Z"),
    ('time(@"2026-01-01")', "00:00:00Z"),
    ('date and time("2026-01-31T12:00:00")', "2026-01-31T12:00:00"),
    ('date and time("2026-01-31")', "2026-01-31T00:00:00"),
    ('date and time("2026-01-31T12:00:00Z")', "2026-01-31T12:00:00Z"),
    ('date and time("2026-01-31T12:00:00+01:00")', "2026-01-31T12:00:00+01:00"),
    (
        'date and time("2026-01-31T12:00:00@Europe/Brussels")',
        "2026-01-31T12:00:00@Europe/Brussels",
    ),
    ('date and time("2026-01-31T24:00:00")', "null"),
    ('date and time("2026-01-31 12:00:00")', "null"),
    ('date and time(@"2026-01-31", @"12:00:00Z")', "2026-01-31T12:00:00Z"),
    ('date and time(date("2026-01-31"), time("12:00:00"))', "2026-01-31T12:00:00"),
    ("date and time(2026, 1, 31, 12, 0, 0)", "2026-01-31T12:00:00"),
    ("date and time(from: null)", "null"),
    ('duration("P1Y2M")', "P1Y2M"),
    ('duration("P14M")', "P1Y2M"),
    ('duration("-P1M")', "-P1M"),
    ('duration("P0M")', "P0M"),
    ('duration("P1DT2H3M4S")', "P1DT2H3M4S"),
    ('duration("P2W")', "P14D"),
    ('duration("PT48H")', "P2D"),
    ('duration("PT0.5S")', "PT0.5S"),
    ('duration("PT0S")', "PT0S"),
    ('duration("-PT90M")', "-PT1H30M"),
    ('duration("P")', "null"),
    ('duration("PT")', "null"),
    ('duration("P1M1D")', "null"),
    ('duration("1D")', "null"),
    ('duration("P999999999999D")', "null"),
]

SUMS = [
    ('@"2026-05-31" + @"P9M"', "2027-02-28"),
    ('@"2027-05-31" + @"P9M"', "2028-02-29"),
    ('@"2024-02-29" + @"P1Y"', "2025-02-28"),
    ('@"2026-03-31" - @"P1M"', "2026-02-28"),
    ('@"2026-01-31" + @"-P2M"', "2025-11-30"),
    ('@"P9M" + @"2026-05-31"', "2027-02-28"),
    ('@"2026-01-31" + @"P1D"', "2026-02-01"),
    ('@"2026-01-31" + @"PT25H"', "2026-02-01"),
    ('@"2026-01-31" - @"PT1H"', "2026-01-30"),
    ('@"9999-12-31" + @"P1D"', "null"),
    ('@"9999-12-31" + @"P1M"', "null"),
    ('@"0001-01-01" - @"P1M"', "null"),
    ('@"2026-03-01" - @"2026-02-01"', "P28D"),
    ('@"2026-02-01" - @"2026-03-01"', "-P28D"),
    ('@"2026-02-01T12:00:00" - @"2026-02-01"', "PT12H"),
    ('@"2026-02-01T12:00:00Z" - @"2026-02-01T12:00:00+01:00"', "PT1H"),
    ('@"2026-02-01T12:00:00Z" - @"2026-02-01T12:00:00"', "null"),
    # the clock goes forward on 29 March 2026: the day has 23 hours
    (
        '@"2026-03-28T12:00:00@Europe/Brussels" + @"P1D"',
        "2026-03-29T13:00:00@Europe/Brussels",
    ),
    (
        '@"2026-03-28T12:00:00@Europe/Brussels" + @"P1M"',
        "2026-04-28T12:00:00@Europe/Brussels",
    ),
    (
        '@"2026-03-29T12:00:00@Europe/Brussels" - @"2026-03-28T12:00:00@Europe/Brussels"',
        "PT23H",
    ),
    ('@"23:00:00" + @"PT2H"', "01:00:00"),
    ('@"01:00:00" - @"PT2H"', "23:00:00"),
    ('@"12:00:00" - @"10:30:00"', "PT1H30M"),
    ('@"12:00:00Z" - @"12:00:00+01:00"', "PT1H"),
    ('@"12:00:00" + @"P1M"', "null"),
    ('@"P1D" + @"PT1H"', "P1DT1H"),
    ('@"P1D" - @"PT25H"', "-PT1H"),
    ('@"P1M" + @"P1Y"', "P1Y1M"),
    ('@"P1M" - @"P1Y"', "-P11M"),
    ('@"P1M" + @"P1D"', "null"),
    ('@"P1D" * 2', "P2D"),
    ('2 * @"P1D"', "P2D"),
    ('@"P1D" / 2', "PT12H"),
    ('@"P1D" / @"PT6H"', "4"),
    ('@"P1Y" / @"P1M"', "12"),
    ('@"P1M" * 1.5', "P1M"),
    ('@"P5M" / 2', "P2M"),
    ('@"P1D" / 0', "null"),
    ('@"P1D" / @"PT0S"', "null"),
    ('@"P1D" * @"P1D"', "null"),
    ('@"P1D" * 10 ** 300', "null"),
    ('-@"P1D"', "-P1D"),
    ('-@"P1M"', "-P1M"),
    ('-@"2026-01-01"', "null"),
    ('@"2026-01-01" + @"2026-01-01"', "null"),
    ('@"2026-01-01" + 1', "null"),
    ('1 / @"P1D"', "null"),
    ('null - @"P1D"', "null"),
    ('sum([@"P1M", @"P2M"])', "P3M"),
]

COMPARISONS = [
    ('@"2026-01-01" < @"2026-01-02"', "true"),
    ('@"2026-01-01" = date("2026-01-01")', "true"),
    ('@"2026-01-01" = @"2026-01-01T00:00:00"', "null"),
    ('@"2026-01-01" < @"2026-01-01T00:00:00"', "null"),
    ('@"2026-01-01" = "2026-01-01"', "null"),
    ('@"2026-01-01T12:00:00Z" = @"2026-01-01T13:00:00+01:00"', "true"),
    ('@"2026-01-01T12:00:00Z" = @"2026-01-01T12:00:00"', "false"),
    ('@"2026-01-01T12:00:00Z" < @"2026-01-01T12:00:00"', "null"),
    ('@"2026-01-01T12:00:00Z" < @"2026-01-01T12:30:00Z"', "true"),
    ('@"PT60M" = @"PT1H"', "true"),
    ('@"P12M" = @"P1Y"', "true"),
    ('@"P1M" < @"P31D"', "null"),
    ('@"P1M" > @"P0M"', "true"),
    ('@"P1D" < @"PT25H"', "true"),
    ('@"12:00:00" < @"13:00:00"', "true"),
    ('@"2026-03-15" in [@"2026-03-01"..@"2026-03-31"]', "true"),
    ('date(x) in [date("2026-01-01")..date("2026-12-31")]', "true"),
    ('@"2026-03-15" between @"2026-03-01" and @"2026-03-31"', "true"),
    ('is(@"12:00:00Z", @"12:00:00+00:00")', "true"),
    ('is(@"12:00:00Z", @"12:00:00")', "false"),
    ('is(@"2026-01-01T12:00:00Z", @"2026-01-01T13:00:00+01:00")', "false"),
    ('is(@"2026-01-01", @"2026-01-01T00:00:00")', "false"),
    ("is(1, 1.0)", "true"),
    ("is(null, null)", "true"),
    ('is(value1: "a", value2: "b")', "false"),
]

PARTS = [
    ('@"2026-05-31".year', "2026"),
    ('@"2026-05-31".month', "5"),
    ('@"2026-05-31".day', "31"),
    ('@"2026-05-31".weekday', "7"),
    ('@"2026-05-31".hour', "null"),
    ('@"2026-05-31T12:34:56.5Z".second', "56.5"),
    ('@"2026-05-31T12:34:56Z".hour', "12"),
    ('@"2026-05-31T12:34:56+02:00".time offset', "PT2H"),
    ('@"2026-05-31T12:34:56@Europe/Brussels".time offset', "PT2H"),
    ('@"2026-05-31T12:34:56@Europe/Brussels".timezone', '"Europe/Brussels"'),
    ('@"12:34:56".time offset', "null"),
    ('@"12:34:56".minute', "34"),
    ('@"P1DT2H3M4.5S".days', "1"),
    ('@"P1DT2H3M4.5S".hours', "2"),
    ('@"P1DT2H3M4.5S".minutes', "3"),
    ('@"P1DT2H3M4.5S".seconds', "4.5"),
    ('@"-P1DT2H".days', "-1"),
    ('@"-P1DT2H".hours', "-2"),
    ('@"P1Y2M".years', "1"),
    ('@"P1Y2M".months', "2"),
    ('@"-P1Y2M".years', "-1"),
    ('@"-P1Y2M".months', "-2"),
    ('@"P1Y2M".days', "null"),
    ('day of week(@"2026-06-01")', '"Monday"'),
    ('day of year(@"2026-12-31")', "365"),
    ('day of year(@"2024-12-31")', "366"),
    ('month of year(@"2026-06-01")', '"June"'),
    ('week of year(@"2026-01-01")', "1"),
    ('week of year(@"2027-01-01")', "53"),
    ('week of year(@"2005-01-01T00:00:00")', "53"),
    ('last day of month(@"2024-02-10")', "29"),
    ('day of week("2026-06-01")', "null"),
    ('years and months duration(@"2011-12-22", @"2013-08-24")', "P1Y8M"),
    ('years and months duration(@"2013-08-24", @"2011-12-22")', "-P1Y8M"),
    ('years and months duration(@"2026-01-31", @"2026-02-28")', "P0M"),
    ('years and months duration(from: @"2026-01-31", to: @"2026-03-31")', "P2M"),
    ('years and months duration(@"2026-01-31T12:00:00", @"2026-02-28T00:00:00")', "P0M"),
    ('years and months duration(@"2026-01-31", null)', "null"),
]


@pytest.mark.parametrize(("text", "expected"), READING + SUMS + COMPARISONS + PARTS)
def test_an_expression_on_dates_gives_its_value(shown, text, expected):
    assert shown(text, x="2026-06-01") == expected


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2026, 3, 1, 22, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_today_is_the_date_in_brussels(now, today):
    assert feel.parse("today()").evaluate({}, now=now) == today
    assert feel.parse("now()").evaluate({}, now=now) == now


@pytest.mark.parametrize("now", [None, datetime(2026, 1, 1)])  # noqa: DTZ001  # refused for that
def test_there_is_no_present_without_an_aware_instant(now):
    with pytest.raises(feel.FeelRuntimeError, match="no present"):
        feel.parse("1 + now()").evaluate({}, now=now)


class OtherDate(date):
    """As a frozen clock or another library makes them."""


class OtherInstant(datetime):
    """As a frozen clock or another library makes them."""


def test_subclasses_of_dates_are_dates():
    context = {"d": OtherDate(2026, 5, 31), "i": OtherInstant(2026, 5, 31, tzinfo=UTC)}
    assert feel.parse('d + @"P9M" = @"2027-02-28"').evaluate(context) is True
    assert feel.parse('i - @"2026-05-30T00:00:00Z" = @"P1D"').evaluate(context) is True
    assert feel.parse("d instance of date and d.year = 2026").evaluate(context) is True
