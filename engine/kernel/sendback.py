"""Send a task back: withdraw it and open an earlier one anew in the same scope."""

from engine.errors import Conflict, TaskNotOpen
from engine.kernel import views
from engine.kernel.commands import SendBack
from engine.kernel.graph import Graph
from engine.kernel.withdraw import withdraw
from engine.kernel.workflow import CaseWorkflow, Token


def send_back(case: CaseWorkflow, command: SendBack) -> None:
    """Open an earlier user task as a new attempt; nothing of the history is undone.

    Raises TaskNotOpen, or Conflict with the reason why it is not possible.
    """
    token = case.find(command.task_id)
    if token is None or not views.is_task(token):
        raise TaskNotOpen(where=command.task_id)
    reason = obstacle(case, token, command.to_element)
    if reason:
        raise Conflict(reason, where=command.to_element)
    tree = token.workflow
    withdraw(token)
    tree.spawn(command.to_element)


def obstacle(case: CaseWorkflow, token: Token, target: str) -> str | None:
    """Say why a task cannot be sent back to an element; None if it can."""
    if token.body is not None:
        return "One of several parallel copies of a task cannot be sent back."
    node = case.run.graph.nodes.get(target)
    if node is None or node.kind not in ("userTask", "manualTask"):
        return f"{target} is not a task of a person."
    if target not in token.workflow.visited:
        return f"{target} has not been done in this part of the case."
    ahead = downstream(case.run.graph, target)
    for other in token.workflow.tokens:
        if other is token or other.is_listener or other.host == token.id:
            continue
        if other.element in ahead:
            return f"{other.element} runs beside this task and would be started a second time."
    return None


def downstream(graph: Graph, start: str) -> frozenset[str]:
    """Return the elements that lie behind an element."""
    found: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        node = graph.nodes[name]
        todo.extend(graph.flows[flow].target for flow in node.outgoing)
        if node.link_target:
            todo.append(node.link_target)
    return frozenset(found)
