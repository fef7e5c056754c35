"""Read the zeebe extension elements of one node."""

from collections.abc import Mapping

from lxml import etree

from engine.kernel.graph import Assignment, Duty, Loop
from engine.kernel.xml.names import bpmn, zeebe


def extension(node: etree._Element, tag: str) -> etree._Element | None:
    """Return one zeebe extension element of a node."""
    return node.find(f"{bpmn('extensionElements')}/{zeebe(tag)}")


def attribute(node: etree._Element, tag: str, name: str) -> str | None:
    """Return an attribute of a zeebe extension element; blank counts as absent."""
    found = extension(node, tag)
    return _text(found.get(name)) if found is not None else None


def properties(node: etree._Element) -> Mapping[str, str]:
    """Return the zeebe properties of a node."""
    holder = extension(node, "properties")
    if holder is None:
        return {}
    rows = holder.findall(zeebe("property"))
    return {str(row.get("name")): (row.get("value") or "").strip() for row in rows}


def assignments(node: etree._Element, tag: str) -> tuple[Assignment, ...]:
    """Return the input or output mappings of a node, in their order."""
    holder = extension(node, "ioMapping")
    if holder is None:
        return ()
    return tuple(
        Assignment(source=row.get("source") or "", target=(row.get("target") or "").strip())
        for row in holder.findall(zeebe(tag))
    )


def duty(node: etree._Element) -> Duty:
    """Return who should do a user task and by when."""
    return Duty(
        assignee=attribute(node, "assignmentDefinition", "assignee"),
        candidate_groups=attribute(node, "assignmentDefinition", "candidateGroups"),
        candidate_users=attribute(node, "assignmentDefinition", "candidateUsers"),
        due_at=attribute(node, "taskSchedule", "dueDate"),
        follow_up_at=attribute(node, "taskSchedule", "followUpDate"),
        priority=attribute(node, "priorityDefinition", "priority"),
    )


def loop(node: etree._Element) -> Loop | None:
    """Return the multi-instance characteristic of a node; None if it runs once."""
    found = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if found is None:
        return None
    condition = found.find(bpmn("completionCondition"))
    return Loop(
        sequential=found.get("isSequential") == "true",
        collection=attribute(found, "loopCharacteristics", "inputCollection") or "",
        element=attribute(found, "loopCharacteristics", "inputElement"),
        output_collection=attribute(found, "loopCharacteristics", "outputCollection"),
        output_element=attribute(found, "loopCharacteristics", "outputElement"),
        condition=_text(condition.text) if condition is not None else None,
    )


def documentation(node: etree._Element) -> str | None:
    """Return the documentation text of a node."""
    found = node.find(bpmn("documentation"))
    return _text(found.text) if found is not None else None


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None
