"""What process owners wrote, in the language of the reader: forms, and the words of a drawing."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

from web.language import SOURCE, current, label

#: What form-js shows of a component, besides its options.
SHOWN = ("title", "label", "text", "description", "dateLabel", "timeLabel")
#: These hold further components or options.
HOLDING = ("components", "values")
#: Named for machines.
_UNSHOWN = frozenset({"message", "error", "signal", "property", "definitions"})
#: Drawings that are kept by language; a process has some 20 versions at most.
_KEPT = 200

Form = Mapping[str, Any]


def form(schema: Form) -> dict[str, Any]:
    """Return a form with its texts in the language of the reader; keys and values stay."""
    return {name: _part(name, value) for name, value in schema.items()}


def _part(name: str, value: object) -> object:
    if name in SHOWN and isinstance(value, str):
        return label(value)
    if name in HOLDING and isinstance(value, list):
        return [form(one) if isinstance(one, Mapping) else one for one in value]
    return value


def drawing(data: bytes) -> dict[str, str]:
    """Return the words of a diagram that read otherwise in the language of the reader."""
    return {} if current() == SOURCE else dict(_drawing(data, current()))


@lru_cache(maxsize=_KEPT)
def _drawing(data: bytes, _language: str) -> tuple[tuple[str, str], ...]:
    words = {text: label(text) for text, _kind in written_in(data)}
    return tuple((text, shown) for text, shown in words.items() if shown != text)


def written_in(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a diagram shows, each with what it is: names, notes, what a task asks for."""
    for node in nodes(data):
        kind = etree.QName(node).localname
        name = node.get("name")
        if name and kind not in _UNSHOWN:
            yield name, kind
        above = node.getparent()
        if kind == "text" or (kind == "documentation" and _is_shown(above)):
            yield from stripped(node.text, kind)


def _is_shown(above: etree._Element | None) -> bool:
    """Say whether its documentation is for whoever works: that of a process is for its owner."""
    return above is not None and etree.QName(above).localname != "process"


def nodes(data: bytes) -> Iterator[etree._Element]:
    """Yield the elements of a document, in order."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(data, parser).iter(etree.Element)


def stripped(text: str | None, kind: str) -> Iterator[tuple[str, str]]:
    """Yield a text as the engine reads it, if there is one."""
    if text and text.strip():
        yield text.strip(), kind
