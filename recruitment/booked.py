"""What stands in the calendars already, read as the rules of planning take it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.store import UnitOfWork
from engine.timelimits import ZONE
from recruitment.planning import Member, Slot, Taken
from recruitment.store import interviews

#: Minutes of an interview whose case runs on a version that knows no length.
MINUTES = 45


def taken(uow: UnitOfWork, first: datetime, last: datetime) -> list[Taken]:
    """Return the interviews of all calls that go on within a span."""
    return [of_row(row) for row in interviews.between(uow, first, last)]


def waiting(uow: UnitOfWork) -> list[Taken]:
    """Return the interviews that are sent and not written into the calendar yet."""
    return [of_effect(row) for row in interviews.waiting(uow)]


def of_row(row: Mapping[str, Any]) -> Taken:
    """Return a row of the calendar; its members are known by their accounts."""
    minutes = int((row["ends_at"] - row["starts_at"]).total_seconds()) // 60
    return Taken(
        application=row["application"],
        candidate=row["candidate"],
        candidate_name=row["name"],
        call=row["reference"],
        slot=Slot(
            starts_at=row["starts_at"],
            minutes=minutes,
            place=row["place"],
            language=row["language"],
        ),
        members=tuple(Member(person=one, name=one) for one in row["members"]),
    )


def of_effect(row: Mapping[str, Any]) -> Taken:
    """Return a booking that waits to be written."""
    return Taken(
        application=row["application"],
        candidate=row["candidate"],
        candidate_name=row["name"],
        call=row["reference"],
        slot=slot_of(row["input"]["slot"]),
        members=members_of(row["input"]["panel"]),
    )


def slot_of(given: Mapping[str, Any]) -> Slot:
    """Return a slot as a case or the draft of its task knows it; raises ValueError, KeyError."""
    at = datetime.fromisoformat(str(given["interview_at"]))
    return Slot(
        starts_at=at if at.tzinfo else at.replace(tzinfo=ZONE),
        minutes=int(given.get("minutes") or MINUTES),
        place=str(given.get("place") or ""),
        language=str(given.get("language") or ""),
    )


def members_of(panel: Mapping[str, Any]) -> tuple[Member, ...]:
    """Return the members of a panel as a case knows it."""
    return tuple(
        Member(
            person=str(one["person"]),
            name=str(one.get("name") or one["person"]),
            is_chair=bool(one.get("chair")),
        )
        for one in panel.get("members") or ()
    )
