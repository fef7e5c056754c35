"""The rules for the date of an interview, and the proposal of free slots, as tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from engine.timelimits import ZONE
from recruitment.planning import (
    Absence,
    Ground,
    Member,
    Policy,
    Slot,
    Taken,
    Wish,
    earliest,
    is_clock_change,
    judge,
    refusals,
)
from recruitment.proposing import Frame, propose

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ANN = Member(person="p1", name="Ann", is_chair=True)
BEN, CLEO = Member(person="p2", name="Ben"), Member(person="p3", name="Cleo")
DAN = Member(person="p4", name="Dan", is_chair=True)
EVE, FAY = Member(person="p5", name="Eve"), Member(person="p6", name="Fay")
PANEL, OTHERS = (ANN, BEN, CLEO), (DAN, EVE, FAY)
#: A Tuesday without anything about it.
DAY = date(2026, 1, 27)


def slot(clock="10:00", *, day=DAY, minutes=45, place="Room 3"):
    at = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)
    return Slot(starts_at=at, minutes=minutes, place=place, language="EN")


def wish(at, **changes):
    known = {
        "application": "a1", "candidate": "c1", "candidate_name": "Ana Berg", "members": PANEL,
    }  # fmt: skip
    return Wish(slot=at, **{**known, **changes})


def taken(at, *, members=OTHERS, candidate="c2", application="a2"):
    return Taken(
        application=application, candidate=candidate, candidate_name="Bob Lee", call="CALL-2",
        slot=at, members=members,
    )  # fmt: skip


def said(one, *others, **more):
    return judge(one, Ground(site="LUX", now=NOW, taken=others, **more))


def codes(found):
    return [(one.code, one.severity) for one in found]


@pytest.mark.parametrize(
    ("starts", "clashes"),
    [
        ("09:14", False), ("09:15", False), ("09:16", True), ("10:00", True), ("10:30", True),
        ("10:44", True), ("10:45", False), ("11:00", False),
    ],
)  # fmt: skip
def test_two_interviews_in_one_room_clash_where_they_share_a_minute(starts, clashes):
    found = said(wish(slot("10:00")), taken(slot(starts)))
    assert codes(found) == ([("room", "refuses")] if clashes else [])


@pytest.mark.parametrize("place", ["Room 3", " room  3 ", "ROOM 3"])
def test_a_room_is_the_same_room_however_it_is_typed(place):
    assert codes(said(wish(slot()), taken(slot(place=place)))) == [("room", "refuses")]


def test_a_clash_names_the_room_the_slot_and_the_call_and_tells_the_page_with_whom():
    (found,) = said(wish(slot("10:30")), taken(slot("10:00")))
    assert found.text == "Room 3 is taken 27 January 2026, 10:00 to 10:45 (CALL-2)"
    assert found.facts["other"] == "Bob Lee"
    assert found.slot == slot("10:00")
    # what is kept in the file of one candidate names no other
    assert "Bob" not in found.text


def test_a_member_cannot_sit_in_two_calls_at_once():
    found = said(wish(slot()), taken(slot(place="Room 9"), members=(DAN, BEN)))
    assert codes(found) == [("member", "refuses")]
    assert found[0].text == "Ben is taken 27 January 2026, 10:00 to 10:45 (CALL-2), Room 9"


def test_every_member_who_is_taken_is_named():
    found = said(wish(slot()), taken(slot(place="Room 9"), members=PANEL))
    assert [one.facts["name"] for one in found] == ["Ann", "Ben", "Cleo"]


def test_a_candidate_cannot_be_in_two_interviews_at_once():
    found = said(wish(slot()), taken(slot(place="Room 9"), candidate="c1"))
    assert codes(found) == [("candidate", "refuses")]


def test_an_interview_does_not_clash_with_its_own_earlier_date():
    assert said(wish(slot("10:30")), taken(slot("10:00"), application="a1", candidate="c1")) == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (slot("09:00"), []),
        (slot("17:15"), []),
        (slot("08:59"), [("hours", "warns")]),
        (slot("17:16"), [("hours", "warns")]),
        (slot("23:50"), [("hours", "warns")]),
        (slot(day=date(2026, 1, 31)), [("day", "warns")]),  # a Saturday
        (slot(day=date(2026, 6, 23)), [("day", "warns")]),  # the national day of Luxembourg
        (slot(day=date(2026, 1, 15)), []),  # ten days
        (slot(day=date(2026, 1, 14)), [("notice", "refuses")]),  # nine
        (slot("09:59", day=date(2026, 1, 5)), [("past", "refuses")]),
        (slot(day=date(2026, 3, 29)), [("day", "warns"), ("clock", "warns")]),
        (slot(day=date(2026, 10, 25)), [("day", "warns"), ("clock", "warns")]),
        (slot(day=date(2026, 3, 30)), []),
    ],
)
def test_hours_days_notice_and_the_change_of_the_clock(at, expected):
    assert codes(said(wish(at))) == expected


def test_a_holiday_of_one_site_is_a_working_day_of_the_other():
    day = date(2026, 6, 23)
    assert judge(wish(slot(day=day)), Ground(site="BRU", now=NOW)) == []


def test_a_date_that_moves_may_come_sooner_but_the_officer_is_warned():
    found = said(wish(slot(day=date(2026, 1, 14)), is_move=True))
    assert codes(found) == [("notice", "warns")]


def test_the_numbers_are_those_of_policy():
    policy = Policy(notice="P20D", opens="11:00", closes="12:00", quorum=4)
    found = said(wish(slot(day=date(2026, 1, 20))), policy=policy)
    assert codes(found) == [("notice", "refuses"), ("hours", "warns"), ("quorum", "warns")]


@pytest.mark.parametrize(
    ("notice", "expected"),
    [("P10D", date(2026, 1, 15)), ("P2W", date(2026, 1, 19)), ("5 wd", date(2026, 1, 10))],
)
def test_the_notice_may_be_days_weeks_or_working_days(notice, expected):
    assert earliest(NOW, notice, "LUX") == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("p1", [("quorum", "warns"), ("chair", "warns")]),
        ("p2", [("quorum", "warns")]),
        ("p9", []),
    ],
)
def test_quorum_and_chair_are_looked_for_among_those_who_are_there(person, expected):
    away = Absence(person=person, first_day=DAY, last_day=DAY)
    found = said(wish(slot()), absences=[away])
    assert codes(found) == expected
    assert all(one.facts["absent"] in ("Ann", "Ben") for one in found)


def test_an_absence_counts_on_its_days_only():
    away = Absence(person="p1", first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=3))
    assert said(wish(slot()), absences=[away]) == []


def test_who_has_not_declared_is_named():
    found = said(wish(slot(), undeclared=("Ben", "Cleo")))
    assert codes(found) == [("declaration", "refuses")]
    assert found[0].text == "Ben, Cleo: no declaration of links to Ana Berg"


def test_refusals_come_first_and_alone_refuse():
    found = said(wish(slot("08:00")), taken(slot("08:30")))
    assert codes(found) == [("room", "refuses"), ("hours", "warns")]
    assert refusals(found) == found[:1]


@pytest.mark.parametrize("year", range(2025, 2041))
def test_the_clock_changes_on_two_sundays_of_a_year(year):
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(365)]
    changes = [one for one in days if is_clock_change(one)]
    assert len(changes) == 2
    assert all(one.weekday() == 6 and one.month in (3, 10) and one.day > 24 for one in changes)


def frame(**changes):
    known = {
        "first_day": DAY, "last_day": DAY, "rooms": ("Room 3",), "opens": "09:00",
        "closes": "12:00", "minutes": 45, "pause": 15,
    }  # fmt: skip
    return Frame(**{**known, **changes})


def many(count, members=PANEL):
    return [
        wish(slot(), application=f"a{n}", candidate=f"c{n}", members=members) for n in range(count)
    ]


def proposed(wishes, wanted, *others, **more):
    found = propose(wishes, wanted, Ground(site="LUX", now=NOW, taken=others, **more))
    return {
        key: (one.starts_at.astimezone(ZONE).strftime("%d %H:%M"), one.place)
        for key, one in found.items()
    }


def test_proposals_follow_each_other_with_the_pause():
    found = proposed(many(3), frame())
    assert [at for at, _ in found.values()] == ["27 09:00", "27 10:00", "27 11:00"]


def test_a_proposal_leaves_out_what_is_taken_and_who_finds_nothing():
    found = proposed(many(4), frame(), taken(slot("10:00"), application="x"))
    assert [(key, at) for key, (at, _) in found.items()] == [("a0", "27 09:00"), ("a1", "27 11:00")]


def test_one_panel_sits_in_one_room_at_a_time_and_two_panels_in_two():
    rooms = frame(rooms=("Room 3", "Room 4"))
    assert {place for _, place in proposed(many(3), rooms).values()} == {"Room 3"}
    mixed = [*many(1), replace(many(2, OTHERS)[1], application="b")]
    assert proposed(mixed, rooms) == {"a0": ("27 09:00", "Room 3"), "b": ("27 09:00", "Room 4")}


def test_nothing_is_proposed_on_a_holiday_or_while_the_chair_is_away():
    friday, monday = date(2026, 5, 1), date(2026, 5, 4)
    wanted = frame(first_day=friday, last_day=monday)
    assert proposed(many(1), wanted)["a0"][0] == "04 09:00"
    away = Absence(person="p1", first_day=monday, last_day=monday)
    assert proposed(many(1), wanted, absences=[away]) == {}


def test_no_proposal_leaves_less_than_the_notice():
    wanted = frame(first_day=date(2026, 1, 12), last_day=date(2026, 1, 16))
    assert proposed(many(1), wanted)["a0"][0] == "15 09:00"
