"""The values of the language and what they mean to one another.

Python carries them: None, bool, Decimal, str, list, dict, date, time, datetime, timedelta (days and
time), Months (years and months), Range and Function.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from feel.limits import MAX_DIGITS, Budget, bounded_list, too_large

#: decimal128, as DMN 1.3 section 10.3.2.3.1 asks for
DECIMAL = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
#: types that are read as they are
PLAIN = frozenset([type(None), bool, str, Decimal])
#: bits of the largest integer, log2(10) per digit
_MAX_BITS = int(MAX_DIGITS * 3.3219)


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration, in months; negative backwards."""

    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """All values between two ends; an end that is None is open without bound."""

    start: object
    end: object
    start_included: bool = True
    end_included: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that expressions may call by position or by parameter name.

    `call` takes FEEL values in the order of the parameters and gives a FEEL or JSON value; the last
    `optional` parameters may be left out. A ValueError becomes a FeelRuntimeError.
    """

    parameters: tuple[str, ...]
    call: Callable[..., object]
    optional: int = 0


class _Kinds(dict[type, type]):
    """Maps each Python class to the one that stands for its FEEL type.

    Subclasses of dates arrive from outside, those of a frozen test clock for one.
    """

    def __missing__(self, kind: type) -> type:
        for known in _TYPE_NAMES:
            if issubclass(kind, known):
                return known
        return object


def read(value: object, budget: Budget) -> object:
    """Take a JSON value or a FEEL value into the language; raises Excess."""
    kind = type(value)
    if kind in PLAIN or KINDS[kind] in _TEMPORAL:
        return _finite(value) if kind is Decimal else value
    if kind is int:
        return _integer(value)  # type: ignore[arg-type]
    if kind is float:
        return Decimal(repr(value)) if math.isfinite(value) else None  # type: ignore[arg-type]
    return _read_other(value, budget)


def _finite(value: object) -> object:
    return value if value.is_finite() else None  # type: ignore[attr-defined]


def _integer(value: int) -> Decimal:
    if value.bit_length() > _MAX_BITS:
        raise too_large()
    return DECIMAL.create_decimal(value)


def _read_other(value: object, budget: Budget) -> object:
    if isinstance(value, (list, tuple)):
        bounded_list(len(value))
        budget.charge(len(value))
        return [read(item, budget) for item in value]
    if isinstance(value, Mapping):
        bounded_list(len(value))
        budget.charge(len(value))
        return {str(name): read(item, budget) for name, item in value.items()}
    for base in (bool, int, float, str):
        if isinstance(value, base):
            return read(base(value), budget)
    return value if isinstance(value, (Range, Function)) else None


_TEMPORAL = frozenset([date, time, datetime, timedelta, Months])

_TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    datetime: "date and time",  # before its base class
    date: "date",
    time: "time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    Range: "range",
    Function: "function",
}
KINDS = _Kinds({kind: kind for kind in _TYPE_NAMES})


def type_name(value: object) -> str:
    """Name the type of a FEEL value in the words of the language."""
    return _TYPE_NAMES.get(KINDS[type(value)], "value")


def equal(left: object, right: object, budget: Budget) -> bool | None:
    """Compare as `=` does: None when the types differ; raises Excess."""
    kind = KINDS[type(left)]
    if left is None or right is None:
        return left is right
    if kind is not KINDS[type(right)]:
        return None
    if kind is list:
        return _equal_lists(left, right, budget)  # type: ignore[arg-type]
    if kind is dict:
        return _equal_contexts(left, right, budget)  # type: ignore[arg-type]
    if kind is Range:
        return _equal_ranges(left, right, budget)  # type: ignore[arg-type]
    return bool(left == right)


def same(left: object, right: object, budget: Budget) -> bool:
    """Tell whether `=` gives true."""
    return equal(left, right, budget) is True


def _equal_lists(left: list[object], right: list[object], budget: Budget) -> bool:
    budget.charge(len(left) + 1)
    if len(left) != len(right):
        return False
    return all(same(a, b, budget) for a, b in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, object], right: dict[str, object], budget: Budget) -> bool:
    budget.charge(len(left) + 1)
    if left.keys() != right.keys():
        return False
    return all(same(value, right[name], budget) for name, value in left.items())


def _equal_ranges(left: Range, right: Range, budget: Budget) -> bool:
    return (
        left.start_included == right.start_included
        and left.end_included == right.end_included
        and same(left.start, right.start, budget)
        and same(left.end, right.end, budget)
    )


_ORDERED = frozenset([Decimal, str, date, time, datetime, timedelta, Months])


def less(left: object, right: object) -> bool | None:
    """Compare as `<` does: None when the types differ or have no order."""
    kind = KINDS[type(left)]
    if kind is not KINDS[type(right)] or kind not in _ORDERED:
        return None
    try:
        return bool(left < right)  # type: ignore[operator]
    except TypeError:  # one has a time zone, the other has none
        return None


def at_most(left: object, right: object) -> bool | None:
    """Compare as `<=` does: None when the types differ or have no order."""
    kind = KINDS[type(left)]
    if kind is not KINDS[type(right)] or kind not in _ORDERED:
        return None
    try:
        return bool(left <= right)  # type: ignore[operator]
    except TypeError:  # one has a time zone, the other has none
        return None


def both(left: object, right: object) -> bool | None:
    """Join two conditions with the three-valued `and`."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def either(left: object, right: object) -> bool | None:
    """Join two conditions with the three-valued `or`."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def negate(value: object) -> bool | None:
    """Turn a condition round; what is not a condition gives None."""
    return not value if isinstance(value, bool) else None


def contains(span: Range, value: object) -> bool | None:
    """Tell whether the value lies in the range; None when they cannot be compared."""
    if value is None:
        return None
    above = _above(span, value)
    below = _below(span, value)
    return both(above, below)


def _above(span: Range, value: object) -> bool | None:
    if span.start is None:
        return True
    return at_most(span.start, value) if span.start_included else less(span.start, value)


def _below(span: Range, value: object) -> bool | None:
    if span.end is None:
        return True
    return at_most(value, span.end) if span.end_included else less(value, span.end)


#: A key is dearer than a comparison: building it takes about 2 µs.
_STEPS_A_KEY = 4


def key(value: object, budget: Budget) -> object:
    """Give a hashable key that two values share when they are equal; raises Excess."""
    budget.charge(_STEPS_A_KEY)
    if isinstance(value, list):
        return ("list", tuple(key(item, budget) for item in value))
    if isinstance(value, dict):
        entries = frozenset((name, key(item, budget)) for name, item in value.items())
        return ("context", entries)
    if isinstance(value, Range):
        ends = (key(value.start, budget), key(value.end, budget))
        return ("range", ends, value.start_included, value.end_included)
    return (KINDS[type(value)], value)
