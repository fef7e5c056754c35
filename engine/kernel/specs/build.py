"""Make SpiffWorkflow process specs from the graph, without its parser (traps S1-S3, S10)."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.kernel.graph import Graph, Node, Scope
from engine.kernel.specs.activities import (
    ActivitySpec,
    DecisionSpec,
    OperationSpec,
    PersonSpec,
    ReceiveSpec,
    ScopeSpec,
    ScriptSpec,
)
from engine.kernel.specs.base import NodeSpec
from engine.kernel.specs.events import (
    BoundaryCatchSpec,
    CatchSpec,
    EndSpec,
    ListenerSpec,
    ThrowSpec,
)
from engine.kernel.specs.gateways import (
    EventGatewaySpec,
    ExclusiveSpec,
    InclusiveSpec,
    ParallelSpec,
)
from engine.kernel.workflow import spec_name

CLASSES: Mapping[str, type[NodeSpec]] = {
    "task": ActivitySpec,
    "userTask": PersonSpec,
    "manualTask": PersonSpec,
    "serviceTask": OperationSpec,
    "sendTask": OperationSpec,
    "receiveTask": ReceiveSpec,
    "scriptTask": ScriptSpec,
    "businessRuleTask": DecisionSpec,
    "callActivity": ScopeSpec,
    "subProcess": ScopeSpec,
    "eventSubProcess": ScopeSpec,
    "exclusiveGateway": ExclusiveSpec,
    "parallelGateway": ParallelSpec,
    "eventBasedGateway": EventGatewaySpec,
    "startEvent": NodeSpec,
    "endEvent": EndSpec,
    "intermediateThrowEvent": ThrowSpec,
    "intermediateCatchEvent": CatchSpec,
    "boundaryEvent": BoundaryCatchSpec,
}


def build_specs(graph: Graph) -> Mapping[str, Any]:
    """Return one process spec for each scope of the graph."""
    return {scope.id: _build(scope, graph) for scope in graph.scopes.values()}


def _build(scope: Scope, graph: Graph) -> Any:  # noqa: ANN401  # SpiffWorkflow is untyped
    spec = BpmnProcessSpec(name=scope.id)
    for name in scope.nodes:
        _add(spec, graph.nodes[name], graph)
    for name in scope.listeners:
        start = graph.scopes[name].start
        if start is not None:
            ListenerSpec(spec, graph.nodes[start])
    for flow in graph.flows.values():
        if graph.nodes[flow.source].scope == scope.id:
            source, target = (spec.task_specs[spec_name(end)] for end in (flow.source, flow.target))
            source.connect(target)
    if scope.start is not None:
        spec.start.connect(spec.task_specs[spec_name(scope.start)])
    return spec


def _add(spec: object, node: Node, graph: Graph) -> None:
    if node.kind == "inclusiveGateway":
        InclusiveSpec(spec, node, graph)
    else:
        CLASSES[node.kind](spec, node)
