"""What is named must exist: forms, roles, operations, decisions, processes, tasks."""

from collections.abc import Iterator

from engine.decisions.findings import Finding
from engine.kernel.expressions import is_expression
from engine.kernel.gate.subject import Subject, found, nearest
from engine.kernel.graph import Node


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what is named and is not there."""
    decisions = {name for model in subject.models for name in model.decisions}
    for node in subject.nodes:
        yield from _form(node, subject)
        yield from _roles(node, subject)
        yield from _operation(node, subject)
        yield from _decision(node, decisions)
        yield from _call(node, subject)
        yield from _others(node, subject)
    yield from _circles(subject)


def _form(node: Node, subject: Subject) -> Iterator[Finding]:
    form = node.element.form
    if node.kind != "userTask" and form is None:
        return
    if form is None:
        yield found(node, "form-missing", "it has no form", remedy="link a form of the same id")
    elif form not in subject.forms:
        yield found(
            node,
            "form-missing",
            f"there is no form {form}",
            remedy=nearest(form, subject.forms, "draw the form"),
        )


def _roles(node: Node, subject: Subject) -> Iterator[Finding]:
    if node.kind not in ("userTask", "manualTask"):
        return
    groups = node.duty.candidate_groups or node.element.lane
    if groups is None and node.duty.assignee is None and node.duty.candidate_users is None:
        yield found(
            node,
            "role-missing",
            "nobody may do it",
            remedy="put it into a lane or give it candidate groups",
        )
    if groups is None or is_expression(groups):
        return
    for role in (name.strip() for name in groups.split(",")):
        if role not in subject.catalogue.roles:
            yield found(
                node,
                "role-unknown",
                f"there is no role {role}",
                remedy=nearest(role, subject.catalogue.roles, "choose a known role"),
            )


def _operation(node: Node, subject: Subject) -> Iterator[Finding]:
    operation = node.element.operation
    if operation is not None and operation not in subject.catalogue.operations:
        yield found(
            node,
            "operation-unknown",
            f"there is no operation {operation}",
            remedy=nearest(operation, subject.catalogue.operations, "choose a known operation"),
        )
    if operation is None and (
        node.kind == "serviceTask" or (node.kind == "sendTask" and node.event is None)
    ):
        yield found(
            node,
            "operation-missing",
            "it names no operation",
            remedy="choose one of the templates",
        )
    if node.kind == "receiveTask" and node.event is None:
        yield found(node, "message-missing", "it names no message", remedy="choose a message")


def _decision(node: Node, known: set[str]) -> Iterator[Finding]:
    decision = node.element.decision
    if node.kind != "businessRuleTask":
        return
    if decision is None:
        yield found(node, "decision-missing", "it names no decision", remedy="choose a table")
    elif decision not in known:
        yield found(
            node,
            "decision-unknown",
            f"there is no decision {decision}",
            remedy=nearest(decision, known, "draw the decision table"),
        )


def _call(node: Node, subject: Subject) -> Iterator[Finding]:
    if node.kind != "callActivity":
        return
    calls = node.element.calls
    if calls is None or is_expression(calls):
        yield found(
            node, "call-missing", "it names no process", remedy="choose a process by its id"
        )
    elif calls not in subject.graph.processes:
        yield found(
            node,
            "call-unknown",
            f"there is no process {calls}",
            remedy=nearest(calls, subject.graph.processes, "draw the process"),
        )


def _others(node: Node, subject: Subject) -> Iterator[Finding]:
    for name in node.element.differs_from:
        if name not in subject.graph.nodes:
            yield found(
                node,
                "differs-unknown",
                f"it must differ from {name}, which does not exist",
                remedy=nearest(name, subject.graph.nodes, "name the id of a user task"),
            )
    if any(not row.target for row in (*node.inputs, *node.outputs)):
        yield found(
            node, "mapping-empty", "a mapping has no target", remedy="name the variable it fills"
        )


def _circles(subject: Subject) -> Iterator[Finding]:
    """Yield calls through which a process calls itself: it would never end."""
    for node in subject.nodes:
        start, todo, seen = node.element.process, [node.element.calls], set()
        while todo:
            name = todo.pop()
            if name is None or name in seen:
                continue
            seen.add(name)
            todo += [n.element.calls for n in subject.nodes if n.element.process == name]
        if start in seen and node.element.calls is not None:
            yield found(
                node,
                "call-circle",
                f"the process {start} calls itself through {node.element.calls}",
                remedy="draw a loop instead of the call",
            )
