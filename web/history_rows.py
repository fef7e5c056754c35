"""Rows of a list of events: a sentence, the case it belongs to, and where to read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from api.history import may_see
from engine.archive.entries import Entry, entries
from engine.cases import Act
from engine.history import Sealed
from engine.store import audit
from engine.store.cases import Case
from web.history_words import kind_name, sentence
from web.language import _, label, words
from web.navigation import person
from web.sentences import sentence as said

#: Events of a case on one page of its history.
ON_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Row:
    """One event in a list."""

    at: datetime
    who: str
    on_behalf_of: str | None
    says: str
    kind: str
    legal_basis: str | None
    version: int | None
    #: what was read, where it is a reading
    what: str | None
    #: the case or other matter it belongs to, and its history
    matter: str
    matter_address: str | None
    address: str


def rows_of(act: Act, found: Sequence[Sealed]) -> list[Row]:
    """Return the events as rows; the cases are read together."""
    known = _Cases(act, found)
    read = entries(act.uow, found, sees=lambda one: may_see(act, one))
    return [_row(one, known) for one in read]


def _row(one: Entry, known: "_Cases") -> Row:
    fields = one.event.fields
    case = known.of(fields.stream)
    facts = {name: value for name, value in one.facts.items() if isinstance(value, str | int)}
    return Row(
        at=one.at,
        who=person(fields.actor),
        on_behalf_of=person(fields.on_behalf_of) or None,
        says=sentence(one.kind, person(fields.actor), label(one.name), dict(facts)),
        kind=kind_name(one.kind),
        legal_basis=one.legal_basis,
        version=one.version,
        what=said(str(one.facts["what"])) if "what" in one.facts else None,
        matter=case.title if case else _matter(fields.stream),
        matter_address=f"/history/cases/{case.id}" if case else None,
        address=event_address(fields.stream, one.seq),
    )


def event_address(stream: str, seq: int) -> str:
    """Return where one event is shown: within its case, or alone."""
    subject, _colon, name = stream.partition(":")
    if subject == "case" and _as_id(name):
        return case_address(name, seq)
    return "/history/event?" + urlencode({"stream": stream, "seq": seq})


def case_address(case_id: object, seq: int) -> str:
    """Return the place of an event on the pages of its case's history."""
    before = (seq - 1) // ON_PAGE * ON_PAGE
    page = f"?after={before}" if before > 0 else ""
    return f"/history/cases/{case_id}{page}#event-{seq}"


def _matter(stream: str) -> str:
    subject, _colon, name = stream.partition(":")
    known = {
        "administration": _("Administration"),
        "definition": _("Process: %(name)s", name=words(name)),
        "candidate": _("Candidate"),
        "application": _("Application"),
        "call": _("Call"),
        "read": _("Register") if name == "register" else _("Personal file"),
        "register": _("Register"),
    }
    return known.get(subject, words(subject))


class _Cases:
    """The cases that events belong to, by the id or key in the name of the stream."""

    def __init__(self, act: Act, found: Sequence[Sealed]) -> None:
        names = {one.fields.stream.partition(":")[2] for one in found}
        ids = {name: key for name in names if (key := _as_id(name))}
        by_id = audit.cases_by_id(act.uow, list(ids.values()))
        self._known: Mapping[str, Case] = {
            **audit.cases_by_key(act.uow, [name for name in names if name]),
            **{name: by_id[key] for name, key in ids.items() if key in by_id},
        }

    def of(self, stream: str) -> Case | None:
        """Return the case of a stream, if it belongs to one."""
        return self._known.get(stream.partition(":")[2])


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
