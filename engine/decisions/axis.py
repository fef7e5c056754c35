"""The values of one column cut into stretches on which every cell is constant."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import feel
from engine.decisions.spans import Span, Spans

#: Gives the value of an end, or raises NotConstant.
Evaluate = Callable[[str], object]


class NotConstant(Exception):
    """The end of a range depends on the case."""


class NotDrawn(Exception):
    """The cells of this column cannot be drawn on one line."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The stretches of a column: a set of them is an integer, one bit for each."""

    #: Ends in order, as values; for an end that depends on the case its text.
    points: tuple[Any, ...]
    #: The value of each end; absent for null, which no stretch contains.
    places: dict[str, int]
    #: Whether there are values beside and between the points.
    is_line: bool
    #: The stretches that may occur.
    whole: int
    #: Words for each stretch, for examples.
    words: tuple[str, ...]

    def bits(self, spans: Spans) -> int:
        """Return the stretches that an entry matches."""
        found = 0
        for span in spans.spans:
            found |= self._span(span)
        return self.whole & ~found if spans.negated else self.whole & found

    def _span(self, span: Span) -> int:
        if any(end not in self.places for end in span.ends):
            return 0
        if not self.is_line:
            return 1 << self.places[span.ends[0]]
        low, high = 0, 2 * len(self.points)
        if span.low is not None:
            low = 2 * self.places[span.low] + (1 if span.low_included else 2)
        if span.high is not None:
            high = 2 * self.places[span.high] + (1 if span.high_included else 0)
        return ((1 << (high + 1)) - 1) & ~((1 << low) - 1) if low <= high else 0

    def example(self, bits: int) -> str:
        """Name a value of the lowest of these stretches; empty if the column does not matter."""
        return self.words[(bits & -bits).bit_length() - 1]


def draw(entries: Iterable[Spans], allowed: Spans | None, evaluate: Evaluate) -> Axis:
    """Draw the axis of a column from all its entries; raise NotDrawn if that cannot be done."""
    known = tuple(entries) if allowed is None else (*entries, allowed)
    spans = [span for entry in known for span in entry.spans]
    values = _values(spans, evaluate)
    if isinstance(values, str):
        axis = _unknown(values)
    elif all(isinstance(value, bool) for value in values.values()) and values:
        axis = _set((True, False), values, other=False)
    elif all(isinstance(value, str) for value in values.values()):
        axis = _set(tuple(dict.fromkeys(values.values())), values, other=True)
    else:
        axis = _line(_sorted(values.values()), values)
    if not axis.is_line and any(span.low != span.high for span in spans):
        raise NotDrawn("texts and booleans have no order")
    if allowed is None:
        return axis
    return Axis(
        points=axis.points,
        places=axis.places,
        is_line=axis.is_line,
        whole=axis.bits(allowed),
        words=axis.words,
    )


def _values(spans: list[Span], evaluate: Evaluate) -> dict[str, Any] | str:
    ends = list(dict.fromkeys(end for span in spans for end in span.ends))
    values: dict[str, Any] = {}
    for end in ends:
        try:
            value = evaluate(end)
        except NotConstant:
            if len(ends) == 1:
                return end
            raise NotDrawn(f"{end} depends on the case") from None
        if isinstance(value, list | dict):
            raise NotDrawn(f"{end} is not one value")
        if value is not None:
            values[end] = value
    return values


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    try:
        return tuple(sorted(set(values)))
    except TypeError:
        raise NotDrawn("the column compares values of different types") from None


def _set(points: tuple[Any, ...], values: dict[str, Any], *, other: bool) -> Axis:
    words = [_said(point) for point in points]
    if other:
        words.append("any other text" if points else "")
    return Axis(
        points=points,
        places={end: points.index(value) for end, value in values.items()},
        is_line=False,
        whole=(1 << len(words)) - 1,
        words=tuple(words),
    )


def _line(points: tuple[Any, ...], values: dict[str, Any]) -> Axis:
    whole = (1 << (2 * len(points) + 1)) - 1
    for place, (before, after) in enumerate(pairwise(points), start=1):
        if _is_day(before) and after - before <= timedelta(days=1):
            whole &= ~(1 << (2 * place))
    return Axis(
        points=points,
        places={end: bisect_left(points, value) for end, value in values.items()},
        is_line=True,
        whole=whole,
        words=tuple(_words(points)),
    )


def _unknown(end: str) -> Axis:
    words = (f"less than {end}", end, f"more than {end}")
    return Axis(points=(end,), places={end: 0}, is_line=True, whole=0b111, words=words)


def _words(points: tuple[Any, ...]) -> Iterable[str]:
    yield _near(points[0], -1)
    for before, after in pairwise(points):
        yield _said(before)
        yield _between(before, after)
    yield _said(points[-1])
    yield _near(points[-1], 1)


def _near(point: Any, direction: int) -> str:  # noqa: ANN401  # any FEEL value with an order
    if isinstance(point, Decimal):
        return str(point + direction)
    if _is_day(point):
        return _said(point + timedelta(days=direction))
    return f"{'less' if direction < 0 else 'more'} than {_said(point)}"


def _between(before: Any, after: Any) -> str:  # noqa: ANN401  # any FEEL value with an order
    if isinstance(before, Decimal):
        return str((before + after) / 2)
    if _is_day(before):
        return _said(before + timedelta(days=1))
    return f"between {_said(before)} and {_said(after)}"


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return str(feel.to_json(value))
