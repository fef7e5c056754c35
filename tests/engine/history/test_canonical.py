import json
import math
import struct
from decimal import Decimal
from random import Random

import pytest

from engine.errors import Invalid
from engine.history import canonical


def double(bits):
    return struct.unpack(">d", bytes.fromhex(bits))[0]


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        # RFC 8785 appendix B
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("ffefffffffffffff", "-1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555554", "333333333.33333325"),
        ("41b3de4355555555", "333333333.3333333"),
        ("41b3de4355555556", "333333333.3333334"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_a_number_is_written_as_ecmascript_does(bits, text):
    assert canonical(double(bits)).decode() == text
    assert canonical([double(bits), {"a": double(bits)}]).decode() == f'[{text},{{"a":{text}}}]'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5.0, "5"),
        (-0.0, "0"),
        (0.0001, "0.0001"),
        (0.00001, "0.00001"),
        (2**53 - 1, "9007199254740991"),
        (Decimal("12.50"), "12.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("4449.31"), "4449.31"),
        ((1, [2]), "[1,[2]]"),
        ({}, "{}"),
        ("\u0000\u001f\b\t\n\f\r", '"\\u0000\\u001f\\b\\t\\n\\f\\r"'),
        ('"\\/\u007f\u2028', '"\\"\\\\/\u007f\u2028"'),
        ("\u20ac$\u000f\nA'B\"\\\\\"/", '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ({"b": 1, "a": {"d": 2, "c": 3}}, '{"a":{"c":3,"d":2},"b":1}'),
        # RFC 8785 section 3.2.3: keys sorted by UTF-16 code units, not by code points
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
            '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}',
        ),
    ],
)  # fmt: skip
def test_a_value_has_one_text(value, text):
    assert canonical(value).decode() == text


@pytest.mark.parametrize(
    ("value", "place", "reason"),
    [
        ({"a": [1, math.nan]}, "$.a[1]", "not finite"),
        ({"a": math.inf}, "$.a", "not finite"),
        (Decimal("NaN"), "$", "not finite"),
        (Decimal("Infinity"), "$", "not finite"),
        ({"share": Decimal(1) / Decimal(3)}, "$.share", "more digits"),
        (Decimal("0.12345678901234567890"), "$", "more digits"),
        (Decimal("1E+30"), "$", "2^53"),
        (Decimal("1E+999999"), "$", "2^53"),
        ({"n": 2**53}, "$.n", "2^53"),
        ({"n": -(2**53)}, "$.n", "2^53"),
        ({1: "a"}, "$", "key 1"),
        ({"a": {None: 1}}, "$.a", "key None"),
        ({"a": {1, 2}}, "$.a", "set"),
        ({"a": b"bytes"}, "$.a", "bytes"),
        ({"a": object()}, "$.a", "object"),
        ({"a": "\ud83d"}, "$.a", "surrogate"),
        ({"\ud83d": 1}, "$", "surrogate"),
    ],
)
def test_what_json_cannot_say_exactly_is_refused_at_its_place(value, place, reason):
    with pytest.raises(Invalid) as refused:
        canonical(value)
    assert refused.value.where == place
    assert reason in refused.value.detail


def test_a_value_nested_too_deeply_is_refused():
    deep = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(Invalid, match="nested too deeply"):
        canonical(deep)


def random_value(random, depth=0):
    kind = random.randrange(9 if depth < 4 else 6)
    if kind == 6:
        return [random_value(random, depth + 1) for _ in range(random.randrange(4))]
    if kind > 6:
        keys = ["".join(random.choices("aZ0é€😀דּ\n", k=3)) for _ in range(random.randrange(5))]
        return {key: random_value(random, depth + 1) for key in keys}
    return [
        None,
        random.random() < 0.5,
        random.randrange(-(2**53) + 1, 2**53),
        double(f"{random.randrange(0x7FF0 << 48):016x}"),
        random.uniform(-1e6, 1e6),
        "".join(random.choices('aZ0é€😀דּ\n"\\\u0001', k=5)),
    ][kind]


def number(text):
    # beyond 2^53 the digits stand for a double, as in ECMAScript
    return int(text) if abs(int(text)) < 2**53 else float(text)


def test_canonical_bytes_survive_a_reader_and_do_not_depend_on_the_order_of_keys():
    random = Random(8785)  # noqa: S311  # a repeatable sequence, no secret
    for _ in range(2000):
        value = random_value(random)
        data = canonical(value)
        assert canonical(json.loads(data, parse_int=number)) == data
        turned = json.loads(
            data, parse_int=number, object_pairs_hook=lambda pairs: dict(reversed(pairs))
        )
        assert canonical(turned) == data
