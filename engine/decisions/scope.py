"""Evaluate the cells of one decision; a failure names file, line and cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import feel
from engine.decisions.model import Cell, Decision
from engine.errors import DecisionRefused, PeriodRefused


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the expressions of one decision see."""

    decision: Decision
    context: Mapping[str, object]
    functions: Mapping[str, feel.Function]
    now: datetime | None

    def evaluate(self, cell: Cell | None) -> object:
        """Return the FEEL value of an expression; null if there is none."""
        if cell is None:
            return None
        expression = self._compiled(cell)
        try:
            return expression.evaluate(self.context, functions=self.functions, now=self.now)
        except (feel.FeelError, PeriodRefused) as error:
            raise self._failed(cell, error) from error

    def test(self, cell: Cell, value: object) -> bool | None:
        """Say whether a value satisfies an input entry; None if that cannot be decided."""
        if cell.is_anything:
            return True
        if value is None and cell.excludes_booleans is not None:
            # to FEEL `true` is also a condition that always holds; in a cell it names a value
            return cell.excludes_booleans
        expression = self._compiled(cell)
        try:
            return expression.test(value, self.context, functions=self.functions, now=self.now)
        except (feel.FeelError, PeriodRefused) as error:
            raise self._failed(cell, error) from error

    def refusal(self, what: str, *, line: int, remedy: str | None = None) -> DecisionRefused:
        """Make a refusal that names the decision and the place."""
        return DecisionRefused(
            what, where=f"{self.decision.file}:{line}", remedy=remedy, decision=self.decision.id
        )

    def _compiled(self, cell: Cell) -> feel.Expression:
        if cell.expression is None:
            raise self.refusal(f"{cell.text!r} is not FEEL: {cell.error}", line=cell.line)
        return cell.expression

    def _failed(self, cell: Cell, error: Exception) -> DecisionRefused:
        return self.refusal(f"{cell.text!r} could not be evaluated: {error}", line=cell.line)
