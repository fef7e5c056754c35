"""Operations that a case waits for: an operator lets one run at once."""

from uuid import UUID

from engine.access import authorize
from engine.cases.incidents import retry_incident
from engine.cases.stepping import Act, ensure_text, locked
from engine.cases.stepping import note as record
from engine.errors import Conflict, NotFound
from engine.history import EventKind
from engine.store import queue


def hasten_effect(act: Act, effect_id: UUID, *, note: str) -> None:
    """Let an operation be tried at once, with a note on why; resolves its incident if it has one.

    Raises Conflict when it has begun and will answer by itself.
    """
    ensure_text(note, "note")
    who = authorize(act.actor, "incident:retry", act.shell.policy)
    found = queue.get_effect(act.uow, effect_id)
    if found is None:
        raise NotFound("This operation has finished, or there never was one", where=str(effect_id))
    incident = queue.open_incident(act.uow, effect_id)
    if incident is not None:
        retry_incident(act, incident, note=note)
        return
    # the case first, then the effect: every verb locks in this order
    case = locked(act.uow, found["case_id"])
    effect = queue.lock_effect(act.uow, effect_id)
    if effect is None or effect["next_attempt_at"] is None:
        raise Conflict(
            "This operation has begun, or has finished in the meantime",
            where=found["operation"],
            remedy="load the list again",
        )
    queue.change_effect(act.uow, effect_id, {"next_attempt_at": act.uow.now})
    facts = {
        "effect": str(effect_id),
        "operation": effect["operation"],
        "before": effect["next_attempt_at"].isoformat(),
        "note": note,
    }
    record(act.uow, case, who, EventKind.EFFECT_HASTENED, element=effect["element"], facts=facts)
