"""Compare what a scenario expects with what the case shows, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from engine.decisions import Decided
from engine.kernel import Effect, Step
from engine.scenarios.model import Then
from engine.scenarios.play import Play
from engine.scenarios.words import listed, plain

_NOTHING = object()


def compare(then: Then, play: Play) -> Iterator[str]:
    """Yield every expectation that does not hold, with what was found."""
    for key, expected in then.expected.items():
        yield from CHECKS[key](expected, play)


def compare_decided(then: Then, decided: Decided) -> Iterator[str]:
    """Yield what is wrong with the answer of a decision, given as a row of `output` and `rules`."""
    expected = then.expected
    if "rules" in expected and list(decided.matched) != expected["rules"]:
        yield f"rules {expected['rules']} expected to match, found {list(decided.matched)}"
    others = expected.get("decided")
    if isinstance(others, Mapping):
        yield from _rules(others, _all_of([decided]))
    if "output" not in expected:
        return
    output = expected["output"]
    if isinstance(output, Mapping) and isinstance(decided.output, Mapping):
        yield from _values(output, decided.output)
    elif not same(output, decided.output):
        yield f"output {plain(output)} expected, found {plain(decided.output)}"


def same(expected: object, found: object) -> bool:
    """Say whether two JSON values are equal; a boolean is no number."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.keys() == found.keys() and all(
            same(v, found[k]) for k, v in expected.items()
        )
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    return expected == found


def at_path(values: object, path: str) -> object:
    """Return the value at a dotted path; places in lists count from 0."""
    for name in path.split("."):
        if isinstance(values, Mapping) and name in values:
            values = values[name]
        elif isinstance(values, list) and name.isdigit() and int(name) < len(values):
            values = values[int(name)]
        else:
            return _NOTHING
    return values


def _values(expected: Mapping[str, object], found: object, name: str = "") -> Iterator[str]:
    for path, value in expected.items():
        there = at_path(found, path)
        if there is _NOTHING:
            yield f"{name}{path} = {plain(value)} expected, found nothing there"
        elif not same(value, there):
            yield f"{name}{path} = {plain(value)} expected, found {plain(there)}"


def _tasks(expected: Sequence[str], play: Play) -> Iterator[str]:
    found = [task.element for task in play.step.tasks]
    if sorted(expected) != sorted(found):
        end = _ending(play.step)
        yield f"open tasks {listed(expected)} expected, found {listed(found)}{end}"


def _ending(step: Step) -> str:
    return f" (the case ended at {step.ended.element})" if step.ended else ""


def _ended(expected: str | None, play: Play) -> Iterator[str]:
    ended = play.step.ended
    found = ended.element if ended else None
    if expected == found:
        return
    tasks = listed(task.element for task in play.step.tasks)
    is_open = f"the case still runs, open tasks: {tasks}"
    wanted = f"the end {expected} expected" if expected else "a running case expected"
    yield f"{wanted}, found {f'the end {found}' if ended else is_open}"


def _variables(expected: Mapping[str, object], play: Play) -> Iterator[str]:
    yield from _values(expected, play.step.variables)


def _timers(expected: Mapping[str, list[datetime]], play: Play) -> Iterator[str]:
    for element, instants in expected.items():
        found = sorted(timer.due_at for timer in play.step.timers if timer.element == element)
        if found != sorted(instants):
            wanted = ", ".join(plain(one) for one in instants) or "none"
            there = ", ".join(plain(one) for one in found) or "none"
            yield f"timer {element} at {wanted} expected, found {there}"


def _decided(expected: Mapping[str, object], play: Play) -> Iterator[str]:
    yield from _rules(expected, _all_of(play.decisions))


def _rules(expected: Mapping[str, object], taken: Mapping[str, Decided]) -> Iterator[str]:
    for decision, rules in expected.items():
        if decision not in taken:
            yield f"decision {decision} expected, found decisions {listed(taken)}"
        elif list(taken[decision].matched) != rules:
            found = list(taken[decision].matched)
            yield f"decision {decision} by the rules {rules} expected, found {found}"


def _all_of(decisions: list[Decided]) -> dict[str, Decided]:
    """Return the last answer of each decision; what was asked for beats what it required."""
    required = [one for decided in decisions for one in _all_of(list(decided.required)).values()]
    return {decided.decision: decided for decided in (*required, *decisions)}


def _operations(expected: Sequence[str | Mapping[str, object]], play: Play) -> Iterator[str]:
    found, play.checked = play.calls[play.checked :], len(play.calls)
    names = [one if isinstance(one, str) else next(iter(one)) for one in expected]
    there = [effect.operation for effect in found]
    if names != there:
        yield f"operations {names} expected, found {there}"
        return
    for one, effect in zip(expected, found, strict=True):
        yield from _input(one, effect)


def _input(expected: str | Mapping[str, object], effect: Effect) -> Iterator[str]:
    if isinstance(expected, str):
        return
    inputs = next(iter(expected.values()))
    if isinstance(inputs, Mapping):
        yield from _values(inputs, effect.input, name=f"input of {effect.operation}: ")


CHECKS: Mapping[str, Callable[..., Iterator[str]]] = {
    "tasks": _tasks,
    "ended": _ended,
    "variables": _variables,
    "timers": _timers,
    "decided": _decided,
    "operations": _operations,
}
