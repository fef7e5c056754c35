"""Limits on the shape of a submission, checked before anything looks inside."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

DEPTH = 12
VALUES = 20_000
ITEMS = 1_000
LETTERS = 100_000
#: Beyond it a JSON number is not the same number in every browser (2**53).
WHOLE = 9_007_199_254_740_992

Path = tuple[str | int, ...]
#: A JSON value; what it holds is only known when it has been looked at.
Json = Any


def written(path: Path) -> str:
    """Write a path as it stands in errors: `members.0.name`."""
    return ".".join(str(step) for step in path)


def problems(value: object) -> Iterator[tuple[Path, str]]:
    """Find what no form accepts: too deep, too many, too long, not JSON."""
    todo: list[tuple[Path, object]] = [((), value)]
    seen = 0
    while todo:
        path, found = todo.pop()
        seen += 1
        if seen > VALUES:
            yield (), f"There are more than {VALUES} values; send less at once."
            return
        refusal = _refusal(found, depth=len(path))
        if refusal is not None:
            yield path, refusal
        else:
            todo.extend(_inside(path, found))


def _inside(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    if isinstance(value, Mapping):
        yield from (((*path, key), inner) for key, inner in value.items())
    elif isinstance(value, list | tuple):
        yield from (((*path, place), inner) for place, inner in enumerate(value))


def _refusal(value: Json, *, depth: int) -> str | None:
    if depth > DEPTH:
        return f"Values are nested more than {DEPTH} deep."
    if value is None or isinstance(value, bool):
        return None
    for kinds, judge in _JUDGES:
        if isinstance(value, kinds):
            return judge(value)
    return f"A {type(value).__name__} is not a JSON value."


def _text_refusal(text: str) -> str | None:
    if len(text) > LETTERS:
        return f"This is longer than {LETTERS} characters."
    if any(_is_unstorable(letter) for letter in text):
        return "This contains a character that cannot be stored (a control character)."
    return None


def _is_unstorable(letter: str) -> bool:
    return (letter < " " and letter not in "\t\n\r") or "\ud800" <= letter <= "\udfff"


def _number_refusal(number: float | Decimal) -> str | None:
    if not isinstance(number, int) and not math.isfinite(number):
        return "This is not a number."
    return None if -WHOLE <= number <= WHOLE else "This number is too large."


def _keys_refusal(value: Mapping[Json, object]) -> str | None:
    if len(value) > ITEMS:
        return f"There are more than {ITEMS} entries."
    if not all(isinstance(key, str) for key in value):
        return "Names must be texts."
    return next((text for text in map(_text_refusal, map(str, value)) if text), None)


def _list_refusal(value: Sequence[object]) -> str | None:
    return f"There are more than {ITEMS} entries." if len(value) > ITEMS else None


_JUDGES: tuple[tuple[tuple[type, ...], Callable[[Json], str | None]], ...] = (
    ((str,), _text_refusal),
    ((int, float, Decimal), _number_refusal),
    ((Mapping,), _keys_refusal),
    ((list, tuple), _list_refusal),
)
