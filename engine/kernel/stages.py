"""The course of a case in broad strokes: its stages, where it can wait, where a task leads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import feel
from engine.kernel.definition import Definition
from engine.kernel.graph import Graph, Node

_TASKS = frozenset({"userTask", "manualTask"})
_AUTOMATIC = frozenset({"serviceTask", "sendTask"})
_WAITS = _TASKS | {"receiveTask", "intermediateCatchEvent"}
_HOLDS = _WAITS | _AUTOMATIC


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where a case can be: in a process that its diagram calls, or at a wait of the diagram."""

    #: the call activity, or the waiting element of the root process
    id: str
    name: str
    #: the process it calls; None for a wait
    calls: str | None = None

    @property
    def is_called(self) -> bool:
        """Whether it is a called process."""
        return self.calls is not None


@dataclass(frozen=True, kw_only=True)
class Course:
    """The stages of a definition in flow order."""

    stages: tuple[Stage, ...]
    #: element -> the stage that a case is in while it waits there
    places: Mapping[str, str]
    #: task of a person -> stages and end events where the case may stand next
    reach: Mapping[str, frozenset[str]]
    #: end events of the root process and their names
    ends: Mapping[str, str]


def course(definition: Definition) -> Course:
    """Return the course of a definition; computed once per version."""
    return _course(definition.digest, _Held(definition))


class _Held:
    """Carries the definition past the cache, whose key is the digest alone."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _course(_digest: str, held: _Held) -> Course:
    definition = held.definition
    graph, root = definition.graph, definition.root
    order = list(_in_order(graph, root))
    stages: dict[str, Stage] = {}
    places: dict[str, str] = {}
    for node in order:
        stage = _stage(graph, node)
        if stage is None:
            continue
        stages.setdefault(stage.id, stage)
        places[node.id] = stage.id
        if node.element.calls:
            _place_called(graph, node, stage.id, places)
    ranks = {name: rank for rank, name in enumerate(stages)}
    walk = _Walk(graph=graph, root=root, places=places, ranks=ranks, writers=_writers(graph, root))
    return Course(
        stages=tuple(stages.values()),
        places=places,
        reach={
            node.id: walk.ahead(node)
            for node in graph.nodes.values()
            if node.kind in _TASKS and node.id in places
        },
        ends={
            name: graph.nodes[name].element.name or name
            for name in graph.scopes[root].nodes
            if graph.nodes[name].kind == "endEvent"
        },
    )


def _stage(graph: Graph, node: Node) -> Stage | None:
    if node.element.calls:
        return Stage(id=node.id, name=node.element.name or node.id, calls=node.element.calls)
    if node.kind not in _HOLDS:
        return None
    gateway = _event_gateway(graph, node) or node
    return Stage(id=gateway.id, name=gateway.element.name or gateway.id)


def _event_gateway(graph: Graph, node: Node) -> Node | None:
    """Return the event-based gateway in front of a catch event: they wait as one."""
    sources = [graph.nodes[graph.flows[flow].source] for flow in node.incoming]
    return next((one for one in sources if one.kind == "eventBasedGateway"), None)


def _place_called(graph: Graph, caller: Node, stage: str, places: dict[str, str]) -> None:
    """Put every element of the called process, and of those that it calls, into the stage."""
    todo, seen = [caller.element.calls], set()
    while todo:
        process = todo.pop()
        if process is None or process in seen:
            continue
        seen.add(process)
        for node in graph.nodes.values():
            if node.element.process == process:
                places.setdefault(node.id, stage)
                todo.append(node.element.calls)
    for name in caller.boundaries:
        places.setdefault(name, stage)


def _in_order(graph: Graph, scope: str) -> Iterator[Node]:
    """Yield the nodes of a scope in the order of the flow, those of sub-processes in place."""
    start = graph.scopes[scope].start
    if start is None:
        return
    for node in reversed(_postorder(graph, start)):
        yield node
        if node.id in graph.scopes:
            yield from _in_order(graph, node.id)
    for listener in graph.scopes[scope].listeners:
        yield from _in_order(graph, listener)


def _postorder(graph: Graph, start: str) -> list[Node]:
    done: list[Node] = []
    seen = {start}
    path: list[tuple[Node, Iterator[str]]] = [(graph.nodes[start], _after(graph, start))]
    while path:
        node, ahead = path[-1]
        found = next((name for name in ahead if name not in seen), None)
        if found is None:
            done.append(node)
            path.pop()
            continue
        seen.add(found)
        path.append((graph.nodes[found], _after(graph, found)))
    return done


def _after(graph: Graph, name: str) -> Iterator[str]:
    """Yield what follows an element, the first flow last: reversed, it then comes first."""
    node = graph.nodes[name]
    yield from node.boundaries
    for flow in reversed(node.outgoing):
        yield graph.flows[flow].target


def _writers(graph: Graph, root: str) -> dict[str, set[str]]:
    """Return which called processes of the root set a variable."""
    found: dict[str, set[str]] = {}
    for node in graph.nodes.values():
        if node.element.calls and node.element.process == root:
            for output in node.outputs:
                found.setdefault(output.target.split(".")[0], set()).add(node.id)
    return found


@dataclass(frozen=True, kw_only=True)
class _Walk:
    """Goes from a task along every way until something waits."""

    graph: Graph
    root: str
    places: Mapping[str, str]
    ranks: Mapping[str, int]
    writers: Mapping[str, set[str]]

    def ahead(self, task: Node) -> frozenset[str]:
        """Return the stages and end events that the completion of a task may lead to."""
        found = {self.places[task.id]} if task.element.multi_instance else set()
        todo, seen = list(self._beyond(task, here=len(self.ranks))), set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            node = self.graph.nodes[name]
            halt = self._halt(node)
            if halt:
                found.add(halt)
                continue
            todo.extend(self._beyond(node, here=self.ranks[self.places[task.id]]))
        return frozenset(found)

    def _halt(self, node: Node) -> str | None:
        if node.kind in _WAITS or (node.element.calls and node.element.process == self.root):
            return self.places.get(node.id)
        is_last = node.kind == "endEvent" and node.scope == self.root
        return node.id if is_last else None

    def _beyond(self, node: Node, *, here: int) -> Iterable[str]:
        if node.element.calls:
            start = self.graph.scopes[node.element.calls].start
            return [start] if start else []
        if node.id in self.graph.scopes and self.graph.scopes[node.id].start:
            return [str(self.graph.scopes[node.id].start)]
        if node.link_target:
            return [node.link_target]
        if node.outgoing:
            flows = [self.graph.flows[flow] for flow in node.outgoing]
            return [one.target for one in flows if self._may_hold(one.condition, here)]
        return self._out_of(node)

    def _may_hold(self, condition: str | None, here: int) -> bool:
        """Say no where a flow asks for the result of stages that are still to come."""
        if condition is None or any(word in condition for word in ("null", "!=", "not(", " or ")):
            return True
        names = feel.parse(condition.removeprefix("=")).names
        writers = [self.writers.get(name, set()) for name in names]
        return not writers or not all(
            one and all(self.ranks[stage] > here for stage in one) for one in writers
        )

    def _out_of(self, node: Node) -> list[str]:
        """Return what follows the scope that ends here."""
        scope = self.graph.scopes[node.scope]
        if scope.parent is not None:
            holders = [self.graph.nodes[scope.id]] if scope.id in self.graph.nodes else []
        else:
            holders = [one for one in self.graph.nodes.values() if one.element.calls == scope.id]
        found: list[str] = []
        for holder in holders:
            found += [self.graph.flows[flow].target for flow in holder.outgoing]
            found += self._caught(node, holder)
            if not holder.outgoing:
                found += self._out_of(holder)
        return found

    def _caught(self, node: Node, holder: Node) -> list[str]:
        if node.event is None or node.event.kind not in ("error", "escalation"):
            return []
        return [
            name
            for name in holder.boundaries
            if (event := self.graph.nodes[name].event) and event.kind == node.event.kind
        ]
