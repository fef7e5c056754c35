"""The events of a case as an event log for process mining (IEEE 1849, XES)."""

from collections.abc import Mapping, Sequence

from lxml import etree

from engine import history
from engine.archive.entries import Entry
from engine.store.cases import Case

NAMESPACE = "http://www.xes-standard.org/"
#: The version of the standard, as its schema wants it: a decimal.
VERSION = "1849.2016"
EXTENSIONS = {
    "concept": "Concept",
    "lifecycle": "Lifecycle",
    "org": "Organizational",
    "time": "Time",
}
#: Transitions of the standard's life cycle; whatever is not named here is complete when recorded.
TRANSITIONS: Mapping[str, str] = {
    "case:opened": "start",
    "case:cancelled": "pi_abort",
    "case:suspended": "suspend",
    "case:resumed": "resume",
    "task:claimed": "assign",
    "task:unclaimed": "unknown",
    "task:assigned": "assign",
    "task:delegated": "reassign",
    "task:rescheduled": "unknown",
    "effect:begun": "start",
    "effect:failed": "ate_abort",
    "incident:raised": "unknown",
}
NEVER = "1970-01-01T00:00:00.000000Z"


def log(case: Case, entries: Sequence[Entry]) -> bytes:
    """Return a log of one trace with one event per event of the history."""
    root = etree.Element(
        "log",
        {"xes.version": VERSION, "xes.features": ""},
        nsmap={None: NAMESPACE},  # type: ignore[dict-item]  # the default namespace has no prefix
    )
    for prefix, name in EXTENSIONS.items():
        uri = f"{NAMESPACE}{prefix}.xesext"
        etree.SubElement(root, "extension", name=name, prefix=prefix, uri=uri)
    _string(etree.SubElement(root, "global", scope="trace"), "concept:name", "")
    _globals_of_events(etree.SubElement(root, "global", scope="event"))
    keys = "concept:name lifecycle:transition"
    etree.SubElement(root, "classifier", name="Activity", scope="event", keys=keys)
    _string(root, "concept:name", f"Cursus {case.process}")
    trace = etree.SubElement(root, "trace")
    _attributes(trace, case)
    for one in entries:
        _event(etree.SubElement(trace, "event"), one)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _globals_of_events(to: etree._Element) -> None:
    _string(to, "concept:name", "")
    _string(to, "org:resource", "")
    _string(to, "lifecycle:transition", "complete")
    _value(to, "date", "time:timestamp", NEVER)


def _attributes(trace: etree._Element, case: Case) -> None:
    _string(trace, "concept:name", str(case.id))
    _string(trace, "title", case.title)
    _string(trace, "process", case.process)
    _string(trace, "key", case.key)
    _string(trace, "outcome", case.outcome)
    _value(trace, "date", "opened", history.instant(case.opened_at))
    if case.ended_at is not None:
        _value(trace, "date", "ended", history.instant(case.ended_at))


def _event(to: etree._Element, one: Entry) -> None:
    fields = one.event.fields
    _string(to, "concept:name", one.name or one.kind)
    _string(to, "org:resource", fields.actor)
    _value(to, "date", "time:timestamp", history.instant(one.at))
    _string(to, "lifecycle:transition", TRANSITIONS.get(one.kind, "complete"))
    _value(to, "int", "number", str(one.seq))
    _string(to, "kind", one.kind)
    _string(to, "onBehalfOf", fields.on_behalf_of)
    _string(to, "element", fields.element)
    _string(to, "legalBasis", one.legal_basis)
    _string(to, "reason", one.reason)
    _string(to, "process", one.process)
    if one.version is not None:
        _value(to, "int", "version", str(one.version))
    _string(to, "hash", one.event.hash.hex())


def _string(to: etree._Element, key: str, value: str | None) -> None:
    if value is not None:
        _value(to, "string", key, _for_xml(value))


def _value(to: etree._Element, kind: str, key: str, value: str) -> None:
    etree.SubElement(to, kind, key=key, value=value)


def _for_xml(text: str) -> str:
    """Replace the signs that XML 1.0 cannot hold."""
    return "".join(sign if sign in "\t\n\r" or _is_allowed(sign) else "\ufffd" for sign in text)


def _is_allowed(sign: str) -> bool:
    code = ord(sign)
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000  # noqa: PLR2004  # XML 1.0, 2.2
