"""Hang flows, boundary events and link targets on nodes that have been read."""

from collections.abc import Mapping
from dataclasses import replace

from engine.kernel.graph import Node
from engine.kernel.model import Flow
from engine.kernel.xml.names import ACTIVITIES


def connect(nodes: Mapping[str, Node], flows: Mapping[str, Flow]) -> Mapping[str, Node]:
    """Return the nodes with everything that hangs on them."""
    catches = {
        (node.scope, node.event.name): node.id
        for node in nodes.values()
        if node.event and node.event.kind == "link" and node.kind == "intermediateCatchEvent"
    }
    incoming: dict[str, list[str]] = {name: [] for name in nodes}
    outgoing: dict[str, list[str]] = {name: [] for name in nodes}
    boundaries: dict[str, list[str]] = {name: [] for name in nodes}
    for flow in flows.values():
        outgoing[flow.source].append(flow.id)
        incoming[flow.target].append(flow.id)
    for node in nodes.values():
        host = node.element.attached_to
        if host is not None and host in nodes and nodes[host].kind in ACTIVITIES:
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
