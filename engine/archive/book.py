"""The case book: a case to be read and printed, as PDF/A."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any, Literal
from zoneinfo import ZoneInfo

import orjson
import typst

from engine.archive.diagrams import Diagram
from engine.archive.entries import Decision, Entry, Fired
from engine.errors import OperationFailed
from engine.replay import Proof
from engine.store.cases import Case

#: The zone of the institution, in which everything is shown.
ZONE = ZoneInfo("Europe/Brussels")
STANDARD: Literal["a-2a"] = "a-2a"
#: The longest text of one fact; a page holds some 3 000 letters.
LONGEST = 2_000
#: How to read a diagram, in words: colour alone says nothing.
LEGEND = "Ticked or numbered in green: done, so often. Framed in blue with a number: waits here."
WITHHELD = "The path is left out here: it would tell what is confidential to another service."
#: What the fonts inside Typst can write: Latin, Greek, Cyrillic and the common signs. A letter
#: that no font has would make the file no PDF/A, so it is written by its number instead.
WRITTEN = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x386, 0x386), (0x388, 0x38A), (0x38C, 0x38C),
    (0x38E, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F), (0x490, 0x491), (0x1E80, 0x1E85),
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030),
    (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2190, 0x2193), (0x2264, 0x2265),
)  # fmt: skip


def pdf(  # noqa: PLR0913  # a book is made of these
    case: Case,
    entries: Sequence[Entry],
    proof: Proof,
    *,
    at: datetime,
    letters: Iterable[tuple[datetime, str, str]] = (),
    diagrams: Iterable[Diagram] = (),
) -> bytes:
    """Set the case book; all texts go in as data, never as markup."""
    content = {
        "title": case.title,
        "at": _instant(at),
        "day": [at.year, at.month, at.day],
        "proof": _proof(proof),
        "facts": _about(case, entries),
        "path": _path(entries),
        "steps": [_step(one) for one in entries],
        "diagrams": [_drawn(one) for one in diagrams],
        "letters": [[_instant(when), subject, to] for when, subject, to in letters],
    }
    source = (resources.files("engine.archive") / "book.typ").read_bytes()
    data = orjson.dumps(_writable(content)).decode()
    made = typst.compile(
        source,
        sys_inputs={"data": data},
        pdf_standards=STANDARD,
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise OperationFailed("The case book could not be set")
    return made


def _proof(proof: Proof) -> dict[str, object]:
    said = proof.reason or "The chain of hashes holds, and its replay gives the stored state."
    place = "" if proof.first_bad is None else f"Event {proof.first_bad}: "
    return {"ok": proof.ok, "said": f"{place}{said}", "events": proof.events}


def _about(case: Case, entries: Sequence[Entry]) -> list[list[str]]:
    versions = dict.fromkeys(
        f"{one.process}, version {one.version}" for one in entries if one.version is not None
    )
    found: list[tuple[str, object]] = [
        ("Case", case.id),
        ("Key", case.key),
        ("Process", "; ".join(versions) or case.process),
        ("Opened", _instant(case.opened_at)),
        ("Ended", _instant(case.ended_at) if case.ended_at else None),
        ("Outcome", case.outcome),
        ("Events", len(entries)),
    ]
    return [[label, str(value)] for label, value in found if value is not None]


def _path(entries: Sequence[Entry]) -> list[list[str]]:
    return [[_instant(one.at), " → ".join(one.path)] for one in entries if one.path]


def _drawn(one: Diagram) -> dict[str, object]:
    return {
        "title": one.title,
        "svg": one.svg,
        "width": one.width,
        "height": one.height,
        "note": WITHHELD if one.is_withheld else LEGEND,
    }


def _step(one: Entry) -> dict[str, object]:
    behalf = f" on behalf of {one.on_behalf_of}" if one.on_behalf_of else ""
    return {
        "number": one.seq,
        "title": f"{words(one.kind)}: {one.name}" if one.name else words(one.kind),
        "at": _instant(one.at),
        "who": f"{one.actor}{behalf}",
        "version": f"{one.process}, version {one.version}" if one.version is not None else None,
        "legal_basis": one.legal_basis,
        "reason": one.reason,
        "note": _note(one),
        "facts": [] if one.is_withheld else flat({**one.facts, **one.submitted}),
        "decisions": [_decision(decision) for decision in one.decisions if decision.fired],
        "hash": one.event.hash.hex(),
    }


def words(kind: str) -> str:
    """Return `task:completed` as "Task completed"."""
    return kind.replace(":", " ").replace("-", " ").capitalize()


def _note(one: Entry) -> str | None:
    if one.is_withheld:
        return (
            "The content is withheld: it is confidential to another service, or a score of a "
            "round that was not over."
        )
    if one.event.erased_under:
        return f"The content was erased under {one.event.erased_under}."
    return "The content is damaged and cannot be read." if one.is_damaged else None


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "name": decision.name,
        "output": shown(decision.output),
        "rules": [_rule(rule) for rule in decision.fired],
    }


def _rule(rule: Fired) -> dict[str, object]:
    cells = [[str(one["input"]), str(one["text"]), shown(one["value"])] for one in rule.cells]
    return {"number": rule.number, "source": rule.source, "cells": cells}


def flat(values: Mapping[str, Any], prefix: str = "") -> list[list[str]]:
    """Return values as pairs of label and text, nested ones flattened."""
    found: list[list[str]] = []
    for name, value in values.items():
        label = f"{prefix}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            found += flat(value, f"{label}, ")
        elif value not in (None, "", []):
            found.append([label[:1].upper() + label[1:], shown(value)])
    return found


def shown(value: object) -> str:
    """Return a JSON value as text."""
    return _text(value)[:LONGEST]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        pairs = [f"{str(name).replace('_', ' ')}: {_text(one)}" for name, one in value.items()]
        return ", ".join(pairs)
    return "; ".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)


def _instant(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%d.%m.%Y %H:%M:%S %Z")


def _writable(value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    if isinstance(value, str):
        return "".join(_sign(sign) for sign in unicodedata.normalize("NFC", value))
    if isinstance(value, dict):
        return {name: _writable(one) for name, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list) else value


def _sign(sign: str) -> str:
    code = ord(sign)
    if sign in "\n\t" or any(first <= code <= last for first, last in WRITTEN):
        return sign
    return f"[U+{code:04X}]"
