"""The sealed events of a case in words: who, on whose behalf, what, when, on which version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from api.cases import sees_variables
from api.history import may_see
from engine import definitions, replay
from engine.cases import Act
from engine.history import Sealed
from engine.store import events
from web.cases_head import Head
from web.cases_values import Shown, named, readable, shown
from web.language import _
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
    erased_under: str | None = None


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One page of the time line, newest first, with what it can be narrowed to."""

    entries: tuple[Entry, ...]
    kinds: tuple[tuple[str, str], ...]
    people: tuple[str, ...]
    #: the number of the event before which the next page begins
    before: int | None
    #: None while the seal is whole, else the first bad event and what is wrong with it
    broken: tuple[int, str] | None


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
    every = events.of_stream(act.uow, head.case.stream)
    wanted = [one for one in reversed(every) if _is_wanted(one, given)]
    page = wanted[:SIZE]
    groups = kind_groups()
    found = {_group(one) for one in every}
    return Timeline(
        entries=tuple(_Reader(act, head).entry(one) for one in page),
        kinds=tuple((name, title) for name, title in groups.items() if name in found),
        people=tuple(sorted({name for one in every for name in _people(one)})),
        before=page[-1].fields.seq if len(wanted) > SIZE else None,
        broken=_broken(act, head, every),
    )


def _broken(act: Act, head: Head, every: Sequence[Sealed]) -> tuple[int, str] | None:
    verdict = replay.verify(act.uow, head.case.stream, every)
    return None if verdict.ok else (verdict.first_bad or 0, verdict.reason or "")


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
            erased_under=event.erased_under,
        )

    def _content(self, event: Sealed) -> dict[str, Any]:
        if event.payload is None or not self._sees(event):
            return {}
        found: dict[str, Any] = orjson.loads(event.payload)
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
        return (known.name if known else None) or element or ""

    def _version(self, digest: str | None) -> int | None:
        if digest is None:
            return None
        if digest == self._head.case.definition:
            return self._head.version
        if digest not in self._versions:
            self._versions[digest] = definitions.get(self._act.uow, digest)["version"]
        return self._versions[digest]


def says(kind: str, who: str, element: str, message: object = None) -> str:
    """Say in one sentence what an event means."""
    sentence = _sentences().get(kind)
    if sentence is None:
        return _("%(who)s: %(kind)s", who=who, kind=kind)
    return sentence % {
        "who": who,
        "element": element,
        "message": readable(str(message)) if message else element,
    }


def _sentences() -> dict[str, str]:
    return {
        "case:opened": _("%(who)s opened the case"),
        "case:sent-back": _("%(who)s sent “%(element)s” back"),
        "case:corrected": _("%(who)s corrected data"),
        "case:cancelled": _("%(who)s cancelled the case"),
        "case:suspended": _("%(who)s suspended the case"),
        "case:resumed": _("%(who)s resumed the case"),
        "case:migrated": _("%(who)s moved the case to another version"),
        "case:ended": _("The case ended: %(element)s"),
        "task:completed": _("%(who)s completed “%(element)s”"),
        "task:claimed": _("%(who)s claimed “%(element)s”"),
        "task:unclaimed": _("%(who)s gave “%(element)s” back"),
        "task:assigned": _("%(who)s assigned “%(element)s”"),
        "task:delegated": _("%(who)s handed “%(element)s” over"),
        "task:rescheduled": _("%(who)s changed the dates of “%(element)s”"),
        "timer:fired": _("The date came: %(element)s"),
        "deadline:extended": _("%(who)s moved the deadline “%(element)s”"),
        "message:received": _("A message arrived: %(message)s"),
        "effect:begun": _("Cursus began: %(element)s"),
        "effect:finished": _("Cursus did: %(element)s"),
        "effect:failed": _("Cursus could not do: %(element)s"),
        "effect:hastened": _("%(who)s had it done at once: %(element)s"),
        "incident:raised": _("An incident stopped “%(element)s”"),
        "incident:retried": _("%(who)s had “%(element)s” tried again"),
        "incident:annotated": _("%(who)s wrote a note on an incident"),
        "comment:written": _("%(who)s wrote a comment"),
        "reminder:sent": _("%(who)s reminded those whose “%(element)s” is missing"),
        "document:stored": _("%(who)s stored a document"),
        "record:changed": _("%(who)s changed a record"),
        "payload:erased": _("Contents were erased under a rule"),
    }


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
        name=str(told.get("name") or told.get("decision")),
        output=shown(told.get("output")),
        inputs=tuple((str(one["label"]), shown(one["value"])) for one in told.get("inputs", ())),
        rules=tuple(
            Rule(number=one["number"], source=str(one.get("source") or ""))
            for one in told.get("rules", ())
            if one["number"] in matched
        ),
    )
