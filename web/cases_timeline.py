"""The sealed events of a case in words: who, on whose behalf, what, when, on which version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from api.cases import sees_variables
from api.history import may_see
from engine import definitions
from engine.cases import Act
from engine.history import Sealed
from recruitment.independence import is_withheld
from web.cases_head import Head
from web.cases_names import readable
from web.cases_sentences import says
from web.cases_values import Shown, named, shown
from web.language import _, label
from web.navigation import person

#: Events on one page of the time line.
SIZE = 60


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a decision table that fired."""

    number: int
    source: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a table decided, from what, by which rules."""

    name: str
    output: Shown
    inputs: tuple[tuple[str, Shown], ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event in words."""

    seq: int
    at: datetime
    kind: str
    says: str
    on_behalf_of: str | None
    version: int | None
    reason: str | None = None
    #: what changed, by name
    facts: tuple[tuple[str, Shown], ...] = ()
    #: what was entered, by name
    entered: tuple[tuple[str, Shown], ...] = ()
    #: what that is: an answer of a person, of an operation, a message
    entered_as: str = ""
    decisions: tuple[Decision, ...] = ()
    is_hidden: bool = False
    #: a score that is shown when all of its round are in
    is_put_off: bool = False
    #: whether its content cannot be read any more
    is_damaged: bool = False
    erased_under: str | None = None


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One page of the time line, newest first, with what it can be narrowed to."""

    entries: tuple[Entry, ...]
    kinds: tuple[tuple[str, str], ...]
    people: tuple[str, ...]
    #: the number of the event before which the next page begins
    before: int | None


def kind_groups() -> dict[str, str]:
    """Return the kinds that a time line can be narrowed to, by the first part of an event."""
    return {
        "case": _("the case as a whole"),
        "task": _("tasks"),
        "timer": _("deadlines that passed"),
        "deadline": _("deadlines that were moved"),
        "message": _("messages"),
        "effect": _("what Cursus did"),
        "comment": _("comments"),
        "reminder": _("reminders"),
        "document": _("documents"),
        "incident": _("incidents"),
        "payload": _("erasures"),
    }


def timeline(act: Act, head: Head, given: Mapping[str, str]) -> Timeline:
    """Return a page of the time line as the address narrows it: kind, who, before."""
    every = head.sealed
    wanted = [one for one in reversed(every) if _is_wanted(one, given)]
    page = wanted[:SIZE]
    groups = kind_groups()
    found = {_group(one) for one in every}
    return Timeline(
        entries=tuple(_Reader(act, head).entry(one) for one in page),
        kinds=tuple((name, title) for name, title in groups.items() if name in found),
        people=tuple(sorted({name for one in every for name in _people(one)})),
        before=page[-1].fields.seq if len(wanted) > SIZE else None,
    )


def _is_wanted(event: Sealed, given: Mapping[str, str]) -> bool:
    before = given.get("before", "")
    if before.isdigit() and event.fields.seq >= int(before):
        return False
    if given.get("kind") and _group(event) != given["kind"]:
        return False
    return not given.get("who") or given["who"] in _people(event)


def _group(event: Sealed) -> str:
    return str(event.fields.kind).partition(":")[0]


def _people(event: Sealed) -> list[str]:
    return [one for one in (event.fields.actor, event.fields.on_behalf_of) if one]


class _Reader:
    """Puts events into words, as far as the actor may see their contents."""

    def __init__(self, act: Act, head: Head) -> None:
        self._act, self._head = act, head
        self._reads_all = sees_variables(act)
        self._versions: dict[str, int] = {}

    def entry(self, event: Sealed) -> Entry:
        known = event.fields
        content = self._content(event)
        return Entry(
            seq=known.seq,
            at=known.at,
            kind=str(known.kind),
            says=says(
                str(known.kind), person(known.actor), self._name(event), content.get("message")
            ),
            on_behalf_of=known.on_behalf_of,
            version=self._version(known.definition),
            reason=_reason(content),
            facts=tuple(_facts(content)),
            entered=named(_entered(content)),
            entered_as=_entered_as(str(known.kind)),
            decisions=tuple(_decision(one) for one in content.get("decisions", ())),
            is_hidden=event.payload is not None and not self._sees(event),
            is_put_off=is_withheld(self._act.uow, event, reader=self._act.actor.name),
            is_damaged=event.payload is not None and not content and self._sees(event),
            erased_under=event.erased_under,
        )

    def _content(self, event: Sealed) -> dict[str, Any]:
        if event.payload is None or not self._sees(event):
            return {}
        try:
            found: dict[str, Any] = orjson.loads(event.payload)
        except orjson.JSONDecodeError:
            return {}
        return found

    def _sees(self, event: Sealed) -> bool:
        """Whoever is here for a task of theirs sees the contents of their own acts only."""
        if not self._reads_all:
            return self._act.actor.name in _people(event)
        return may_see(self._act, event)

    def _name(self, event: Sealed) -> str:
        digest, element = event.fields.definition, event.fields.element
        if digest in (None, self._head.case.definition):
            return self._head.name_of(element)
        known = definitions.find(self._act.uow, str(digest)).elements.get(element or "")
        return label(known.name if known else None) or element or ""

    def _version(self, digest: str | None) -> int | None:
        if digest is None:
            return None
        if digest == self._head.case.definition:
            return self._head.version
        if digest not in self._versions:
            self._versions[digest] = definitions.get(self._act.uow, digest)["version"]
        return self._versions[digest]


def _reason(content: Mapping[str, Any]) -> str | None:
    command = content.get("command") or {}
    found = content.get("reason") or content.get("note") or content.get("text")
    found = found or command.get("reason")
    return str(found) if found else None


#: What is said elsewhere, or is for machines.
_QUIET = frozenset(
    {
        "state", "decisions", "passages", "opened", "closed", "timers", "outgoing", "command",
        "reason", "note", "text", "task", "comment", "message", "effect", "incident",
    }
)  # fmt: skip


def _facts(content: Mapping[str, Any]) -> Iterator[tuple[str, Shown]]:
    for name, value in content.items():
        if name not in _QUIET and value is not None:
            yield readable(name), shown(_people_named(name, value))


def _people_named(name: str, value: object) -> object:
    is_person = name in ("to", "from", "assignee") and isinstance(value, str) and len(value) < 64  # noqa: PLR2004  # digests are longer
    return person(str(value)) if is_person else value


def _entered(content: Mapping[str, Any]) -> Mapping[str, object]:
    found = (content.get("command") or {}).get("variables")
    return found if isinstance(found, Mapping) else {}


def _entered_as(kind: str) -> str:
    return {
        "case:opened": _("What the case began with"),
        "message:received": _("What the message said"),
        "effect:finished": _("What came back"),
    }.get(kind, _("What was entered"))


def _decision(told: Mapping[str, Any]) -> Decision:
    matched: Sequence[int] = told.get("matched") or ()
    return Decision(
        name=label(str(told.get("name") or told.get("decision"))),
        output=shown(told.get("output")),
        inputs=tuple(
            (label(str(one["label"])), shown(one["value"])) for one in told.get("inputs", ())
        ),
        rules=tuple(
            Rule(number=one["number"], source=label(str(one.get("source") or "")))
            for one in told.get("rules", ())
            if one["number"] in matched
        ),
    )
