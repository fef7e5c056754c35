"""From the outputs of the rules that matched to the output of the table: the hit policies."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import feel
from engine.decisions.model import (
    SINGLE_HIT,
    Aggregation,
    HitPolicy,
    Rule,
    Table,
    listed,
)
from engine.errors import DecisionRefused, UniqueViolated


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A rule that matched, with the value of each output column."""

    rule: Rule
    values: tuple[object, ...]


def resolve(table: Table, hits: tuple[Hit, ...], *, where: str) -> object:
    """Apply the hit policy of the table to at least one hit.

    Raises UniqueViolated or DecisionRefused when the policy does not allow these hits.
    """
    return _POLICIES[table.hit_policy](table, hits, where)


def default_output(table: Table, defaults: tuple[object, ...]) -> object:
    """Return the output of a table of which no rule matched."""
    if table.aggregation is Aggregation.COUNT:
        return Decimal(0)
    if all(column.default is None for column in table.outputs):
        return None
    output = _output(table, defaults)
    return output if table.hit_policy in SINGLE_HIT or table.aggregation else [output]


def _output(table: Table, values: tuple[object, ...]) -> object:
    if len(table.outputs) == 1:
        return values[0]
    return {str(c.name): value for c, value in zip(table.outputs, values, strict=True)}


def _unique(table: Table, hits: tuple[Hit, ...], where: str) -> object:
    if len(hits) > 1:
        raise UniqueViolated(
            f"the rules {_numbers(hits)} matched, but only one may",
            where=where,
            remedy="make the rules exclude each other",
            rules=[hit.rule.number for hit in hits],
        )
    return _output(table, hits[0].values)


def _any(table: Table, hits: tuple[Hit, ...], where: str) -> object:
    outputs = [_output(table, hit.values) for hit in hits]
    if len({json.dumps(feel.to_json(output), sort_keys=True) for output in outputs}) > 1:
        raise DecisionRefused(
            f"the rules {_numbers(hits)} matched with different outputs",
            where=where,
            remedy="under ANY, rules that overlap must have the same outputs",
            rules=[hit.rule.number for hit in hits],
        )
    return outputs[0]


def _first(table: Table, hits: tuple[Hit, ...], where: str) -> object:
    return _output(table, hits[0].values)


def _priority(table: Table, hits: tuple[Hit, ...], where: str) -> object:
    return _output(table, _ranked(table, hits, where)[0].values)


def _output_order(table: Table, hits: tuple[Hit, ...], where: str) -> object:
    return [_output(table, hit.values) for hit in _ranked(table, hits, where)]


def _rule_order(table: Table, hits: tuple[Hit, ...], where: str) -> object:
    return [_output(table, hit.values) for hit in hits]


def _collect(table: Table, hits: tuple[Hit, ...], where: str) -> object:
    if table.aggregation is None:
        return _rule_order(table, hits, where)
    if table.aggregation is Aggregation.COUNT:
        return Decimal(len(hits))
    values = [hit.values[0] for hit in hits]
    try:
        return _aggregate(table.aggregation, values)
    except TypeError:
        raise DecisionRefused(
            f"{table.aggregation} cannot be taken of {feel.to_json(values)}", where=where
        ) from None


def _aggregate(aggregation: Aggregation, values: list[object]) -> object:
    numbers = [_number(value) for value in values if _is_number(value)]
    if aggregation is Aggregation.SUM:
        if len(numbers) != len(values):
            raise TypeError
        return sum(numbers, start=Decimal(0))
    best: Callable[..., object] = min if aggregation is Aggregation.MIN else max
    if len(numbers) == len(values):
        return best(numbers)
    if any(value is None or isinstance(value, bool | list | Mapping) for value in values):
        raise TypeError
    return best(values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _ranked(table: Table, hits: tuple[Hit, ...], where: str) -> list[Hit]:
    order = [listed(column.values) for column in table.outputs]
    if not any(order):
        raise DecisionRefused(
            f"{table.hit_policy} needs output values in order of priority", where=where
        )
    return sorted(
        hits, key=lambda hit: [_rank(o, v) for o, v in zip(order, hit.values, strict=True)]
    )


def _rank(order: tuple[object, ...], value: object) -> int:
    return order.index(value) if value in order else len(order)


def _numbers(hits: tuple[Hit, ...]) -> str:
    return ", ".join(str(hit.rule.number) for hit in hits)


_POLICIES: Mapping[HitPolicy, Callable[[Table, tuple[Hit, ...], str], object]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.FIRST: _first,
    HitPolicy.RULE_ORDER: _rule_order,
    HitPolicy.OUTPUT_ORDER: _output_order,
    HitPolicy.COLLECT: _collect,
}
