"""Values on their way out of the language: JSON and text."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from feel import iso
from feel.errors import Excess, FeelLimitError, FeelRuntimeError
from feel.limits import MAX_JSON_INTEGER, Budget, bounded_text
from feel.values import Months, Range, type_name

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
#: no more zeros than this are written out
_MAX_PLAIN_EXPONENT = 34


def to_json(value: object) -> Json:
    """Give a FEEL value as JSON: dates, times and durations as ISO 8601, numbers as numbers.

    Raises FeelLimitError for integers beyond 2^53 - 1, which JSON readers round, and for values too
    large or nested too deep; FeelRuntimeError for ranges and functions.
    """
    try:
        return _json(value, Budget())
    except Excess as excess:
        raise FeelLimitError(
            excess.message, text="", position=0, suggestion=excess.suggestion
        ) from None
    except RecursionError:
        raise FeelLimitError(
            "the value is nested too deep", text="", position=0, suggestion="build it flatter"
        ) from None


def _json(value: object, budget: Budget) -> Json:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, list):
        budget.charge(len(value) + 1)
        return [_json(item, budget) for item in value]
    if isinstance(value, dict):
        budget.charge(len(value) + 1)
        return {str(name): _json(item, budget) for name, item in value.items()}
    return _iso(value)


def _number(value: Decimal) -> Json:
    if value != value.to_integral_value():
        return float(value)
    if abs(value) > MAX_JSON_INTEGER:
        raise Excess(f"{value} is larger than a JSON integer may be", "keep integers below 2 ** 53")
    return int(value)


def _iso(value: object) -> str:
    if isinstance(value, (datetime, time)):
        return iso.write_moment(value, names=False)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (timedelta, Months)):
        return iso.write_duration(value)
    raise FeelRuntimeError(
        f"a {type_name(value)} cannot be stored",
        text="",
        position=0,
        suggestion="store its ends, or a result of it",
    )


def to_text(value: object, budget: Budget, *, is_inner: bool = False) -> str:
    """Write a FEEL value as `string()` does; raises Excess."""
    text = _text(value, budget, is_inner=is_inner)
    bounded_text(len(text))
    return text


def _text(value: object, budget: Budget, *, is_inner: bool) -> str:
    budget.charge(1)
    if isinstance(value, str):
        return _quoted(value) if is_inner else value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return write_number(value)
    if isinstance(value, list):
        return f"[{', '.join(to_text(item, budget, is_inner=True) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(_entry(n, v, budget) for n, v in value.items())}}}"
    return _other(value, budget)


def _entry(name: str, value: object, budget: Budget) -> str:
    shown = name if name.isidentifier() else _quoted(name)
    return f"{shown}: {to_text(value, budget, is_inner=True)}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _other(value: object, budget: Budget) -> str:
    if isinstance(value, (datetime, time)):
        return iso.write_moment(value)
    if isinstance(value, Range):
        low, high = (to_text(end, budget, is_inner=True) for end in (value.start, value.end))
        ends = "(["[value.start_included], ")]"[value.end_included]
        return f"{ends[0]}{low}..{high}{ends[1]}"
    return _iso(value) if isinstance(value, (date, timedelta, Months)) else type_name(value)


def write_number(value: Decimal) -> str:
    """Write a number in full, without trailing zeros of its fraction."""
    plain = format(value, "f") if abs(value.adjusted()) <= _MAX_PLAIN_EXPONENT else str(value)
    if "." in plain and "E" not in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain
