"""Who may do what now: inboxes and lists of open tasks."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from engine.access import Actor
from engine.errors import NotFound
from engine.store import tasks
from engine.store.tasks import Task, TaskFilter
from engine.store.unit_of_work import UnitOfWork

__all__ = [
    "Ground",
    "Task",
    "TaskFilter",
    "counts",
    "everywhere",
    "get",
    "ground",
    "mine",
    "of_case",
    "offered_to",
    "why_mine",
]


def offered_to(actor: Actor, *, with_principals: bool = True) -> list[str]:
    """Return whom the actor stands for: itself, its roles and its absent principals."""
    own = {f"user:{actor.name}", *(f"group:{role}" for role in actor.roles)}
    whom = own | {f"{tasks.IN_PERSON}{one}" for one in own}
    if with_principals:
        for name, roles in actor.principals.items():
            whom |= {f"user:{name}", *(f"group:{role}" for role in roles)}
    return sorted(whom)


def mine(
    uow: UnitOfWork,
    actor: Actor,
    narrowed: TaskFilter | None = None,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Task]:
    """Return the tasks that the actor may work on, due first, from `after` (due, id) on."""
    whom = offered_to(actor)
    return tasks.inbox(uow, whom, narrowed or TaskFilter(), after=after, limit=limit)


def counts(
    uow: UnitOfWork,
    actor: Actor,
    spans: Sequence[tuple[datetime | None, datetime | None]],
    *,
    set_aside: bool | None = None,
) -> list[int]:
    """Count the actor's tasks due in each span, up to `tasks.COUNTED`."""
    return tasks.count_inbox(uow, offered_to(actor), spans, set_aside=set_aside)


def everywhere(
    uow: UnitOfWork,
    narrowed: TaskFilter,
    *,
    sort: str = "due_at",
    after: tuple[object, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Task]:
    """Return open tasks of all people."""
    return tasks.everywhere(uow, narrowed, sort=sort, after=after, limit=limit)


def of_case(uow: UnitOfWork, case_id: UUID) -> Sequence[Task]:
    """Return the open tasks of a case."""
    return tasks.of_case(uow, case_id)


def get(uow: UnitOfWork, task_id: UUID) -> Task:
    """Return a task, open or closed; raise NotFound."""
    found = tasks.get(uow, task_id)
    if found is None:
        raise NotFound("There is no such task", where=str(task_id))
    return found


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Why a task is somebody's: `kind`, and the role or the absent colleague concerned."""

    kind: Literal["assigned", "named", "role", "deputy", "deputy-assigned"]
    whose: str = ""


def ground(actor: Actor, task: Task) -> Ground | None:
    """Return why the task stands in the actor's inbox; None when it does not."""
    principals = {} if task.in_person else actor.principals
    if task.assignee:
        return _assigned(actor.name, principals, task.assignee)
    if actor.name in task.candidate_users:
        return Ground(kind="named")
    groups = frozenset(task.candidate_groups)
    if shared := sorted(groups & actor.roles):
        return Ground(kind="role", whose=shared[0])
    for name, roles in sorted(principals.items()):
        if groups & roles or name in task.candidate_users:
            return Ground(kind="deputy", whose=name)
    return None


def _assigned(name: str, principals: Container[str], assignee: str) -> Ground | None:
    if assignee == name:
        return Ground(kind="assigned")
    if assignee in principals:
        return Ground(kind="deputy-assigned", whose=assignee)
    return None


def why_mine(actor: Actor, task: Task) -> str | None:
    """Say in English why the task stands in the actor's inbox; None when it does not."""
    found = ground(actor, task)
    if found is None:
        return None
    return {
        "assigned": "it is assigned to you",
        "named": "it is offered to you by name",
        "role": f"it is offered to every {found.whose.replace('_', ' ')}",
        "deputy": f"you are the deputy of {found.whose}",
        "deputy-assigned": f"you are the deputy of {found.whose}, to whom it is assigned",
    }[found.kind]
