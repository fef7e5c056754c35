"""The file of an extract: what can be read, and why a row is refused."""

from datetime import date
from decimal import Decimal

import pytest

from recruitment.cast.figures import Figures, earliest, last_unlocked, later, locked_until
from recruitment.cast.file import COLUMNS, ExtractRefused, read, template

DAY = date(2026, 11, 1)
GOOD = {
    "name": "Ana Berg", "email": "ana@example.org", "profile": "ICT", "registered": "yes",
    "passed": "yes", "passed_group": "IV", "result_date": "2024-06-03", "failed_group": "",
    "test_date": "", "refreshed": "2026-09-01", "languages": "FR:C2 EN:C1",
    "diploma_level": "university", "experience_years": "7.5", "id": "",
}  # fmt: skip


def row(**changes):
    return [{**GOOD, **changes}[name] for name in COLUMNS]


def file(*rows, mark=",", encoding="utf-8"):
    lines = [mark.join(one) for one in (COLUMNS, *rows)]
    return "\r\n".join(lines).encode(encoding)


def codes(content):
    return [(one.row, one.column, one.code) for one in read(content, taken_on=DAY).faults]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_is_read_in_each_encoding_with_each_mark(mark, encoding):
    (entry,) = read(file(row(name="Élise Żak" if encoding != "cp1252" else "Élise Müller"),
                         mark=mark, encoding=encoding), taken_on=DAY).entries  # fmt: skip
    assert entry.name.startswith("Élise")
    assert entry.languages == {"FR": "C2", "EN": "C1"}
    assert (entry.result_date, entry.experience_years) == (date(2024, 6, 3), Decimal("7.50"))


def test_the_template_can_be_read_as_it_is():
    found = read(template().encode(), taken_on=DAY)
    assert (len(found.entries), found.faults, found.unused) == (1, [], [])


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"name": ""}, "name", "empty"),
        ({"name": "x" * 301}, "name", "too-long"),
        ({"name": "Ana\x01"}, "name", "control-character"),
        ({"email": "ana"}, "email", "bad-address"),
        ({"registered": ""}, "registered", "bad-yes-no"),
        ({"passed": "perhaps"}, "passed", "bad-yes-no"),
        ({"passed_group": "V"}, "passed_group", "bad-group"),
        ({"result_date": "2024-02-30"}, "result_date", "bad-date"),
        ({"result_date": "3 June 2024"}, "result_date", "bad-date"),
        ({"refreshed": "2026-11-02"}, "refreshed", "after-extract"),
        ({"languages": "FR:C3"}, "languages", "bad-languages"),
        ({"languages": "NO:C1"}, "languages", "bad-languages"),
        ({"languages": "FR:C1 FR:C2"}, "languages", "language-twice"),
        ({"diploma_level": "phd"}, "diploma_level", "bad-diploma"),
        ({"experience_years": "many"}, "experience_years", "bad-number"),
        ({"experience_years": "NaN"}, "experience_years", "bad-number"),
        ({"experience_years": "61"}, "experience_years", "bad-number"),
        ({"id": "a b"}, "id", "bad-id"),
        ({"passed_group": ""}, "passed", "pass-incomplete"),
        ({"passed": "no"}, "passed_group", "pass-contradicted"),
        ({"failed_group": "IV"}, "failed_group", "failure-without-day"),
    ],
)
def test_a_row_is_refused_with_its_reason(changes, column, code):
    second = row(**{"email": "b@example.org", **changes})
    assert codes(file(row(), second)) == [(3, column, code)]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (row(email="ANA@example.org"), "same-person"),
        (row(profile="Law", id="7"), "other-id"),
        (row()[:-1], "missing-cells"),
        ([*row(), "more"], "too-many-cells"),
    ],
)
def test_a_second_row_that_contradicts_the_first_is_refused(second, code):
    assert [one[2] for one in codes(file(row(), second))] == [code]


def test_one_id_for_two_addresses_is_refused():
    assert codes(file(row(id="7"), row(id="7", email="b@example.org"))) == [
        (3, "id", "id-of-another")
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"PK\x03\x04\0\0", "no-text"),
        (b"name,email\nAna,ana@example.org\n", "no-columns"),
        (file(), "no-rows"),
        (file(row(name='"Ana')), "no-csv"),
    ],
)
def test_what_is_no_extract_is_refused_whole(content, fault):
    with pytest.raises(ExtractRefused) as refused:
        read(content, taken_on=DAY)
    assert refused.value.facts["fault"] == fault


FIGURES = Figures(
    validity="P10Y", refresh="P6M", lock="P4M", lock_before_change="P6M",
    lock_changed_on=date(2025, 1, 1), extract_age=31, expiry_warning="P6M",
)  # fmt: skip


@pytest.mark.parametrize("period", ["P10Y", "P6M", "P4M"])
@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2026, 2, 28), date(2026, 8, 31), DAY])
def test_the_first_and_last_days_are_those_that_a_period_reaches(period, day):
    first = earliest(day, period)
    assert later(first, period) >= day > later(date.fromordinal(first.toordinal() - 1), period)
    last = last_unlocked(day, period)
    assert later(last, period) <= day < later(date.fromordinal(last.toordinal() + 1), period)


@pytest.mark.parametrize(
    ("tested", "until"),
    [(date(2024, 12, 31), date(2025, 6, 30)), (date(2025, 1, 1), date(2025, 5, 1))],
)
def test_a_failed_test_locks_for_as_long_as_on_its_day(tested, until):
    assert locked_until(FIGURES, tested) == until
