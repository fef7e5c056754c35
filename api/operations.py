"""Timers due, effects waiting, incidents: what an operator looks after."""

from uuid import UUID

from flask import Response, jsonify

from api.bodies import Blueprint
from api.conditional import expected_revision
from api.house import acting, idempotent
from api.paging import PageRequest, list_arguments, page_of, place, with_links
from api.shapes import ExtendIn, IncidentOut, NoteIn, TimerOut
from engine import cases
from engine.access import authorize
from engine.store import queue

timers = Blueprint("timers", __name__, url_prefix="/api/v1/timers", description="Deadlines")
incidents = Blueprint(
    "incidents", __name__, url_prefix="/api/v1/incidents", description="What stopped a case"
)


@timers.route("/")
@timers.arguments(list_arguments("Timers", sortable=["due_at"]), location="query")
@timers.response(200, TimerOut(many=True))
def list_timers(asked: PageRequest) -> Response:
    """List running deadlines, the next due first."""
    with acting() as act:
        authorize(act.actor, "timer:list", act.shell.policy)
        found = queue.timers(act.uow, after=place(asked), limit=asked.limit + 1)
        page = page_of(
            found, asked, key=lambda one: one["due_at"], row_id=lambda one: str(one["id"])
        )
        items = TimerOut(many=True).dump(page.items)
    return with_links(jsonify(items), page)


@timers.route("/<uuid:timer_id>/extend", methods=["POST"])
@timers.arguments(ExtendIn)
@timers.response(200, TimerOut)
@idempotent
def extend(body: dict[str, object], timer_id: UUID) -> Response:
    """Move a running deadline, with a reason; If-Match carries the case's revision."""
    expected = expected_revision()
    with acting() as act:
        cases.extend(act, timer_id, expected_revision=expected, **body)  # type: ignore[arg-type]  # by schema
        moved = queue.get_timer(act.uow, timer_id)
        return jsonify(TimerOut().dump(moved) if moved else {})


@incidents.route("/")
@incidents.response(200, IncidentOut(many=True))
def list_incidents() -> object:
    """List open incidents, oldest first."""
    with acting() as act:
        authorize(act.actor, "incident:list", act.shell.policy)
        return queue.incidents(act.uow)


@incidents.route("/<uuid:incident_id>/retry", methods=["POST"])
@incidents.arguments(NoteIn)
@incidents.response(200, IncidentOut)
@idempotent
def retry(body: dict[str, str], incident_id: UUID) -> Response:
    """Let what failed be tried again, with a note on what was mended."""
    with acting() as act:
        cases.retry_incident(act, incident_id, note=body["note"])
        return jsonify(IncidentOut().dump(queue.get_incident(act.uow, incident_id)))


@incidents.route("/<uuid:incident_id>", methods=["PATCH"])
@incidents.arguments(NoteIn)
@incidents.response(200, IncidentOut)
@idempotent
def annotate(body: dict[str, str], incident_id: UUID) -> Response:
    """Write a note on an incident."""
    with acting() as act:
        cases.annotate_incident(act, incident_id, note=body["note"])
        return jsonify(IncidentOut().dump(queue.get_incident(act.uow, incident_id)))
