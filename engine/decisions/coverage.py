"""Overlaps, gaps and dead rules of a table, by exact reasoning over its boxes.

Each rule is a box: one set of stretches for each column. Null is left out: a missing value
matches only cells that say so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from engine.decisions.axis import Axis

#: Boxes looked at before the analysis gives up; a shipped table needs under a thousand.
MAX_BOXES = 50_000
#: Gaps named before it stops looking.
MAX_GAPS = 5


class TooManyBoxes(Exception):
    """The table is too large to be analysed."""


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """The rules of a table as boxes: `rules[rule][column]` is a set of stretches."""

    labels: tuple[str, ...]
    axes: tuple[Axis, ...]
    rules: tuple[tuple[int, ...], ...]

    def overlaps(self) -> Iterator[tuple[int, int, str]]:
        """Yield pairs of rules (counted from 0) that match the same input, with an example."""
        for (one, left), (other, right) in combinations(enumerate(self.rules), 2):
            both = tuple(a & b for a, b in zip(left, right, strict=True))
            if all(both):
                yield one, other, self.example(both)

    def example(self, box: tuple[int, ...]) -> str:
        """Name an input inside a box."""
        words = [axis.example(bits) for axis, bits in zip(self.axes, box, strict=True)]
        named = zip(self.labels, words, strict=True)
        return ", ".join(f"{label} = {word}" for label, word in named if word)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What is left when all rules have been laid over the whole space."""

    #: Examples of inputs that no rule matches.
    gaps: tuple[str, ...]
    #: Rules, counted from 0, that are the first to match some input.
    leading: frozenset[int]


def survey(boxes: Boxes) -> Survey:
    """Look for gaps and for rules that come first somewhere; may raise TooManyBoxes."""
    walk = _Walk(boxes=boxes)
    walk.enter(0, tuple(range(len(boxes.rules))), ())
    return Survey(gaps=tuple(walk.gaps), leading=frozenset(walk.leading))


@dataclass(kw_only=True)
class _Walk:
    boxes: Boxes
    gaps: list[str] = field(default_factory=list)
    leading: set[int] = field(default_factory=set)
    #: (column, rules still matching): the rest of the way depends on nothing else.
    seen: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)

    def enter(self, column: int, rules: tuple[int, ...], path: tuple[int, ...]) -> None:
        """Go on with the rules that match so far."""
        if not rules or column == len(self.boxes.axes):
            self._arrive(column, rules, path)
            return
        if (column, rules) in self.seen:
            return
        self.seen.add((column, rules))
        if len(self.seen) > MAX_BOXES:
            raise TooManyBoxes
        for bit in self._stretches(column):
            left = tuple(rule for rule in rules if self.boxes.rules[rule][column] & bit)
            self.enter(column + 1, left, (*path, bit))

    def _stretches(self, column: int) -> Iterator[int]:
        whole = self.boxes.axes[column].whole
        while whole:
            yield whole & -whole
            whole &= whole - 1

    def _arrive(self, column: int, rules: tuple[int, ...], path: tuple[int, ...]) -> None:
        if rules:
            self.leading.add(rules[0])
            return
        rest = tuple(axis.whole for axis in self.boxes.axes[column:])
        example = self.boxes.example((*path, *rest))
        if example not in self.gaps and len(self.gaps) < MAX_GAPS:
            self.gaps.append(example)
