"""What stopped a case from going on by itself, and how an operator mends it."""

from uuid import UUID, uuid5

from engine.access import ENGINE, authorize
from engine.cases.stepping import MAX_TEXT, Act, ensure_text, locked
from engine.cases.stepping import note as record
from engine.errors import Conflict, NotFound
from engine.history import EventKind
from engine.store import queue
from engine.store.unit_of_work import UnitOfWork


def raise_incident(  # noqa: PLR0913  # an incident has these parts
    uow: UnitOfWork, case_id: UUID, *, subject: str, subject_id: UUID, element: str, message: str
) -> UUID:
    """Record that the case cannot go on by itself, for an operator to look at."""
    case = locked(uow, case_id)
    incident = uuid5(subject_id, f"incident:{uow.now.isoformat()}")
    row = {
        "id": incident,
        "case_id": case_id,
        "element": element,
        "subject": subject,
        "subject_id": subject_id,
        "message": message[:MAX_TEXT],
        "raised_at": uow.now,
    }
    queue.add_incident(uow, row)
    facts = {"incident": str(incident), "subject": subject, "message": message[:MAX_TEXT]}
    record(uow, case, ENGINE, EventKind.INCIDENT_RAISED, element=element, facts=facts)
    return incident


def retry_incident(act: Act, incident_id: UUID, *, note: str) -> None:
    """Let what failed be tried again at once, with a note on what was mended."""
    ensure_text(note, "note")
    who = authorize(act.actor, "incident:retry", act.shell.policy)
    incident = queue.get_incident(act.uow, incident_id)
    if incident is None:
        raise NotFound("There is no such incident", where=str(incident_id))
    if incident["resolved_at"] is not None:
        raise Conflict(f"{incident['resolved_by']} resolved this incident already")
    case = locked(act.uow, incident["case_id"])
    if incident["subject"] == "effect":
        changes = {"attempts": 0, "next_attempt_at": act.uow.now, "error": None}
        queue.change_effect(act.uow, incident["subject_id"], changes)
    elif incident["subject"] == "message":
        queue.postpone_outgoing(act.uow, incident["subject_id"], act.uow.now)
    else:
        queue.hold_timers(act.uow, case.id, None)
    changes = {"resolved_at": act.uow.now, "resolved_by": who.name, "note": note}
    queue.change_incident(act.uow, incident_id, changes)
    facts = {"incident": str(incident_id), "note": note}
    record(act.uow, case, who, EventKind.INCIDENT_RETRIED, element=incident["element"], facts=facts)


def annotate_incident(act: Act, incident_id: UUID, *, note: str) -> None:
    """Write a note on an incident."""
    ensure_text(note, "note")
    who = authorize(act.actor, "incident:retry", act.shell.policy)
    incident = queue.get_incident(act.uow, incident_id)
    if incident is None:
        raise NotFound("There is no such incident", where=str(incident_id))
    case = locked(act.uow, incident["case_id"])
    queue.change_incident(act.uow, incident_id, {"note": note})
    facts = {"incident": str(incident_id), "note": note}
    record(
        act.uow, case, who, EventKind.INCIDENT_ANNOTATED, element=incident["element"], facts=facts
    )
