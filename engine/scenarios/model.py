"""What a scenario says and what a run of it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.kernel import Effect, Ended

Values = Mapping[str, object]
Verb = Literal["complete", "receive", "signal", "fail"]


@dataclass(frozen=True, kw_only=True)
class When:
    """Something happens: the clock moves, then somebody or something acts."""

    number: int
    at: datetime | None = None
    #: None when only the clock moves
    verb: Verb | None = None
    #: the element of the task or operation, the name of the message or signal
    target: str = ""
    #: which of several open tasks of one element, by loop counter
    instance: int | None = None
    by: str | None = None
    values: Values = field(default_factory=dict)
    correlation: str | None = None
    code: str = ""
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Then:
    """What must hold now, by the key of the expectation."""

    number: int
    expected: Values


@dataclass(frozen=True, kw_only=True)
class Given:
    """Where a story begins."""

    at: datetime | None = None
    variables: Values = field(default_factory=dict)
    #: operation or element -> its answers in turn
    operations: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One story about a process, or one row about a decision."""

    name: str
    file: str
    process: str | None = None
    decision: str | None = None
    at: datetime | None = None
    variables: Values = field(default_factory=dict)
    #: operation or element -> its answers in turn
    operations: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)
    steps: tuple[When | Then, ...] = ()

    @property
    def id(self) -> str:
        """Return file and name, unique among the scenarios shipped."""
        return f"{self.file.removesuffix('.scenarios.yaml')}: {self.name}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the time line: an instant and what happened, in words."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """An operation that was called, and what it answered; nothing was done outside."""

    at: datetime
    effect: Effect
    #: None when it failed
    answer: Values | None
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run showed; it is as it should be when there are no failures."""

    name: str
    timeline: tuple[Entry, ...] = ()
    #: what was expected and what was found, naming file, scenario and step
    failures: tuple[str, ...] = ()
    #: (process, sequence flow)
    flows: frozenset[tuple[str, str]] = frozenset()
    #: (decision, number of a rule that matched), required decisions included
    rules: frozenset[tuple[str, int]] = frozenset()
    #: boundary events that fired
    boundaries: frozenset[str] = frozenset()
    #: operations in the order of their calls
    calls: tuple[Effect, ...] = ()
    variables: Values = field(default_factory=dict)
    ended: Ended | None = None

    @property
    def ok(self) -> bool:
        """Say whether everything came as expected."""
        return not self.failures
