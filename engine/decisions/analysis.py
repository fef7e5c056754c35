"""Say in words what the boxes of a table show: overlaps, gaps, rules that never fire."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import feel
from engine.decisions.axis import Axis, NotConstant, NotDrawn, draw
from engine.decisions.coverage import Boxes, Survey, TooManyBoxes, survey
from engine.decisions.findings import Severity
from engine.decisions.model import HitPolicy, InputColumn, Table
from engine.decisions.spans import Spans, read_spans

#: Policies under which two rules may match the same input.
_MAY_OVERLAP = frozenset(HitPolicy) - {HitPolicy.UNIQUE, HitPolicy.ANY}
#: Policies that promise an output for every input, and how a gap weighs.
_GAPS: Mapping[HitPolicy, Severity] = {
    HitPolicy.UNIQUE: "error",
    HitPolicy.ANY: "error",
    HitPolicy.FIRST: "warning",
    HitPolicy.PRIORITY: "warning",
}


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One result of the analysis."""

    code: str
    severity: Severity
    message: str
    remedy: str
    line: int | None = None


def analyse(table: Table, constants: Mapping[str, object]) -> tuple[Remark, ...]:
    """Look for overlaps, gaps and dead rules; `constants` are values known before any case."""
    if table.hit_policy in _MAY_OVERLAP and table.hit_policy not in _GAPS:
        return ()
    try:
        boxes = _boxes(table, constants)
        seen = survey(boxes)
    except NotDrawn as reason:
        return (_not_analysed(str(reason)),)
    except TooManyBoxes:
        return (_not_analysed("it has too many combinations"),)
    return (*_overlaps(table, boxes), *_gaps(table, seen), *_dead(table, seen))


def _not_analysed(why: str) -> Remark:
    return Remark(
        code="decision-not-analysed",
        severity="warning",
        message=f"overlaps and gaps were not looked for: {why}",
        remedy="move the calculation into the input expression and test its result in the cells",
    )


def _boxes(table: Table, constants: Mapping[str, object]) -> Boxes:
    columns = [_column(table, n, constants) for n in range(len(table.inputs))]
    return Boxes(
        labels=tuple(column.label for column in table.inputs),
        axes=tuple(axis for axis, _ in columns),
        rules=tuple(
            tuple(axis.bits(entries[row]) for axis, entries in columns)
            for row in range(len(table.rules))
        ),
    )


def _column(
    table: Table, number: int, constants: Mapping[str, object]
) -> tuple[Axis, tuple[Spans, ...]]:
    column = table.inputs[number]
    entries = []
    for rule in table.rules:
        entry = read_spans(rule.tests[number].text)
        if entry is None:
            raise NotDrawn(
                f"rule {rule.number} tests {column.label!r} with {rule.tests[number].text!r}"
            )
        entries.append(entry)

    def evaluate(end: str) -> object:
        expression = feel.parse(end)
        if expression.functions or not expression.names <= constants.keys():
            raise NotConstant
        return expression.evaluate(constants)

    return draw(entries, _allowed(column), evaluate), tuple(entries)


def _allowed(column: InputColumn) -> Spans | None:
    if column.values is not None:
        return read_spans(column.values.text)
    if column.type == "boolean":
        return read_spans("true, false")
    return None


def _overlaps(table: Table, boxes: Boxes) -> Iterator[Remark]:
    if table.hit_policy in _MAY_OVERLAP:
        return
    for one, other, example in boxes.overlaps():
        first, second = table.rules[one], table.rules[other]
        same = [cell.text for cell in first.outputs] == [cell.text for cell in second.outputs]
        if table.hit_policy is HitPolicy.ANY and same:
            continue
        yield Remark(
            code="decision-overlap",
            severity="error",
            message=f"rules {first.number} and {second.number} both match {example or 'all'}",
            remedy="narrow one of them or choose the hit policy FIRST",
            line=second.line,
        )


def _gaps(table: Table, seen: Survey) -> Iterator[Remark]:
    if any(column.default for column in table.outputs):
        return
    for example in seen.gaps:
        yield Remark(
            code="decision-gap",
            severity=_GAPS[table.hit_policy],
            message=f"no rule matches {example or 'anything'}",
            remedy="add a rule, a default output, or input values that exclude it",
        )


def _dead(table: Table, seen: Survey) -> Iterator[Remark]:
    if table.hit_policy is not HitPolicy.FIRST:
        return
    for row, rule in enumerate(table.rules):
        if row not in seen.leading:
            yield Remark(
                code="decision-dead-rule",
                severity="warning",
                message=f"rule {rule.number} can never fire: earlier rules match all of it",
                remedy="move it up or delete it",
                line=rule.line,
            )
