"""Every expression is FEEL and reads only names that something writes."""

from collections.abc import Iterator
from dataclasses import replace

import feel
from engine.decisions.findings import Finding
from engine.kernel.expressions import is_expression
from engine.kernel.gate.names import Names, brings, names_of
from engine.kernel.gate.subject import Subject, found, nearest
from engine.kernel.graph import Node
from engine.timelimits.functions import FUNCTIONS

COUNTERS = frozenset(
    {
        "numberOfInstances",
        "numberOfActiveInstances",
        "numberOfCompletedInstances",
        "numberOfTerminatedInstances",
        "loopCounter",
    }
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yield expressions that cannot be read, unknown functions and misspelt names."""
    known = {process: names_of(process, subject) for process in subject.graph.processes}
    for node in subject.nodes:
        for row in node.outputs:
            names = None if brings(node, subject) else known[node.element.process]
            yield from _expression(node, row.source, names)
        for text in optional_texts(node):
            yield from _expression(node, text, known[node.element.process])
        for text in required_texts(node, subject):
            if not text:
                yield found(
                    node,
                    "expression-missing",
                    "it has no expression",
                    remedy="write one that begins with =",
                )
            elif not is_expression(text):
                yield found(
                    node,
                    "expression-literal",
                    f"{text!r} is a fixed text where an expression is needed",
                    remedy="let it begin with =",
                )
            else:
                yield from _expression(node, text, known[node.element.process])


def optional_texts(node: Node) -> Iterator[str]:
    """Yield the texts of a node, beside its outputs, that may be literals."""
    yield from (row.source for row in node.inputs)
    duty = node.duty
    texts = (
        duty.assignee,
        duty.candidate_groups,
        duty.candidate_users,
        duty.due_at,
        duty.follow_up_at,
        duty.priority,
    )
    yield from (text for text in texts if text)
    if node.event and node.event.kind == "timer":
        yield node.event.text


def required_texts(node: Node, subject: Subject) -> Iterator[str]:
    """Yield the texts of a node that must be expressions."""
    flows = (subject.graph.flows[name] for name in node.outgoing)
    yield from (flow.condition for flow in flows if flow.condition)
    if node.event and node.event.kind == "conditional":
        yield node.event.text
    if node.event and node.event.correlation:
        yield node.event.correlation
    if node.kind == "scriptTask":
        yield node.script or ""
    if node.loop and node.loop.collection:
        texts = (node.loop.collection, node.loop.output_element, node.loop.condition)
        yield from (text for text in texts if text)


def _expression(node: Node, text: str, known: Names | None) -> Iterator[Finding]:
    if not is_expression(text):
        return
    try:
        expression = feel.parse(text[1:].strip())
    except feel.FeelError as problem:
        finding = found(
            node,
            "expression-unreadable",
            f"{text} is not FEEL: {problem}",
            remedy=problem.suggestion or "correct the expression",
        )
        yield replace(finding, position=problem.position)
        return
    for name in sorted(expression.functions - set(FUNCTIONS)):
        yield found(
            node,
            "function-unknown",
            f"{text} calls {name}(), which does not exist",
            remedy=nearest(name, FUNCTIONS, "use a built-in function"),
        )
    if known is None:
        return
    for name in sorted(expression.names - known.written - COUNTERS):
        yield from _unknown(node, text, name, known)


def _unknown(node: Node, text: str, name: str, known: Names) -> Iterator[Finding]:
    near = nearest(name, known.written, "", alike=0.8)
    if known.is_complete or near:
        yield found(
            node,
            "name-unknown",
            f"{text} reads {name}, which nothing in this process writes",
            remedy=near or "write it first, or declare it as an input of the start event",
            severity="error" if known.is_complete else "warning",
        )
