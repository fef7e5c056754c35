"""Read BPMN files into one graph; what cannot run is noted by element and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from engine.decisions.findings import Finding
from engine.decisions.xml import read_xml
from engine.errors import DocumentRefused
from engine.kernel.graph import Graph, Node, Scope
from engine.kernel.model import Flow
from engine.kernel.xml import extensions, normalise
from engine.kernel.xml.connect import connect
from engine.kernel.xml.events import declarations, read_event
from engine.kernel.xml.names import BPMN, FLOW_NODES, SILENT, bpmn
from engine.kernel.xml.nodes import Place, read_node, refuse_unsupported
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


def read_graph(files: Mapping[str, bytes]) -> Graph:
    """Return the graph of all .bpmn files, in the order of their names."""
    reading = Reading()
    for name in sorted(files):
        if name.endswith(".bpmn"):
            _read_file(name, files[name], reading)
    return Graph(
        nodes=connect(reading.nodes, reading.flows),
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
    refuse_unsupported(node, place)
    read = read_node(node, tag, event, place)
    reading.nodes[identity] = read
    if tag == "subProcess":
        inner = replace(place, scope=identity, parent=place.scope)
        _read_scope(node, inner, reading)
    return read


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
