"""Say what is wrong with a diagram, with its file, element and line."""

from dataclasses import dataclass, field

from lxml import etree

from engine.decisions.findings import Finding, Severity


@dataclass(kw_only=True)
class Problems:
    """Findings collected while one file is read."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        code: str,
        node: etree._Element,
        message: str,
        *,
        remedy: str,
        severity: Severity = "error",
    ) -> None:
        """Note one finding at a place of the file."""
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                message=message,
                remedy=remedy,
                file=self.file,
                element=node.get("id"),
                line=node.sourceline if isinstance(node.sourceline, int) else None,
            )
        )
