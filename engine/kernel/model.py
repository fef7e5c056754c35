"""The values that the kernel hands out: what a diagram holds and what a step produced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.decisions import Decided

What = Literal["entered", "completed", "cancelled", "taken"]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What a diagram may name: operations for service tasks and roles for people."""

    operations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element of a diagram, by the id its author gave it."""

    id: str
    process: str
    #: the BPMN tag: userTask, exclusiveGateway, boundaryEvent, ...
    kind: str
    name: str | None = None
    #: timer, message, signal, error, escalation, conditional, terminate or link; None if plain
    event: str | None = None
    lane: str | None = None
    form: str | None = None
    operation: str | None = None
    decision: str | None = None
    message: str | None = None
    #: the process a call activity calls
    calls: str | None = None
    #: the activity a boundary event sits on
    attached_to: str | None = None
    #: the sub-process the element lies in
    parent: str | None = None
    interrupting: bool = True
    multi_instance: bool = False
    legal_basis: str | None = None
    differs_from: tuple[str, ...] = ()
    #: whether no deputy can do it
    in_person: bool = False
    confidential: bool = False
    milestone: str | None = None
    outcome: str | None = None
    documentation: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One sequence flow."""

    id: str
    process: str
    source: str
    target: str
    name: str | None = None
    condition: str | None = None
    is_default: bool = False


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of a bundle."""

    id: str
    name: str | None
    file: str
    documentation: str | None = None
    #: processes called from here
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TimerRule:
    """What a timer event says in the diagram."""

    element: str
    kind: Literal["date", "duration", "cycle"]
    text: str
    attached_to: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """A task that waits for a person."""

    id: str
    element: str
    process: str
    name: str | None
    kind: str
    form: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    lane: str | None = None
    legal_basis: str | None = None
    differs_from: tuple[str, ...] = ()
    #: whether no deputy can do it
    in_person: bool = False
    confidential: bool = False
    #: the loop counter (from 1) of a multi-instance task
    instance: int | None = None
    #: everything the task sees: its own inputs first, then the scopes around it
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Timer:
    """An instant at which the case goes on by itself."""

    id: str
    element: str
    due_at: datetime
    #: id of the open task, effect or sub-process whose boundary it sits on
    attached_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A message or signal the case waits for."""

    id: str
    element: str
    message: str
    correlation: str | None = None
    kind: Literal["message", "signal"] = "message"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An operation that the shell must run and report back."""

    id: str
    element: str
    operation: str
    input: Mapping[str, object]
    retries: int = 3


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One movement of a token."""

    element: str
    what: What
    flow: str | None = None
    instance: int | None = None


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """A message or signal that leaves the case."""

    kind: Literal["message", "signal"]
    name: str
    element: str
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How the case ended; element is None when it was cancelled."""

    element: str | None
    name: str | None = None
    outcome: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """The result of one command: the new state and everything that now waits."""

    state: bytes
    tasks: tuple[OpenTask, ...] = ()
    timers: tuple[Timer, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    effects: tuple[Effect, ...] = ()
    #: ids of tasks, timers, subscriptions and effects that appeared in this step
    opened: tuple[str, ...] = ()
    #: ids of those that are gone
    closed: tuple[str, ...] = ()
    decisions: tuple[Decided, ...] = ()
    passages: tuple[Passage, ...] = ()
    outgoing: tuple[OutgoingMessage, ...] = ()
    #: variables of the root process
    variables: Mapping[str, object] = field(default_factory=dict)
    ended: Ended | None = None
    #: deepest nesting of the token tree, for the alarm above 800
    depth: int = 0


@dataclass(frozen=True, kw_only=True)
class Token:
    """An active element of a running case."""

    id: str
    element: str
    kind: str
    instance: int | None = None


@dataclass(frozen=True, kw_only=True)
class ScopeView:
    """The variables of one scope; element is None for the root process."""

    id: str | None
    element: str | None
    instance: int | None
    variables: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class View:
    """What can be seen of a case without changing it."""

    case_id: str
    tokens: tuple[Token, ...]
    completed: Mapping[str, int]
    flows: Mapping[str, int]
    scopes: tuple[ScopeView, ...]
    ended: Ended | None = None
