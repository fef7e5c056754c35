"""Unary tests: the cells of a decision table, asked about one input that is called `?`."""

from feel.errors import Excess
from feel.operators import Test, compile_test, fits
from feel.scope import Compiler, Frame, Node, Rule, Run, branches, mentions, place
from feel.values import either, negate

INPUT = "?"


def _test(compiler: Compiler, node: Node) -> Test:
    """Compile one test of a cell.

    A test that speaks of `?` is a condition; another one names a value, a list or a range. A
    condition without `?` decides by itself, unless the input is null or a boolean, which are
    compared with it.
    """
    if node.data == "comparing":
        return compile_test(compiler, node)
    wanted = compiler.compile(node)
    if mentions(node, INPUT):
        return lambda _value, frame: _condition(wanted(frame))

    is_literal = node.data == "constant"

    def run(value: object, frame: Frame) -> object:
        found = wanted(frame)
        if isinstance(found, bool) and not is_literal and not isinstance(value, bool | None):
            return found
        return fits(value, found, frame)

    return run


def _condition(found: object) -> bool | None:
    return found if isinstance(found, bool) else None


def tests(compiler: Compiler, node: Node) -> Run:
    """Compile the tests of a cell; one that is true suffices."""
    compiled = [_test(compiler, branch) for branch in branches(node)]
    position = place(node)

    def run(frame: Frame) -> bool | None:
        value = frame.names[INPUT]
        result: bool | None = False
        try:
            for test in compiled:
                result = either(result, test(value, frame))
                if result is True:
                    return True
        except Excess as excess:
            raise frame.env.limit(excess, position) from None
        return result

    return run


def no_test(compiler: Compiler, node: Node) -> Run:
    """Compile `not(...)` around the tests of a cell."""
    run = tests(compiler, node)
    return lambda frame: negate(run(frame))


def any_value(_compiler: Compiler, _node: Node) -> Run:
    """Compile `-`, which every input passes."""
    return lambda _frame: True


RULES: dict[str, Rule] = {"unary_tests": tests, "no_test": no_test, "any_value": any_value}
