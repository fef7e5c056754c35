"""Every event can happen, and every error thrown is caught."""

from collections import Counter
from collections.abc import Iterator

from engine.decisions.findings import Finding
from engine.kernel.gate.subject import Subject, found
from engine.kernel.graph import Graph, Node
from engine.kernel.xml.names import ACTIVITIES

#: Done before anything could interrupt them.
INSTANT = frozenset({"task", "scriptTask", "businessRuleTask"})
RACERS = frozenset({"message", "signal", "timer", "conditional"})


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with events."""
    graph = subject.graph
    yield from _links(subject)
    for node in subject.nodes:
        if node.kind == "boundaryEvent":
            yield from _boundary(node, graph)
        if node.kind == "eventBasedGateway":
            yield from _race(node, graph)
        if node.kind == "endEvent" and node.event and node.event.kind == "error":
            yield from _error(node, subject)
        if node.kind == "intermediateCatchEvent" and node.event is None:
            yield found(node, "event-empty", "it waits for nothing", remedy="choose an event")


def _links(subject: Subject) -> Iterator[Finding]:
    links = [node for node in subject.nodes if node.event and node.event.kind == "link"]
    catches = Counter(
        (node.scope, node.event.name)
        for node in links
        if node.event and node.kind == "intermediateCatchEvent"
    )
    for node in links:
        name = node.event.name if node.event else None
        count = catches[(node.scope, name)]
        if count == 0:
            yield found(
                node,
                "link-open",
                f"the link {name} leads nowhere",
                remedy="draw one link catch event of that name in the same scope",
            )
        elif count > 1:
            yield found(
                node,
                "link-ambiguous",
                f"{count} link catch events are called {name}",
                remedy="give each its own name",
            )


def _boundary(node: Node, graph: Graph) -> Iterator[Finding]:
    host = graph.nodes.get(node.element.attached_to or "")
    if host is None or host.kind not in ACTIVITIES or host.scope != node.scope:
        yield found(
            node,
            "boundary-loose",
            "it is attached to no activity",
            remedy="attach it to a task or sub-process",
        )
        return
    if node.event is None:
        yield found(node, "event-empty", "it waits for nothing", remedy="choose an event")
    elif node.event.kind == "error" and not node.element.interrupting:
        yield found(
            node,
            "error-beside",
            "an error always interrupts",
            remedy="make the boundary event interrupting",
        )
    elif host.kind in INSTANT:
        yield found(
            node,
            "boundary-idle",
            f"{host.id} is done at once, so this never happens",
            remedy="attach it to a task that waits, or delete it",
            severity="warning",
        )


def _race(node: Node, graph: Graph) -> Iterator[Finding]:
    for name in node.outgoing:
        target = graph.nodes[graph.flows[name].target]
        catches = target.kind == "intermediateCatchEvent" and target.event is not None
        waits = catches and target.event is not None and target.event.kind in RACERS
        if not waits and target.kind != "receiveTask":
            yield found(
                target,
                "race-with-task",
                f"it stands behind the event gateway {node.id} but waits for nothing",
                remedy="put a message, signal, timer or conditional event there",
            )
        elif len(target.incoming) > 1 or target.boundaries:
            yield found(
                target,
                "race-joined",
                f"behind the event gateway {node.id} it may have neither other flows into it "
                "nor boundary events",
                remedy="draw an event of its own for the other flow",
            )


def _error(node: Node, subject: Subject) -> Iterator[Finding]:
    code = node.event.code if node.event else None
    if not _is_caught(node.scope, code, subject):
        yield found(
            node,
            "error-uncaught",
            f"nothing catches the error {code}",
            remedy="put an error boundary event on the sub-process or call activity around it",
        )


def _is_caught(scope: str, code: str | None, subject: Subject) -> bool:
    graph = subject.graph
    here = graph.scopes[scope]
    starts = [graph.scopes[name].start for name in here.listeners]
    if any(_catches(graph.nodes[name], code) for name in starts if name):
        return True
    if here.parent is None:
        callers = subject.callers(scope)
        return bool(callers) and all(_around(node, code, subject) for node in callers)
    return _around(graph.nodes[scope], code, subject)


def _around(holder: Node, code: str | None, subject: Subject) -> bool:
    graph = subject.graph
    if any(_catches(graph.nodes[name], code) for name in holder.boundaries):
        return True
    return holder.scope != holder.element.calls and _is_caught(holder.scope, code, subject)


def _catches(node: Node, code: str | None) -> bool:
    event = node.event
    return event is not None and event.kind == "error" and event.code in (None, code)
