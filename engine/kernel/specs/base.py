"""The life of a token on any element: enter, run, complete, leave."""

from collections.abc import Mapping

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.errors import ExecutionFailed
from engine.kernel.expressions import evaluate, holds
from engine.kernel.graph import Assignment, Node
from engine.kernel.model import Flow
from engine.kernel.scopes import assign, visible
from engine.kernel.workflow import ScopeTree, Token, spec_name


class NodeSpec(BpmnTaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """An element that a token passes through at once."""

    def __init__(self, wf_spec: object, node: Node) -> None:
        """Register the element in its process."""
        super().__init__(wf_spec, spec_name(node.id), lane=node.element.lane)
        self.node = node
        self.bpmn_id = node.id
        self.bpmn_name = node.element.name

    def test(self) -> None:
        """Do nothing: the gate has looked at the graph."""

    def _predict_hook(self, token: Token) -> None:
        """Predict nothing: only live tokens are kept."""

    def _update_hook(self, token: Token) -> bool:
        """Let a new token enter; later updates come from our own machine."""
        return token.has_state(TaskState.FUTURE) and self.enter(token)

    def _on_ready_hook(self, token: Token) -> None:
        if not self.manual:
            token.run_state.ready.append(token)

    def _run_hook(self, token: Token) -> bool | None:
        return self.execute(token)

    def _on_complete_hook(self, token: Token) -> None:
        token.run_state.note(self.node.id, "completed", instance=token.instance)
        self.leave(token)

    def _on_cancel(self, token: Token) -> None:
        if not token.is_listener:
            token.run_state.note(self.node.id, "cancelled", instance=token.instance)

    def enter(self, token: Token) -> bool:
        """Begin; True if the token may run at once."""
        return True

    def execute(self, token: Token) -> bool | None:
        """Do the work; None if it is finished from outside."""
        return True

    def finish(self, token: Token, values: Mapping[str, object]) -> None:
        """Give results to the scope around: only what is mapped, or everything."""
        if self.node.outputs:
            assign(token, mapped(token, self.node.outputs, visible(token, values)))
        else:
            assign(token, values)

    def leave(self, token: Token) -> None:
        """Put tokens on what follows."""
        for flow in self.chosen(token):
            take(token.workflow, flow)

    def chosen(self, token: Token) -> list[Flow]:
        """Return the flows to take: all plain ones and those whose condition holds."""
        flows = [token.run_state.graph.flows[name] for name in self.node.outgoing]
        return choose(token, flows)


def choose(token: Token, flows: list[Flow]) -> list[Flow]:
    """Return every flow that may be taken; the default only if no condition holds."""
    plain = [flow for flow in flows if flow.condition is None and not flow.is_default]
    true = [flow for flow in flows if not flow.is_default and is_true(token, flow)]
    taken = [flow for flow in flows if flow in plain or flow in true]
    conditional = any(flow.condition for flow in flows if not flow.is_default)
    if true or (plain and not conditional):
        return taken
    return taken + [flow for flow in flows if flow.is_default]


def is_true(token: Token, flow: Flow) -> bool:
    """Tell whether the condition of a flow holds; a flow without one does not."""
    if flow.condition is None:
        return False
    run = token.run_state
    return holds(flow.condition, visible(token), now=run.now, where=flow.id)


def take(tree: ScopeTree, flow: Flow, facts: Mapping[str, object] | None = None) -> Token:
    """Move along a flow onto its target."""
    tree.run.note(flow.source, "taken", flow=flow.id)
    return tree.spawn(flow.target, facts={"flow": flow.id, **(facts or {})})


def mapped(
    token: Token, rows: tuple[Assignment, ...], context: Mapping[str, object]
) -> dict[str, object]:
    """Evaluate mappings in order; a dotted target builds an object."""
    values: dict[str, object] = {}
    for row in rows:
        value = evaluate(row.source, context, now=token.run_state.now, where=token.element)
        _place(values, row.target.split("."), value, context)
    return values


def _place(
    values: dict[str, object], path: list[str], value: object, context: Mapping[str, object]
) -> None:
    if len(path) == 1:
        values[path[0]] = value
        return
    inner = values.get(path[0], context.get(path[0]))
    copy: dict[str, object] = dict(inner) if isinstance(inner, dict) else {}
    _place(copy, path[1:], value, {})
    values[path[0]] = copy


def fail(token: Token, message: str, *, remedy: str | None = None) -> ExecutionFailed:
    """Return the failure of an element, ready to be raised."""
    return ExecutionFailed(message, where=token.element, remedy=remedy)
