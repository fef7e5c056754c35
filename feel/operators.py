"""Literals, sums, comparisons and conditions."""

import re
import sys
from collections.abc import Callable
from decimal import Decimal, Overflow

from lark import Token

from feel import iso
from feel.arithmetic import OPERATORS, minus
from feel.errors import Excess
from feel.limits import too_large
from feel.scope import Compiler, Frame, Node, Rule, Run, branches, child, leaves, place
from feel.values import (
    DECIMAL,
    Range,
    at_most,
    both,
    contains,
    either,
    equal,
    less,
    negate,
    type_name,
)

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_SIMPLE = frozenset([Decimal, str, bool])
Comparison = Callable[[object, object, Frame], object]


def _constant(value: object) -> Run:
    return lambda _frame: value


def unescape(text: str) -> str:
    """Read the inside of a text literal; raises UnicodeError for half a surrogate pair."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_unescape_one, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16")


def _unescape_one(match: re.Match[str]) -> str:
    sign = match[1]
    if len(sign) > 1:
        code = int(sign[1:], 16)
        return chr(code) if code <= sys.maxunicode else match[0]
    return _ESCAPES.get(sign, match[0])


def text_of(compiler: Compiler, token: Token) -> str:
    """Read a text literal with its quotes."""
    try:
        return unescape(token[1:-1])
    except UnicodeError:
        raise compiler.refuse(
            "the text has half a surrogate pair",
            token.start_pos or 0,
            r"write both halves, or \U and six digits",
        ) from None


def number(compiler: Compiler, node: Node) -> Run:
    """Compile a number."""
    try:
        return _constant(DECIMAL.create_decimal(str(leaves(node)[0])))
    except Overflow:
        excess = too_large()
        raise compiler.excess(excess, place(node)) from None


def string(compiler: Compiler, node: Node) -> Run:
    """Compile a text."""
    return _constant(text_of(compiler, leaves(node)[0]))


def at_literal(compiler: Compiler, node: Node) -> Run:
    """Compile a date, time, instant or duration written `@"..."`."""
    token = leaves(node)[0]
    value = iso.parse_any(unescape(token[token.index('"') + 1 : -1]))
    if value is None:
        raise compiler.refuse(
            f"{token} is no date, time, date and time or duration",
            place(node),
            'write it like @"2026-01-31", @"2026-01-31T12:00:00@Europe/Brussels" or @"P3M"',
        )
    return _constant(value)


def constant(_compiler: Compiler, node: Node) -> Run:
    """Compile true, false or null."""
    return _constant({"TRUE": True, "FALSE": False}.get(leaves(node)[0].type))


def disjunction(compiler: Compiler, node: Node) -> Run:
    """Compile conditions joined by `or`."""
    conditions = [compiler.compile(branch) for branch in branches(node)]

    def run(frame: Frame) -> bool | None:
        result: bool | None = False
        for condition in conditions:
            value = condition(frame)
            if value is True:
                return True
            if value is not False:
                result = None
        return result

    return run


def conjunction(compiler: Compiler, node: Node) -> Run:
    """Compile conditions joined by `and`."""
    conditions = [compiler.compile(branch) for branch in branches(node)]

    def run(frame: Frame) -> bool | None:
        result: bool | None = True
        for condition in conditions:
            value = condition(frame)
            if value is False:
                return False
            if value is not True:
                result = None
        return result

    return run


def is_equal(left: object, right: object, frame: Frame) -> bool | None:
    """Compare as `=` does."""
    if type(left) is type(right) and type(left) in _SIMPLE:
        return left == right
    return equal(left, right, frame.env.budget)


COMPARISONS: dict[str, Comparison] = {
    "=": is_equal,
    "!=": lambda left, right, frame: negate(is_equal(left, right, frame)),
    "<": lambda left, right, _frame: less(left, right),
    "<=": lambda left, right, _frame: at_most(left, right),
    ">": lambda left, right, _frame: less(right, left),
    ">=": lambda left, right, _frame: at_most(right, left),
}


def compare(compiler: Compiler, node: Node) -> Run:
    """Compile a comparison of two values."""
    left, right = (compiler.compile(branch) for branch in branches(node))
    sign = leaves(node)[0]
    comparison, position = COMPARISONS[sign], sign.start_pos or 0

    def run(frame: Frame) -> object:
        try:
            return comparison(left(frame), right(frame), frame)
        except Excess as excess:
            raise frame.env.limit(excess, position) from None

    return run


def between(compiler: Compiler, node: Node) -> Run:
    """Compile `x between a and b`, both ends included."""
    value, low, high = (compiler.compile(branch) for branch in branches(node))

    def run(frame: Frame) -> bool | None:
        found = value(frame)
        return both(at_most(low(frame), found), at_most(found, high(frame)))

    return run


def fits(value: object, wanted: object, frame: Frame) -> object:
    """Tell whether a value is, or lies in, what a test names."""
    if isinstance(wanted, Range):
        return value == wanted if isinstance(value, Range) else contains(wanted, value)
    if not isinstance(wanted, list):
        return is_equal(value, wanted, frame)
    result: object = is_equal(value, wanted, frame) if isinstance(value, list) else False
    frame.env.budget.charge(len(wanted))
    for item in wanted:
        found = contains(item, value) if isinstance(item, Range) else is_equal(value, item, frame)
        if found is True:
            return True
        result = either(result, found)
    return result


Test = Callable[[object, Frame], object]


def compile_test(compiler: Compiler, node: Node) -> Test:
    """Compile one test that follows `in`."""
    if node.data == "several":
        return _several(compiler, node)
    wanted = compiler.compile(child(node, -1) if node.data == "comparing" else node)
    if node.data == "comparing":
        comparison = COMPARISONS[leaves(node)[0]]
        return lambda value, frame: comparison(value, wanted(frame), frame)
    return lambda value, frame: fits(value, wanted(frame), frame)


def _several(compiler: Compiler, node: Node) -> Test:
    tests = [compile_test(compiler, branch) for branch in branches(node)]

    def run(value: object, frame: Frame) -> object:
        result: object = False
        for test in tests:
            result = either(result, test(value, frame))
        return result

    return run


def membership(compiler: Compiler, node: Node) -> Run:
    """Compile `x in ...`."""
    left, right = branches(node)
    value = compiler.compile(left)
    test, position = compile_test(compiler, right), place(right)

    def run(frame: Frame) -> object:
        try:
            return test(value(frame), frame)
        except Excess as excess:
            raise frame.env.limit(excess, position) from None

    return run


_TYPES = {
    "day time duration": "days and time duration",
    "days and time duration": "days and time duration",
    "year month duration": "years and months duration",
    "years and months duration": "years and months duration",
    **{
        name: name
        for name in ("number", "string", "boolean", "date", "time", "date and time", "list")
    },
    **{name: name for name in ("context", "function", "range", "Any")},
}


def instance(compiler: Compiler, node: Node) -> Run:
    """Compile `x instance of type`."""
    value, token = compiler.compile(branches(node)[0]), leaves(node)[0]
    wanted = _TYPES.get(str(token))
    if wanted is None:
        raise compiler.refuse(
            f"`{token}` is no type", token.start_pos or 0, f"the types are {', '.join(_TYPES)}"
        )

    def run(frame: Frame) -> bool:
        found = value(frame)
        return found is not None and wanted in ("Any", type_name(found))

    return run


def chain(compiler: Compiler, node: Node) -> Run:
    """Compile sums or products, from left to right."""
    first, *others = (compiler.compile(branch) for branch in branches(node))
    signs = leaves(node) or [Token("_POW", "**", start_pos=place(node))] * len(others)
    rest = [
        (OPERATORS[str(sign)], operand, sign.start_pos or 0)
        for sign, operand in zip(signs, others, strict=True)
    ]

    def run(frame: Frame) -> object:
        value = first(frame)
        for operation, operand, position in rest:
            try:
                value = operation(value, operand(frame), frame.env.budget)
            except Excess as excess:
                raise frame.env.limit(excess, position) from None
        return value

    return run


def negation(compiler: Compiler, node: Node) -> Run:
    """Compile a minus before a number or a duration."""
    operand = compiler.compile(branches(node)[0])
    if not len(leaves(node)) % 2:
        return lambda frame: minus(minus(operand(frame)))
    return lambda frame: minus(operand(frame))


def conditional(compiler: Compiler, node: Node) -> Run:
    """Compile `if ... then ... else ...`; what is not true is not so."""
    condition, positive, other = (compiler.compile(branch) for branch in branches(node))
    return lambda frame: positive(frame) if condition(frame) is True else other(frame)


_ENDS = frozenset(["number", "string", "date", "time", "date and time"]) | {
    "days and time duration",
    "years and months duration",
}


def span(compiler: Compiler, node: Node) -> Run:
    """Compile a range; ends of different kinds, or without order, give null."""
    start, end = (compiler.compile(branch) for branch in branches(node))
    opening, closing = leaves(node)

    def run(frame: Frame) -> Range | None:
        low, high = start(frame), end(frame)
        kinds = {type_name(value) for value in (low, high) if value is not None}
        if len(kinds) != 1 or not kinds <= _ENDS:
            return None
        return Range(
            start=low,
            end=high,
            start_included=opening.type == "LSQB" and low is not None,
            end_included=closing.type == "RSQB" and high is not None,
        )

    return run


RULES: dict[str, Rule] = {
    "number": number,
    "string": string,
    "temporal": at_literal,
    "constant": constant,
    "disjunction": disjunction,
    "conjunction": conjunction,
    "compare": compare,
    "between": between,
    "membership": membership,
    "instance": instance,
    "sum": chain,
    "product": chain,
    "power": chain,
    "negation": negation,
    "conditional": conditional,
    "range": span,
}
