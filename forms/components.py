"""What a form is made of: components with their paths, limits and expressions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import feel
from forms.patterns import Pattern

Limit = Decimal | feel.Expression


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Where the options of a choice come from; exactly one of the three is set."""

    values: tuple[object, ...] | None = None
    key: tuple[str, ...] | None = None
    expression: feel.Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Component:
    """One field, or a list of entries that hold fields; groups are dissolved into their fields.

    `path` starts at the root, or at the entry when the component stands in a list; `hides` are
    its own condition and those of the groups around it, each of which hides it.
    """

    id: str
    type: str
    label: str
    path: tuple[str, ...]
    hides: tuple[feel.Expression, ...] = ()
    locked: bool | feel.Expression = False
    required: bool = False
    limits: Mapping[str, Limit] = field(default_factory=dict)
    pattern: Pattern | None = None
    pattern_message: str | None = None
    kind: str | None = None  # email or phone; date, time or datetime
    digits: int | None = None
    increment: Decimal | None = None
    as_text: bool = False
    not_past: bool = False
    several: bool = False
    choices: Choices | None = None
    expression: feel.Expression | None = None
    rules: str = ""
    children: tuple["Component", ...] = ()

    @property
    def expressions(self) -> Iterator[feel.Expression]:
        """Every FEEL expression of this component."""
        chosen = self.choices.expression if self.choices else None
        held = (*self.hides, self.locked, self.expression, chosen, *self.limits.values())
        return (found for found in held if isinstance(found, feel.Expression))
