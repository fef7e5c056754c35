"""What runs touched together, and what none of them did."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.decisions import Model, Table
from engine.kernel import Definition
from engine.scenarios.model import Run
from engine.scenarios.words import titled

Kind = Literal["flow", "rule", "boundary"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something that a scenario can touch: a sequence flow, a rule, an event at a task."""

    kind: Kind
    #: the process or the decision it belongs to
    of: str
    #: the id of the flow or event, the number of the rule
    id: str
    #: what is said when no scenario touches it
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what makes it the same part in two versions: its words may differ."""
        return self.kind, self.of, self.id


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Sequence flows taken, rules matched and boundary events fired."""

    flows: frozenset[tuple[str, str]] = frozenset()
    rules: frozenset[tuple[str, int]] = frozenset()
    boundaries: frozenset[str] = frozenset()

    @classmethod
    def of(cls, runs: Iterable[Run]) -> "Coverage":
        """Add up runs."""
        total = cls()
        for run in runs:
            total = cls(
                flows=total.flows | run.flows,
                rules=total.rules | run.rules,
                boundaries=total.boundaries | run.boundaries,
            )
        return total

    def missing(
        self, definitions: Iterable[Definition], models: Iterable[Model] = ()
    ) -> tuple[str, ...]:
        """Say in words what of the definitions, and of further decision models, is not covered."""
        return tuple(sorted(part.text for part in self.gaps(parts(definitions, models))))

    def gaps(self, known: Iterable[Part]) -> tuple[Part, ...]:
        """Return the parts that no run touched, in their order."""
        return tuple(part for part in known if not self._has(part))

    def _has(self, part: Part) -> bool:
        if part.kind == "flow":
            return (part.of, part.id) in self.flows
        if part.kind == "rule":
            return (part.of, int(part.id)) in self.rules
        return part.id in self.boundaries


def parts(definitions: Iterable[Definition], models: Iterable[Model] = ()) -> tuple[Part, ...]:
    """Return everything that scenarios of these can touch, each once, by kind and name."""
    known = tuple(definitions)
    tables = (*models, *(model for one in known for model in one.models))
    found = {part for one in known for part in (*_flows(one), *_boundaries(one))}
    found |= {part for model in tables for part in _rules(model)}
    return tuple(sorted(found, key=lambda part: (part.kind, part.of, part.text)))


def _flows(definition: Definition) -> Iterator[Part]:
    for flow in definition.flows.values():
        name = f" {titled(flow.name, flow.id)}" if flow.name else ""
        text = f"{flow.process}: flow{name} from {flow.source} to {flow.target} not taken"
        yield Part(kind="flow", of=flow.process, id=flow.id, text=text)


def _boundaries(definition: Definition) -> Iterator[Part]:
    for element in definition.elements.values():
        if element.kind == "boundaryEvent":
            kind, host = element.event or "event", element.attached_to
            text = f"{element.process}: boundary {kind} {element.id} of {host} not fired"
            yield Part(kind="boundary", of=element.process, id=element.id, text=text)


def _rules(model: Model) -> Iterator[Part]:
    for decision in model.decisions.values():
        if not isinstance(decision.logic, Table):
            continue
        for rule in decision.logic.rules:
            source = f" ({rule.source})" if rule.source else ""
            text = f"{decision.id}: rule {rule.number:02}{source} not matched"
            yield Part(kind="rule", of=decision.id, id=str(rule.number), text=text)
