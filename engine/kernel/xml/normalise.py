"""Give every flow an id of its own: SpiffWorkflow 3.2 and our own counts need one (trap S1)."""

from lxml import etree

from engine.kernel.xml.names import bpmn


def name_flows(root: etree._Element) -> None:
    """Derive an id for each sequence flow without one from its ends, counted where equal."""
    taken = {str(node.get("id")) for node in root.iter() if node.get("id")}
    for flow in root.iter(bpmn("sequenceFlow")):
        if flow.get("id"):
            continue
        stem = f"Flow_{flow.get('sourceRef')}_{flow.get('targetRef')}"
        flow.set("id", next(name for name in _counted(stem) if name not in taken))
        taken.add(str(flow.get("id")))


def name_nodes(root: etree._Element, tags: frozenset[str]) -> None:
    """Derive an id for each flow node without one from its tag and place in the file."""
    taken = {str(node.get("id")) for node in root.iter() if node.get("id")}
    for tag in sorted(tags):
        for node in root.iter(bpmn(tag)):
            if node.get("id"):
                continue
            node.set("id", next(name for name in _counted(f"Element_{tag}") if name not in taken))
            taken.add(str(node.get("id")))


def _counted(stem: str) -> "list[str]":
    return [stem, *(f"{stem}_{number}" for number in range(2, 1_000))]
