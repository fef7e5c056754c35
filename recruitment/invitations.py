"""Interviews as iCalendar objects (RFC 5545, RFC 5546): request, change, cancellation.

All three share one UID; each change counts SEQUENCE up, so that a calendar replaces what it holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

ZONE = ZoneInfo("Europe/Brussels")
PRODUCT = "-//European Commission//Cursus//EN"
#: Who invites where a call names no functional mailbox.
MAILBOX = "no-reply@cursus.invalid"

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """An interview as it stands in somebody's calendar."""

    uid: str
    #: RFC 5545 SEQUENCE: 0 for the first invitation
    sequence: int
    starts_at: datetime
    ends_at: datetime
    place: str
    summary: str
    #: the instant at which this was written (DTSTAMP)
    written_at: datetime
    is_cancelled: bool = False
    #: the call's functional mailbox
    organizer: str | None = None
    #: name and address of the candidate, where the calendar goes to the candidate
    attendee: tuple[str, str] | None = None


def uid_of(application: str) -> str:
    """Return the UID that all invitations of one application share."""
    return f"interview-{application}@cursus"


def summary_of(reference: object) -> str:
    """Return what an interview is called in a calendar."""
    return f"Interview {reference}"


def invitation(meeting: Meeting, method: Method = "REQUEST") -> str:
    """Return an iCalendar object that invites to one interview, or calls it off."""
    calendar = _calendar([meeting])
    calendar.add("method", method)
    return _text(calendar, [meeting])


def own_calendar(meetings: Iterable[Meeting]) -> str:
    """Return the interviews of one person as an iCalendar object to be imported."""
    found = list(meetings)
    calendar = _calendar(found)
    calendar.add("method", "PUBLISH")
    return _text(calendar, found)


def _calendar(meetings: Iterable[Meeting]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for one in meetings:
        calendar.add_component(_event(one))
    return calendar


def _text(calendar: Calendar, meetings: list[Meeting]) -> str:
    """Write the object with the rules of the zone for the years it speaks of, and no more."""
    years = [one.starts_at.astimezone(ZONE).year for one in meetings]
    if years:
        calendar.add_missing_timezones(
            first_date=date(min(years), 1, 1), last_date=date(max(years) + 1, 1, 1)
        )
    return bytes(calendar.to_ical()).decode("utf-8")


def _event(meeting: Meeting) -> Event:
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.written_at.astimezone(ZoneInfo("UTC")))
    event.add("dtstart", meeting.starts_at.astimezone(ZONE))
    event.add("dtend", meeting.ends_at.astimezone(ZONE))
    event.add("summary", _line(meeting.summary))
    event.add("location", _line(meeting.place))
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{_line(meeting.organizer or MAILBOX)}"))
    if meeting.attendee is not None:
        event.add("attendee", _attendee(*meeting.attendee))
    return event


def _attendee(name: str, address: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{_line(address)}")
    found.params["cn"] = vText(_line(name))
    found.params["role"] = vText("REQ-PARTICIPANT")
    found.params["rsvp"] = vText("TRUE")
    return found


def _line(text: str) -> str:
    """Return text as one line: what a person typed never begins a property of its own."""
    return " ".join(text.split())
