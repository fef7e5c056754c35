import re
from datetime import UTC, datetime

import pytest

import feel
from engine import timelimits
from engine.errors import PeriodRefused
from engine.timelimits import FUNCTIONS

NOW = datetime(2026, 6, 3, 8, 20, tzinfo=UTC)


def evaluate(text, **context):
    value = feel.parse(text).evaluate(context, functions=FUNCTIONS, now=NOW)
    return feel.to_json(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('legal_limit("2026-06-03", "P20D", "LUX")', "2026-06-24"),
        ('legal_limit(date("2026-06-03"), duration("P20D"), "BRU")', "2026-06-23"),
        ('legal_limit("2026-06-02T22:30:00Z", "P20D", "BRU")', "2026-06-23"),
        ('legal_limit(event: "2026-06-12", site: "LUX", period: "8 wd")', "2026-06-25"),
        ('legal_limit_instant(now(), "PT48H", "LUX")', "2026-06-05T11:00:00+02:00"),
        ('legal_limit_instant("2026-06-03", "P20D", "LUX")', "2026-06-25T00:00:00+02:00"),
        ('service_end("2026-02-16", "P9M")', "2026-11-15"),
        ('service_end(date("2026-02-16"), duration("P9M"))', "2026-11-15"),
        ('latest_before("2026-07-23", "P1M")', "2026-06-23"),
        ('latest_before("2026-06-10", "1 wd", "LUX")', "2026-06-09"),
        ('working_target("2026-07-23", "P1M", "LUX")', "2026-06-22"),
        ('add_working_days("2026-06-10", -1, "LUX")', "2026-06-09"),
        ('add_working_days("2026-06-22", 1, "LUX")', "2026-06-24"),
        ('is_working_day("2026-06-23", "LUX")', False),
        ('is_working_day("2026-06-23", "BRU")', True),
        ('calendar_warning("2026-06-23", "LUX")', None),
        ('end_of_day("2027-03-14")', "2027-03-15T00:00:00+01:00"),
        ('start_of_day("2026-06-03")', "2026-06-03T00:00:00+02:00"),
        ('at_time("2025-05-26", "12:00")', "2025-05-26T12:00:00+02:00"),
        ('at_time("2025-05-26", time("12:00:00"))', "2025-05-26T12:00:00+02:00"),
        ('end_of_day(date("2026-06-03")) > now()', True),
        ('used_months([{from: "2026-01-01", to: "2026-03-15"}])', 2.5),
        ('used_months({from: date("2026-01-01"), to: date("2026-03-31")})', 3),
        ("used_months([])", 0),
        ("used_months(null)", 0),
        ('months_of_service([{from: "2026-01-01", to: "2026-03-30"}])', 2),
        ('years_of_service([{from: "2024-01-01", to: "2025-12-31"}])', 2),
        ('exceeds_months([{from: "2026-03-01", to: "2032-02-29"}], 72)', False),
        ('exceeds_months([{from: "2026-03-01", to: "2032-03-01"}], 72)', True),
        ('remaining_end("2029-03-16", [{from: "2026-03-01", to: "2029-03-15"}], 72)', "2032-02-29"),
        ('remaining_end("2029-03-01", 36, 72)', "2032-02-29"),
        ('remaining_end("2029-03-01", 72, 72)', None),
        ('remaining_end("2026-03-01", [], 72)', "2032-02-29"),
        ('lasts_at_least("2026-06-01", "2027-05-31", "P1Y")', True),
        ('is_month_or_longer("2026-02-01", "2026-02-28")', True),
        ('is_month_or_longer("2026-05-01", "2026-05-30")', False),
        ('is_month_or_longer("2026-04-16", "2026-05-15")', True),
        ('days_inclusive("2026-10-01", "2026-11-14")', 45),
        ('extended_probation_end("2026-06-01", "2027-02-28", "2026-10-01", "2026-11-14")',
         "2027-04-14"),
        ('experience_months([{from: "2020-01-01", to: "2024-12-31", share: 0.5}], "2026-01-01")',
         30),
        ('experience_months_since([{from: "2020-01-01", to: "2024-12-31"}], "2024-01-01", '
         '"2026-01-01")', 12),
        ('seven_year_days([{from: "2020-01-01", to: "2026-12-31"}], "2026-12-31")', 1540),
        ('month_end_of_birthday("1960-02-10", 66)', "2026-02-28"),
        ('next_start_day("2026-06-02")', "2026-06-16"),
        ('legal_limit(null, "P20D", "LUX")', None),
        ('service_end("2026-01-01", missing)', None),
    ],
)  # fmt: skip
def test_feel_calls_the_functions_of_time(text, expected):
    assert evaluate(text) == expected


def test_a_projected_year_has_its_warning_in_feel():
    assert "projection" in evaluate('calendar_warning("2027-06-23", "LUX")')


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ('legal_limit("2026-06-03", "20 days", "LUX")', "20 days"),
        ('legal_limit("2026-06-03", "P20D", "PAR")', "PAR"),
        ('legal_limit("3 June", "P20D", "LUX")', "3 June"),
        ('legal_limit("2026-06-31", "P20D", "LUX")', "2026-06-31"),
        ('legal_limit("2026-06-03T10:00:00", "P20D", "LUX")', "2026-06-03T10:00:00"),
        ('legal_limit(20260603, "P20D", "LUX")', "20260603"),
        ('add_working_days("2026-06-10", 1.5, "LUX")', "1.5"),
        ('used_months([{from: "2026-01-01"}])', "is not a spell"),
        ('used_months([{from: "2026-03-01", to: "2026-01-01"}])', "before it starts"),
        ('used_months([{from: "2026-01-01", to: "2026-03-01", share: 50}])', "share 50"),
        ('used_months([{from: "2026-01-01", to: "2026-03-01", share: 0}])', "share 0"),
        ('used_months([{from: "2026-01-01", to: "2026-03-01", kind: "temp"}])', "temp"),
        ('exceeds_months([], "many")', "many"),
        ('latest_before("2026-06-10", "1 wd")', "1 wd"),
    ],
)
def test_bad_arguments_are_refused_by_name_and_never_guessed(text, bad):
    with pytest.raises(PeriodRefused, match=re.escape(bad)) as refused:
        evaluate(text)
    assert refused.value.remedy


def test_the_docstring_lists_exactly_the_functions_of_feel():
    documented = re.findall(r"^    (\w+)\((.*?)\)", timelimits.__doc__, re.MULTILINE)
    listed = {name: spec for name, spec in documented if ":" not in spec}
    written = {name: ", ".join(one.parameters) for name, one in FUNCTIONS.items()}
    written["latest_before"] = "end, period"
    assert listed == written
