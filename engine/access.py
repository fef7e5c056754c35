"""Who may do what: one `authorize`, a table of permissions, deputies and four eyes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.errors import FourEyes, NotAllowed, NotYourTask


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person (or the engine itself) who acts now, perhaps on behalf of an absent colleague.

    `principals` are the people whose deputy the actor is today, with their roles.
    """

    name: str
    roles: frozenset[str] = frozenset()
    on_behalf_of: str | None = None
    principals: Mapping[str, frozenset[str]] = field(default_factory=dict)


#: The engine acting by itself: timers, operations, deliveries.
ENGINE = Actor(name="engine", roles=frozenset({"engine"}))


class TaskLike(Protocol):
    """What `authorize` needs to know of a task."""

    @property
    def assignee(self) -> str | None:
        """The person who holds it."""

    @property
    def candidate_groups(self) -> tuple[str, ...]:
        """The roles it is offered to."""

    @property
    def candidate_users(self) -> tuple[str, ...]:
        """The people it is offered to."""

    @property
    def in_person(self) -> bool:
        """Whether no deputy can do it."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The table of permissions: which roles may use which verb."""

    permissions: Mapping[str, frozenset[str]]

    def allows(self, roles: frozenset[str], verb: str) -> bool:
        """Say whether one of the roles may use the verb."""
        return bool(roles & self.permissions.get(verb, frozenset()))


def authorize(actor: Actor, verb: str, policy: Policy) -> Actor:
    """Return the actor as who it acts (itself or for an absent principal); raise NotAllowed."""
    if actor.name == ENGINE.name or policy.allows(actor.roles, verb):
        return actor
    for principal, roles in sorted(actor.principals.items()):
        if policy.allows(roles, verb):
            return _for(actor, principal)
    needed = ", ".join(sorted(policy.permissions.get(verb, ()))) or "nobody"
    raise NotAllowed(f"{actor.name} may not {verb}; it takes: {needed}", where=verb)


def authorize_task(actor: Actor, task: TaskLike) -> Actor:
    """Return the actor as who it works on the task; raise NotYourTask.

    An assigned task belongs to its assignee; any other to its candidate groups and users. A
    deputy may do what the absent colleague may do, and the answer says on whose behalf; only what
    is done in person nobody does for another.
    """
    if _is_theirs(actor.name, actor.roles, task):
        return actor
    for principal, roles in sorted(actor.principals.items()):
        if _is_theirs(principal, roles, task):
            if task.in_person:
                raise NotYourTask(
                    f"This task is done in person; no deputy can do it for {principal}",
                    remedy=f"wait for {principal}",
                )
            return _for(actor, principal)
    holder = task.assignee or ", ".join((*task.candidate_groups, *task.candidate_users))
    raise NotYourTask(
        f"This task belongs to {holder or 'nobody'}", remedy="ask for it to be assigned"
    )


def ensure_four_eyes(actor: Actor, performers: frozenset[str], element: str) -> None:
    """Refuse whoever took part in the earlier step, in person or through a deputy."""
    people = {actor.name, actor.on_behalf_of} - {None}
    seen = sorted(name for name in people & performers if name)
    if seen:
        raise FourEyes(f"{seen[0]} took part in an earlier step of this matter", where=element)


def _is_theirs(name: str, roles: frozenset[str], task: TaskLike) -> bool:
    if task.assignee:
        return task.assignee == name
    return name in task.candidate_users or bool(roles & frozenset(task.candidate_groups))


def _for(actor: Actor, principal: str) -> Actor:
    return Actor(
        name=actor.name,
        roles=actor.roles,
        on_behalf_of=principal,
        principals=actor.principals,
    )
