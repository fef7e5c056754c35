"""What people submitted in tasks, from the history: for lists that read no case's state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, or_, select

from engine.history import EventKind
from engine.store.tables import event, event_payload
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What was written into a case: by the task of an element, or by a correction (no element)."""

    element: str | None
    variables: dict[str, Any]


def of_elements(
    uow: UnitOfWork, cases: Sequence[UUID], elements: Sequence[str]
) -> dict[UUID, list[Submission]]:
    """Return the submissions of elements and the corrections of cases, in their order."""
    streams = {f"case:{one}": one for one in cases}
    is_wanted = or_(
        and_(event.c.kind == EventKind.TASK_COMPLETED.value, event.c.element.in_(elements)),
        event.c.kind == EventKind.CASE_CORRECTED.value,
    )
    statement = (
        select(event.c.stream, event.c.element, event_payload.c.payload)
        .join(
            event_payload,
            and_(event_payload.c.stream == event.c.stream, event_payload.c.seq == event.c.seq),
        )
        .where(event.c.stream.in_(streams), is_wanted, event_payload.c.payload.is_not(None))
        .order_by(event.c.stream, event.c.seq)
    )
    found: dict[UUID, list[Submission]] = {}
    for row in uow.all(statement):
        command = orjson.loads(row["payload"]).get("command", {})
        one = Submission(element=row["element"], variables=command.get("variables") or {})
        found.setdefault(streams[row["stream"]], []).append(one)
    return found
