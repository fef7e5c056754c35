"""The planner of a call: candidates get their slots here, alone or by proposal."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotFound
from recruitment.planner import Booking, Placement, Planner, planner_of, wish_of, with_placed
from recruitment.planning import Finding, Slot, earliest, judge, refusals
from recruitment.proposing import propose
from recruitment.store import interviews
from web import lists
from web.calls_frame import Head, head_of, pages
from web.calls_interviews_form import (
    LANGUAGES,
    Faults,
    Given,
    day_from,
    draft_of,
    fields_of,
    frame_from,
    id_from,
    noon,
    slot_form,
    slot_from,
)
from web.calls_interviews_grid import first_week, monday_of, week_of
from web.calls_interviews_words import finding_words, slot_words
from web.language import _
from web.navigation import person
from web.pages import done
from web.reasons import is_theirs

#: Rooms of this long are offered again.
_REMEMBERED = timedelta(days=365)


@pages.get("/calls/<key>/interviews")
def interviews_page(key: str) -> ResponseReturnValue:
    """Show who is to be placed, the week, and every interview that is booked."""
    with acting() as act:
        head = head_of(act, key)
        return _page(act, head)


def _page(
    act: Act,
    head: Head,
    *,
    entered: Given | None = None,
    faults: Faults | None = None,
    wanted: Given | None = None,
) -> str:
    asked = lists.given("week", "by", "task", "date", "time", "place")
    week = day_from(asked.get("week", ""))
    around = [datetime.combine(week, time(), tzinfo=UTC)] if week else []
    around += [one + timedelta(days=7) for one in around]
    planner = planner_of(act, head.call, head.case.id, around=around)
    monday = monday_of(week) if week else first_week(planner)
    places = _places(act, head, planner)
    by_member = asked.get("by") == "members"
    shown = _placed(planner)
    return render(
        "call_interviews.html",
        head=head,
        tab="interviews",
        planner=planner,
        week=week_of(planner, monday, places, by_member=by_member),
        by="members" if by_member else "rooms",
        places=places,
        spoken=[(one, one) for one in LANGUAGES],
        given=entered or _form(head, planner, asked),
        wanted=wanted or _frame_form(planner, places),
        faults=faults or {},
        may_plan=any(is_theirs(act, one.task) for one in planner.placements),
        now_seen=act.uow.now.isoformat(),
        shown=shown,
        has_warnings=any(one.findings and not one.is_refused for one in shown.items),
        sendable=[one for one in shown.items if not one.is_refused],
        bookings=_booked(planner),
        sits=interviews.sits_in_any(act.uow, act.actor.name),
    )


def _placed(planner: Planner) -> lists.Shown[Placement]:
    """Return a page of the placements, in the order of their slots."""
    wanted, rows = lists.asked(["slot"]), planner.placed
    if wanted.after is not None:
        if not isinstance(wanted.after.key, datetime):
            raise Invalid(_("This is no place in this list"), where="after")
        place = (wanted.after.key, wanted.after.id)
        rows = [one for one in rows if (_at(one), one.application) > place]
    return lists.shown(rows[: lists.SIZE + 1], wanted, key=_at, row_id=lambda one: one.application)


def _at(one: Placement) -> datetime | None:
    return one.slot.starts_at if one.slot else None


def _booked(planner: Planner) -> list[Booking]:
    """Return what is booked: first what bounced, then what is to come; all of it on demand."""
    found = sorted(planner.bookings, key=lambda one: (one.bounced_at is None, not one.stands))
    return found if request.args.get("booked") == "all" else found[: lists.SIZE]


def _form(head: Head, planner: Planner, asked: Given) -> dict[str, str]:
    """Return what stands in the form: the placement that is to be changed, or a free slot."""
    given = {
        "language": str(head.call["content"].get("selection_language") or "EN").upper(),
        "minutes": str(planner.ground.policy.minutes),
        "date": asked.get("date", ""),
        "time": asked.get("time", ""),
        "place": asked.get("place", ""),
        "task": asked.get("task", ""),
    }
    task = id_from(given["task"])
    known = planner.placement(task) if task else None
    if known is not None and known.slot is not None and not asked.get("date"):
        given |= slot_form(known.slot)
    return given


def _frame_form(planner: Planner, places: list[str]) -> dict[str, str]:
    ground = planner.ground
    first = earliest(ground.now, ground.policy.notice, ground.site)
    return {
        "first_day": first.isoformat(),
        "last_day": (first + timedelta(days=11)).isoformat(),
        "rooms": "\n".join(places[:1]),
        "opens": ground.policy.opens,
        "closes": ground.policy.closes,
        "length": str(ground.policy.minutes),
        "pause": "15",
    }


def _places(act: Act, head: Head, planner: Planner) -> list[str]:
    """Return the places that this call's interviews have, or else those that others had."""
    found = [one.slot.place for one in planner.placed if one.slot]
    found += [one.taken.slot.place for one in planner.bookings]
    if not found:
        found = interviews.places(act.uow, since=act.uow.now - _REMEMBERED)
    found += [str(head.call["content"]["place"])] if head.call["content"].get("place") else []
    return list(dict.fromkeys(found))


@pages.post("/calls/<key>/interviews/place")
def place_candidate(key: str) -> ResponseReturnValue:
    """Keep a slot for a candidate, unless it clashes; nothing is sent yet."""
    given = fields_of(request.form)
    with acting() as act:
        head = head_of(act, key)
        slot, faults = slot_from(given)
        planner = planner_of(act, head.call, head.case.id, around=[slot.starts_at] if slot else [])
        known = planner.placement(id_from(given.get("task", "")) or UUID(int=0))
        if known is None:
            faults["task"] = _("Choose a candidate whose date is to be fixed.")
        else:
            authorize_task(act.actor, known.task)
        if known and (stale := _changed_meanwhile(act, known, given.get("seen", ""))):
            faults["task"] = stale
        if faults or slot is None or known is None:
            return _page(act, head, entered=given, faults=faults), 422
        found = judge(wish_of(known, slot), with_placed(planner, but=known.application))
        clashes = refusals(found)
        if clashes:
            faults = _by_field(clashes)
            return _page(act, head, entered=given, faults=faults), 409
        cases.save_draft(act, known.task.id, draft_of(slot))
    return done(f"/calls/{head.call['id']}/interviews?week={slot.day.isoformat()}", "slot-kept")


def _by_field(clashes: list[Finding]) -> Faults:
    faults: Faults = {}
    for one in clashes:
        before = faults.get(_field(one), "")
        faults[_field(one)] = f"{before} {finding_words(one)}".strip()
    return faults


def _field(one: Finding) -> str:
    return {"room": "place", "candidate": "task", "notice": "date", "past": "date"}.get(
        one.code, "time"
    )


def _changed_meanwhile(act: Act, known: Placement, seen: str) -> str | None:
    """Say who placed a candidate since the page was made, unless it was the reader."""
    if known.slot is None or known.saved_at is None or known.saved_by == act.actor.name:
        return None
    try:
        since = datetime.fromisoformat(seen)
    except ValueError:
        since = datetime.min.replace(tzinfo=UTC)
    if since.tzinfo is not None and known.saved_at <= since:
        return None
    return _(
        "%(who)s placed %(name)s meanwhile: %(slot)s, %(place)s. Save again to replace that.",
        who=person(known.saved_by),
        name=known.name,
        slot=slot_words(known.slot),
        place=known.slot.place,
    )


@pages.post("/calls/<key>/interviews/unplace")
def unplace(key: str) -> ResponseReturnValue:
    """Take a candidate out of the plan again."""
    with acting() as act:
        head = head_of(act, key)
        known = placement_of(act, head, request.form.get("unplace", ""))
        cases.save_draft(act, known.task.id, {})
    return done(f"/calls/{head.call['id']}/interviews", "slot-freed")


def placement_of(act: Act, head: Head, text: str) -> Placement:
    """Return a placement by its task; raise NotFound."""
    task = id_from(text)
    planner = planner_of(act, head.call, head.case.id)
    known = planner.placement(task) if task else None
    if known is None:
        raise NotFound(_("This candidate does not wait for a date any more"), where=text)
    return known


@pages.post("/calls/<key>/interviews/propose")
def propose_slots(key: str) -> ResponseReturnValue:
    """Fill the candidates without a slot into free ones; each is a draft like any other."""
    given = fields_of(request.form)
    with acting() as act:
        head = head_of(act, key)
        frame, faults = frame_from(given)
        if faults or frame is None:
            return _page(act, head, wanted=given, faults=faults), 422
        around = [noon(frame.first_day), noon(frame.last_day)]
        planner = planner_of(act, head.call, head.case.id, around=around)
        theirs = [one for one in planner.waiting if is_theirs(act, one.task)]
        language = str(head.call["content"].get("selection_language") or "EN").upper()
        blank = Slot(starts_at=around[0], minutes=frame.minutes, place="", language=language)
        wishes = [wish_of(one, blank) for one in theirs]
        found = propose(wishes, frame, with_placed(planner))
        if not found:
            raise Conflict(
                _("No slot is free there for anybody"), remedy=_("choose other days or rooms")
            )
        for one in theirs:
            if one.application in found:
                cases.save_draft(act, one.task.id, draft_of(found[one.application]))
        week = min(one.day for one in found.values()).isoformat()
        said = "slots-proposed" if len(found) == len(theirs) else "slots-proposed-some"
    return done(f"/calls/{head.call['id']}/interviews?week={week}", said)
