"""Read BPMN files into one graph; what cannot run is noted by element and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from engine.decisions.findings import Finding
from engine.decisions.xml import read_xml
from engine.errors import DocumentRefused
from engine.kernel.graph import Event, Graph, Loop, Node, Scope
from engine.kernel.model import Element, Flow
from engine.kernel.xml import extensions, normalise
from engine.kernel.xml.events import Declared, declarations, read_event
from engine.kernel.xml.names import ACTIVITIES, BPMN, FLOW_NODES, SILENT, bpmn
from engine.kernel.xml.problems import Problems

#: Diagrams of real processes stay below 150.
MAX_FLOW_NODES = 1_000


@dataclass(kw_only=True)
class Reading:
    """What has been read so far, over all files."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    processes: dict[str, tuple[str | None, str, str | None]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in which file a node is being read."""

    process: str
    scope: str
    parent: str | None
    lanes: Mapping[str, str]
    declared: Mapping[str, Declared]
    problems: Problems


def read_graph(files: Mapping[str, bytes]) -> Graph:
    """Return the graph of all .bpmn files, in the order of their names."""
    reading = Reading()
    for name in sorted(files):
        if name.endswith(".bpmn"):
            _read_file(name, files[name], reading)
    return Graph(
        nodes=_connected(reading),
        flows=reading.flows,
        scopes=reading.scopes,
        processes=reading.processes,
        problems=tuple(reading.findings),
    )


def _read_file(name: str, data: bytes, reading: Reading) -> None:
    problems = Problems(file=name)
    try:
        root = read_xml(data, name=name)
    except DocumentRefused as refusal:
        reading.findings.append(_unreadable(name, refusal))
        return
    if root.tag != bpmn("definitions"):
        problems.add("file-not-bpmn", root, "this is not a BPMN diagram", remedy="export it again")
    elif sum(1 for _ in root.iter(*map(bpmn, FLOW_NODES))) > MAX_FLOW_NODES:
        problems.add(
            "file-too-large",
            root,
            f"the diagram has more than {MAX_FLOW_NODES} elements",
            remedy="call a part of it as a process of its own",
        )
    else:
        _read_definitions(root, reading, problems)
    reading.findings.extend(problems.findings)


def _unreadable(name: str, refusal: DocumentRefused) -> Finding:
    line = (refusal.where or "").rpartition(":")[2]
    return Finding(
        code="file-unreadable",
        severity="error",
        message=refusal.detail,
        remedy=refusal.remedy or "export the diagram again",
        file=name,
        line=int(line) if line.isdigit() else None,
    )


def _read_definitions(root: etree._Element, reading: Reading, problems: Problems) -> None:
    normalise.name_nodes(root, FLOW_NODES)
    normalise.name_flows(root)
    declared = declarations(root)
    for process in root.findall(bpmn("process")):
        identity = str(process.get("id"))
        if identity in reading.processes:
            problems.add(
                "process-duplicate",
                process,
                f"the process {identity} is drawn twice",
                remedy="give one of them another id",
            )
            continue
        reading.processes[identity] = (
            process.get("name"),
            problems.file,
            extensions.documentation(process),
        )
        place = Place(
            process=identity,
            scope=identity,
            parent=None,
            lanes=_lanes(process),
            declared=declared,
            problems=problems,
        )
        _read_scope(process, place, reading)


def _lanes(process: etree._Element) -> Mapping[str, str]:
    """Return the innermost lane of each node; a lane inside a lane comes later in the file."""
    lanes = {}
    for lane in process.iter(bpmn("lane")):
        for reference in lane.findall(bpmn("flowNodeRef")):
            lanes[(reference.text or "").strip()] = lane.get("name") or str(lane.get("id"))
    return lanes


def _read_scope(holder: etree._Element, place: Place, reading: Reading) -> None:
    nodes = [_read_node(node, place, reading) for node in _flow_nodes(holder, place)]
    for flow in holder.findall(bpmn("sequenceFlow")):
        _read_flow(flow, holder, place, reading)
    read = [node for node in nodes if node is not None]
    by_event = holder.get("triggeredByEvent") == "true"
    reading.scopes[place.scope] = Scope(
        id=place.scope,
        process=place.process,
        parent=place.parent,
        nodes=tuple(node.id for node in read),
        start=_start(read, holder, place, by_event=by_event),
        listeners=tuple(n.id for n in read if n.kind == "eventSubProcess"),
        by_event=by_event,
    )


def _flow_nodes(holder: etree._Element, place: Place) -> Iterator[etree._Element]:
    for child in holder:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child)
        if name.namespace != BPMN or name.localname in SILENT | {"sequenceFlow"}:
            continue
        if name.localname in FLOW_NODES:
            yield child
        else:
            place.problems.add(
                "element-unsupported",
                child,
                f"a {name.localname} is not supported",
                remedy="draw the course of the case without it",
            )


def _start(
    nodes: list[Node], holder: etree._Element, place: Place, *, by_event: bool
) -> str | None:
    starts = [node for node in nodes if node.kind == "startEvent"]
    plain = [node for node in starts if node.event is None]
    if by_event:
        plain = [node for node in starts if node.event is not None]
    elif not plain and place.parent is None:
        plain = [node for node in starts if node.event and node.event.kind == "message"]
    if len(plain) == 1 and (len(starts) == 1 or place.parent is None):
        return plain[0].id
    what = "one start event with a trigger" if by_event else "exactly one plain start event"
    place.problems.add(
        "start-event",
        holder,
        f"{place.scope} must have {what}",
        remedy="draw one, and delete the others",
    )
    return None


def _read_node(node: etree._Element, place: Place, reading: Reading) -> Node | None:
    identity = str(node.get("id"))
    if identity in reading.nodes or identity in reading.scopes:
        place.problems.add(
            "id-duplicate",
            node,
            f"the id {identity} is used twice",
            remedy="give one of the elements another id; ids are unique over all diagrams",
        )
        return None
    tag = etree.QName(node).localname
    event = read_event(node, place.declared, place.problems)
    _refuse_unsupported(node, place)
    read = _node(node, tag, event, place)
    reading.nodes[identity] = read
    if tag == "subProcess":
        inner = replace(place, scope=identity, parent=place.scope)
        _read_scope(node, inner, reading)
    return read


def _refuse_unsupported(node: etree._Element, place: Place) -> None:
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


def _node(node: etree._Element, tag: str, event: Event | None, place: Place) -> Node:
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
        confidential=facts.get("confidential") == "true",
        milestone=facts.get("milestone") or None,
        outcome=facts.get("outcome") or None,
        documentation=extensions.documentation(node),
        file=place.problems.file,
        line=node.sourceline if isinstance(node.sourceline, int) else None,
    )


def _read_flow(
    flow: etree._Element, holder: etree._Element, place: Place, reading: Reading
) -> None:
    identity, source, target = (str(flow.get(key)) for key in ("id", "sourceRef", "targetRef"))
    if identity in reading.flows or identity in reading.nodes:
        place.problems.add(
            "id-duplicate",
            flow,
            f"the id {identity} is used twice",
            remedy="give the flow another id; ids are unique over all diagrams",
        )
        return
    inside = {str(node.get("id")) for node in holder}
    for end in (source, target):
        if end not in inside or end not in reading.nodes:
            place.problems.add(
                "flow-loose",
                flow,
                f"the flow {identity} has no end at {end}",
                remedy="connect both ends of it inside one process or sub-process",
            )
            return
    condition = flow.find(bpmn("conditionExpression"))
    text = (condition.text or "").strip() if condition is not None else ""
    reading.flows[identity] = Flow(
        id=identity,
        process=place.process,
        source=source,
        target=target,
        name=flow.get("name"),
        condition=text or None,
        is_default=reading.nodes[source].default == identity,
    )


def _connected(reading: Reading) -> Mapping[str, Node]:
    """Hang flows, boundary events and link targets on their nodes."""
    nodes = reading.nodes
    catches = {
        (node.scope, node.event.name): node.id
        for node in nodes.values()
        if node.event and node.event.kind == "link" and node.kind == "intermediateCatchEvent"
    }
    incoming: dict[str, list[str]] = {name: [] for name in nodes}
    outgoing: dict[str, list[str]] = {name: [] for name in nodes}
    boundaries: dict[str, list[str]] = {name: [] for name in nodes}
    for flow in reading.flows.values():
        outgoing[flow.source].append(flow.id)
        incoming[flow.target].append(flow.id)
    for node in nodes.values():
        host = node.element.attached_to
        if host in nodes and nodes[host].kind in ACTIVITIES:
            boundaries[host].append(node.id)
    return {
        node.id: replace(
            node,
            incoming=tuple(incoming[node.id]),
            outgoing=tuple(outgoing[node.id]),
            boundaries=tuple(boundaries[node.id]),
            link_target=_link_target(node, catches),
        )
        for node in nodes.values()
    }


def _link_target(node: Node, catches: Mapping[tuple[str, str | None], str]) -> str | None:
    if node.kind != "intermediateThrowEvent" or not node.event or node.event.kind != "link":
        return None
    return catches.get((node.scope, node.event.name))
