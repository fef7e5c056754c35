"""What waits in one case: tasks, timers, subscriptions and effects, as the kernel's step says.

Every step reads and writes these rows, so their statements are compiled once and sent together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, delete, insert, select, text, update

from engine.kernel.model import Effect, OpenTask, Step, Subscription, Timer
from engine.store import tasks
from engine.store.cases import Case
from engine.store.events import Head
from engine.store.prepared import Prepared, prepared
from engine.store.tables import case, effect, offer, outbox, subscription, task, timer
from engine.store.tasks import Task, offers
from engine.store.unit_of_work import UnitOfWork

_STORED = """
    SELECT 'task' AS what, id, due_at, NULL::bigint AS seq, NULL::bytea AS hash
    FROM task WHERE case_id = {case} AND closed_at IS NULL
    UNION ALL SELECT 'timer', id, due_at, NULL, NULL FROM timer WHERE case_id = {case}
    UNION ALL SELECT 'subscription', id, NULL, NULL, NULL
    FROM subscription WHERE case_id = {case}
    UNION ALL SELECT 'effect', id, NULL, NULL, NULL FROM effect WHERE case_id = {case}
    UNION ALL SELECT 'head', NULL, NULL, seq, hash FROM stream_head WHERE stream = {stream}
"""
_OF_CASE = prepared(text(_STORED.format(case=":case", stream=":stream")))
# a task never moves to another case
_CASE_ID = "(SELECT case_id FROM task WHERE id = :task_id)"
_OF_TASK = prepared(text(_STORED.format(case=_CASE_ID, stream=f"'case:' || {_CASE_ID}")))
_LOCK_OF_TASK = prepared(
    select(case)
    .where(
        case.c.id
        == select(task.c.case_id).where(task.c.id == bindparam("task_id")).scalar_subquery()
    )
    .with_for_update(of=case)
)
_CLOSE = prepared(
    text(
        """
        WITH closed AS (
            UPDATE task SET closed_at = :closed_at, closed_by = :closed_by WHERE id = ANY(:ids)
        ), undrafted AS (
            DELETE FROM draft WHERE task_id = ANY(:ids)
        )
        DELETE FROM offer WHERE task_id = ANY(:ids)
        """
    ),
    changes="task",
)


def _insert(table: Table, *unset: str) -> Prepared:
    return prepared(insert(table), [one.name for one in table.columns if one.name not in unset])


def _delete(table: Table) -> Prepared:
    ids = bindparam("ids", type_=ARRAY(Uuid))
    return prepared(delete(table).where(table.c.id == any_(ids)))


_ADD = {
    "task": _insert(task, "suspended", "closed_at", "closed_by"),
    "offer": _insert(offer),
    "timer": _insert(timer, "held_at"),
    "subscription": _insert(subscription),
    "effect": _insert(effect, "attempts", "error"),
    "outbox": _insert(outbox),
}
_REMOVE = {one.name: _delete(one) for one in (timer, subscription, effect)}

#: What is stored as pending of one case: by table, the due instant by id.
Stored = Mapping[str, Mapping[UUID, datetime | None]]


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is stored as pending of a locked case, and the last event of its stream."""

    stored: Stored
    last: Head


def of_case(uow: UnitOfWork, case: Case) -> Held:
    """Return what is stored as pending of a case that the caller has locked."""
    return _held(uow.rows(_OF_CASE, case=case.id, stream=case.stream))


def lock_of_task(uow: UnitOfWork, task_id: UUID) -> tuple[Case, Task, Held] | None:
    """Lock the case of a task until the transaction ends; return both and what is pending.

    The reads go together and still see what was committed while the lock was waited for: each
    statement of the transaction takes its own snapshot.
    """
    wanted = {"task_id": task_id}
    found, one, stored = uow.together(
        (_LOCK_OF_TASK, wanted), (tasks.ONE, wanted), (_OF_TASK, wanted)
    )
    if not found:
        return None
    return Case(**found[0]), tasks.from_row(one[0]), _held(stored)


def _held(rows: Iterable[Mapping[str, Any]]) -> Held:
    last = Head()
    stored: dict[str, dict[UUID, datetime | None]] = {
        "task": {},
        "timer": {},
        "subscription": {},
        "effect": {},
    }
    for row in rows:
        if row["what"] == "head":
            last = Head(seq=row["seq"], hash=bytes(row["hash"]))
        else:
            stored[row["what"]][row["id"]] = row["due_at"]
    return Held(stored=stored, last=last)


def save(uow: UnitOfWork, case_id: UUID, stored: Stored, step: Step, *, by: str) -> None:
    """Make tasks, timers, subscriptions and effects equal to what the step says is pending.

    What the step sent to related cases is queued.
    """
    _close_tasks(uow, stored["task"], step.tasks, by)
    _save_tasks(uow, case_id, stored["task"], step.tasks)
    _save_timers(uow, case_id, stored["timer"], step.timers)
    _save_subscriptions(uow, case_id, stored["subscription"], step.subscriptions)
    _save_effects(uow, case_id, stored["effect"], step.effects)
    _save_outgoing(uow, case_id, step)


def rename(uow: UnitOfWork, step: Step) -> None:
    """Let what stays pending over a migration carry the names of the new version.

    Whom a task is offered to, and until when, was said when it opened and stays.
    """
    for one in step.tasks:
        _rename(uow, task, one.id, _said_of_task(one))
    for timed in step.timers:
        _rename(uow, timer, timed.id, {"element": timed.element})
    for heard in step.subscriptions:
        said = {"element": heard.element, "message": heard.message}
        _rename(uow, subscription, heard.id, said)
    for begun in step.effects:
        _rename(uow, effect, begun.id, {"element": begun.element, "operation": begun.operation})


def _said_of_task(one: OpenTask) -> dict[str, object]:
    return {
        "element": one.element,
        "process": one.process,
        "name": one.name or one.element,
        "kind": one.kind,
        "form": one.form,
        "lane": one.lane,
        "legal_basis": one.legal_basis,
        "differs_from": list(one.differs_from),
        "in_person": one.in_person,
        "confidential": one.confidential,
    }


def _rename(uow: UnitOfWork, table: Table, key: str, said: Mapping[str, object]) -> None:
    uow.write(update(table).where(table.c.id == UUID(key)).values(said))


def _close_tasks(
    uow: UnitOfWork,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[OpenTask],
    by: str,
) -> None:
    gone = list(stored.keys() - {UUID(one.id) for one in pending})
    if gone:
        uow.send(_CLOSE, {"ids": gone, "closed_at": uow.now, "closed_by": by})


def _save_tasks(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[OpenTask],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    rows = [_task_row(case_id, one, uow.now) for key, one in wanted.items() if key not in stored]
    uow.send(_ADD["task"], *rows)
    uow.send(_ADD["offer"], *[offered for row in rows for offered in offers(row)])


def _task_row(case_id: UUID, one: OpenTask, now: datetime) -> dict[str, object]:
    return {
        "id": UUID(one.id),
        "case_id": case_id,
        "element": one.element,
        "process": one.process,
        "name": one.name or one.element,
        "kind": one.kind,
        "form": one.form,
        "assignee": one.assignee,
        "candidate_groups": list(one.candidate_groups),
        "candidate_users": list(one.candidate_users),
        "due_at": one.due_at,
        "follow_up_at": one.follow_up_at,
        "priority": one.priority,
        "lane": one.lane,
        "legal_basis": one.legal_basis,
        "differs_from": list(one.differs_from),
        "in_person": one.in_person,
        "confidential": one.confidential,
        "instance": one.instance,
        "opened_at": now,
    }


def _save_timers(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[Timer],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    moved = {key for key, one in wanted.items() if key in stored and stored[key] != one.due_at}
    _remove(uow, "timer", (stored.keys() - wanted.keys()) | moved)
    rows = [
        {
            "id": key,
            "case_id": case_id,
            "element": one.element,
            "attached_to": one.attached_to,
            "due_at": one.due_at,
        }
        for key, one in wanted.items()
        if key not in stored or key in moved
    ]
    uow.send(_ADD["timer"], *rows)


def _save_subscriptions(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[Subscription],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    _remove(uow, "subscription", stored.keys() - wanted.keys())
    rows = [
        {
            "id": key,
            "case_id": case_id,
            "element": one.element,
            "message": one.message,
            "correlation": one.correlation,
        }
        for key, one in wanted.items()
        if key not in stored
    ]
    uow.send(_ADD["subscription"], *rows)


def _save_effects(
    uow: UnitOfWork,
    case_id: UUID,
    stored: Mapping[UUID, datetime | None],
    pending: Iterable[Effect],
) -> None:
    wanted = {UUID(one.id): one for one in pending}
    _remove(uow, "effect", stored.keys() - wanted.keys())
    rows = [
        {
            "id": key,
            "case_id": case_id,
            "element": one.element,
            "operation": one.operation,
            "input": dict(one.input),
            "retries": one.retries,
            "next_attempt_at": uow.now,
            "created_at": uow.now,
        }
        for key, one in wanted.items()
        if key not in stored
    ]
    uow.send(_ADD["effect"], *rows)


def _save_outgoing(uow: UnitOfWork, case_id: UUID, step: Step) -> None:
    rows = [
        {
            "id": uuid5(case_id, f"outgoing:{uow.now.isoformat()}:{number}"),
            "case_id": case_id,
            "kind": one.kind,
            "name": one.name,
            "variables": dict(one.variables),
            "created_at": uow.now,
        }
        for number, one in enumerate(step.outgoing)
    ]
    uow.send(_ADD["outbox"], *rows)


def _remove(uow: UnitOfWork, table: str, ids: Iterable[UUID]) -> None:
    gone = list(ids)
    if gone:
        uow.send(_REMOVE[table], {"ids": gone})
