"""What is wrong with decision tables, before anybody relies on them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import feel
from engine.decisions.analysis import analyse
from engine.decisions.decide import decide, find, required_ids
from engine.decisions.findings import Finding, Severity
from engine.decisions.model import (
    BY_PRIORITY,
    Cell,
    Decision,
    Model,
    Rule,
    Table,
    listed,
)
from engine.errors import DecisionRefused
from engine.timelimits.functions import FUNCTIONS


def check(
    models: Iterable[Model], *, functions: Collection[str] = frozenset(FUNCTIONS)
) -> tuple[Finding, ...]:
    """Examine all decisions of all models together; `functions` may be called by name.

    Errors: cells that are not FEEL, unknown names and functions, requirements that are missing or
    go round, overlaps under UNIQUE and ANY, gaps under UNIQUE and ANY, outputs outside the output
    values. Warnings: gaps under FIRST and PRIORITY, rules that can never fire, rules without
    their legal source, tables that could not be analysed.
    """
    known = tuple(models)
    found: list[Finding] = list(_twice(known))
    for model in known:
        for decision in model.decisions.values():
            found += _Check(
                models=known, model=model, decision=decision, functions=frozenset(functions)
            ).findings()
    return tuple(found)


def _twice(models: tuple[Model, ...]) -> Iterator[Finding]:
    counted = Counter(name for model in models for name in model.decisions)
    for model in models:
        for decision in model.decisions.values():
            if counted[decision.id] > 1:
                yield Finding(
                    code="decision-twice",
                    severity="error",
                    message=f"the decision {decision.id!r} stands in {counted[decision.id]} files",
                    remedy="give each decision an id of its own",
                    file=model.name,
                    element=decision.id,
                    line=decision.line,
                )


@dataclass(frozen=True, kw_only=True)
class _Check:
    models: tuple[Model, ...]
    model: Model
    decision: Decision
    functions: frozenset[str]

    def findings(self) -> Iterator[Finding]:
        """Yield everything there is to say about one decision."""
        yield from self._cells()
        yield from self._requirements()
        yield from self._names()
        if isinstance(self.decision.logic, Table):
            yield from self._outputs(self.decision.logic)
            yield from self._sources(self.decision.logic)
            yield from self._analysis(self.decision.logic)

    def _say(  # noqa: PLR0913  # the parts of one finding
        self,
        code: str,
        message: str,
        *,
        remedy: str,
        line: int,
        severity: Severity = "error",
        position: int | None = None,
    ) -> Finding:
        return Finding(
            code=code,
            severity=severity,
            message=f"{self.decision.id}: {message}",
            remedy=remedy,
            file=self.model.name,
            element=self.decision.id,
            line=line,
            position=position,
        )

    def _cells(self) -> Iterator[Finding]:
        for place, cell in _places(self.decision):
            if isinstance(cell.error, feel.FeelError):
                yield self._say(
                    "decision-cell",
                    f"{place} holds {cell.text!r}, which is not FEEL: {cell.error.message}",
                    remedy=cell.error.suggestion,
                    line=cell.line,
                    position=cell.error.position,
                )

    def _requirements(self) -> Iterator[Finding]:
        for one in self.decision.requires:
            try:
                find(self.models, one.id)
            except DecisionRefused as error:
                yield self._say(
                    "decision-missing",
                    f"it requires {one.id!r}, which is not there",
                    remedy=error.remedy or "",
                    line=one.line,
                )
        for one in self.decision.inputs:
            if one.id not in self.model.inputs:
                yield self._say(
                    "decision-missing",
                    f"it requires the input {one.id!r}, which is not there",
                    remedy="add the input data or remove the arrow",
                    line=one.line,
                )
        if self.decision.id in self._reachable():
            yield self._say(
                "decision-circle",
                "it requires itself by way of other decisions",
                remedy="remove one of the arrows",
                line=self.decision.line,
            )

    def _reachable(self) -> set[str]:
        seen: set[str] = set()
        waiting = [one.id for one in self.decision.requires]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            waiting += [
                one.id
                for model in self.models
                if current in model.decisions
                for one in model.decisions[current].requires
            ]
        return seen

    def _names(self) -> Iterator[Finding]:
        known = self._known_names()
        # a decision without any arrow leaves the case's variables to the caller
        is_drawn = bool(self.model.inputs or self.decision.requires)
        for place, cell in _places(self.decision):
            if cell.expression is None:
                continue
            for name in sorted(cell.expression.names - known - {"?"} if is_drawn else ()):
                yield self._unknown("name", name, known, place=place, cell=cell)
            for name in sorted(cell.expression.functions - self.functions):
                yield self._unknown("function", name, self.functions, place=place, cell=cell)

    def _unknown(
        self, kind: str, name: str, known: Iterable[str], *, place: str, cell: Cell
    ) -> Finding:
        near = feel.suggest(name, known)
        return self._say(
            f"decision-unknown-{kind}",
            f"{place} uses the unknown {kind} {name!r}",
            remedy=f"did you mean {near!r}?" if near else "draw it as input data of the decision",
            line=cell.line,
            # without input data in the file, it may well be a variable of the case
            severity="error" if self.model.inputs or kind == "function" else "warning",
            position=max(cell.text.find(name), 0),
        )

    def _known_names(self) -> frozenset[str]:
        inputs = {self.model.inputs.get(one.id, one.id) for one in self.decision.inputs}
        required = {
            model.decisions[one.id].variable
            for one in self.decision.requires
            for model in self.models
            if one.id in model.decisions
        }
        return frozenset(inputs | required)

    def _outputs(self, table: Table) -> Iterator[Finding]:
        allowed = [listed(column.values) for column in table.outputs]
        if table.hit_policy in BY_PRIORITY and not any(allowed):
            yield self._say(
                "decision-priority",
                f"{table.hit_policy} needs output values in order of priority",
                remedy="list the output values, the most important first",
                line=self.decision.line,
            )
        for rule in table.rules:
            for column, cell, values in zip(table.outputs, rule.outputs, allowed, strict=True):
                known, value = self._constant(cell)
                if known and value is not None and values and value not in values:
                    yield self._say(
                        "decision-output-value",
                        f"rule {rule.number} gives {column.label} {cell.text}, "
                        "which is not among its output values",
                        remedy="correct the entry or add the value to the output",
                        line=cell.line,
                    )

    def _constant(self, cell: Cell) -> tuple[bool, object]:
        expression = cell.expression
        if expression is None or expression.names or expression.functions or "(" in cell.text:
            return False, None
        return True, expression.evaluate({})

    def _sources(self, table: Table) -> Iterator[Finding]:
        for rule in table.rules:
            if not rule.source:
                yield self._say(
                    "decision-source",
                    f"rule {rule.number} does not say where it comes from",
                    remedy="write the article or the policy in its annotation",
                    line=rule.line,
                    severity="warning",
                )
            elif rule.description and rule.description != rule.source:
                yield self._say(
                    "decision-source-differs",
                    f"rule {rule.number} gives two sources: {rule.source!r} and "
                    f"{rule.description!r}",
                    remedy="make the description and the Source annotation the same",
                    line=rule.line,
                    severity="warning",
                )

    def _analysis(self, table: Table) -> Iterator[Finding]:
        if any(cell.error for cell in self.decision.cells):
            return
        for remark in analyse(table, self._constants()):
            yield self._say(
                remark.code,
                remark.message,
                remedy=remark.remedy,
                line=remark.line or self.decision.line,
                severity=remark.severity,
            )

    def _constants(self) -> dict[str, object]:
        """Return the results of required decisions that depend on nothing, such as the policy."""
        found: dict[str, object] = {}
        for one in self.decision.requires:
            try:
                needed = [find(self.models, i)[1] for i in required_ids(self.models, one.id)]
                if any(decision.inputs or decision.reads_clock for decision in needed):
                    continue
                found[needed[0].variable] = decide(self.models, one.id, {}).output
            except DecisionRefused:
                continue
        return found


def _places(decision: Decision) -> Iterator[tuple[str, Cell]]:
    if isinstance(decision.logic, Cell):
        yield "the expression", decision.logic
        return
    table = decision.logic
    for column in table.inputs:
        yield f"the input {column.label!r}", column.expression
        if column.values:
            yield f"the values of the input {column.label!r}", column.values
    for output in table.outputs:
        if output.values:
            yield f"the values of the output {output.label!r}", output.values
        if output.default:
            yield f"the default of the output {output.label!r}", output.default
    for rule in table.rules:
        yield from _rule_places(table, rule)


def _rule_places(table: Table, rule: Rule) -> Iterator[tuple[str, Cell]]:
    for column, cell in zip(table.inputs, rule.tests, strict=True):
        yield f"rule {rule.number}, input {column.label!r}", cell
    for output, cell in zip(table.outputs, rule.outputs, strict=True):
        yield f"rule {rule.number}, output {output.label!r}", cell
