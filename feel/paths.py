"""Variables, paths, filters, lists and contexts."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from feel import temporal
from feel.calls import call_by_name, call_value
from feel.errors import Excess
from feel.limits import Budget, bounded_list
from feel.operators import text_of
from feel.scope import Compiler, Environment, Frame, Node, Rule, Run, branches, child, leaves, place
from feel.values import PLAIN, Range, read

Trailer = Callable[[object, Frame], object]

_RANGE_PARTS = {
    "start": "start",
    "end": "end",
    "start included": "start_included",
    "end included": "end_included",
}


def entry_of(value: object, name: str, budget: Budget) -> object:
    """Read an entry of a context, a part of a date, or that of every element of a list."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, (list, tuple)):
        bounded_list(len(value))
        budget.charge(len(value))
        return [entry_of(item, name, budget) for item in value]
    if isinstance(value, Range):
        return getattr(value, _RANGE_PARTS[name]) if name in _RANGE_PARTS else None
    return temporal.part(value, name)


def variable_path(compiler: Compiler, names: tuple[str, ...], position: int) -> Run:
    """Compile a name and the path behind it; only what stands at its end is converted."""
    first, *rest = names
    compiler.note(first, position)
    if not compiler.is_nested:
        return _outer(first, rest, position)
    outer = _outer(first, rest, position)

    def run(frame: Frame) -> object:
        while frame.up is not None:
            if first in frame.names:
                return _follow(frame.names[first], rest, frame.env, position)
            frame = frame.up
        return outer(frame)

    return run


def _follow(value: object, names: list[str], env: Environment, position: int) -> object:
    try:
        for name in names:
            value = entry_of(value, name, env.budget)
    except Excess as excess:
        raise env.limit(excess, position) from None
    return value


def _outer(first: str, rest: list[str], position: int) -> Run:
    def run(frame: Frame) -> object:
        value = frame.names.get(first)
        if rest:
            value = _follow(value, rest, frame.env, position)
        if type(value) in PLAIN and type(value) is not Decimal:
            return value
        try:
            return read(value, frame.env.budget)
        except Excess as excess:
            raise frame.env.limit(excess, position) from None

    return run


def variable(compiler: Compiler, node: Node) -> Run:
    """Compile a variable that stands alone."""
    return variable_path(compiler, (str(leaves(node)[0]),), place(node))


def postfix(compiler: Compiler, node: Node) -> Run:
    """Compile a value followed by paths, filters and calls."""
    first, *trailers = branches(node)
    base = _base(compiler, first, trailers)
    steps = [_TRAILERS[trailer.data](compiler, trailer) for trailer in trailers]
    if not steps:
        return base

    def run(frame: Frame) -> object:
        value = base(frame)
        for step in steps:
            value = step(value, frame)
        return value

    return run


def _base(compiler: Compiler, first: Node, trailers: list[Node]) -> Run:
    """Compile the beginning and take from the trailers what belongs to it."""
    if first.data != "variable":
        return compiler.compile(first)
    token = leaves(first)[0]
    if trailers[0].data == "call" and not compiler.is_bound(str(token)):
        return call_by_name(compiler, token, trailers.pop(0))
    names = [str(token)]
    while trailers and trailers[0].data == "path":
        names.append(str(leaves(trailers.pop(0))[0]))
    return variable_path(compiler, tuple(names), place(first))


def path(_compiler: Compiler, node: Node) -> Trailer:
    """Compile `.name` behind any value."""
    name, position = str(leaves(node)[0]), place(node)
    return lambda value, frame: _follow(value, [name], frame.env, position)


def element(items: list[object], index: Decimal) -> object:
    """Take the element at an index from 1, or from the end when negative."""
    if index != index.to_integral_value() or not 1 <= abs(index) <= len(items):
        return None
    return items[int(index) - 1 if index > 0 else int(index)]


def filtered(compiler: Compiler, node: Node) -> Trailer:
    """Compile `[...]` behind a list: an index, or a condition on each element."""
    body = child(node, 1)
    with compiler.scope("item", of_elements=True):
        condition, weight = compiler.weigh(body)
    position = place(node)

    def run(value: object, frame: Frame) -> object:
        items = value if isinstance(value, list) else [] if value is None else [value]
        try:
            return _select(items, condition, weight, frame)
        except Excess as excess:
            raise frame.env.limit(excess, position) from None

    return run


def _select(items: list[object], condition: Run, weight: int, frame: Frame) -> object:
    chosen = []
    for place_in_list, item in enumerate(items or [None]):
        frame.env.budget.charge(weight)
        found = condition(_element_frame(item, frame))
        if not place_in_list and isinstance(found, Decimal):
            return element(items, found)
        if found is True and items:
            chosen.append(item)
    return chosen


def _element_frame(item: object, frame: Frame) -> Frame:
    inner = Frame({"item": item}, frame, frame.env)
    return Frame(item, inner, frame.env) if isinstance(item, dict) else inner


def list_of(compiler: Compiler, node: Node) -> Run:
    """Compile a list."""
    items = [compiler.compile(branch) for branch in branches(node)]
    return lambda frame: [item(frame) for item in items]


def context(compiler: Compiler, node: Node) -> Run:
    """Compile a context; later entries may use earlier ones."""
    entries: dict[str, Run] = {}
    for branch in branches(node):
        token = leaves(branch)[0]
        name = text_of(compiler, token) if token.type == "STRING" else str(token)
        if name in entries:
            raise compiler.refuse(f"`{name}` stands twice", place(branch), "leave one out")
        with compiler.scope(*entries):
            entries[name] = compiler.compile(child(branch, -1))

    def run(frame: Frame) -> dict[str, object]:
        values: dict[str, object] = {}
        inner = Frame(values, frame, frame.env)
        for name, entry in entries.items():
            values[name] = entry(inner)
        return values

    return run


_TRAILERS: dict[str, Callable[[Compiler, Node], Trailer]] = {
    "path": path,
    "filter": filtered,
    "call": call_value,
}
RULES: dict[str, Rule] = {
    "variable": variable,
    "postfix": postfix,
    "list": list_of,
    "context": context,
}
