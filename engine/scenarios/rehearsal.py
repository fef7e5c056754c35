"""A case that somebody plays step by step, kept as what was done and played anew each time.

A step is what a scenario says under `when`, and two more: `{answer: element, with: {...}}` is what
an operation answers, and `{wait: true}` makes operations wait for that. So a rehearsal has no state
that could grow stale: on a changed diagram the same steps show what is different now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.errors import Invalid, NotFound
from engine.kernel import Definition
from engine.scenarios.document import Place, load
from engine.scenarios.model import Call, Given, Values, When
from engine.scenarios.play import Play
from engine.scenarios.player import REFUSALS, play_on
from engine.scenarios.reader import parse, read_given, read_when

#: Deadlines that may pass in one step; a diagram that runs in circles stops here.
MOST_TICKS = 500
#: Steps of one rehearsal: ten times what the longest story of a recruitment needs.
MOST_STEPS = 1_000
PLACE = Place(where="rehearsal")
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An operation is answered."""

    element: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Operations wait to be answered from now on, or answer by themselves again."""

    wait: bool


Act = When | Answer | Wait


@dataclass(frozen=True, kw_only=True)
class Folded:
    """Where a rehearsal stands."""

    #: None when the case could not even begin
    play: Play | None
    #: how many of the steps were taken
    taken: int
    #: why the next one was refused; None when all were taken
    problem: Exception | None = None
    #: operations wait to be answered
    waits: bool = False


def given(value: Row) -> Given:
    """Return where a rehearsal begins; raise Invalid."""
    found = read_given(value, PLACE)
    if found.at is None:
        raise Invalid("Say when the case begins", where="at")
    return found


def fold(definition: Definition, begins: Row, rows: Sequence[Row], *, name: str) -> Folded:
    """Play all steps from the beginning; the first one that is refused ends it. Raises Invalid."""
    start = given(begins)
    assert start.at is not None  # noqa: S101  # given() sees to it
    play = Play(
        definition=definition,
        name=name,
        now=start.at,
        answers=start.operations,
        most_ticks=MOST_TICKS,
    )
    acts = [_read(row, number) for number, row in enumerate(rows, start=1)]
    everything = frozenset(one.id for one in definition.elements.values() if one.operation)
    first = acts[0] if acts else None
    is_held = isinstance(first, Wait) and first.wait
    try:
        play.begin(start.variables, held=everything if is_held else _failing(acts))
    except REFUSALS as problem:
        return Folded(play=None, taken=0, problem=problem)
    waits = False
    for index, act in enumerate(acts):
        waits = act.wait if isinstance(act, Wait) else waits
        try:
            _take(play, act, acts[index:], everything if waits else frozenset())
        except REFUSALS as problem:
            return Folded(play=play, taken=index, problem=problem, waits=waits)
    return Folded(play=play, taken=len(acts), waits=waits)


def story(data: bytes, *, name: str, title: str) -> tuple[Row, list[Row]]:
    """Return where a scenario begins and what is done in it; raise NotFound, Invalid."""
    parse(data, name=name)
    rows: list[Any] = load(data, name=name)  # type: ignore[assignment]  # parse has seen to it
    for row in rows:
        if row["scenario"] == title and "process" in row:
            steps: list[Row] = [
                dict(step["when"]) for step in row.get("steps", []) if "when" in step
            ]
            return row["given"], steps
    raise NotFound("There is no such scenario", where=title)


def tell(definition: Definition, begins: Row, rows: Sequence[Row], *, title: str) -> bytes:
    """Return the rehearsal as a scenario that expects what it came to.

    The scenario is played before it is given out: raises Invalid when it comes out otherwise.
    """
    folded = fold(definition, begins, rows, name=title)
    if folded.play is None or folded.problem is not None:
        raise Invalid(
            f"The rehearsal stops at step {folded.taken + 1}: {folded.problem}",
            where="steps",
            remedy="undo the last steps",
        )
    story = {
        "scenario": title,
        "process": definition.root,
        "given": {**begins, "operations": dict(_answers(folded.play.answered))},
        "steps": [
            *({"when": dict(row)} for row in rows if not {"answer", "wait"} & row.keys()),
            {"then": _stands(folded.play)},
        ],
    }
    written = yaml.safe_dump([story], sort_keys=False, allow_unicode=True, width=100).encode()
    _ensure_same(definition, written)
    return written


def _ensure_same(definition: Definition, written: bytes) -> None:
    (scenario,) = parse(written, name=f"{definition.root}.scenarios.yaml")
    shown = play_on(definition, scenario)
    if shown.failures:
        raise Invalid(
            f"Told as a scenario it comes out otherwise: {shown.failures[0]}",
            where="steps",
            remedy="answer each operation before the clock moves on",
        )


def _read(row: Row, number: int) -> Act:
    place = PLACE.inside(f"step {number}")
    if "wait" in row:
        return Wait(wait=place.keys(row, ("wait",))["wait"] is True)
    if "answer" in row:
        found = place.keys(row, ("answer", "with"))
        values = place.inside("with").mapping(found.get("with", {}))
        return Answer(element=place.text(found["answer"]), values=values)
    return read_when(row, place=place, number=number)


def _take(play: Play, act: Act, rest: Sequence[Act], waiting: frozenset[str]) -> None:
    held = waiting | _failing(rest[1:])
    if isinstance(act, Wait):
        play.settle(held=held)
    elif isinstance(act, Answer):
        play.reply(act.element, act.values, held=held)
    else:
        if act.at is not None:
            play.move(act.at, held=held | _failing(rest))
        play.act(act, held=held)


def _failing(acts: Sequence[Act]) -> frozenset[str]:
    """Return the elements whose operations fail next, and so must not answer by themselves."""
    held = set()
    for act in acts:
        if not isinstance(act, When) or act.verb != "fail":
            break
        held.add(act.target)
    return frozenset(held)


def _answers(calls: Sequence[Call]) -> Iterator[tuple[str, object]]:
    """Yield what the operations answered: for all alike where it was the same, else one by one."""
    by_operation: dict[str, dict[str, list[Values]]] = {}
    for call in calls:
        if call.answer is not None:
            of = by_operation.setdefault(call.effect.operation, {})
            of.setdefault(call.effect.element, []).append(dict(call.answer))
    for operation, by_element in by_operation.items():
        every = [one for answers in by_element.values() for one in answers]
        if all(one == every[0] for one in every):
            yield operation, every[0]
        else:
            yield from by_element.items()


def _stands(play: Play) -> dict[str, object]:
    step = play.step
    if step.ended is not None:
        return {"ended": step.ended.element}
    timers: dict[str, list[str]] = {}
    for timer in step.timers:
        timers.setdefault(timer.element, []).append(timer.due_at.isoformat())
    found: dict[str, object] = {"tasks": [task.element for task in step.tasks]}
    return {**found, "timers": timers} if timers else found
