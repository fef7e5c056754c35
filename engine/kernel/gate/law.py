"""Every ending that hurts somebody names its legal basis."""

import re
from collections.abc import Iterator

from engine.decisions.findings import Finding
from engine.kernel.gate.subject import Subject, found
from engine.kernel.graph import Node

#: Outcomes against which a person may complain (SR Art. 90(2)).
ADVERSE = re.compile(
    r"(?:^|_)(?:not|no|un\w+|in(?:admissible|eligible)|refus\w*|reject\w*|dismiss\w*|expired?|"
    r"exclu\w*|terminat\w*|lapsed?|fail\w*|false\w*|revok\w*|withdrawn_by\w*)(?:_|$)",
    re.IGNORECASE,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yield endings without legal basis."""
    for node in subject.nodes:
        if node.kind == "endEvent" and not node.element.legal_basis and _hurts(node):
            yield found(
                node,
                "legal-basis-missing",
                f"the ending {node.element.outcome or ''} names no legal basis".replace("  ", " "),
                remedy="set the property legalBasis",
            )


def _hurts(node: Node) -> bool:
    if node.event is not None and node.event.kind in ("error", "terminate"):
        return True
    return bool(node.element.outcome and ADVERSE.search(node.element.outcome))
