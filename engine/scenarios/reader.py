"""Read a scenario file; whatever it says wrongly is refused with its place and a suggestion."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from engine.scenarios.document import Place, load
from engine.scenarios.model import Given, Scenario, Then, Values, Verb, When

ENDING = ".scenarios.yaml"
SCENARIO = ("scenario", "process", "decision", "given", "steps", "then")
GIVEN = ("at", "variables", "operations")
VERBS: tuple[Verb, ...] = get_args(Verb)
WITH: Mapping[str | None, tuple[str, ...]] = {
    None: ("at",),
    "complete": ("at", "complete", "by", "with"),
    "receive": ("at", "receive", "with", "correlation"),
    "signal": ("at", "signal", "with"),
    "fail": ("at", "fail", "code", "message"),
}
THEN = ("tasks", "ended", "variables", "timers", "decided", "operations")
DECIDED = ("output", "rules", "decided")


def parse(data: bytes, *, name: str) -> tuple[Scenario, ...]:
    """Return the scenarios of a file; raise Invalid naming file, scenario and step."""
    place = Place(where=name)
    rows = place.list(load(data, name=name))
    found = tuple(_scenario(row, place=place, name=name) for row in rows)
    names = [scenario.name for scenario in found]
    for twin in (one for one in names if names.count(one) > 1):
        raise place.refuse(f"two scenarios are called {twin!r}", remedy="give each its own name")
    return found


def _scenario(row: object, *, place: Place, name: str) -> Scenario:
    title = place.text(place.mapping(row).get("scenario"))
    here = place.inside(f"scenario “{title}”")
    top = here.keys(row, SCENARIO)
    if ("process" in top) == ("decision" in top):
        raise here.refuse("a scenario is about one process or one decision")
    given = read_given(top.get("given", {}), here)
    scenario = Scenario(
        name=title,
        file=name,
        process=top.get("process"),
        decision=top.get("decision"),
        at=given.at,
        variables=given.variables,
        operations=given.operations,
        steps=_one_then(top, here) if "decision" in top else tuple(_steps(top, here)),
    )
    if scenario.process and scenario.at is None:
        raise here.refuse("the instant of the start is missing", remedy="write given: {at: ...}")
    return scenario


def read_given(value: object, place: Place) -> Given:
    """Return where a story begins; raise Invalid."""
    row = place.inside("given").keys(value, GIVEN)
    return Given(
        at=place.inside("given").instant(row["at"]) if "at" in row else None,
        variables=place.inside("variables").mapping(row.get("variables", {})),
        operations=_answers(row.get("operations", {}), place.inside("operations")),
    )


def _answers(value: object, place: Place) -> Mapping[str, tuple[Values, ...]]:
    return {
        name: tuple(
            place.inside(name).mapping(one)
            for one in (answer if isinstance(answer, list) and answer else [answer])
        )
        for name, answer in place.mapping(value).items()
    }


def _one_then(top: Mapping[str, Any], place: Place) -> tuple[Then, ...]:
    if "steps" in top:
        raise place.refuse("a decision has no steps", remedy="write then: {output: ..., rules: []}")
    return (_then(top.get("then"), DECIDED, place=place.inside("then"), number=1),)


def _steps(top: Mapping[str, Any], place: Place) -> Iterator[When | Then]:
    if "then" in top:
        raise place.refuse("then stands inside steps", remedy="write steps: [{then: ...}]")
    for number, row in enumerate(place.list(top.get("steps", [])), start=1):
        here = place.inside(f"step {number}")
        step = here.keys(row, ("when", "then"))
        if not step:
            raise here.refuse("the step is empty", remedy="write when or then")
        if "when" in step:
            yield read_when(step["when"], place=here, number=number)
        if "then" in step:
            yield _then(step["then"], THEN, place=here, number=number)


def read_when(value: object, *, place: Place, number: int) -> When:
    """Return what happens in a step; raise Invalid."""
    all_keys = tuple({key: None for keys in WITH.values() for key in keys})
    row = place.keys(value, all_keys)
    verbs = [verb for verb in VERBS if verb in row]
    if len(verbs) > 1:
        raise place.refuse(f"one step does one thing, not {' and '.join(verbs)}")
    verb = verbs[0] if verbs else None
    place.keys(row, WITH[verb])
    if not row:
        raise place.refuse("nothing happens here", remedy=f"write at or one of {', '.join(VERBS)}")
    target, instance = _target(row[verb], place=place) if verb else ("", None)
    return When(
        number=number,
        at=place.instant(row["at"]) if "at" in row else None,
        verb=verb,
        target=target,
        instance=instance,
        by=row.get("by"),
        values=place.inside("with").mapping(row.get("with", {})),
        correlation=row.get("correlation"),
        code=place.text(row.get("code")) if verb == "fail" else "",
        message=row.get("message", ""),
    )


def _target(value: object, *, place: Place) -> tuple[str, int | None]:
    if not isinstance(value, Mapping):
        return place.text(value), None
    row = place.keys(value, ("task", "instance"))
    instance = row.get("instance")
    if not isinstance(instance, int):
        raise place.refuse("the instance is a number from 1")
    return place.text(row.get("task")), instance


def _then(value: object, known: tuple[str, ...], *, place: Place, number: int) -> Then:
    expected = dict(place.keys(value, known))
    if not expected:
        raise place.refuse("nothing is expected here", remedy=f"known: {', '.join(known)}")
    for key in ("variables", "timers", "decided"):
        if key in expected:
            place.inside(key).mapping(expected[key])
    for key in ("tasks", "operations", "rules"):
        if key in expected:
            place.inside(key).list(expected[key])
    if "timers" in expected:
        expected["timers"] = {
            name: [place.inside(name).instant(one) for one in _listed(instants)]
            for name, instants in expected["timers"].items()
        }
    return Then(number=number, expected=expected)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
