r"""Regular expressions of forms, matched in linear time.

Both `re` and browsers backtrack: `(a+)+$` on a few dozen letters runs for years. A pattern is
therefore walked as an automaton with all its states at once. What an automaton cannot do (back
references, looking around) is refused when the form is compiled. Classes mean what they mean in
a browser without flags: `\d` is 0-9 and `\w` is ASCII.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

#: A larger automaton is a mistake (`(x{999}){999}`) and would cost memory at each match.
STATES = 1_000

# the parser that re itself uses; type checkers do not know it
op: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")

Test = Callable[[str], bool]
#: What the untyped parser of `re` returns.
Tree = Any


class PatternRefused(ValueError):
    """The regular expression cannot be used in a form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """A compiled pattern; `found_in` has the meaning of JavaScript's `RegExp.test`."""

    text: str
    nodes: tuple["Node", ...]

    def found_in(self, value: str) -> bool:
        """Say whether the pattern matches somewhere in the value."""
        live: set[int] = set()
        for place in range(len(value) + 1):
            live = self._closure(live | {0}, value, place)
            if self._accepts(live):
                return True
            if place < len(value):
                live = self._after(live, value[place])
        return False

    def _after(self, live: set[int], letter: str) -> set[int]:
        moves = (self.nodes[at] for at in live)
        return {node.out[0] for node in moves if node.test is not None and node.test(letter)}

    def _accepts(self, live: set[int]) -> bool:
        return len(self.nodes) - 1 in live

    def _closure(self, seeds: set[int], value: str, place: int) -> set[int]:
        seen, todo = set(seeds), list(seeds)
        while todo:
            node = self.nodes[todo.pop()]
            if node.test is None and (node.at is None or _holds(node.at, value, place)):
                fresh = [out for out in node.out if out not in seen]
                seen.update(fresh)
                todo.extend(fresh)
        return seen


@dataclass(kw_only=True, slots=True)
class Node:
    """A state: it eats a letter (`test`), stands at an anchor (`at`), or branches freely."""

    test: Test | None = None
    at: object = None
    out: list[int] = field(default_factory=list)


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> Pattern:
    """Compile a pattern; raise PatternRefused with the reason."""
    try:
        parsed = _parser.parse(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternRefused(f"the pattern cannot be read: {error}") from error
    builder = _Builder()
    builder.sequence(parsed)
    builder.add()
    return Pattern(text=text, nodes=tuple(builder.nodes))


@dataclass(kw_only=True, slots=True)
class _Builder:
    """Lays the states out one after the other; a piece starts where the list ends."""

    nodes: list[Node] = field(default_factory=list)

    def add(self, **content: Tree) -> Node:
        if len(self.nodes) >= STATES:
            raise PatternRefused("the pattern is too large when its repetitions are written out")
        self.nodes.append(Node(**content))
        return self.nodes[-1]

    def sequence(self, items: Iterable[tuple[Tree, Tree]]) -> None:
        for kind, argument in items:
            self.piece(kind, argument)

    def piece(self, kind: object, argument: Tree) -> None:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            self.repeat(*argument)
        elif kind is op.SUBPATTERN:
            self.group(*argument)
        elif kind is op.BRANCH:
            self.branch(argument[1])
        elif kind is op.AT:
            self.anchor(argument)
        else:
            self.letter(_letter_test(kind, argument))

    def letter(self, test: Test) -> None:
        node = self.add(test=test)
        node.out = [len(self.nodes)]

    def anchor(self, where: object) -> None:
        if where not in _ANCHORS:
            raise PatternRefused("the pattern uses an anchor other than ^, $, \\b and \\B")
        node = self.add(at=where)
        node.out = [len(self.nodes)]

    def group(self, _number: int | None, added: int, _removed: int, items: Tree) -> None:
        if added:
            raise PatternRefused("the pattern sets flags inside, which browsers do not know")
        self.sequence(items)

    def branch(self, ways: list[Tree]) -> None:
        fork, ends = self.add(), []
        for way in ways:
            fork.out.append(len(self.nodes))
            self.sequence(way)
            ends.append(self.add())
        for end in ends:
            end.out = [len(self.nodes)]

    def repeat(self, least: int, most: Tree, items: Tree) -> None:
        for _ in range(least):
            self.sequence(items)
        if most is op.MAXREPEAT:
            self.loop(items)
            return
        skips = []
        for _ in range(most - least):
            skips.append(self.add(out=[len(self.nodes) + 1]))
            self.sequence(items)
        for skip in skips:
            skip.out.append(len(self.nodes))

    def loop(self, items: Tree) -> None:
        start = len(self.nodes)
        fork = self.add(out=[start + 1])
        self.sequence(items)
        self.add(out=[start])
        fork.out.append(len(self.nodes))


def _letter_test(kind: object, argument: Tree) -> Test:
    if kind is op.LITERAL:
        return chr(argument).__eq__
    if kind is op.NOT_LITERAL:
        return chr(argument).__ne__
    if kind is op.ANY:
        return lambda letter: letter not in "\n\r\u2028\u2029"
    if kind is op.IN:
        return _set_test(argument)
    raise PatternRefused("the pattern refers back or looks around, which cannot be bounded in time")


def _set_test(items: list[tuple[Tree, Tree]]) -> Test:
    negated = items[0][0] is op.NEGATE
    tests = [_item_test(kind, argument) for kind, argument in items[negated:]]
    return lambda letter: any(test(letter) for test in tests) is not negated


def _item_test(kind: object, argument: Tree) -> Test:
    if kind is op.RANGE:
        low, high = argument
        return lambda letter: low <= ord(letter) <= high
    if kind is op.CATEGORY:
        return _CATEGORIES[argument]
    return _letter_test(kind, argument)


def _is_digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def _is_word(letter: str) -> bool:
    return letter == "_" or (letter.isascii() and letter.isalnum())


_CATEGORIES: dict[object, Test] = {
    op.CATEGORY_DIGIT: _is_digit,
    op.CATEGORY_NOT_DIGIT: lambda letter: not _is_digit(letter),
    op.CATEGORY_WORD: _is_word,
    op.CATEGORY_NOT_WORD: lambda letter: not _is_word(letter),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
}

_ANCHORS = (op.AT_BEGINNING, op.AT_END, op.AT_BOUNDARY, op.AT_NON_BOUNDARY)


def _holds(anchor: object, value: str, place: int) -> bool:
    if anchor is op.AT_BEGINNING:
        return place == 0
    if anchor is op.AT_END:
        return place == len(value)
    before = place > 0 and _is_word(value[place - 1])
    after = place < len(value) and _is_word(value[place])
    return (before is not after) is (anchor is op.AT_BOUNDARY)
