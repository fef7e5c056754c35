"""What a calendar reads out of our invitations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from recruitment.invitations import Meeting, invitation, own_calendar, uid_of

BRUSSELS = ZoneInfo("Europe/Brussels")
MEETING = Meeting(
    uid=uid_of("a1"),
    sequence=0,
    starts_at=datetime(2026, 6, 16, 8, 0, tzinfo=UTC),
    ends_at=datetime(2026, 6, 16, 8, 45, tzinfo=UTC),
    place="Room 3, ground floor; ask for Ann",
    summary="Interview EC/2026/DIGIT/000001",
    written_at=datetime(2026, 6, 1, 7, 0, tzinfo=UTC),
    organizer="mailbox@example.org",
    attendee=("Ana Šťastná, Ὀδυσσεύς", "ana@example.org"),
)


def read(text):
    calendar = Calendar.from_ical(text)
    return calendar, calendar.walk("VEVENT")


def test_an_invitation_at_ten_in_brussels_is_read_back_with_its_offset():
    calendar, (event,) = read(invitation(MEETING))
    start = event["DTSTART"]
    assert start.dt.isoformat() == "2026-06-16T10:00:00+02:00"
    assert event["DTEND"].dt.isoformat() == "2026-06-16T10:45:00+02:00"
    assert start.params["TZID"] == "Europe/Brussels"
    assert calendar["METHOD"] == "REQUEST"


def test_the_zone_is_described_in_the_object_itself():
    calendar, _ = read(invitation(MEETING))
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Brussels"
    # read with the rules that came along, and no others
    own = zone.to_tz()
    assert datetime(2026, 6, 16, 10, tzinfo=own).utcoffset() == timedelta(hours=2)
    assert datetime(2026, 1, 16, 10, tzinfo=own).utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "offset"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=BRUSSELS), "+01:00"),
        (datetime(2026, 3, 29, 12, tzinfo=BRUSSELS), "+02:00"),
        (datetime(2026, 10, 25, 12, tzinfo=BRUSSELS), "+01:00"),
        (datetime(2026, 10, 24, 12, tzinfo=BRUSSELS), "+02:00"),
    ],
)
def test_noon_is_noon_on_both_sides_of_the_clock_change(day, offset):
    one = replace(MEETING, starts_at=day, ends_at=day + timedelta(minutes=45))
    _, (event,) = read(invitation(one))
    assert event["DTSTART"].dt.isoformat().endswith(f"T12:00:00{offset}")


def test_request_change_and_cancellation_share_the_uid_with_a_rising_sequence():
    texts = [
        invitation(MEETING),
        invitation(replace(MEETING, sequence=1)),
        invitation(replace(MEETING, sequence=2, is_cancelled=True), "CANCEL"),
    ]
    found = [read(one) for one in texts]
    assert {str(events[0]["UID"]) for _, events in found} == {"interview-a1@cursus"}
    assert [events[0]["SEQUENCE"] for _, events in found] == [0, 1, 2]
    assert [str(calendar["METHOD"]) for calendar, _ in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert str(found[2][1][0]["STATUS"]) == "CANCELLED"


def test_organizer_attendee_and_place_are_read_back_as_written():
    _, (event,) = read(invitation(MEETING))
    assert str(event["ORGANIZER"]) == "mailto:mailbox@example.org"
    assert str(event["ATTENDEE"]) == "mailto:ana@example.org"
    assert event["ATTENDEE"].params["CN"] == "Ana Šťastná, Ὀδυσσεύς"
    assert str(event["LOCATION"]) == "Room 3, ground floor; ask for Ann"


def test_what_a_person_typed_never_begins_a_property_of_its_own():
    hostile = "Room 3\r\nATTENDEE:mailto:eve@example.org\nBEGIN:VALARM"
    one = replace(
        MEETING, place=hostile, summary=hostile, attendee=(f'Ana"; {hostile}', "ana@example.org")
    )
    calendar, (event,) = read(invitation(one))
    assert str(event["ATTENDEE"]) == "mailto:ana@example.org"
    assert calendar.walk("VALARM") == []


def test_lines_are_folded_and_end_as_rfc_5545_asks():
    text = invitation(replace(MEETING, place="Straße " * 40))
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_the_calendar_of_a_person_holds_all_of_them_and_is_valid_when_empty():
    other = replace(MEETING, uid=uid_of("a2"), attendee=None)
    calendar, events = read(own_calendar([MEETING, other]))
    assert [str(one["UID"]) for one in events] == ["interview-a1@cursus", "interview-a2@cursus"]
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert "ATTENDEE" not in events[1]
    assert read(own_calendar([]))[1] == []
