"""The blind view of an application: on until its reader has it lifted, which the history keeps."""

from uuid import UUID

from engine import cases, worklist
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import FourEyes, NotFound
from engine.history import EventKind
from engine.store import events
from recruitment.store import screening


def is_lifted(act: Act, application: str) -> bool:
    """Say whether the actor has had the blind view of an application lifted."""
    return screening.has_lifted(act.uow, application, act.actor.name)


def lift(act: Act, task_id: UUID) -> None:
    """Let whoever has the task open see who the candidate is, and record it.

    Raises NotYourTask, FourEyes, NotFound. Once lifted it stays so: the reader knows by then.
    """
    task = worklist.get(act.uow, task_id)
    if task.element not in screening.DESK or task.case_key is None or task.closed_at is not None:
        raise NotFound("There is no blind view here", where=str(task_id))
    who = authorize_task(act.actor, task)
    barred = cases.four_eyes_bar(act, task)
    if barred:
        raise FourEyes(barred, where=task.element)
    if is_lifted(act, task.case_key):
        return
    events.append(
        act.uow,
        f"read:{task.case_key}",
        kind=EventKind.RECORD_READ,
        actor=who,
        element=task.element,
        payload={"what": screening.LIFTED, "task": str(task_id)},
    )
