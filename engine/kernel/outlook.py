"""What lies ahead of an element: the next places where somebody or something is waited for."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.kernel.definition import Definition
from engine.kernel.graph import Node
from engine.kernel.model import Element

#: A token rests in these; whoever looks ahead sees the first of them on every path.
_RESTS = frozenset(
    {"userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"}
)
#: As far as anybody wants to read.
MOST = 12


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A place that a token reaches next: where it rests, or the end of a stage or of the case."""

    element: Element
    #: the answers that lead there: the question at the gateway and the word on the flow
    answers: tuple[tuple[str, str], ...] = ()
    #: what is done by itself on the way: names of operations, decisions, letters
    meanwhile: tuple[str, ...] = ()
    #: the name of the stage that ends here
    stage: str | None = None
    #: the case itself ends here
    ends: bool = False


def ahead(definition: Definition, element: str) -> tuple[Ahead, ...]:
    """Return where the paths out of an element lead first, in the order of the diagram.

    Into called processes, and to the end of the present one; at most MOST places.
    """
    found: list[Ahead] = []
    for one in _follow(definition, definition.graph.nodes[element], _Way(), frozenset()):
        if all(one.element.id != other.element.id for other in found):
            found.append(one)
        if len(found) == MOST:
            break
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class _Way:
    answers: tuple[tuple[str, str], ...] = ()
    meanwhile: tuple[str, ...] = ()


def _follow(definition: Definition, node: Node, way: _Way, seen: frozenset[str]) -> Iterator[Ahead]:
    for flow_id in node.outgoing:
        flow = definition.flows[flow_id]
        yield from _reach(definition, flow.target, _answered(node, flow.name, way), seen)
    if node.link_target:
        yield from _reach(definition, node.link_target, way, seen)


def _answered(node: Node, word: str | None, way: _Way) -> _Way:
    if "Gateway" not in node.kind or len(node.outgoing) == 1 or not word:
        return way
    question = node.element.name or ""
    return _Way(answers=(*way.answers, (question, word)), meanwhile=way.meanwhile)


def _reach(definition: Definition, target: str, way: _Way, seen: frozenset[str]) -> Iterator[Ahead]:
    if target in seen:
        return
    seen |= {target}
    node = definition.graph.nodes[target]
    if node.kind in _RESTS:
        yield Ahead(element=node.element, answers=way.answers, meanwhile=way.meanwhile)
    elif node.kind == "endEvent":
        yield from _leave(definition, node, way, seen)
    elif (inner := _inside(definition, node)) is not None:
        yield from _reach(definition, inner, way, seen)
    else:
        yield from _follow(definition, node, _passed(node, way), seen)


def _passed(node: Node, way: _Way) -> _Way:
    if "Task" not in node.kind or not node.element.name:
        return way
    return _Way(answers=way.answers, meanwhile=(*way.meanwhile, node.element.name))


def _inside(definition: Definition, node: Node) -> str | None:
    called = node.element.calls or (node.id if node.kind == "subProcess" else None)
    scope = definition.graph.scopes.get(called or "")
    return scope.start if scope else None


def _leave(definition: Definition, node: Node, way: _Way, seen: frozenset[str]) -> Iterator[Ahead]:
    """Stop at the end of a stage, whose outcome decides; go on behind an embedded sub-process."""
    scope = definition.graph.scopes[node.scope]
    if scope.parent is not None and not scope.by_event:
        yield from _follow(definition, definition.graph.nodes[scope.id], way, seen)
        return
    is_root = scope.id == definition.root
    stage = None if is_root else definition.processes[scope.process].name or scope.process
    yield Ahead(
        element=node.element,
        answers=way.answers,
        meanwhile=way.meanwhile,
        stage=stage,
        ends=is_root,
    )
