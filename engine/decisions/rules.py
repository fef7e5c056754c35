"""Try the rules of one table: every cell is tested, so that the answer can be explained."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import feel
from engine.decisions.decided import CellTrace, InputTrace, RuleTrace
from engine.decisions.hits import Hit, default_output, resolve
from engine.decisions.model import HitPolicy, InputColumn, Rule, Table, listed
from engine.decisions.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the logic of a decision came to, with its reasons."""

    value: object
    hit_policy: str | None = None
    matched: tuple[int, ...] = ()
    rules: tuple[RuleTrace, ...] = ()
    inputs: tuple[InputTrace, ...] = ()


def consult(table: Table, scope: Scope) -> Outcome:
    """Test all rules of a table and apply its hit policy.

    Under FIRST only the first matching rule is named as matched: the later ones had no say.
    """
    values = tuple(_input(column, scope) for column in table.inputs)
    inputs = tuple(
        InputTrace(label=c.label, text=c.expression.text, value=feel.to_json(value))
        for c, value in zip(table.inputs, values, strict=True)
    )
    traces = tuple(_trace(rule, values, inputs, scope) for rule in table.rules)
    hits = tuple(_hits(table, traces, scope))
    return Outcome(
        value=_output(table, hits, scope),
        hit_policy=table.hit_policy.value,
        matched=tuple(hit.rule.number for hit in hits),
        rules=traces if table.inputs else (),
        inputs=inputs,
    )


def _input(column: InputColumn, scope: Scope) -> object:
    value = scope.evaluate(column.expression)
    if value is None or column.values is None or scope.test(column.values, value) is True:
        return value
    raise scope.refusal(
        f"{column.label} is {_said(value)}, which is none of {column.values.text}",
        line=column.line,
        remedy="correct the value or add it to the table",
    )


def _trace(
    rule: Rule, values: tuple[object, ...], inputs: tuple[InputTrace, ...], scope: Scope
) -> RuleTrace:
    cells = tuple(
        CellTrace(
            input=shown.label,
            text=cell.text or "-",
            value=shown.value,
            result=scope.test(cell, value),
        )
        for cell, value, shown in zip(rule.tests, values, inputs, strict=True)
    )
    return RuleTrace(
        number=rule.number,
        matched=all(cell.result is True for cell in cells),
        cells=cells,
        source=rule.source,
    )


def _hits(table: Table, traces: tuple[RuleTrace, ...], scope: Scope) -> Iterator[Hit]:
    for rule, trace in zip(table.rules, traces, strict=True):
        if trace.matched:
            yield Hit(rule=rule, values=_values(table, rule, scope))
            if table.hit_policy is HitPolicy.FIRST:
                return


def _values(table: Table, rule: Rule, scope: Scope) -> tuple[object, ...]:
    values = tuple(scope.evaluate(cell) for cell in rule.outputs)
    for column, value in zip(table.outputs, values, strict=True):
        allowed = listed(column.values)
        if value is not None and allowed and value not in allowed:
            raise scope.refusal(
                f"rule {rule.number} gives {column.label} {_said(value)}, "
                "which is not among the output values",
                line=rule.line,
            )
    return values


def _output(table: Table, hits: tuple[Hit, ...], scope: Scope) -> object:
    if hits:
        decision = scope.decision
        return resolve(table, hits, where=f"{decision.file}:{decision.line} ({decision.id})")
    return default_output(table, tuple(scope.evaluate(c.default) for c in table.outputs))


def _said(value: object) -> str:
    return json.dumps(feel.to_json(value), ensure_ascii=False)
