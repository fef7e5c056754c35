"""Read one flow node: what it is, what it carries, and what of it cannot run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from engine.kernel.graph import Event, Loop, Node
from engine.kernel.model import Element
from engine.kernel.xml import extensions
from engine.kernel.xml.events import Declared
from engine.kernel.xml.names import bpmn
from engine.kernel.xml.problems import Problems


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in which file a node is being read."""

    process: str
    scope: str
    parent: str | None
    lanes: Mapping[str, str]
    declared: Mapping[str, Declared]
    problems: Problems


def refuse_unsupported(node: etree._Element, place: Place) -> None:
    """Note what of a node cannot run."""
    problems = place.problems
    if node.find(bpmn("standardLoopCharacteristics")) is not None:
        problems.add(
            "loop-unsupported",
            node,
            "a standard loop is not supported",
            remedy="draw the loop with a gateway, or use a multi-instance task",
        )
    if node.get("isForCompensation") == "true":
        problems.add(
            "compensation-unsupported",
            node,
            "compensation is not supported",
            remedy="draw the reversal as ordinary tasks",
        )
    loop = extensions.loop(node)
    if loop is not None and not loop.collection:
        problems.add(
            "loop-collection",
            node,
            "the multi-instance task has no input collection",
            remedy="set its input collection to an expression that gives a list",
        )
    if node.find(bpmn("script")) is not None or node.get("scriptFormat"):
        problems.add(
            "script-not-feel",
            node,
            "scripts are written in FEEL only",
            remedy="use zeebe:script with an expression that begins with =",
        )


def read_node(node: etree._Element, tag: str, event: Event | None, place: Place) -> Node:
    """Return a node without its flows."""
    by_event = tag == "subProcess" and node.get("triggeredByEvent") == "true"
    loop: Loop | None = extensions.loop(node)
    element = _element(node, "eventSubProcess" if by_event else tag, event, place)
    retries = extensions.attribute(node, "taskDefinition", "retries") or "3"
    return Node(
        element=replace(element, multi_instance=loop is not None),
        scope=place.scope,
        default=node.get("default"),
        inputs=extensions.assignments(node, "input"),
        outputs=extensions.assignments(node, "output"),
        loop=loop,
        event=event,
        duty=extensions.duty(node),
        script=extensions.attribute(node, "script", "expression"),
        result=extensions.attribute(node, "script", "resultVariable")
        or extensions.attribute(node, "calledDecision", "resultVariable"),
        retries=int(retries) if retries.isdigit() else 3,
    )


def _element(node: etree._Element, kind: str, event: Event | None, place: Place) -> Element:
    facts = extensions.properties(node)
    identity = str(node.get("id"))
    operation = extensions.attribute(node, "taskDefinition", "type")
    return Element(
        id=identity,
        process=place.process,
        kind=kind,
        name=node.get("name"),
        event=event.kind if event else None,
        lane=place.lanes.get(identity),
        form=extensions.attribute(node, "formDefinition", "formId"),
        operation=operation,
        decision=extensions.attribute(node, "calledDecision", "decisionId"),
        message=event.name if event and event.kind == "message" else None,
        calls=extensions.attribute(node, "calledElement", "processId"),
        attached_to=node.get("attachedToRef"),
        parent=place.scope if place.parent is not None else None,
        interrupting=node.get("cancelActivity") != "false"
        and node.get("isInterrupting") != "false",
        legal_basis=facts.get("legalBasis") or None,
        differs_from=tuple(filter(None, map(str.strip, facts.get("differsFrom", "").split(",")))),
        in_person=facts.get("inPerson") == "true",
        confidential=facts.get("confidential") == "true",
        milestone=facts.get("milestone") or None,
        outcome=facts.get("outcome") or None,
        documentation=extensions.documentation(node),
        file=place.problems.file,
        line=node.sourceline if isinstance(node.sourceline, int) else None,
    )
