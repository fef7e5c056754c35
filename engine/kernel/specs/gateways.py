"""Exclusive, parallel, inclusive and event-based gateways."""

from SpiffWorkflow.util.task import TaskState

from engine.kernel.graph import Graph, Node
from engine.kernel.model import Flow
from engine.kernel.specs.base import NodeSpec, fail, is_true, take
from engine.kernel.workflow import Token


class ExclusiveSpec(NodeSpec):
    """Take the first flow whose condition holds, else the default."""

    def chosen(self, token: Token) -> list[Flow]:
        """Return exactly one flow, or none where the gateway is an end."""
        flows = [token.run_state.graph.flows[name] for name in self.node.outgoing]
        if not flows:
            return []
        if len(flows) == 1 and flows[0].condition is None:
            return flows
        for flow in flows:
            if not flow.is_default and is_true(token, flow):
                return [flow]
        default = [flow for flow in flows if flow.is_default]
        if not default:
            raise fail(token, "no condition holds", remedy="give the gateway a default flow")
        return default


class JoinSpec(NodeSpec):
    """A gateway that gathers tokens: one token waits and notes the flows that have come in."""

    node: Node

    def enter(self, token: Token) -> bool:
        """Join a waiting token that lacks this flow, or wait as a new one."""
        flow = token.internal_data.pop("flow", None)
        if len(self.node.incoming) < 2:  # noqa: PLR2004  # one flow needs no join
            return True
        for other in token.workflow.tokens:
            arrived = other.internal_data.get("arrived")
            if other.task_spec is self and arrived is not None and flow not in arrived:
                other.internal_data["arrived"] = [*arrived, flow]
                token.workflow.drop(token)
                self.gather(other)
                return False
        token.internal_data["arrived"] = [flow]
        token._set_state(TaskState.WAITING)
        return False

    def gather(self, token: Token) -> None:
        """Let the waiting token run if it is complete."""


class ParallelSpec(JoinSpec):
    """Wait for one token on each incoming flow, then take all outgoing flows."""

    def gather(self, token: Token) -> None:
        """Go on once every incoming flow has brought a token."""
        if set(token.internal_data["arrived"]) >= set(self.node.incoming):
            token._ready()

    def chosen(self, token: Token) -> list[Flow]:
        """Return all outgoing flows, conditions or not."""
        return [token.run_state.graph.flows[name] for name in self.node.outgoing]


class InclusiveSpec(JoinSpec):
    """Wait for every token that can still arrive, then take every flow whose condition holds."""

    def __init__(self, wf_spec: object, node: Node, graph: Graph) -> None:
        """Work out once from where each incoming flow can be reached without passing here."""
        super().__init__(wf_spec, node)
        self.sources = {flow: upstream(graph, flow, self.node.id) for flow in self.node.incoming}

    def may_go_on(self, token: Token) -> bool:
        """Tell whether no live token can still bring a flow that only it would bring."""
        arrived = set(token.internal_data["arrived"])
        missing = [self.sources[flow] for flow in self.node.incoming if flow not in arrived]
        present = [self.sources[flow] for flow in self.node.incoming if flow in arrived]
        for other in token.workflow.tokens:
            if other is token or other.is_listener or other.task_spec is self:
                continue
            if any(other.element in reach for reach in missing) and not any(
                other.element in reach for reach in present
            ):
                return False
        return True

    def chosen(self, token: Token) -> list[Flow]:
        """Return the flows whose condition holds, else the default."""
        flows = super().chosen(token)
        if self.node.outgoing and not flows:
            raise fail(token, "no condition holds", remedy="give the gateway a default flow")
        return flows


class EventGatewaySpec(NodeSpec):
    """Wait for the first of the events behind it; each keeps a timer of its own (trap E3)."""

    def leave(self, token: Token) -> None:
        """Put a waiting token on each event, tied together by the id of this one."""
        for name in self.node.outgoing:
            take(token.workflow, token.run_state.graph.flows[name], {"race": token.id})


def upstream(graph: Graph, flow: str, gateway: str) -> frozenset[str]:
    """Return the elements from which a flow can be reached without visiting the gateway."""
    found: set[str] = set()
    todo = [graph.flows[flow].source]
    while todo:
        name = todo.pop()
        if name in found or name == gateway:
            continue
        found.add(name)
        node = graph.nodes[name]
        todo.extend(graph.flows[other].source for other in node.incoming)
        if node.kind == "boundaryEvent" and node.element.attached_to:
            todo.append(node.element.attached_to)
        todo.extend(other.id for other in graph.nodes.values() if other.link_target == name)
    return frozenset(found)
