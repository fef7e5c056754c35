"""A diagram as text: every element and every flow once, in the order in which one reads it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.kernel.definition import Definition
from engine.kernel.graph import Graph, Node, Scope
from engine.kernel.model import Element, Flow, TimerRule
from engine.kernel.sendback import downstream

_CHOICES = frozenset({"exclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One element with the flows that leave it and, in a sub-process, the elements inside."""

    element: Element
    flows: tuple[Flow, ...] = ()
    timer: TimerRule | None = None
    inside: tuple["Entry", ...] = ()
    #: reached only when an event interrupts or joins the ordinary course
    is_exceptional: bool = False


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stage of a case: a called process or a milestone of the root diagram."""

    element: str
    name: str
    is_exceptional: bool


def outline(definition: Definition, process: str) -> tuple[Entry, ...]:
    """Return the elements of a process along the flows; boundary events follow their activity."""
    return tuple(_entries(definition, definition.graph.scopes[process], is_exceptional=False))


def flattened(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries of an outline with those inside them, in reading order."""
    for entry in entries:
        yield entry
        yield from flattened(entry.inside)


def phases(definition: Definition) -> tuple[Phase, ...]:
    """Return the stages of the root diagram; where it has none, the tasks of people in it.

    They stand in the order of the main course; what leaves it inside a sub-process comes last.
    """
    entries = _main_first(definition)
    found = [one for one in entries if one.element.calls or one.element.milestone]
    if not found:
        found = [one for one in entries if one.element.kind == "userTask"]
    return tuple(
        Phase(
            element=one.element.id,
            name=one.element.name or one.element.id,
            is_exceptional=one.is_exceptional,
        )
        for one in found
    )


def ahead(definition: Definition, elements: Iterable[str]) -> frozenset[str]:
    """Return these elements and what may follow them when no event comes between."""
    graph = definition.graph
    found: set[str] = set()
    # a sub-process says only that something runs inside
    todo = [name for name in elements if name not in graph.scopes]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        todo += _straight_on(graph, graph.nodes[name])
    return frozenset(found)


def _straight_on(graph: Graph, node: Node) -> list[str]:
    inner = graph.scopes.get(node.id)
    after = [graph.flows[flow].target for flow in node.outgoing]
    if inner and inner.start:
        after.append(inner.start)
    if node.link_target:
        after.append(node.link_target)
    if not after and node.scope in graph.nodes:
        # the sub-process ends here
        after += [graph.flows[flow].target for flow in graph.nodes[node.scope].outgoing]
    return after


def _main_first(definition: Definition) -> list[Entry]:
    main = _main(definition.graph, definition.root)
    found = list(outline(definition, definition.root))
    inside = [one for entry in found for one in flattened(entry.inside)]
    aside = {one.element.id for one in inside} - main
    return sorted(flattened(found), key=lambda one: one.element.id in aside)


def _main(graph: Graph, start: str) -> frozenset[str]:
    """Return what lies on the way that takes the first flow wherever one of several is taken."""
    found: set[str] = set()
    todo = [graph.scopes[start].start]
    while todo:
        name = todo.pop()
        if name is None or name in found:
            continue
        found.add(name)
        node = graph.nodes[name]
        after = [graph.flows[flow].target for flow in node.outgoing]
        todo += after[:1] if node.kind in _CHOICES else after
        todo.append(node.link_target)
        if name in graph.scopes:
            todo.append(graph.scopes[name].start)
    return frozenset(found)


def _entries(definition: Definition, scope: Scope, *, is_exceptional: bool) -> Iterator[Entry]:
    graph = definition.graph
    ordinary = _reached(graph, scope)
    for name in _in_order(graph, scope):
        node, is_aside = graph.nodes[name], is_exceptional or name not in ordinary
        inner = graph.scopes.get(name)
        inside = _entries(definition, inner, is_exceptional=is_aside) if inner else ()
        yield Entry(
            element=node.element,
            flows=tuple(graph.flows[flow] for flow in node.outgoing),
            timer=definition.timers.get(name),
            inside=tuple(inside),
            is_exceptional=is_aside,
        )


def _in_order(graph: Graph, scope: Scope) -> list[str]:
    """Return the elements of one scope; what no flow leads to stands at the end."""
    names = dict.fromkeys(_postorder(graph, scope.start) if scope.start else ())
    for name in (*scope.nodes, *scope.listeners):
        if name not in names:
            names.update(dict.fromkeys(_postorder(graph, name, names)))
    return list(names)


def _postorder(graph: Graph, start: str, known: Iterable[str] = ()) -> list[str]:
    """Return what can be reached, each after what leads to it (loops aside)."""
    done: list[str] = []
    seen = {start, *known}
    path = [(start, iter(_next(graph, start)))]
    while path:
        name, ahead = path[-1]
        found = next((one for one in ahead if one not in seen), None)
        if found is None:
            done.append(name)
            path.pop()
        else:
            seen.add(found)
            path.append((found, iter(_next(graph, found))))
    return done[::-1]


def _next(graph: Graph, name: str) -> list[str]:
    """Return what follows, the last first: reversed, the first flow comes first."""
    node = graph.nodes[name]
    after = [*node.boundaries, *(graph.flows[flow].target for flow in node.outgoing)]
    return [*reversed(after), *([node.link_target] if node.link_target else [])]


def _reached(graph: Graph, scope: Scope) -> frozenset[str]:
    """Return what the flows reach from the start when no event comes between."""
    return downstream(graph, scope.start) if scope.start else frozenset()
