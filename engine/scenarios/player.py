"""Play a scenario to its end, or a process with nobody acting."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from engine.decisions import Decided, Model, decide
from engine.errors import CursusError, Invalid
from engine.kernel import Definition, collect, load
from engine.kernel.bundle import read_models
from engine.scenarios.expect import compare, compare_decided
from engine.scenarios.model import Entry, Run, Scenario, Then, Values, When
from engine.scenarios.play import Play, rules_of
from engine.scenarios.words import decision_taken
from engine.timelimits import FUNCTIONS
from forms import FormError

#: What a case may refuse; anything else is a defect of ours and is not caught.
REFUSALS = (CursusError, FormError)


def run(files: Mapping[str, bytes], scenario: Scenario) -> Run:
    """Play a scenario on the files and return what it showed; the first step that fails ends it.

    Raises DefinitionRefused when the diagrams cannot run at all.
    """
    if scenario.decision is not None:
        return _decide(files, scenario, scenario.decision)
    return play_on(definition_of(files, scenario.process or ""), scenario)


def play_on(definition: Definition, scenario: Scenario) -> Run:
    """Play a scenario on a definition that is already loaded."""
    if scenario.at is None:
        raise Invalid("a scenario of a process needs an instant", where=scenario.id)
    play = Play(
        definition=definition,
        name=scenario.id,
        now=scenario.at,
        answers=scenario.operations,
    )
    failures = _play(play, scenario)
    where = f"{scenario.file}, scenario “{scenario.name}”"
    return replace(play.shown(), failures=tuple(f"{where}, {text}" for text in failures))


def rehearse(
    files: Mapping[str, bytes],
    process: str,
    variables: Values,
    *,
    start: datetime,
    until: datetime,
) -> Run:
    """Return what a case does from `start` to `until` if nobody acts; operations answer nothing."""
    play = Play(definition=definition_of(files, process), name=process, now=start)
    try:
        play.begin(variables)
        play.move(until)
    except REFUSALS as problem:
        return replace(play.shown(), failures=(f"{process}: {problem}",))
    return play.shown()


def definition_of(files: Mapping[str, bytes], process: str) -> Definition:
    """Return the definition of a process; raise DefinitionRefused when it cannot run."""
    return _definition(tuple(sorted(files.items())), process)


@lru_cache(maxsize=64)
def _definition(files: tuple[tuple[str, bytes], ...], process: str) -> Definition:
    # finding the bundle reads every diagram: 0.15 s, paid once for all scenarios of a process
    return load(collect(dict(files), process))


@lru_cache(maxsize=4)
def _models(files: tuple[tuple[str, bytes], ...]) -> tuple[Model, ...]:
    return tuple(read_models(dict(files)).values())


def _play(play: Play, scenario: Scenario) -> list[str]:
    try:
        play.begin(scenario.variables, held=_held(scenario.steps))
    except REFUSALS as problem:
        return [f"start: {problem}"]
    for index, step in enumerate(scenario.steps):
        try:
            found = _take(play, step, scenario.steps[index:])
        except REFUSALS as problem:
            found = [str(problem)]
        if found:
            return [f"step {step.number}: {text}" for text in found]
    return []


def _take(play: Play, step: When | Then, rest: Sequence[When | Then]) -> list[str]:
    if isinstance(step, Then):
        return list(compare(step, play))
    after = _held(rest[1:])
    if step.at is not None:
        play.move(step.at, held=_held(rest) if step.verb == "fail" else after)
    play.act(step, held=after)
    return []


def _held(steps: Sequence[When | Then]) -> frozenset[str]:
    """Return the elements whose operations fail next, and so must not be answered yet."""
    held: set[str] = set()
    for step in steps:
        if isinstance(step, Then):
            continue
        if step.verb != "fail":
            break
        held.add(step.target)
    return frozenset(held)


def _decide(files: Mapping[str, bytes], scenario: Scenario, decision: str) -> Run:
    where = f"{scenario.file}, scenario “{scenario.name}”"
    models = _models(tuple(sorted(files.items())))
    context = dict(scenario.variables)
    try:
        decided = decide(models, decision, context, functions=FUNCTIONS, now=scenario.at)
    except CursusError as problem:
        return Run(name=scenario.id, failures=(f"{where}: {problem}",))
    failures = (text for step in scenario.steps for text in _wrong(step, decided))
    return Run(
        name=scenario.id,
        timeline=(Entry(at=scenario.at, text=decision_taken(decided)),) if scenario.at else (),
        failures=tuple(f"{where}: {text}" for text in failures),
        rules=frozenset(rules_of([decided])),
    )


def _wrong(step: When | Then, decided: Decided) -> list[str]:
    return list(compare_decided(step, decided)) if isinstance(step, Then) else []
