"""Invitations: looked at before they leave, then sent each in a transaction of its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.cases import record_reading
from api.house import acting
from engine import cases
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import Conflict, CursusError, Invalid, NotFound
from engine.store import cases as case_rows
from recruitment.correspondence import Letter, compose
from recruitment.invitations import Meeting, invitation, summary_of, uid_of
from recruitment.outbox import settings as outbox_settings
from recruitment.planner import Placement
from recruitment.planning import Slot, refusals
from recruitment.store import interviews, records
from web.calls_frame import Head, head_of, pages
from web.calls_interviews import placement_of
from web.calls_interviews_form import chosen, draft_of
from web.calls_interviews_words import finding_words, slot_words
from web.language import _
from web.navigation import person

#: Invitations that one click sends at most.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of one invitation."""

    task: UUID
    name: str
    slot: Slot | None
    refused: str | None = None
    remedy: str | None = None
    #: the box to tick for another attempt: task, revision, version of the draft
    again: str | None = None
    #: whether it was only refused because nobody said that the warnings were read
    wants_confirmation: bool = False


class _NotRead(Conflict):
    """The warnings of this slot were not confirmed."""

    code = "warnings-not-confirmed"


@pages.post("/calls/<key>/interviews/send")
def send_invitations(key: str) -> ResponseReturnValue:
    """Complete the tasks of the ticked placements; each is told its own result."""
    boxes = list(dict.fromkeys(request.form.getlist("task")))
    if not boxes:
        raise Invalid(_("No invitation was chosen"), where="task", remedy=_("tick at least one"))
    if len(boxes) > MOST:
        raise Invalid(_("Choose at most %(most)s invitations", most=MOST), where="task")
    with acting() as act:
        head = head_of(act, key)
    is_confirmed = request.form.get("confirm") == "yes"
    results = [_one(head, one, is_confirmed=is_confirmed) for one in boxes]
    return render(
        "call_interviews_sent.html",
        head=head,
        tab="interviews",
        results=results,
        done=sum(one.refused is None for one in results),
        is_sending=_has_mail_server(),
    )


def _has_mail_server() -> bool:
    try:
        return outbox_settings.read() is not None
    except Invalid:
        # the operator is shown the fault
        return False


def _one(head: Head, box: str, *, is_confirmed: bool) -> Sent:
    task, revision, stamp = chosen(box)
    known: Placement | None = None
    try:
        with acting() as act:
            # one after the other: two officers at once would both find the room free
            interviews.lock(act.uow)
            known = placement_of(act, head, str(task))
            _ensure_sendable(known, stamp, is_confirmed=is_confirmed)
            assert known.slot is not None  # noqa: S101  # just ensured
            cases.complete_task(act, task, draft_of(known.slot), expected_revision=revision)
    except CursusError as error:
        return Sent(
            task=task,
            name=known.name if known else _("A candidate"),
            slot=known.slot if known else None,
            refused=error.detail,
            remedy=error.remedy,
            again=_box(known) if known and known.slot and not known.is_refused else None,
            wants_confirmation=isinstance(error, _NotRead),
        )
    return Sent(task=task, name=known.name, slot=known.slot)


def _box(known: Placement) -> str:
    return f"{known.task.id}:{known.task.revision}:{known.stamp}"


def _ensure_sendable(known: Placement, stamp: str, *, is_confirmed: bool) -> None:
    if known.slot is None:
        raise Conflict(_("No slot is chosen"), remedy=_("place the candidate first"))
    if stamp != known.stamp:
        raise Conflict(
            _(
                "%(who)s changed this slot meanwhile: %(slot)s, %(place)s.",
                who=person(known.saved_by),
                slot=slot_words(known.slot),
                place=known.slot.place,
            ),
            remedy=_("look at it and send it again"),
        )
    if found := refusals(known.findings):
        raise Conflict(
            " ".join(finding_words(one) for one in found), remedy=_("choose another slot")
        )
    if known.findings and not is_confirmed:
        raise _NotRead(
            " ".join(finding_words(one) for one in known.findings),
            remedy=_("send it all the same if this is meant"),
        )


@dataclass(frozen=True, kw_only=True)
class Preview:
    """An invitation as it will leave."""

    known: Placement
    letter: Letter
    calendar: str


@pages.get("/calls/<key>/interviews/<uuid:task>/invitation")
def invitation_page(key: str, task: UUID) -> ResponseReturnValue:
    """Show the letter and the calendar entry that the candidate will receive."""
    with acting() as act:
        head = head_of(act, key)
        preview = _preview(act, head, task)
        return render(
            "call_interviews_invitation.html", head=head, tab="interviews", preview=preview
        )


@pages.get("/calls/<key>/interviews/<uuid:task>/invitation.ics")
def invitation_file(key: str, task: UUID) -> Response:
    """Return the calendar entry as a file."""
    with acting() as act:
        preview = _preview(act, head_of(act, key), task)
    return calendar_file(preview.calendar, "invitation.ics")


def calendar_file(text: str, name: str) -> Response:
    """Answer with an iCalendar object as a file."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _preview(act: Act, head: Head, task: UUID) -> Preview:
    """Write the invitation of a placement as the diagram will; the reading is recorded."""
    known = placement_of(act, head, str(task))
    authorize_task(act.actor, known.task)
    if known.slot is None:
        raise Conflict(_("No slot is chosen"), remedy=_("place the candidate first"))
    row = records.get_application(act.uow, known.application)
    case = case_rows.get(act.uow, known.task.case_id)
    if row is None or case is None:
        raise NotFound(_("There is no such application"), where=known.application)
    record_reading(act, case, "preview of the invitation to the interview")
    before = interviews.get(act.uow, known.application)
    sequence = before["sequence"] + 1 if before else 0
    template = "interview_changed" if sequence else "interview_invitation"
    slot = known.slot
    data = {
        "call": head.call["reference"], "interview_at": draft_of(slot)["interview_at"],
        "minutes": slot.minutes, "place": slot.place, "language": slot.language,
    }  # fmt: skip
    meeting = _meeting(known, slot, sequence, head, (row["name"], row["email"]), act.uow.now)
    letter = compose(template, data, to=str(row["email"]))
    return Preview(known=known, letter=letter, calendar=invitation(meeting))


def _meeting(  # noqa: PLR0913, PLR0917  # an invitation has these parts
    known: Placement,
    slot: Slot,
    sequence: int,
    head: Head,
    attendee: tuple[str, str],
    written_at: datetime,
) -> Meeting:
    return Meeting(
        uid=uid_of(known.application),
        sequence=sequence,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        place=slot.place,
        summary=summary_of(head.call["reference"]),
        written_at=written_at,
        organizer=head.call["content"].get("mailbox"),
        attendee=attendee,
    )
