"""Say something about a case, on the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from engine.access import Actor, authorize, authorize_task
from engine.cases.stepping import Act, ensure_text, locked
from engine.errors import NotAllowed, NotFound, NotYourTask
from engine.history import EventKind
from engine.store import comments, events, tasks
from engine.store.tasks import Task
from engine.store.unit_of_work import Row


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What somebody wrote about a case, perhaps at one of its tasks."""

    id: UUID
    author: str
    written_at: datetime
    text: str
    task_id: UUID | None
    task_name: str | None


def write(act: Act, case_id: UUID, text: str, *, task_id: UUID | None = None) -> UUID:
    """Write a comment; the case's revision stays, so that nobody's open page becomes stale.

    Whoever may read the case or has an open task of it may write; for anybody else there is no
    such case. Raises NotFound, Invalid.
    """
    ensure_text(text, "text")
    case = locked(act.uow, case_id)
    task = _task_of(act, case_id, task_id)
    who = _writer(act, case_id, task)
    written = uuid4()
    comments.add(
        act.uow,
        {
            "id": written,
            "case_id": case_id,
            "task_id": task_id,
            "author": who.name,
            "written_at": act.uow.now,
            "text": text.strip(),
        },
    )
    events.append(
        act.uow,
        case.stream,
        kind=EventKind.COMMENT_WRITTEN,
        actor=who,
        element=task.element if task else None,
        definition=case.definition,
        payload={"comment": str(written), "text": text.strip()}
        | ({"task": str(task_id)} if task_id else {}),
    )
    return written


def of_case(act: Act, case_id: UUID) -> Sequence[Comment]:
    """Return the comments that the actor may see: at a confidential task only its roles' own."""
    return tuple(
        Comment(
            id=row["id"],
            author=row["author"],
            written_at=row["written_at"],
            text=row["text"],
            task_id=row["task_id"],
            task_name=row["task_name"],
        )
        for row in comments.of_case(act.uow, case_id)
        if _may_see(act.actor, row)
    )


def _task_of(act: Act, case_id: UUID, task_id: UUID | None) -> Task | None:
    if task_id is None:
        return None
    task = tasks.get(act.uow, task_id)
    if task is None or task.case_id != case_id:
        raise NotFound("This case has no such task", where=str(task_id))
    return task


def _writer(act: Act, case_id: UUID, task: Task | None) -> Actor:
    if task is not None and task.confidential:
        return _as_worker(act, (task,), case_id)
    try:
        return authorize(act.actor, "case:read", act.shell.policy)
    except NotAllowed:
        return _as_worker(act, tasks.of_case(act.uow, case_id), case_id)


def _as_worker(act: Act, theirs: Sequence[Task], case_id: UUID) -> Actor:
    for one in theirs:
        try:
            return authorize_task(act.actor, one)
        except NotYourTask:
            continue
    raise NotFound("There is no such case", where=str(case_id))


def _may_see(actor: Actor, row: Row) -> bool:
    if not row["confidential"] or row["author"] == actor.name:
        return True
    return bool(actor.roles & frozenset(row["candidate_groups"]))
