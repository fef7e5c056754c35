"""What waits for the worker or stopped it: incidents, timers, operations."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import place
from engine import cases, definitions
from engine.access import authorize
from engine.cases import Act
from engine.errors import CursusError, Invalid, NotFound
from engine.store import health, queue
from engine.store.queue import QueueFilter
from web import lists
from web.administration import pages
from web.administration_deputies import day_from
from web.language import ZONE, _, label
from web.pages import done, local
from web.sentences import sentence

#: A row of the store, read by name; its own type is the store's.
Row = Any
#: How many incidents one request retries at most.
AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Place:
    """An element at which something waits, and how much does."""

    process: str
    element: str | None
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one incident that was to be retried."""

    incident: Row | None
    step: str
    is_done: bool
    text: str


# --- incidents -------------------------------------------------------------------------------


@pages.get("/administration/incidents")
def incident_list() -> ResponseReturnValue:
    """List what stopped cases: open ones oldest first, resolved ones newest first."""
    with acting() as act:
        authorize(act.actor, "incident:list", act.shell.policy)
        return _incidents(act, ())


def _incidents(act: Act, results: Sequence[Result]) -> str:
    given = lists.given("state", "process", "element", "since", "before")
    state = "resolved" if given.get("state") == "resolved" else "open"
    asked = lists.asked(["-raised_at" if state == "resolved" else "raised_at"])
    found = queue.search_incidents(
        act.uow, _filter(given, state), after=place(asked), limit=lists.SIZE + 1
    )
    shown = lists.shown(
        found, asked, key=lambda one: one["raised_at"], row_id=lambda one: str(one["id"])
    )
    return render(
        "administration_incidents.html",
        shown=shown,
        given=given,
        state=state,
        results=results,
        **_around(act, "incident", shown.items),
    )


@pages.post("/administration/incidents/retry")
def retry() -> ResponseReturnValue:
    """Retry the chosen incidents, each in a transaction of its own, and tell each result."""
    chosen, note = request.form.getlist("incident")[:AT_ONCE], request.form.get("note", "").strip()
    if not chosen:
        raise Invalid(_("No incident was chosen."), remedy=_("tick at least one"))
    with acting() as act:
        authorize(act.actor, "incident:retry", act.shell.policy)
    results = [_retry(one, note) for one in chosen]
    with acting() as act:
        authorize(act.actor, "incident:list", act.shell.policy)
        return _incidents(act, results)


def _retry(chosen: str, note: str) -> Result:
    try:
        with acting() as act:
            cases.retry_incident(act, _key(chosen), note=note)
    except CursusError as error:
        return _result(chosen, is_done=False, text=sentence(error.detail))
    return _result(chosen, is_done=True, text=_("It is tried again now."))


def _result(chosen: str, *, is_done: bool, text: str) -> Result:
    incident, step = None, ""
    with suppress(NotFound), acting() as act:
        incident = queue.get_incident_with_case(act.uow, _key(chosen))
        if incident is not None:
            step = _namer(act)(incident["definition"], incident["element"])
    return Result(incident=incident, step=step, is_done=is_done, text=text)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such incident", where=text[:100]) from error


@pages.post("/administration/incidents/<uuid:incident_id>/note")
def annotate(incident_id: UUID) -> ResponseReturnValue:
    """Write a note on an incident."""
    with acting() as act:
        cases.annotate_incident(act, incident_id, note=request.form.get("note", "").strip())
    return done(local(request.form.get("next"), "/administration/incidents"), "saved")


# --- timers ----------------------------------------------------------------------------------


@pages.get("/administration/timers")
def timer_list() -> ResponseReturnValue:
    """List running deadlines, the next due first."""
    given = lists.given("span", "process", "element", "since", "before")
    asked = lists.asked(["due_at"])
    with acting() as act:
        authorize(act.actor, "timer:list", act.shell.policy)
        found = queue.search_timers(
            act.uow, _timer_filter(given, act.uow.now), after=place(asked), limit=lists.SIZE + 1
        )
        shown = lists.shown(
            found, asked, key=lambda one: one["due_at"], row_id=lambda one: str(one["id"])
        )
        around = _around(act, "timer", shown.items)
    return render("administration_timers.html", shown=shown, given=given, spans=_spans(), **around)


def _spans() -> dict[str, str]:
    return {
        "due": _("Due"),
        "day": _("Next 24 hours"),
        "week": _("Next seven days"),
        "held": _("Held back"),
    }


def _timer_filter(given: Mapping[str, str], now: datetime) -> QueueFilter:
    span = given.get("span")
    narrowed = _filter(given, "held" if span == "held" else "running" if span == "due" else None)
    ends = {"due": now, "day": now + timedelta(days=1), "week": now + timedelta(days=7)}
    if span not in ends:
        return narrowed
    return QueueFilter(
        process=narrowed.process,
        element=narrowed.element,
        since=None if span == "due" else now,
        before=ends[span],
        state=narrowed.state,
    )


@pages.get("/administration/timers/<uuid:timer_id>")
def timer(timer_id: UUID) -> ResponseReturnValue:
    """Show one deadline, with the form to move it."""
    with acting() as act:
        authorize(act.actor, "timer:list", act.shell.policy)
        row = _timer(act, timer_id)
        around = _around(act, "timer", [row])
        movers = sorted(act.shell.policy.permissions["deadline:extend"])
    return render("administration_timer.html", timer=row, movers=movers, **around)


@pages.post("/administration/timers/<uuid:timer_id>/move")
def move_timer(timer_id: UUID) -> ResponseReturnValue:
    """Move a running deadline to another instant, with a reason."""
    due_at, reason = _instant(request.form.get("due_at", "")), request.form.get("reason", "")
    with acting() as act:
        cases.extend(
            act, timer_id, due_at=due_at, reason=reason.strip(), expected_revision=_revision()
        )
        is_running = queue.get_timer(act.uow, timer_id) is not None
    address = f"/administration/timers/{timer_id}" if is_running else "/administration/timers"
    return done(address, "deadline-moved")


def _timer(act: Act, timer_id: UUID) -> Row:
    row = queue.get_timer_with_case(act.uow, timer_id)
    if row is None:
        raise NotFound(
            _("This deadline is not running any more: it has fired, or its case went another way."),
            remedy=_("look at the list of running ones"),
        )
    return row


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("This is no date and time."), where="due_at") from error
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _revision() -> int:
    given = request.form.get("revision", "")
    if not given.isdigit():
        raise Invalid(
            "The page did not say what it showed", where="revision", remedy="load it again"
        )
    return int(given)


# --- operations ------------------------------------------------------------------------------


@pages.get("/administration/effects")
def effect_list() -> ResponseReturnValue:
    """List operations that have not finished, oldest first."""
    given = lists.given("state", "process", "element", "since", "before")
    state = given.get("state")
    asked = lists.asked(["created_at"])
    with acting() as act:
        authorize(act.actor, "incident:list", act.shell.policy)
        found = queue.search_effects(
            act.uow,
            _filter(given, state if state in queue.EFFECT_STATES else None),
            after=place(asked),
            limit=lists.SIZE + 1,
        )
        shown = lists.shown(
            found, asked, key=lambda one: one["created_at"], row_id=lambda one: str(one["id"])
        )
        around = _around(act, "effect", shown.items)
        titles = {one.name: one.title for one in act.shell.operations}
    return render(
        "administration_effects.html",
        shown=shown,
        given=given,
        titles=titles,
        states=_states(),
        state_of=state_of,
        **around,
    )


def _states() -> dict[str, str]:
    return {
        "waiting": _("waits for its turn"),
        "failing": _("failed, will be tried again"),
        "stopped": _("stopped by an incident"),
        "begun": _("has begun, answers later"),
    }


def state_of(effect: Row) -> str:
    """Return in which of the states an operation is."""
    if effect["next_attempt_at"] is None:
        return "stopped" if effect["is_stopped"] else "begun"
    return "failing" if effect["attempts"] else "waiting"


@pages.post("/administration/effects/<uuid:effect_id>/run")
def run_effect(effect_id: UUID) -> ResponseReturnValue:
    """Let an operation be tried at once."""
    with acting() as act:
        cases.hasten_effect(act, effect_id, note=request.form.get("note", "").strip())
    return done(local(request.form.get("next"), "/administration/effects"), "effect-hastened")


# --- what the three lists share --------------------------------------------------------------


def _filter(given: Mapping[str, str], state: str | None) -> QueueFilter:
    since, before = given.get("since"), given.get("before")
    return QueueFilter(
        process=given.get("process"),
        element=given.get("element"),
        since=_midnight(since, _("The first day")) if since else None,
        before=_midnight(before, _("The last day")) + timedelta(days=1) if before else None,
        state=state,
    )


def _midnight(text: str, name: str) -> datetime:
    day = day_from(text, name)
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def _around(act: Act, kind: str, rows: Iterable[Row]) -> dict[str, object]:
    """Return the names of processes and elements for a list, and what it may be narrowed to."""
    name_of = _namer(act)
    found = [
        Place(
            process=row["process"],
            element=row["element"],
            name=name_of(row["definition"], row["element"]),
            count=row["n"],
        )
        for row in queue.waiting_places(act.uow, kind)
    ]
    return {
        "processes": {process: label(name) for process, name in health.processes(act.uow).items()},
        "places": found,
        "names": {row["id"]: name_of(row["definition"], row["element"]) for row in rows},
    }


def _namer(act: Act) -> Callable[[str, str | None], str]:
    def name_of(digest: str, element: str | None) -> str:
        found = definitions.find(act.uow, digest).elements.get(element or "")
        return label(found.name if found else None) or element or _("the case itself")

    return name_of
