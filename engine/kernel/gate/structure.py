"""Every element lies on a way from a start to an end, and each gateway knows where to go."""

from collections.abc import Iterator

from engine.decisions.findings import Finding
from engine.kernel.gate.subject import Subject, found
from engine.kernel.graph import Graph, Node, Scope
from engine.kernel.xml.names import ACTIVITIES, GATEWAYS

#: Longer chains are hard to read; real diagrams stay below 60 in a row.
MAX_IN_A_ROW = 300
ENDS = frozenset({"endEvent", "eventSubProcess"})


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the course of each process and sub-process."""
    for scope in subject.graph.scopes.values():
        yield from _ends(scope, subject.graph)
        yield from _unreachable(scope, subject.graph)
    for node in subject.nodes:
        yield from _connections(node)
        yield from _gateway(node, subject.graph)
    yield from _long_rows(subject.graph)


def _ends(scope: Scope, graph: Graph) -> Iterator[Finding]:
    nodes = [graph.nodes[name] for name in scope.nodes]
    if nodes and not any(node.kind == "endEvent" for node in nodes):
        yield found(
            graph.nodes.get(scope.id, nodes[0]),
            "end-missing",
            f"{scope.id} has no end event",
            remedy="draw an end event",
        )


def _unreachable(scope: Scope, graph: Graph) -> Iterator[Finding]:
    reached = reach(graph, {scope.start, *scope.listeners} - {None})
    for name in scope.nodes:
        node = graph.nodes[name]
        if name not in reached and scope.start is not None:
            yield found(
                node,
                "unreachable",
                "nothing leads here",
                remedy="connect it to what comes before, or delete it",
            )


def reach(graph: Graph, starts: "set[str | None]") -> frozenset[str]:
    """Return the elements of one scope that can be reached from some of its elements."""
    seen: set[str] = set()
    todo = [name for name in starts if name is not None]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        node = graph.nodes[name]
        todo.extend(graph.flows[flow].target for flow in node.outgoing)
        todo.extend(node.boundaries)
        if node.link_target:
            todo.append(node.link_target)
    return frozenset(seen)


def _connections(node: Node) -> Iterator[Finding]:
    if not node.outgoing and node.kind not in ENDS and not node.link_target:
        yield found(node, "dead-end", "nothing follows", remedy="lead it on to an end event")
    if node.outgoing and node.kind in ENDS:
        yield found(
            node, "end-goes-on", "something follows an end", remedy="delete the flow out of it"
        )
    if node.incoming and node.kind in ("startEvent", "boundaryEvent", "eventSubProcess"):
        yield found(
            node,
            "start-follows",
            "a flow leads into an event that begins a way",
            remedy="delete the flow into it",
        )
    if len(node.incoming) > 1 and node.kind in ACTIVITIES:
        yield found(
            node,
            "implicit-join",
            f"{len(node.incoming)} flows lead here: it is done once for each token that arrives",
            remedy="gather the flows in a gateway before it",
            severity="warning",
        )


def _gateway(node: Node, graph: Graph) -> Iterator[Finding]:
    if node.kind not in GATEWAYS or len(node.outgoing) < 2:  # noqa: PLR2004  # one way: no choice
        return
    flows = [graph.flows[name] for name in node.outgoing]
    if node.kind in ("exclusiveGateway", "inclusiveGateway"):
        yield from _default(node, has_default=any(flow.is_default for flow in flows))
        for flow in flows:
            if flow.condition is None and not flow.is_default:
                yield found(
                    node,
                    "flow-without-condition",
                    f"the flow {flow.id} to {flow.target} has no condition",
                    remedy="give it one, or make it the default flow",
                )
    elif any(flow.condition for flow in flows):
        yield found(
            node,
            "condition-ignored",
            "its flows carry conditions, which this gateway ignores",
            remedy="use an exclusive or inclusive gateway, or delete the conditions",
            severity="warning",
        )


def _default(node: Node, *, has_default: bool) -> Iterator[Finding]:
    if not has_default:
        yield found(
            node,
            "gateway-without-default",
            "no flow is taken when no condition holds",
            remedy="mark one of its flows as default",
        )


def _long_rows(graph: Graph) -> Iterator[Finding]:
    heads = [node for node in graph.nodes.values() if not _is_inside_row(node, graph)]
    for head in heads:
        length, node = 1, head
        while len(node.outgoing) == 1:
            node = graph.nodes[graph.flows[node.outgoing[0]].target]
            if not _is_inside_row(node, graph):
                break
            length += 1
        if length > MAX_IN_A_ROW:
            yield found(
                head,
                "row-too-long",
                f"{length} elements follow each other in a row",
                remedy="call a part of the row as a process of its own",
            )


def _is_inside_row(node: Node, graph: Graph) -> bool:
    if len(node.incoming) != 1:
        return False
    return len(graph.nodes[graph.flows[node.incoming[0]].source].outgoing) == 1
