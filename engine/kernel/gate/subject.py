"""What the checks look at, and how they say what they found."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.decisions import Model
from engine.decisions.findings import Finding, Severity
from engine.kernel.graph import Graph, Node
from engine.kernel.model import Catalogue


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All files of one check."""

    graph: Graph
    catalogue: Catalogue
    #: form id -> its JSON
    forms: Mapping[str, object]
    models: tuple[Model, ...]

    @property
    def nodes(self) -> Iterable[Node]:
        """Return the nodes of all diagrams."""
        return self.graph.nodes.values()

    def callers(self, process: str) -> list[Node]:
        """Return the call activities that call a process."""
        return [node for node in self.nodes if node.element.calls == process]


def found(
    node: Node,
    code: str,
    message: str,
    *,
    remedy: str,
    severity: Severity = "error",
) -> Finding:
    """Return a finding about one node."""
    return Finding(
        code=code,
        severity=severity,
        message=f"{node.id}: {message}",
        remedy=remedy,
        file=node.element.file or "",
        element=node.id,
        line=node.element.line,
    )


def nearest(name: str, known: Iterable[str], otherwise: str, *, alike: float = 0.6) -> str:
    """Return a remedy that suggests the known name closest to a wrong one."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=alike)
    return f"did you mean {near[0]}?" if near else otherwise
