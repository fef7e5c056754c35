"""Operations on the calendar of interviews: a slot is booked, and released again."""

from collections.abc import Mapping
from typing import Any, cast

from engine.operations import Context
from engine.timelimits import ZONE
from recruitment import booked
from recruitment.correspondence import compose
from recruitment.invitations import Meeting, invitation, summary_of, uid_of
from recruitment.operations.ground import Values, application_of, call_of, uow_of
from recruitment.planning import Wish, clashes
from recruitment.store import interviews, records


def book(context: Context, given: Values) -> Values:
    """Write an interview into the calendar; say what clashes where somebody is taken already.

    The UID of an application never changes; SEQUENCE counts each further date (RFC 5545).
    """
    uow, row = uow_of(context), application_of(context, given["application"])
    key = str(row["id"])
    wish = _wish(row, given)
    interviews.lock(uow)
    taken = booked.taken(uow, wish.slot.starts_at, wish.slot.ends_at)
    found = clashes(wish, taken)
    if found:
        clash = "; ".join(one.text for one in found)
        return {"uid": uid_of(key), "sequence": None, "ends_at": None, "clash": clash}
    sequence = _keep(context, wish, given)
    ends_at = wish.slot.ends_at.astimezone(ZONE).isoformat()
    return {"uid": uid_of(key), "sequence": sequence, "ends_at": ends_at, "clash": None}


def _keep(context: Context, wish: Wish, given: Values) -> int:
    uow, slot = uow_of(context), wish.slot
    before = interviews.get(uow, wish.application)
    sequence = before["sequence"] + 1 if before else 0
    row = {
        "application": wish.application,
        "call": call_of(context, given["call"])["id"],
        "number": int(cast("Values", given["slot"]).get("number") or 1),  # type: ignore[call-overload]  # a JSON number
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "place": slot.place,
        "language": slot.language,
        "members": [one.person for one in wish.members],
        "sequence": sequence,
    }
    interviews.keep(uow, row)
    return int(sequence)


def _wish(row: Values, given: Values) -> Wish:
    return Wish(
        application=str(row["id"]),
        candidate=str(row["candidate"]),
        candidate_name=str(row["name"]),
        slot=booked.slot_of(cast("Mapping[str, Any]", given["slot"])),
        members=booked.members_of(cast("Mapping[str, Any]", given["panel"])),
    )


def release(context: Context, given: Values) -> Values:
    """Call an interview off that is still to come, and tell the candidate's calendar."""
    uow, row = uow_of(context), application_of(context, given["application"])
    before = interviews.get(uow, str(row["id"]))
    if before is None or before["cancelled_at"] is not None or before["ends_at"] <= uow.now:
        return {"released": False}
    sequence = before["sequence"] + 1
    interviews.cancel(uow, str(row["id"]), sequence=sequence)
    _write_off(context, row, {**before, "sequence": sequence})
    return {"released": True}


def _write_off(context: Context, row: Values, booking: Mapping[str, Any]) -> None:
    uow, call = uow_of(context), call_of(context, booking["call"])
    to, template = str(row["email"]), "interview_cancelled"
    at = booking["starts_at"].astimezone(ZONE)
    data = {"call": call["reference"], "interview_at": at.isoformat(), "place": booking["place"]}
    letter = compose(template, data, to=to)
    meeting = Meeting(
        uid=uid_of(str(row["id"])),
        sequence=booking["sequence"],
        starts_at=booking["starts_at"],
        ends_at=booking["ends_at"],
        place=booking["place"],
        summary=summary_of(call["reference"]),
        written_at=uow.now,
        is_cancelled=True,
        organizer=cast("Mapping[str, Any]", call["content"]).get("mailbox"),
        attendee=(str(row["name"]), to),
    )
    records.add_letter(
        uow,
        {
            "id": context.effect,
            "case_id": context.case_id,
            "to_address": to,
            "template": template,
            "subject": letter.subject,
            "body": letter.body,
            "written_at": uow.now,
            "calendar": invitation(meeting, "CANCEL"),
        },
    )
