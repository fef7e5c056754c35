"""Read what an event waits for or throws."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from lxml import etree

from engine.kernel.graph import Event, EventKind, TimerKind
from engine.kernel.xml.extensions import attribute
from engine.kernel.xml.names import DEFINITIONS, PLACES, bpmn
from engine.kernel.xml.problems import Problems

TIMERS: Mapping[str, TimerKind] = {
    "timeDate": "date",
    "timeDuration": "duration",
    "timeCycle": "cycle",
}


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A message, signal, error or escalation declared at the top of a file."""

    name: str | None
    code: str | None
    correlation: str | None


def declarations(root: etree._Element) -> Mapping[str, Declared]:
    """Return everything that events can refer to, by id."""
    found = {}
    for tag in ("message", "signal", "error", "escalation"):
        for node in root.findall(bpmn(tag)):
            found[str(node.get("id"))] = Declared(
                name=node.get("name"),
                code=node.get("errorCode") or node.get("escalationCode"),
                correlation=attribute(node, "subscription", "correlationKey"),
            )
    return found


def read_event(
    node: etree._Element, declared: Mapping[str, Declared], problems: Problems
) -> Event | None:
    """Return the event of a node; None for a plain one or after a problem was noted."""
    tag = etree.QName(node).localname
    if tag in ("receiveTask", "sendTask"):
        reference = node.get("messageRef")
        return _refer(node, "message", reference, declared, problems) if reference else None
    definitions = [
        child
        for child in node
        if isinstance(child.tag, str) and child.tag.endswith("EventDefinition")
    ]
    if not definitions:
        return None
    if len(definitions) > 1 or node.get("parallelMultiple") == "true":
        problems.add(
            "event-multiple",
            node,
            "an event with several definitions is not supported",
            remedy="draw one event for each of them",
        )
        return None
    return _definition(node, definitions[0], declared, problems)


def _definition(
    node: etree._Element,
    definition: etree._Element,
    declared: Mapping[str, Declared],
    problems: Problems,
) -> Event | None:
    name = etree.QName(definition).localname
    kind = DEFINITIONS.get(name)
    place = etree.QName(node).localname
    if kind is None or kind not in PLACES.get(place, ()):
        what = name.removesuffix("EventDefinition")
        problems.add(
            "event-unsupported",
            node,
            f"a {what} {place} is not supported",
            remedy="draw the course of the case without it",
        )
        return None
    if kind == "timer":
        return _timer(node, definition, problems)
    if kind == "conditional":
        text = (definition.findtext(bpmn("condition")) or "").strip()
        return Event(kind="conditional", text=text)
    if kind == "link":
        return Event(kind="link", name=definition.get("name"))
    if kind == "terminate":
        return Event(kind="terminate")
    reference = definition.get(f"{kind}Ref")
    return _refer(node, cast("EventKind", kind), reference, declared, problems)


def _timer(node: etree._Element, definition: etree._Element, problems: Problems) -> Event | None:
    texts = [child for child in definition if etree.QName(child).localname in TIMERS]
    if len(texts) != 1 or not (texts[0].text or "").strip():
        problems.add(
            "timer-empty",
            node,
            "the timer says neither a date nor a duration nor a cycle",
            remedy="write an ISO 8601 text or an expression that begins with =",
        )
        return None
    kind = TIMERS[etree.QName(texts[0]).localname]
    return Event(kind="timer", timer=kind, text=(texts[0].text or "").strip())


def _refer(
    node: etree._Element,
    kind: EventKind,
    reference: str | None,
    declared: Mapping[str, Declared],
    problems: Problems,
) -> Event | None:
    if reference is None and kind in ("error", "escalation") and "boundaryEvent" in str(node.tag):
        return Event(kind=kind)
    if reference is None and kind in ("error", "escalation") and "startEvent" in str(node.tag):
        return Event(kind=kind)
    target = declared.get(reference.split(":")[-1]) if reference else None
    if target is None or not (target.name or target.code):
        problems.add(
            "event-undeclared",
            node,
            f"the {kind} {reference or ''} is not declared".replace("  ", " "),
            remedy=f"choose a {kind} with a name",
        )
        return None
    code = target.code or target.name if kind in ("error", "escalation") else None
    return Event(kind=kind, name=target.name, code=code, correlation=target.correlation)
