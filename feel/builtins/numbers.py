"""Built-in functions on numbers, DMN 1.3 section 10.3.4.5, and conversion to numbers."""

import re
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from feel.signatures import Table, signature
from feel.values import DECIMAL, Months

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_MAX_SCALE = 6111


def _rounder(rounding: str) -> Callable[..., Decimal | None]:
    def rounded(n: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
        if scale != scale.to_integral_value() or abs(scale) > _MAX_SCALE:
            return None
        step = Decimal(1).scaleb(-int(scale), context=DECIMAL)
        if n.as_tuple().exponent >= -int(scale):  # type: ignore[operator]
            return n
        return n.quantize(step, rounding=rounding, context=DECIMAL)

    return rounded


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """Take the rest with the sign of the divisor, as the standard defines it."""
    if not divisor:
        return None
    rest = DECIMAL.remainder(dividend, divisor)
    return DECIMAL.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _sqrt(n: Decimal) -> Decimal | None:
    return DECIMAL.sqrt(n) if n >= 0 else None


def _log(n: Decimal) -> Decimal | None:
    return DECIMAL.ln(n) if n > 0 else None


def _is_odd(n: Decimal) -> bool | None:
    return bool(abs(n) % 2) if n == n.to_integral_value() else None


def _is_even(n: Decimal) -> bool | None:
    return None if (odd := _is_odd(n)) is None else not odd


def _absolute(n: object) -> object:
    if isinstance(n, Months):
        return Months(abs(n.months))
    return abs(n)  # type: ignore[arg-type]


def _number(text: str, grouping: object = None, decimal: object = None) -> Decimal | None:
    """Read a number with its separators; the grouping may be a space, a comma or a point."""
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ".", ","):
        return None
    if grouping is not None and grouping == decimal:
        return None
    plain = text.replace(str(grouping), "") if grouping else text
    plain = plain.replace(str(decimal), ".") if decimal else plain
    return DECIMAL.create_decimal(plain) if _NUMBER.fullmatch(plain) else None


TABLE: Table = {
    "decimal": signature("n:num, scale:num", _rounder(ROUND_HALF_EVEN)),
    "floor": signature("n:num, scale?:num", _rounder(ROUND_FLOOR)),
    "ceiling": signature("n:num, scale?:num", _rounder(ROUND_CEILING)),
    "round up": signature("n:num, scale?:num", _rounder(ROUND_UP)),
    "round down": signature("n:num, scale?:num", _rounder(ROUND_DOWN)),
    "round half up": signature("n:num, scale?:num", _rounder(ROUND_HALF_UP)),
    "round half down": signature("n:num, scale?:num", _rounder(ROUND_HALF_DOWN)),
    "abs": signature("n:num|span", _absolute),
    "modulo": signature("dividend:num, divisor:num", _modulo),
    "sqrt": signature("number:num", _sqrt),
    "log": signature("number:num", _log),
    "exp": signature("number:num", DECIMAL.exp),
    "odd": signature("number:num", _is_odd),
    "even": signature("number:num", _is_even),
    "number": signature(
        "from:str, grouping separator?, decimal separator?",
        _number,
    ),
}
