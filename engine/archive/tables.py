"""The events of a case as one row each, for a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from engine import history
from engine.archive.entries import Decision, Entry

COLUMNS = (
    "number", "at", "actor", "on_behalf_of", "kind", "element", "element_name", "legal_basis",
    "process", "version", "reason", "rules", "erased_under", "withheld", "hash",
)  # fmt: skip
#: A spreadsheet takes a text that begins so for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(entries: Sequence[Entry]) -> bytes:
    """Return the events as CSV (RFC 4180, UTF-8)."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in entries:
        writer.writerow([harmless(value) for value in _row(one)])
    return written.getvalue().encode(errors="replace")


def harmless(value: object) -> str:
    """Return the value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(one: Entry) -> tuple[object, ...]:
    event, fields = one.event, one.event.fields
    return (
        one.seq, history.instant(one.at), fields.actor, fields.on_behalf_of, one.kind,
        fields.element, one.name, one.legal_basis, one.process, one.version, one.reason,
        "; ".join(_fired(decision) for decision in one.decisions if decision.fired),
        event.erased_under, "yes" if one.is_withheld else None, event.hash.hex(),
    )  # fmt: skip


def _fired(decision: Decision) -> str:
    rules = ", ".join(f"{rule.number} ({rule.source})" for rule in decision.fired)
    return f"{decision.name}: rule {rules}"
