"""The namespaces of BPMN and of the zeebe dialect, and what we make of each tag."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

TASKS = frozenset(
    {
        "userTask",
        "manualTask",
        "task",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
    }
)
ACTIVITIES = TASKS | {"callActivity", "subProcess"}
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

#: Say nothing about the course of a case.
SILENT = frozenset(
    {
        "laneSet",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "multiInstanceLoopCharacteristics",
    }
)

#: Definitions an event may carry, by what we call them.
DEFINITIONS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "terminateEventDefinition": "terminate",
    "linkEventDefinition": "link",
}

#: Where each kind of event may stand.
PLACES = {
    "startEvent": {"timer", "message", "signal", "error", "escalation", "conditional"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"timer", "message", "signal", "conditional", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link"},
    "boundaryEvent": {"timer", "message", "signal", "error", "escalation", "conditional"},
}


def bpmn(tag: str) -> str:
    """Return the full name of a BPMN tag."""
    return f"{{{BPMN}}}{tag}"


def zeebe(tag: str) -> str:
    """Return the full name of a zeebe tag."""
    return f"{{{ZEEBE}}}{tag}"
