"""The verbs on a case: each authorises, locks, steps the kernel, records and stores."""

from engine.cases import comments
from engine.cases.course import (
    cancel,
    correct,
    extend,
    migrate,
    preview_migration,
    receive,
    resume,
    suspend,
)
from engine.cases.effects import hasten_effect
from engine.cases.engine_side import deliver, fail_effect, finish_effect, note_waiting, tick
from engine.cases.incidents import annotate_incident, raise_incident, retry_incident
from engine.cases.opening import Opening, open_case
from engine.cases.stepping import Act, Shell, get, look
from engine.cases.tasks import (
    assign,
    claim,
    complete,
    complete_task,
    delegate,
    four_eyes_bar,
    reschedule,
    save_draft,
    send_back,
    unclaim,
)
from engine.store.cases import Case

__all__ = [
    "Act",
    "Case",
    "Opening",
    "Shell",
    "annotate_incident",
    "assign",
    "cancel",
    "claim",
    "comments",
    "complete",
    "complete_task",
    "correct",
    "delegate",
    "deliver",
    "extend",
    "fail_effect",
    "finish_effect",
    "four_eyes_bar",
    "get",
    "hasten_effect",
    "look",
    "migrate",
    "note_waiting",
    "open_case",
    "preview_migration",
    "raise_incident",
    "receive",
    "reschedule",
    "resume",
    "retry_incident",
    "save_draft",
    "send_back",
    "suspend",
    "tick",
    "unclaim",
]
