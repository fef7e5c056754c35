"""What a letter says: instants, days and periods in words, never as programs write them."""

import pytest

from recruitment.correspondence import compose, facts


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-12-07T09:00:00+01:00", "Monday 7 December 2026, 09:00 (Brussels time)"),
        ("2026-06-16T08:00:00Z", "Tuesday 16 June 2026, 10:00 (Brussels time)"),
        ("2026-02-28", "28 February 2026"),
        ("2026-02-30", "2026-02-30"),
        ("P10D", "10 days"),
        ("P1Y6M", "1 year, 6 months"),
        ("15 wd", "15 working days"),
        ("EC/2026/DIGIT/000001", "EC/2026/DIGIT/000001"),
        ("P", "P"),
        (45, "45"),
        ([{"new_value": "2026-02-28"}], "new value: 28 February 2026"),
    ],
)
def test_a_fact_is_written_in_words(value, said):
    assert facts({"one_fact": value}) == [("One fact", said)]


def test_the_invitation_says_when_in_brussels_time():
    data = {"interview_at": "2026-12-07T09:00:00+01:00", "minutes": 45, "place": "Room 3"}
    body = compose("interview_invitation", data, to="ana@example.org").body
    assert "Interview: Monday 7 December 2026, 09:00 (Brussels time)" in body
    assert "Length in minutes: 45" in body
    assert "T09:00" not in body
