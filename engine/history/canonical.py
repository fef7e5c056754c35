"""Canonical bytes of JSON values: RFC 8785 (JSON Canonicalization Scheme)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import orjson

from engine.errors import Invalid

#: The largest integer that every JSON reader keeps exactly (RFC 8785, appendix D).
MAX_SAFE_INTEGER = 2**53 - 1
MAX_DEPTH = 64
_ATOMS = frozenset([str, bool, type(None)])
#: between these orjson and ECMAScript write a float with the same digits and no exponent
_LEAST, _MOST = 1e-4, 1e15


def canonical(value: object) -> bytes:
    """Return the one sequence of bytes for a JSON value: UTF-8, sorted keys, no spaces (RFC 8785).

    Raises Invalid, naming the place, for what JSON cannot say exactly: NaN, infinities, integers
    beyond 2^53 - 1, decimals that no double equals, keys that are no strings, lone surrogates,
    other types, depth over 64.
    """
    if _is_simple(value, MAX_DEPTH):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            pass  # a lone surrogate: the slow road names its place
    plain = _plain(value, "$", 0)
    if _is_simple(plain, MAX_DEPTH):
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    return _write(plain).encode()


def _is_simple(value: object, room: int) -> bool:
    """Say whether orjson's bytes are the canonical ones, whatever the strings hold.

    orjson sorts keys by UTF-8, the same order as UTF-16 for ASCII keys, and writes floats as
    ECMAScript does between 1e-4 and 1e15, except integral ones. This check is the hot path of
    every event: no place is named, no copy is made.
    """
    kind = type(value)
    if kind in _ATOMS:
        return True
    if kind is int:
        return -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER  # type: ignore[operator]
    if kind is float:
        return _LEAST <= abs(value) < _MOST and not value.is_integer()  # type: ignore[arg-type, attr-defined]
    if room == 0:
        return False
    if kind is dict:
        return _is_simple_object(value, room - 1)  # type: ignore[arg-type]
    return kind is list and _are_simple(value, room - 1)  # type: ignore[arg-type]


def _is_simple_object(value: dict[object, object], room: int) -> bool:
    for key in value:
        if type(key) is not str or not key.isascii():
            return False
    return _are_simple(value.values(), room)


def _are_simple(values: Iterable[object], room: int) -> bool:
    for item in values:  # noqa: SIM110  # a generator takes twice the time
        if type(item) not in _ATOMS and not _is_simple(item, room):
            return False
    return True


def _plain(value: object, place: str, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, int | float | Decimal):
        return _number(value, place)
    if depth >= MAX_DEPTH:
        raise Invalid("The value is nested too deeply", where=place)
    if isinstance(value, Mapping):
        return {
            _key(key, place): _plain(item, f"{place}.{key}", depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item, f"{place}[{at}]", depth + 1) for at, item in enumerate(value)]
    raise Invalid(f"A {type(value).__name__} is no JSON value", where=place)


def _text(value: str, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Invalid("The text holds half a character (a lone surrogate)", where=place) from error
    return value


def _key(key: object, place: str) -> str:
    if not isinstance(key, str):
        raise Invalid(f"The key {key!r} is no string", where=place)
    return _text(key, place)


def _number(value: float | Decimal, place: str) -> int | float:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Invalid("The number is not finite", where=place)
        value = _exactly(value, place)
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise Invalid("The integer is beyond 2^53 - 1; write it as text", where=place)
        return value
    if not math.isfinite(value):
        raise Invalid("The number is not finite", where=place)
    # 5.0 and 5 are one number: ECMAScript writes both "5", and 1e21 only beyond that size
    return int(value) if value.is_integer() and abs(value) <= MAX_SAFE_INTEGER else value


def _exactly(value: Decimal, place: str) -> int | float:
    """Return the integer, or the double that a reader of the decimal's digits would take."""
    if abs(value) > MAX_SAFE_INTEGER:
        raise Invalid("The number is beyond 2^53 - 1; write it as text", where=place)
    if value == value.to_integral_value():
        return int(value)
    nearest = float(value)
    if Decimal(repr(nearest)) != value:
        raise Invalid(
            f"The decimal {value} has more digits than a JSON number keeps",
            where=place,
            remedy="round it or write it as text",
        )
    return nearest


def _write(value: object) -> str:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_write(key)}:{_write(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_write(item) for item in value) + "]"
    if isinstance(value, float):
        return _ecmascript(value)
    return orjson.dumps(value).decode()


def _ecmascript(value: float) -> str:
    """Write a float as ECMA-262 section 7.1.12.1 does; repr gives the shortest digits already."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    prefix = "-" if sign else ""
    if 0 < point <= 21:  # noqa: PLR2004  # ECMA-262
        padded = text.ljust(point, "0")
        return prefix + padded[:point] + (f".{padded[point:]}" if len(padded) > point else "")
    if -6 < point <= 0:  # noqa: PLR2004  # ECMA-262
        return f"{prefix}0.{'0' * -point}{text}"
    mantissa = text[0] + (f".{text[1:]}" if len(text) > 1 else "")
    return f"{prefix}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
