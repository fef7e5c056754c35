"""Sealed events as people read them: names for elements, versions, rules, reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from engine import definitions
from engine.access import ENGINE
from engine.archive.sealed import Sees, everything
from engine.errors import NotFound
from engine.history import Sealed
from engine.kernel import Definition
from engine.store.unit_of_work import UnitOfWork

#: What every step records; the rest of a content are facts of the event itself.
RECORDED = frozenset(
    {"command", "state", "decisions", "passages", "opened", "closed", "timers", "outgoing"}
)
#: Where a reason may stand.
REASONS = ("reason", "note", "comment")


@dataclass(frozen=True, kw_only=True)
class Fired:
    """A rule of a table: its number, where it comes from and its cells, and whether it matched."""

    number: int
    matched: bool
    source: str
    #: input, test, value and outcome of each cell
    cells: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a table answered and why."""

    name: str
    output: object
    hit_policy: str | None
    inputs: tuple[Mapping[str, Any], ...]
    fired: tuple[Fired, ...]
    tried: tuple[Fired, ...]
    #: SHA-256 of the file that holds the table
    digest: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of the history in readable form."""

    event: Sealed
    at: datetime
    actor: str
    on_behalf_of: str | None
    #: the element's name in the diagram, else its id
    name: str | None
    legal_basis: str | None
    #: name and number of the version that was in force for the case
    process: str | None
    version: int | None
    reason: str | None
    #: what was submitted or received
    submitted: Mapping[str, Any]
    #: facts of the event itself: before, after, to whom
    facts: Mapping[str, Any]
    decisions: tuple[Decision, ...]
    #: names of the elements that were left, in order
    path: tuple[str, ...]
    is_withheld: bool
    #: the content cannot be read: somebody damaged it
    is_damaged: bool

    @property
    def seq(self) -> int:
        """Its number in its stream."""
        return self.event.fields.seq

    @property
    def kind(self) -> str:
        """What happened, as `subject:action`."""
        return str(self.event.fields.kind)

    @property
    def articles(self) -> tuple[str, ...]:
        """The legal basis of the element and the sources of the rules that fired."""
        found = [self.legal_basis] if self.legal_basis else []
        found += [rule.source for one in self.decisions for rule in one.fired if rule.source]
        return tuple(dict.fromkeys(found))


def entries(
    uow: UnitOfWork,
    sealed: Sequence[Sealed],
    *,
    sees: Sees = everything,
    names: Mapping[str, str] | None = None,
) -> list[Entry]:
    """Return the events in readable form; a content that is not to be seen is withheld."""
    known = Versions(uow)
    people = {ENGINE.name: "Cursus", **(names or {})}
    return [_entry(known, one, sees=sees, people=people) for one in sealed]


class Versions:
    """The versions that events name, each looked up once."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._found: dict[str, tuple[Definition, str, int] | None] = {}

    def get(self, digest: str | None) -> tuple[Definition, str, int] | None:
        """Return definition, name and number of a version; None when there is none."""
        if digest is None:
            return None
        if digest not in self._found:
            self._found[digest] = self._look(digest)
        return self._found[digest]

    def _look(self, digest: str) -> tuple[Definition, str, int] | None:
        try:
            row = definitions.get(self._uow, digest)
        except NotFound:
            return None  # only a forged event names a version that never was
        return definitions.find(self._uow, digest), row["name"], row["version"]


def _entry(known: Versions, event: Sealed, *, sees: Sees, people: Mapping[str, str]) -> Entry:
    fields = event.fields
    version = known.get(fields.definition)
    hidden = event.payload is not None and not sees(event)
    content, is_damaged = (None, False) if hidden else _content(event)
    element = version[0].elements.get(fields.element or "") if version else None
    command = _mapping(_mapping(content).get("command"))
    behalf = fields.on_behalf_of
    return Entry(
        event=event,
        at=fields.at,
        actor=people.get(fields.actor, fields.actor),
        on_behalf_of=people.get(behalf, behalf) if behalf else None,
        name=(element.name if element else None) or fields.element,
        legal_basis=element.legal_basis if element else None,
        process=version[1] if version else None,
        version=version[2] if version else None,
        reason=_reason(_mapping(content), command),
        submitted=_mapping(command.get("variables")),
        facts=_facts(_mapping(content)),
        decisions=tuple(_decisions(_mapping(content).get("decisions"))),
        path=tuple(_path(_mapping(content), version[0] if version else None)),
        is_withheld=hidden,
        is_damaged=is_damaged,
    )


def _content(event: Sealed) -> tuple[object, bool]:
    if event.payload is None:
        return None, False
    try:
        return orjson.loads(event.payload), False
    except orjson.JSONDecodeError:
        return None, True


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _reason(content: Mapping[str, Any], command: Mapping[str, Any]) -> str | None:
    found = [place.get(name) for place in (content, command) for name in REASONS]
    return next((one for one in found if isinstance(one, str) and one), None)


def _facts(content: Mapping[str, Any]) -> Mapping[str, Any]:
    left = content.keys() - RECORDED - set(REASONS)
    return {name: content[name] for name in sorted(left) if content[name] is not None}


def _path(content: Mapping[str, Any], definition: Definition | None) -> Iterator[str]:
    for one in content.get("passages") or ():
        if one.get("what") != "completed":
            continue
        element = definition.elements.get(one["element"]) if definition else None
        if element and element.name:
            yield element.name


def _decisions(found: Sequence[Mapping[str, Any]] | None) -> Iterator[Decision]:
    """Yield decisions with those they rest on, each once, the latter first."""
    seen: set[str] = set()
    for one in found or ():
        yield from _with_required(one, seen)


def _with_required(one: Mapping[str, Any], seen: set[str]) -> Iterator[Decision]:
    key = f"{one.get('decision')}:{one.get('inputs_digest')}"
    if key in seen:
        return
    seen.add(key)
    for needed in one.get("required") or ():
        yield from _with_required(needed, seen)
    rules = tuple(_rule(rule) for rule in one.get("rules") or ())
    yield Decision(
        name=str(one.get("name") or one.get("decision")),
        output=one.get("output"),
        hit_policy=one.get("hit_policy"),
        inputs=tuple(one.get("inputs") or ()),
        fired=tuple(rule for rule in rules if rule.matched),
        tried=tuple(rule for rule in rules if not rule.matched),
        digest=str(one.get("digest")),
    )


def _rule(rule: Mapping[str, Any]) -> Fired:
    return Fired(
        number=rule["number"],
        matched=bool(rule["matched"]),
        source=rule.get("source") or "",
        cells=tuple(rule.get("cells") or ()),
    )
