"""Find the names that pages write as words: variables, outcomes, kinds of documents, articles."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lxml import etree

from web import labels
from web.language import in_words

#: A key of a FEEL context, outside of texts.
_KEY = re.compile(r"[{,]\s*([A-Za-z_]\w*)\s*:")
_TEXT = re.compile(r'"[^"]*"')
_WORD = re.compile(r'\s*"([a-z_]\w*)"\s*', re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*")


def names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the names in a file as a page writes them."""
    for name in _NAMES[path.suffix](path):
        for part in name.split("."):
            if _NAME.fullmatch(part):
                yield in_words(part), "name"


def articles(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the legal bases in a diagram."""
    for node in labels.nodes(path.read_bytes()):
        if node.get("name") == "legalBasis" and node.get("value"):
            yield str(node.get("value")).strip(), "legal basis"


def _of_diagram(path: Path) -> Iterator[str]:
    for node in labels.nodes(path.read_bytes()):
        kind = etree.QName(node).localname
        if kind == "property" and node.get("name") == "outcome":
            yield str(node.get("value"))
        if kind == "message":
            yield node.get("name") or ""
        yield from (node.get(name) or "" for name in ("target", "resultVariable", "outputElement"))
        for name in ("source", "expression"):
            yield from _keys(node.get(name) or "")


def _of_table(path: Path) -> Iterator[str]:
    for node in labels.nodes(path.read_bytes()):
        kind = etree.QName(node).localname
        if kind == "output":
            yield node.get("name") or ""
        if kind == "text":
            text = node.text or ""
            yield from _keys(text)
            if found := _WORD.fullmatch(text):
                yield found[1]


def _keys(text: str) -> list[str]:
    return _KEY.findall(_TEXT.sub('""', text))


def _of_form(path: Path) -> Iterator[str]:
    yield from _keyed(json.loads(path.read_bytes()))


def _keyed(component: Mapping[str, object]) -> Iterator[str]:
    for name in ("key", "path"):
        if isinstance(given := component.get(name), str):
            yield given
    inner = component.get("components")
    for one in inner if isinstance(inner, list) else ():
        yield from _keyed(one)


_NAMES = {".bpmn": _of_diagram, ".dmn": _of_table, ".form": _of_form}
