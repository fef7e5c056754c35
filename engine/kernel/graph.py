"""A diagram after reading: nodes, flows and the scopes that hold them, all immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.decisions.findings import Finding
from engine.kernel.model import Element, Flow

EventKind = Literal[
    "timer", "message", "signal", "error", "escalation", "conditional", "terminate", "link"
]
TimerKind = Literal["date", "duration", "cycle"]


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """A zeebe input or output mapping: the source expression goes to the target variable."""

    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Loop:
    """A multi-instance characteristic."""

    sequential: bool
    collection: str
    element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    condition: str | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """What an event waits for or throws."""

    kind: EventKind
    #: name of the message, signal or link; None for a catch-all error or escalation
    name: str | None = None
    #: error or escalation code, None catches every code
    code: str | None = None
    correlation: str | None = None
    timer: TimerKind | None = None
    #: the timer's or condition's text
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Who should do a user task, by when; texts as written."""

    assignee: str | None = None
    candidate_groups: str | None = None
    candidate_users: str | None = None
    due_at: str | None = None
    follow_up_at: str | None = None
    priority: str | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """One flow node with everything it needs to run."""

    element: Element
    scope: str
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    loop: Loop | None = None
    event: Event | None = None
    duty: Duty = field(default_factory=Duty)
    script: str | None = None
    result: str | None = None
    retries: int = 3
    boundaries: tuple[str, ...] = ()
    #: what a link throw event jumps to
    link_target: str | None = None

    @property
    def id(self) -> str:
        """Return the id of the element."""
        return self.element.id

    @property
    def kind(self) -> str:
        """Return the BPMN tag."""
        return self.element.kind


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The content of a process or sub-process."""

    id: str
    process: str
    #: the scope around an embedded sub-process, None for a process
    parent: str | None
    nodes: tuple[str, ...]
    #: where a token begins; None for a process that cannot be entered
    start: str | None
    #: event sub-processes that listen while the scope runs
    listeners: tuple[str, ...] = ()
    #: started by an event
    by_event: bool = False


@dataclass(frozen=True, kw_only=True)
class Graph:
    """All processes of a bundle."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    scopes: Mapping[str, Scope]
    #: process id -> (name, file, documentation)
    processes: Mapping[str, tuple[str | None, str, str | None]]
    problems: tuple[Finding, ...] = ()
