"""The compiled form of a DMN file: read once, then only looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from feel import Expression, FeelError


class HitPolicy(StrEnum):
    """What a table does when several of its rules match (DMN 1.3, 8.2.8)."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


class Aggregation(StrEnum):
    """How COLLECT makes one value of many."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


#: Policies whose output is the output of one rule, not a list.
SINGLE_HIT = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST})
#: Policies that need output values in order of priority.
BY_PRIORITY = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})
#: Cells that match everything.
ANYTHING = frozenset({"", "-"})
_CLOCK = re.compile(r"\b(now|today)\s*\(")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One FEEL text of the file, with the expression compiled from it or the reason why not."""

    text: str
    line: int
    unary: bool
    expression: Expression | None
    error: FeelError | None
    #: For an input entry that lists booleans: whether it does so inside `not(...)`.
    excludes_booleans: bool | None = None

    @property
    def is_anything(self) -> bool:
        """Say whether this is an input entry that every value satisfies."""
        return self.unary and self.text in ANYTHING


@dataclass(frozen=True, kw_only=True)
class InputColumn:
    """An input clause: what is tested, and which values may come."""

    label: str
    type: str | None
    line: int
    expression: Cell
    values: Cell | None


@dataclass(frozen=True, kw_only=True)
class OutputColumn:
    """An output clause; the values, if listed, stand in order of priority."""

    name: str | None
    label: str
    type: str | None
    line: int
    #: The list of allowed values as one FEEL list expression.
    values: Cell | None
    default: Cell | None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of a table; rules are counted from 1."""

    number: int
    id: str | None
    line: int
    tests: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    description: str
    annotations: Mapping[str, str]

    @property
    def source(self) -> str:
        """Return where the rule comes from: the annotation Source, another, or the description."""
        written = next((text for text in self.annotations.values() if text), "")
        return self.annotations.get("Source") or written or self.description


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A reference to a decision or an input, by id; possibly in another file."""

    id: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision: a table or a literal expression, with what it requires."""

    id: str
    name: str
    #: The name under which other expressions see the result.
    variable: str
    file: str
    line: int
    description: str
    requires: tuple[Requirement, ...]
    inputs: tuple[Requirement, ...]
    logic: Table | Cell

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Return every FEEL text of the decision, in document order."""
        if isinstance(self.logic, Cell):
            return (self.logic,)
        table = self.logic
        heads = [cell for column in table.inputs for cell in (column.expression, column.values)]
        feet = [cell for column in table.outputs for cell in (column.values, column.default)]
        body = [cell for rule in table.rules for cell in (*rule.tests, *rule.outputs)]
        return tuple(cell for cell in (*heads, *feet, *body) if cell is not None)

    @cached_property
    def reads_clock(self) -> bool:
        """Say whether the result depends on the present instant."""
        return any(_CLOCK.search(cell.text) for cell in self.cells)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the names its expressions read, results of required decisions included."""
        return frozenset(
            name for cell in self.cells if cell.expression for name in cell.expression.names
        )

    @property
    def may_be_constant(self) -> bool:
        """Say whether it has no input, calls nothing and reads no clock of its own."""
        return not (self.inputs or self.reads_clock or self.functions)

    @cached_property
    def functions(self) -> frozenset[str]:
        """Return the functions it calls that are not built in."""
        return frozenset(
            name for cell in self.cells if cell.expression for name in cell.expression.functions
        )


@dataclass(frozen=True, kw_only=True)
class Model:
    """One DMN file."""

    name: str
    namespace: str
    #: SHA-256 of the file: the version of every table in it.
    digest: str
    decisions: Mapping[str, Decision]
    #: Id of an input data element -> name of its variable.
    inputs: Mapping[str, str]
    #: Results of decisions that depend on nothing but the tables, kept by the tables' digests.
    constants: dict[tuple[str, ...], object] = field(
        default_factory=dict, compare=False, repr=False
    )


def listed(values: Cell | None) -> tuple[object, ...]:
    """Return the values that an output column allows, in order of priority; none if unlimited."""
    if values is None or values.expression is None:
        return ()
    found = values.expression.evaluate({})
    return tuple(found) if isinstance(found, list) else ()
