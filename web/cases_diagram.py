"""The diagram of a case: its levels, where the tokens are, the path taken, and all as text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.access import ENGINE
from engine.kernel import Definition, Element, Flow, TimerRule, Token, View
from engine.kernel.textual import Entry, outline
from web.cases_head import Head
from web.language import _, label

_TASKS = frozenset({"userTask", "manualTask"})
#: These hold others; a token in them says only that something runs inside.
_HOLDERS = frozenset({"subProcess", "callActivity", "adHocSubProcess", "transaction"})


@dataclass(frozen=True, kw_only=True)
class Level:
    """One process of the case: the root or one that is called."""

    process: str
    name: str
    #: tokens that rest here
    tokens: int
    is_visited: bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """One element of the text: what it is, how often it was done, where it leads."""

    element: Element
    kind: str
    lane: str | None
    timer: TimerRule | None
    due: tuple[datetime, ...]
    tokens: int
    done: int
    flows: tuple[tuple[Flow, str, int], ...]
    inside: tuple["Step", ...]
    host: str | None
    is_exceptional: bool


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One level, as a drawing with marks and as text."""

    level: Level
    levels: tuple[Level, ...]
    steps: tuple[Step, ...]
    #: what the script draws
    marks: dict[str, object]


def levels(definition: Definition, view: View) -> tuple[Level, ...]:
    """Return the root and the processes called from it, as they are called."""
    resting = Counter(definition.elements[one.element].process for one in _resting(view.tokens))
    visited = {
        definition.elements[name].process for name in view.completed if name in definition.elements
    }
    return tuple(
        Level(
            process=name,
            name=label(definition.processes[name].name) or name,
            tokens=resting[name],
            is_visited=name in visited or bool(resting[name]),
        )
        for name in called_from(definition, definition.root)
    )


def drawing(head: Head, wanted: str | None) -> Drawing:
    """Return one level of the case as it is: the one asked for, else where the work is."""
    due: dict[str, list[datetime]] = {}
    for one in head.timers:
        due.setdefault(one.element, []).append(one.due_at)
    return drawn(head.definition, head.view, wanted, due)


def drawn(
    definition: Definition, view: View, wanted: str | None, due: Mapping[str, list[datetime]]
) -> Drawing:
    """Return one level of a case as it was seen at some instant."""
    every = levels(definition, view)
    level = next((one for one in every if one.process == wanted), None)
    level = level or _busiest(definition, view, every)
    text = _Text(definition=definition, view=view, due=due)
    return Drawing(
        level=level,
        levels=every,
        steps=text.steps(outline(definition, level.process)),
        marks={"address": address(definition, level.process), **marks(view)},
    )


def marks(view: View) -> dict[str, object]:
    """Return how many tokens rest at each element, and what was done and taken how often."""
    return {
        "tokens": dict(Counter(one.element for one in _shown(view.tokens))),
        "completed": dict(view.completed),
        "flows": dict(view.flows),
    }


def address(definition: Definition, process: str) -> str:
    """Return where the file of a process is read."""
    return f"/api/v1/definitions/{definition.digest}/files/{definition.processes[process].file}"


def called_from(definition: Definition, root: str) -> list[str]:
    """Return a process and those called from it, as they are called."""
    found: dict[str, None] = {}
    todo = [root]
    while todo:
        name = todo.pop(0)
        if name in found or name not in definition.processes:
            continue
        found[name] = None
        called = [one.calls for one in definition.elements.values() if one.process == name]
        todo.extend(one for one in called if one)
    return list(found)


def _busiest(definition: Definition, view: View, every: Sequence[Level]) -> Level:
    """Return the level of the first open task, else the deepest where something waits."""
    worked = [definition.elements[one.element].process for one in view.tokens if one.kind in _TASKS]
    at_work = next((one for one in every if one.process in worked), None)
    return at_work or next((one for one in reversed(every) if one.tokens), every[0])


def _shown(tokens: Sequence[Token]) -> Iterable[Token]:
    """Leave out what waits beside others: boundary events, and what holds the tasks of a list."""
    counted = {one.element for one in tokens if one.instance is not None}
    return (
        one
        for one in tokens
        if one.kind != "boundaryEvent" and (one.instance is not None or one.element not in counted)
    )


def _resting(tokens: Sequence[Token]) -> Iterable[Token]:
    return (one for one in _shown(tokens) if one.kind not in _HOLDERS)


@dataclass(frozen=True, kw_only=True)
class _Text:
    """Puts an outline into words."""

    definition: Definition
    view: View
    due: Mapping[str, list[datetime]]

    def steps(self, entries: Iterable[Entry]) -> tuple[Step, ...]:
        resting = Counter(one.element for one in _shown(self.view.tokens))
        return tuple(self._step(one, resting) for one in entries)

    def _step(self, entry: Entry, resting: Mapping[str, int]) -> Step:
        element = entry.element
        return Step(
            element=element,
            kind=_kind(element, len(entry.flows)),
            lane=_lane(element.lane),
            timer=entry.timer,
            due=tuple(self.due.get(element.id, ())),
            tokens=resting.get(element.id, 0),
            done=self.view.completed.get(element.id, 0),
            flows=tuple(
                (one, self._name(one.target), self.view.flows.get(one.id, 0)) for one in entry.flows
            ),
            inside=tuple(self._step(one, resting) for one in entry.inside),
            host=self._name(element.attached_to) if element.attached_to else None,
            is_exceptional=entry.is_exceptional,
        )

    def _name(self, name: str) -> str:
        element = self.definition.elements[name]
        ways = len(self.definition.graph.nodes[name].outgoing)
        return label(element.name) or _kind(element, ways)


def _lane(name: str | None) -> str | None:
    if name is None:
        return None
    return _("Cursus, by itself") if name.lower() == ENGINE.name else label(name)


def _kind(element: Element, ways: int) -> str:
    """Say what kind of element it is; a gateway that one flow leaves only joins."""
    if element.kind.endswith("Gateway") and ways == 1:
        return _("the ways meet")
    return kind_in_words(element)


def kind_in_words(element: Element) -> str:
    """Say what kind of element it is."""
    known = {
        "startEvent": _("start"),
        "endEvent": _("end"),
        "userTask": _("task of a person"),
        "manualTask": _("task of a person"),
        "serviceTask": _("done by Cursus"),
        "sendTask": _("letter or message sent by Cursus"),
        "receiveTask": _("wait for a message"),
        "scriptTask": _("computed"),
        "businessRuleTask": _("decision by a table"),
        "exclusiveGateway": _("one of several ways"),
        "inclusiveGateway": _("one or more ways"),
        "parallelGateway": _("side by side"),
        "eventBasedGateway": _("whichever comes first"),
        "subProcess": _("part"),
        "callActivity": _("stage with a diagram of its own"),
    }
    if element.kind == "boundaryEvent":
        return _("interrupts") if element.interrupting else _("happens besides")
    if element.event == "timer":
        return _("wait for a date")
    if element.event == "message" and element.kind == "intermediateCatchEvent":
        return _("wait for a message")
    return known.get(element.kind, _("event"))
