"""What one step collects while it runs, and the counts that a case keeps for its life."""

import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from engine.decisions import Decided
from engine.errors import ExecutionFailed
from engine.kernel.graph import Graph
from engine.kernel.model import Ended, OutgoingMessage, Passage, What

if TYPE_CHECKING:
    from engine.decisions import Model
    from engine.kernel.workflow import Token

#: A step of a sound diagram stays below a few hundred.
MAX_ENGINE_STEPS = 10_000


@dataclass(kw_only=True)
class Ledger:
    """What a case remembers besides its tokens."""

    case_id: str
    ordinals: dict[str, int] = field(default_factory=dict)
    completed: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    ended: Ended | None = None

    def __post_init__(self) -> None:
        """Derive the namespace of all ids of the case."""
        self._namespace = uuid.uuid5(uuid.NAMESPACE_URL, self.case_id)
        try:
            self._namespace = uuid.UUID(self.case_id)
        except ValueError:
            return

    def identity(self, key: str) -> str:
        """Return the id that belongs to `element:ordinal` in this case, for ever the same."""
        return str(uuid.uuid5(self._namespace, key))

    def next_key(self, element: str) -> str:
        """Count one more visit of an element."""
        ordinal = self.ordinals.get(element, 0) + 1
        self.ordinals[element] = ordinal
        return f"{element}:{ordinal}"


@dataclass(kw_only=True)
class Run:
    """One step in progress."""

    now: datetime
    graph: Graph
    ledger: Ledger
    models: "tuple[Model, ...]" = ()
    ready: "deque[Token]" = field(default_factory=deque)
    passages: list[Passage] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    outgoing: list[OutgoingMessage] = field(default_factory=list)
    #: variables changed since the conditional events were looked at
    changed: bool = False
    steps: int = 0

    def note(
        self, element: str, what: What, *, flow: str | None = None, instance: int | None = None
    ) -> None:
        """Record one movement of a token."""
        self.passages.append(Passage(element=element, what=what, flow=flow, instance=instance))
        counts = {"completed": self.ledger.completed, "taken": self.ledger.taken}.get(what)
        if counts is not None:
            key = flow or element
            counts[key] = counts.get(key, 0) + 1

    def count_step(self, where: str) -> None:
        """Count one engine step; raise ExecutionFailed when a diagram runs in circles."""
        self.steps += 1
        if self.steps > MAX_ENGINE_STEPS:
            raise ExecutionFailed(
                f"the diagram made {MAX_ENGINE_STEPS} moves without waiting for anything",
                where=where,
                remedy="let the loop pass through a task or a timer",
            )

    def throw_out(self, kind: str, name: str, element: str, values: Mapping[str, object]) -> None:
        """Report a message or signal that leaves the case."""
        message = OutgoingMessage(
            kind="signal" if kind == "signal" else "message",
            name=name,
            element=element,
            variables=dict(values),
        )
        self.outgoing.append(message)
