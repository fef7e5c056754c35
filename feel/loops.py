"""Loops, quantifiers and function literals."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from feel.errors import Excess
from feel.limits import bounded_list
from feel.scope import Compiler, Frame, Node, Rule, Run, branches, leaves, mentions, place
from feel.values import Function, Range, both, either


class _NoList(Exception):  # ends a loop over null
    """What a loop should go through is no list."""


Iteration = tuple[str, Run]


def _integers(low: object, high: object) -> Sequence[object] | None:
    """Count from one integer to the other, upwards or downwards."""
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    if low != low.to_integral_value() or high != high.to_integral_value():
        return None
    size = abs(high - low) + 1
    bounded_list(int(size))
    step = 1 if high >= low else -1
    return [Decimal(i) for i in range(int(low), int(high) + step, step)]


def _range_items(span: Range) -> Sequence[object] | None:
    items = _integers(span.start, span.end)
    if items is None:
        return None
    return items[0 if span.start_included else 1 : None if span.end_included else -1]


def _items(value: object) -> Sequence[object]:
    if value is None:
        raise _NoList
    if isinstance(value, Range):
        found = _range_items(value)
        if found is None:
            raise _NoList
        return found
    return value if isinstance(value, list) else [value]


def _domain(compiler: Compiler, node: Node) -> Run:
    """Compile what a loop goes through."""
    first, *others = (compiler.compile(branch) for branch in branches(node))
    if not others:
        return lambda frame: _items(first(frame))
    last = others[0]

    def run(frame: Frame) -> object:
        found = _integers(first(frame), last(frame))
        if found is None:
            raise _NoList
        return found

    return run


def _frames(frame: Frame, iterations: list[Iteration], weight: int) -> Iterator[Frame]:
    """Give one frame per combination of the elements."""
    if not iterations:
        yield frame
        return
    (name, domain), *others = iterations
    items: Sequence[object] = domain(frame)  # type: ignore[assignment]
    for item in items:
        frame.env.budget.charge(weight)
        yield from _frames(Frame({name: item}, frame, frame.env), others, weight)


def _iterations(compiler: Compiler, nodes: list[Node], body: Node) -> tuple[list[Iteration], Run]:
    """Compile the iterations, each of which knows the ones before, and then the body."""
    if not nodes:
        return [], compiler.compile(body)
    name = str(leaves(nodes[0])[0])
    domain = _domain(compiler, nodes[0])
    with compiler.scope(name):
        others, run = _iterations(compiler, nodes[1:], body)
    return [(name, domain), *others], run


def loop(compiler: Compiler, node: Node) -> Run:
    """Compile `for ... in ... return ...`; `partial` holds the results so far."""
    before = compiler.weight
    *nodes, body = branches(node)
    with compiler.scope("partial"):
        iterations, result = _iterations(compiler, nodes, body)
    weight, position = compiler.weight - before, place(node)
    with_partial = mentions(body, "partial")

    def run(frame: Frame) -> list[object] | None:
        results: list[object] = []
        try:
            for inner in _frames(frame, iterations, weight):
                bounded_list(len(results) + 1)
                if with_partial:
                    frame.env.budget.charge(len(results))
                    inner = Frame({"partial": results[:]}, inner, frame.env)  # noqa: PLW2901  # adds a scope
                results.append(result(inner))
        except _NoList:
            return None
        except Excess as excess:
            raise frame.env.limit(excess, position) from None
        return results

    return run


def quantified(compiler: Compiler, node: Node) -> Run:
    """Compile `some` or `every` ... `satisfies`, three-valued."""
    before = compiler.weight
    *nodes, body = branches(node)
    iterations, condition = _iterations(compiler, nodes, body)
    weight, position = compiler.weight - before, place(node)
    decisive = leaves(node)[0].type == "SOME"
    join = either if decisive else both

    def run(frame: Frame) -> bool | None:
        result: bool | None = not decisive
        try:
            for inner in _frames(frame, iterations, weight):
                result = join(result, condition(inner))
                if result is decisive:
                    return result
        except _NoList:
            return None
        except Excess as excess:
            raise frame.env.limit(excess, position) from None
        return result

    return run


def function(compiler: Compiler, node: Node) -> Run:
    """Compile a function literal."""
    *parameters, body = branches(node)
    names = tuple(str(leaves(parameter)[0]) for parameter in parameters)
    with compiler.scope(*names):
        result, weight = compiler.weigh(body)

    def run(frame: Frame) -> Function:
        def call(*values: object) -> object:
            budget = frame.env.budget
            budget.charge(weight)
            with budget.one_call():
                return result(Frame(dict(zip(names, values, strict=True)), frame, frame.env))

        return Function(parameters=names, call=call)

    return run


RULES: dict[str, Rule] = {"loop": loop, "quantified": quantified, "function": function}
