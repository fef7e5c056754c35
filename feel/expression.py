"""Expressions: read once, evaluated often."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from lark import Token
from lark.exceptions import UnexpectedToken

from feel import loops, operators, paths, unary
from feel.builtins import BUILTINS
from feel.errors import Excess, FeelError, FeelLimitError
from feel.grammar import parser
from feel.lexer import Reader, spaced
from feel.refusals import explain
from feel.scope import Compiler, Environment, Frame, Node, Run
from feel.values import Function, read

_RULES: Final = operators.RULES | paths.RULES | loops.RULES | unary.RULES
_NO_FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType({})
_TOO_DEEP: Final = Excess("the values are nested too deep", "build flatter lists and contexts")


class Expression:
    """An expression that has been read; it can be evaluated in many threads at once."""

    __slots__ = ("_positions", "_possible", "_run", "functions", "is_unary", "names", "text")

    def __init__(self, run: Run, compiler: Compiler, *, is_unary: bool) -> None:
        self.text = compiler.text
        self.is_unary = is_unary
        #: free variables, the first segment of each path
        self.names = frozenset(compiler.names)
        #: called functions that are not built in
        self.functions = frozenset(compiler.functions)
        self._run = run
        self._positions = {**compiler.functions, **compiler.possible_names, **compiler.names}
        self._possible = frozenset(compiler.possible_names) - self.names

    def __repr__(self) -> str:
        """Show the text."""
        return f"Expression({self.text!r})"

    @property
    def possible_names(self) -> frozenset[str]:
        """Name what stands in filters: entries of the elements, or free variables."""
        return self._possible

    def position_of(self, name: str) -> int:
        """Say where a free variable or a function that is not built in stands first."""
        return self._positions[name]

    def evaluate(
        self,
        context: Mapping[str, object],
        *,
        functions: Mapping[str, Function] = _NO_FUNCTIONS,
        now: datetime | None = None,
    ) -> object:
        """Evaluate with the variables of a context.

        Unknown values and types that do not fit give None. `now` is aware and serves `now()` and
        `today()`. Raises FeelLimitError and FeelRuntimeError.
        """
        if self.is_unary:
            return self.test(context.get(unary.INPUT), context, functions=functions, now=now)
        frame = Frame(context, None, Environment(self.text, functions, now))
        try:
            return self._run(frame)
        except RecursionError:
            raise frame.env.limit(_TOO_DEEP, 0) from None

    def test(
        self,
        input: object,  # the standard's word for it
        context: Mapping[str, object],
        *,
        functions: Mapping[str, Function] = _NO_FUNCTIONS,
        now: datetime | None = None,
    ) -> bool | None:
        """Test one input with the unary tests; None when that cannot be said.

        Raises FeelLimitError and FeelRuntimeError.
        """
        env = Environment(self.text, functions, now)
        try:
            value = read(input, env.budget)
            frame = Frame({unary.INPUT: value}, Frame(context, None, env), env)
            found = self._run(frame)
        except Excess as excess:
            raise env.limit(excess, 0) from None
        except RecursionError:
            raise env.limit(_TOO_DEEP, 0) from None
        return found if isinstance(found, bool) else None


def parse(text: str, *, names: frozenset[str] = frozenset(), unary: bool = False) -> Expression:
    """Read an expression, or with `unary` the tests of a decision table's cell.

    `names` are the known names; only those that contain more than letters, digits and `_` matter.
    The result is cached. Raises FeelSyntaxError and FeelLimitError with position and suggestion.
    """
    return _parse(text, frozenset(name for name in names if not name.isidentifier()), unary)


@lru_cache(maxsize=4096)
def _parse(text: str, names: frozenset[str], is_unary: bool) -> Expression:
    tokens = Reader(text, names=names, functions=_spaced_functions()).read()
    if is_unary:
        _mark_not(tokens)
    try:
        tree = _tree(text, tokens, names, "unary_tests" if is_unary else "expression")
        return _compile(text, tree, is_unary)
    except RecursionError:
        raise _too_deep(text) from None


def _too_deep(text: str) -> FeelError:
    return FeelLimitError(
        "the expression is nested too deep", text=text, position=0, suggestion="split it"
    )


@cache
def _spaced_functions() -> re.Pattern[str]:
    spaced_names = spaced(name for name in BUILTINS if " " in name)
    return re.compile(rf"(?:{spaced_names.pattern if spaced_names else ''})(?=\s*\()")


def _mark_not(tokens: list[Token]) -> None:
    """Tell `not(1, 2)`, which is the whole cell, from the function `not`."""
    if len(tokens) < 3 or tokens[0] != "not" or tokens[1].type != "LPAR":  # noqa: PLR2004  # `not(`
        return
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        if index and not depth:
            if index == len(tokens) - 1:
                tokens[0] = Token("_NOT", "not", start_pos=tokens[0].start_pos, end_pos=3)
            return


def _tree(text: str, tokens: list[Token], names: frozenset[str], start: str) -> Node:
    try:
        return parser().parse(tokens, start=start)
    except UnexpectedToken as error:
        raise explain(text, tokens, error.token, error.accepts, names | BUILTINS.keys()) from None


def _compile(text: str, tree: Node, is_unary: bool) -> Expression:
    compiler = Compiler(text, rules=_RULES)
    if is_unary:
        with compiler.scope(unary.INPUT):
            return Expression(compiler.compile(tree), compiler, is_unary=True)
    root = tree.children[0]
    return Expression(compiler.compile(root), compiler, is_unary=False)  # type: ignore[arg-type]
