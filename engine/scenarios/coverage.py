"""What runs touched together, and what none of them did."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.decisions import Model, Table
from engine.kernel import Definition
from engine.scenarios.model import Run
from engine.scenarios.words import titled


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
        known = tuple(definitions)
        tables = (*models, *(model for one in known for model in one.models))
        found = {text for one in known for text in self._of_diagrams(one)}
        found |= {text for model in tables for text in self._of_tables(model)}
        return tuple(sorted(found))

    def _of_diagrams(self, definition: Definition) -> Iterator[str]:
        for flow in definition.flows.values():
            if (flow.process, flow.id) not in self.flows:
                name = f" {titled(flow.name, flow.id)}" if flow.name else ""
                yield f"{flow.process}: flow{name} from {flow.source} to {flow.target} not taken"
        for element in definition.elements.values():
            if element.kind == "boundaryEvent" and element.id not in self.boundaries:
                kind, host = element.event or "event", element.attached_to
                yield f"{element.process}: boundary {kind} {element.id} of {host} not fired"

    def _of_tables(self, model: Model) -> Iterator[str]:
        for decision in model.decisions.values():
            if not isinstance(decision.logic, Table):
                continue
            for rule in decision.logic.rules:
                if (decision.id, rule.number) not in self.rules:
                    source = f" ({rule.source})" if rule.source else ""
                    yield f"{decision.id}: rule {rule.number:02}{source} not matched"
