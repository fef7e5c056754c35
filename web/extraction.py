"""Find the texts that are not written in pages: owners' files, and what the engine says.

`python -m web.extraction` writes the templates of their catalogues; `make messages` then brings
the catalogues up to date.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from lxml import etree

import engine
import forms
import processes
import recruitment
from web import labels
from web.extraction_names import articles, names
from web.extraction_python import sentences
from web.language import CATALOGUES, ENGINE, PROCESSES

Found = Iterator[tuple[str, str]]

#: What stands at the head of each catalogue.
TITLES = {
    PROCESSES: "Texts of the files of process owners, of letters and calendars.",
    ENGINE: "What the engine says: refusals, findings, derivations. Places stand in braces.",
}
#: Of a decision table the pages show these; the rest is for its editor.
_TABLE = {"decision": "name", "input": "label", "output": "label"}


def texts() -> dict[str, str]:
    """Return the texts of the shipped files, each with what it is the first time."""
    found: dict[str, str] = {}
    for path in shipped():
        for text, kind in _READERS[path.suffix](path):
            found.setdefault(text, f"{kind} ({path.stem})")
    for path in shipped():
        for text, kind in _besides(path):
            found.setdefault(text, f"{kind} ({path.stem})")
    return found


def _besides(path: Path) -> Found:
    if path.suffix == ".bpmn":
        yield from articles(path)
    if path.suffix != ".yaml":
        yield from names(path)


def shipped() -> list[Path]:
    """Return the files of process owners, and the calendars and letters, in order."""
    places = (
        (processes, "*.bpmn"),
        (processes, "*.dmn"),
        (forms, "*.form"),
        (processes, "score_anchors.yaml"),
        (recruitment, "messages/*.form"),
        (recruitment, "letters/*.yaml"),
        (engine, "timelimits/calendars/*.yaml"),
    )
    return [
        path for room, pattern in places for path in sorted(Path(room.__path__[0]).glob(pattern))
    ]


def diagram(path: Path) -> Found:
    """Yield what a diagram shows."""
    yield from labels.written_in(path.read_bytes())


def table(path: Path) -> Found:
    """Yield what pages show of a decision: its name, its columns, the source of its rules."""
    for node in labels.nodes(path.read_bytes()):
        tag = etree.QName(node).localname
        shown = node.get(_TABLE[tag]) if tag in _TABLE else None
        if shown:
            yield shown, tag
        if tag == "annotationEntry":
            yield from labels.stripped(node.findtext("{*}text"), "source")


def form(path: Path) -> Found:
    """Yield what a form shows: labels, texts, hints and options."""
    schema = json.loads(path.read_bytes())
    yield from shown_in(schema)


def shown_in(component: Mapping[str, object]) -> Found:
    """Yield the texts of a component and of those inside it; expressions are none."""
    for name in labels.SHOWN:
        text = component.get(name)
        if isinstance(text, str) and text and not text.startswith("="):
            yield text, name
    for name in labels.HOLDING:
        inner = component.get(name)
        for one in inner if isinstance(inner, list) else ():
            yield from shown_in(one)


def sheet(path: Path) -> Found:
    """Yield the subjects of letters, the anchors of points, or a calendar's days and places."""
    content = yaml.safe_load(path.read_bytes())
    if "anchors" in content:
        yield from ((one["words"], "points") for one in content["anchors"])
        return
    if "years" not in content:
        yield from ((one["subject"], "subject") for one in content.values())
        return
    yield content["place"], "place"
    for year in content["years"].values():
        yield from ((name, "holiday") for name in year["days"].values())
    pattern = content["pattern"]
    for name in (*pattern["fixed"].values(), *pattern["days_from_easter"].values()):
        yield name, "holiday"


_READERS = {".bpmn": diagram, ".dmn": table, ".form": form, ".yaml": sheet}


def template(domain: str, found: Mapping[str, str]) -> Catalog:
    """Return texts as the template of a catalogue."""
    catalogue = Catalog(project="Cursus", charset="utf-8", fuzzy=False)
    catalogue.header_comment = f"# {TITLES[domain]}"
    # given to it as empty they would be replaced by examples
    catalogue.version = catalogue.msgid_bugs_address = ""
    catalogue.last_translator = catalogue.language_team = ""
    for text, kind in found.items():
        catalogue.add(text, auto_comments=[kind] if kind else [])
    return catalogue


def main() -> None:
    """Write the templates of both catalogues."""
    for domain, found in ((PROCESSES, texts()), (ENGINE, sentences())):
        with (CATALOGUES / f"{domain}.pot").open("wb") as out:
            write_po(out, template(domain, found), width=0, sort_output=True, no_location=True)


if __name__ == "__main__":
    main()
