from datetime import date, timedelta
from fractions import Fraction

import pytest

from engine.timelimits import Spell, service_end
from engine.timelimits.service import (
    exceeds_months,
    experience_months,
    extended_probation_end,
    joined,
    lasts_at_least,
    latest_end,
    month_end_of_birthday,
    months_and_days,
    next_start_day,
    remaining_end,
    seven_year_days,
    used_days,
)


def spell(first, last, share=1, kind="contract_agent"):
    return Spell(
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        share=Fraction(share),
        kind=kind,
    )


def iso(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "last", "months", "days"),
    [
        ("2026-01-01", "2026-01-31", 1, 0),
        ("2026-01-01", "2026-01-30", 0, 30),
        ("2026-01-16", "2026-02-15", 1, 0),
        ("2026-02-16", "2026-11-15", 9, 0),
        ("2025-05-31", "2026-02-28", 9, 0),
        ("2026-02-01", "2026-02-28", 1, 0),
        ("2026-01-01", "2026-01-01", 0, 1),
        ("2026-01-31", "2026-03-01", 1, 1),
        ("2026-03-01", "2032-02-29", 72, 0),
        ("2024-02-29", "2025-02-28", 12, 0),
    ],
)
def test_a_spell_is_whole_months_and_days_left_over(first, last, months, days):
    assert months_and_days(iso(first), iso(last)) == (months, days)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-02-01", "2026-02-28", True),
        ("2026-05-01", "2026-05-30", False),
        ("2026-04-16", "2026-05-15", True),
        ("2026-01-31", "2026-02-28", True),
        ("2026-01-31", "2026-02-27", False),
    ],
)
def test_a_month_of_absence_ends_with_its_service_end(first, last, expected):
    assert lasts_at_least(iso(first), iso(last), "P1M") is expected


def test_spells_that_overlap_or_adjoin_are_one():
    spells = [
        spell("2024-03-16", "2024-12-31"),
        spell("2024-01-01", "2024-03-15"),
        spell("2024-02-01", "2024-02-29"),
        spell("2025-02-01", "2025-02-10"),
    ]
    assert joined(spells) == (
        (iso("2024-01-01"), iso("2024-12-31")),
        (iso("2025-02-01"), iso("2025-02-10")),
    )
    assert used_days(spells) == 12 * 30 + 10


def test_spells_with_a_gap_are_summed_with_thirty_days_to_the_month():
    assert used_days([spell("2024-01-01", "2024-01-20"), spell("2024-03-01", "2024-03-10")]) == 30


@pytest.mark.parametrize("cut", range(20, 2100, 97))
def test_six_years_end_on_the_same_day_wherever_the_contracts_were_cut(cut):
    start, end = iso("2026-03-01"), iso("2032-02-29")
    middle = start + timedelta(days=cut)
    before = Spell(first=start, last=middle - timedelta(days=1))
    assert latest_end(middle, [before], 72) == end
    assert not exceeds_months([before, Spell(first=middle, last=end)], 72)
    assert exceeds_months([before, Spell(first=middle, last=end + timedelta(days=1))], 72)


def test_nothing_remains_once_the_cap_is_used():
    used = [spell("2026-03-01", "2032-02-29")]
    assert latest_end(iso("2032-03-01"), used, 72) is None
    assert latest_end(iso("2033-05-01"), used, 72) is None
    assert remaining_end(iso("2032-03-01"), Fraction(72), 72) is None
    assert remaining_end(iso("2032-03-01"), Fraction(73), 72) is None


@pytest.mark.parametrize("start", ["2027-01-16", "2027-02-01", "2027-05-31", "2028-02-29"])
def test_what_remains_after_a_gap_is_the_longest_contract_under_the_cap(start):
    first = iso(start)
    for days in range(1, 200):
        used = [Spell(first=iso("2020-01-01"), last=iso("2020-01-01") + timedelta(days=days))]
        end = remaining_end(first, Fraction(used_days(used), 30), 12)
        assert end == latest_end(first, used, 12)
        assert not exceeds_months([*used, Spell(first=first, last=end)], 12)
        longer = Spell(first=first, last=end + timedelta(days=1))
        assert exceeds_months([*used, longer], 12)


@pytest.mark.parametrize("start", ["2026-01-01", "2026-01-31", "2027-03-16"])
def test_without_earlier_spells_the_cap_is_the_service_end(start):
    assert latest_end(iso(start), [], 72) == service_end(iso(start), "P72M").day
    assert remaining_end(iso(start), Fraction(0), 72) == service_end(iso(start), "P72M").day


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-10-01", "2026-11-14", "2027-04-14"),
        ("2026-10-01", "2026-10-30", None),
        ("2026-10-01", "2026-10-31", "2027-03-31"),
        # 264 days: the cap of fifteen months
        ("2026-06-10", "2027-02-28", "2027-08-31"),
        # only the part within probation counts
        ("2027-02-10", "2027-03-20", None),
        ("2027-01-20", "2027-05-20", "2027-04-09"),
        ("2027-03-01", "2027-04-30", None),
        ("2026-04-01", "2026-07-15", "2027-04-14"),
    ],
)
def test_probation_from_june_is_extended_by_the_absence_within_it(first, last, expected):
    end = extended_probation_end(iso("2026-06-01"), iso("2027-02-28"), iso(first), iso(last))
    assert end == (expected and iso(expected))


@pytest.mark.parametrize(
    ("periods", "since", "months"),
    [
        ([], None, 0),
        ([spell("2020-01-01", "2024-12-31")], None, 60),
        ([spell("2020-01-01", "2024-12-31", "1/2")], None, 30),
        # the same year twice counts once
        ([spell("2020-01-01", "2020-12-31"), spell("2020-01-01", "2020-12-31")], None, 12),
        ([spell("2020-01-01", "2020-12-31"), spell("2020-07-01", "2021-06-30")], None, 18),
        # two half-time jobs are one full-time job, three are no more
        ([spell("2020-01-01", "2020-12-31", "1/2")] * 2, None, 12),
        ([spell("2020-01-01", "2020-12-31", "1/2")] * 3, None, 12),
        ([spell("2020-01-01", "2020-12-31"), spell("2020-04-01", "2020-06-30", "1/2")], None, 12),
        ([spell("2020-01-01", "2020-12-31", "1/2"), spell("2020-04-01", "2020-06-30", "1/4")],
         None, Fraction(27, 4)),
        # adjoining jobs are counted through
        ([spell("2020-01-01", "2020-03-15"), spell("2020-03-16", "2020-12-31")], None, 12),
        ([spell("2020-01-01", "2024-12-31")], "2023-01-01", 24),
        # the day of entry into service does not count
        ([spell("2025-01-01", "2030-12-31")], None, 12),
        ([spell("2026-01-01", "2030-12-31")], None, 0),
    ],
)  # fmt: skip
def test_experience_counts_each_day_once_and_part_time_by_its_share(periods, since, months):
    found = experience_months(periods, since and iso(since), iso("2026-01-01"))
    assert found == months


@pytest.mark.parametrize(
    ("spells", "days"),
    [
        ([spell("2020-01-01", "2026-12-31")], 1540),
        ([spell("2021-01-01", "2026-12-31")], 1320),
        ([spell("2026-01-01", "2026-05-31")], 100),
        # eleven months and some days are never more than a year
        ([spell("2026-01-01", "2026-12-20")], 220),
        ([spell("2026-01-01", "2026-01-15")], 10),
        # the window of twelve years opens on 01.01.2015
        ([spell("2010-01-01", "2015-12-31")], 220),
        ([spell("2010-01-01", "2014-12-31")], 0),
        ([spell("2026-07-01", "2027-12-31")], 120),
        ([spell("2020-01-01", "2020-12-31", kind="temporary_agent"),
          spell("2021-01-01", "2021-12-31")], 440),
        ([spell("2020-01-01", "2024-12-31", kind="seconded_national_expert")], 0),
        ([spell("2020-01-01", "2022-12-31", kind="interim")], 0),
        ([spell("2020-01-01", "2023-12-31", kind="interim")], 220),
    ],
)  # fmt: skip
def test_seven_years_are_measured_back_from_the_end_in_working_days(spells, days):
    assert seven_year_days(spells, iso("2026-12-31")) == days


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1960-02-10", "2026-02-28"),
        ("1962-02-10", "2028-02-29"),
        ("1960-02-29", "2026-02-28"),
        ("1960-12-31", "2026-12-31"),
        ("1960-12-01", "2026-12-31"),
    ],
)
def test_employment_ends_with_the_month_of_the_66th_birthday(born, expected):
    assert month_end_of_birthday(iso(born), 66) == iso(expected)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-06-01", "2026-06-01"),
        ("2026-06-02", "2026-06-16"),
        ("2026-06-16", "2026-06-16"),
        ("2026-06-17", "2026-07-01"),
        ("2026-12-31", "2027-01-01"),
    ],
)
def test_service_starts_on_the_first_or_the_sixteenth(day, expected):
    assert next_start_day(iso(day)) == iso(expected)
