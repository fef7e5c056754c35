"""Move an interview that is still to come: the candidate's calendar gets the new date."""

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine.access import authorize
from engine.cases import Act
from engine.errors import Conflict, NotFound
from recruitment import messages
from recruitment.planner import Booking, Planner, planner_of, with_placed
from recruitment.planning import Finding, Slot, Wish, judge, refusals
from recruitment.store import interviews
from web.calls_frame import Head, head_of, pages
from web.calls_interviews_form import LANGUAGES, draft_of, fields_of, slot_form, slot_from
from web.calls_interviews_words import slot_words
from web.language import _
from web.pages import done

#: The shortest reason, as the form of the message has it.
REASON = 5


@pages.get("/calls/<key>/interviews/<application>/move")
def move_form(key: str, application: str) -> ResponseReturnValue:
    """Show the form for another date of a booked interview."""
    with acting() as act:
        head, _planner, known = _known(act, key, application)
        given = {**slot_form(known.taken.slot), "sequence": str(known.sequence)}
        return _form(head, known, given, {}, [])


@pages.post("/calls/<key>/interviews/<application>/move")
def move(key: str, application: str) -> ResponseReturnValue:
    """Move the interview, unless the new slot clashes; what warns is confirmed first."""
    given = fields_of(request.form)
    with acting() as act:
        slot, faults = slot_from(given)
        head, planner, known = _known(act, key, application, slot)
        if len(given.get("reason", "")) < REASON:
            faults["reason"] = _("Say why, in at least %(least)s characters.", least=REASON)
        if given.get("sequence") != str(known.sequence):
            faults["date"] = _(
                "It was moved meanwhile: it is %(slot)s now. Save again to replace that.",
                slot=slot_words(known.taken.slot),
            )
            given["sequence"] = str(known.sequence)
        found = _judged(planner, known, slot) if slot else []
        if faults or slot is None:
            return _form(head, known, given, faults, found), 422
        if refusals(found) or (found and given.get("confirm") != "yes"):
            return _form(head, known, given, {}, found), 409
        # two officers at once would both find the slot free
        interviews.lock(act.uow)
        content = {**draft_of(slot), "reason": given["reason"]}
        messages.record(act, known.case_id, "interview_moved", content)
    week = slot.day.isoformat()
    return done(f"/calls/{head.call['id']}/interviews?week={week}", "interview-moved")


def _known(
    act: Act, key: str, application: str, slot: Slot | None = None
) -> tuple[Head, Planner, Booking]:
    head = head_of(act, key)
    authorize(act.actor, "case:message", act.shell.policy)
    around = [slot.starts_at] if slot else []
    planner = planner_of(act, head.call, head.case.id, around=around)
    known = planner.booking(application)
    if known is None:
        raise NotFound(_("There is no such interview"), where=application)
    if known.state not in ("invited", "moved"):
        raise Conflict(
            _("This interview is not one that is still to come"),
            remedy=_("a new date after an absence is fixed in the planner"),
        )
    return head, planner, known


def _judged(planner: Planner, known: Booking, slot: Slot) -> list[Finding]:
    wish = Wish(
        application=known.taken.application,
        candidate=known.taken.candidate,
        candidate_name=known.taken.candidate_name,
        slot=slot,
        members=known.taken.members,
        is_move=True,
    )
    return judge(wish, with_placed(planner))


def _form(
    head: Head,
    known: Booking,
    given: dict[str, str],
    faults: dict[str, str],
    found: list[Finding],
) -> str:
    return render(
        "call_interviews_move.html",
        head=head,
        tab="interviews",
        known=known,
        given=given,
        faults=faults,
        found=found,
        may_confirm=bool(found) and not refusals(found),
        spoken=[(one, one) for one in LANGUAGES],
    )
