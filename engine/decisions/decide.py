"""Take a decision: those it requires first, then its own logic."""

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import feel
from engine.decisions.decided import Decided
from engine.decisions.model import Cell, Decision, Model
from engine.decisions.rules import Outcome, consult
from engine.decisions.scope import Scope
from engine.errors import DecisionRefused


def decide(
    models: Iterable[Model],
    decision_id: str,
    context: Mapping[str, object],
    *,
    functions: Mapping[str, feel.Function] | None = None,
    now: datetime | None = None,
) -> Decided:
    """Take a decision on a context of JSON values and say why it came out so.

    No rule matched gives a null output and no matched rules. Raises UniqueViolated when two rules
    of a UNIQUE table match, DecisionRefused for other violations of the hit policy, values outside
    the allowed ones, broken cells, and required decisions that are missing or go round in a circle.
    """
    run = _Run(models=tuple(models), context=context, functions=functions or {}, now=now)
    return run.take(decision_id, path=()).decided


def find(models: Iterable[Model], decision_id: str) -> tuple[Model, Decision]:
    """Return a decision and its model; raise DecisionRefused naming the nearest id if unknown."""
    known: list[str] = []
    for model in models:
        if decision_id in model.decisions:
            return model, model.decisions[decision_id]
        known += model.decisions
    near = difflib.get_close_matches(decision_id, known, n=1)
    raise DecisionRefused(
        f"there is no decision {decision_id!r}",
        remedy=f"did you mean {near[0]!r}?" if near else "publish the table that holds it",
    )


@dataclass(frozen=True, kw_only=True)
class _Result:
    variable: str
    #: The FEEL value, before it became JSON.
    value: object
    decided: Decided


@dataclass(frozen=True, kw_only=True)
class _Run:
    models: tuple[Model, ...]
    context: Mapping[str, object]
    functions: Mapping[str, feel.Function]
    now: datetime | None
    #: Each decision is taken once, however many require it.
    taken: dict[str, _Result] = field(default_factory=dict)

    def take(self, decision_id: str, *, path: tuple[str, ...]) -> _Result:
        """Take one decision after those it requires."""
        if decision_id in path:
            circle = " → ".join((*path[path.index(decision_id) :], decision_id))
            raise DecisionRefused(f"the decisions require each other: {circle}")
        if decision_id not in self.taken:
            model, decision = find(self.models, decision_id)
            key = self._constant_key(decision_id) if decision.may_be_constant else None
            kept = None if key is None else model.constants.get(key)
            result = kept if isinstance(kept, _Result) else self._take(model, decision, path)
            if key is not None:
                # its tables give it again, so the history need not repeat them in every answer
                result = replace(result, decided=replace(result.decided, required=()))
                model.constants[key] = result
            self.taken[decision_id] = result
        return self.taken[decision_id]

    def _constant_key(self, decision_id: str) -> tuple[str, ...] | None:
        """Name the tables of a decision that depends on nothing else, such as the policy."""
        needed = [find(self.models, one) for one in required_ids(self.models, decision_id)]
        known = {decision.variable for _, decision in needed}
        if all(one.may_be_constant and one.names <= known for _, one in needed):
            return (decision_id, *(model.digest for model, _ in needed))
        return None

    def _take(self, model: Model, decision: Decision, path: tuple[str, ...]) -> _Result:
        here = (*path, decision.id)
        required = [self.take(one.id, path=here) for one in decision.requires]
        known = {**self.context, **{one.variable: one.value for one in required}}
        scope = Scope(decision=decision, context=known, functions=self.functions, now=self.now)
        outcome = _reason(decision, scope)
        reasons = tuple(one.decided for one in required)
        decided = Decided(
            decision=decision.id,
            name=decision.name,
            output=feel.to_json(outcome.value),
            hit_policy=outcome.hit_policy,
            matched=outcome.matched,
            rules=outcome.rules,
            inputs=outcome.inputs,
            required=reasons,
            digest=model.digest,
            inputs_digest=self._digest(decision, reasons),
        )
        return _Result(variable=decision.variable, value=outcome.value, decided=decided)

    def _digest(self, decision: Decision, required: tuple[Decided, ...]) -> str:
        read = {
            "variables": {n: self.context[n] for n in decision.names if n in self.context},
            "required": {one.decision: [one.digest, one.inputs_digest] for one in required},
            "now": self.now.isoformat() if self.now and decision.reads_clock else None,
        }
        text = json.dumps(feel.to_json(read), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _reason(decision: Decision, scope: Scope) -> Outcome:
    if isinstance(decision.logic, Cell):
        return Outcome(value=scope.evaluate(decision.logic))
    return consult(decision.logic, scope)


def required_ids(models: Iterable[Model], decision_id: str) -> tuple[str, ...]:
    """Return a decision's id and those of all decisions it requires, each once.

    Raises DecisionRefused when one of them is missing.
    """
    known = tuple(models)
    found: dict[str, None] = {}
    waiting = [decision_id]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found[current] = None
            waiting += [one.id for one in find(known, current)[1].requires]
    return tuple(found)
