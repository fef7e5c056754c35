"""Letters and documents: their text from templates, their facts from the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources

import orjson
import typst
import yaml

from engine.errors import OperationFailed
from recruitment.wording import worded

SENDER = "European Commission, Human Resources"
#: Facts whose name alone would not tell the reader what they are.
_LABELS = {"minutes": "length in minutes", "interview_at": "interview"}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter ready to be sent."""

    subject: str
    body: str


@cache
def templates() -> Mapping[str, Mapping[str, str]]:
    """Return subject and text of every template by its name."""
    text = (resources.files("recruitment.letters") / "letters.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return found


def compose(template: str, data: Mapping[str, object], *, to: str) -> Letter:
    """Write a letter: the template's text, then the facts by name; raise OperationFailed."""
    known = templates().get(template)
    if known is None:
        raise OperationFailed(
            f"There is no letter template {template!r}",
            where="template",
            remedy="add it to recruitment/letters/letters.yaml",
        )
    lines = [f"To: {to}", "", known["text"], ""]
    lines += [f"{label}: {value}" for label, value in facts(data)]
    return Letter(subject=known["subject"], body="\n".join([*lines, "", SENDER]))


def facts(data: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Return the facts of a letter as pairs of label and text, nested ones flattened."""
    found: list[tuple[str, str]] = []
    for name, value in data.items():
        label = f"{prefix}{_LABELS.get(name, name.replace('_', ' '))}"
        if isinstance(value, Mapping):
            found += facts(value, f"{label}, ")
        elif value is not None:
            found.append((label.capitalize(), _text(value)))
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return worded(value)
    if not isinstance(value, Sequence):
        return str(value)
    return "; ".join(_item(one) for one in value)


def _item(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')}: {_text(item)}" for name, item in value.items())
    return _text(value)


def pdf(
    title: str, text: str, data: Mapping[str, object], *, date: str, signatures: Sequence[str] = ()
) -> bytes:
    """Set a PDF/A document; the data go in as input, never as markup.

    The fonts are embedded and hold Latin, Greek and Cyrillic letters.
    """
    content = {
        "title": title,
        "text": text,
        "sender": SENDER,
        "date": worded(date),
        "facts": facts(data),
        "signatures": list(signatures),
    }
    source = (resources.files("recruitment.letters") / "document.typ").read_bytes()
    made = typst.compile(
        source,
        sys_inputs={"data": orjson.dumps(content).decode()},
        pdf_standards="a-2b",
        # the day of the document, not of the machine: the same document twice is one
        timestamp=int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()),
    )
    if not isinstance(made, bytes):
        raise OperationFailed("The document could not be set")
    return made
