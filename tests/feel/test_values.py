"""Literals, sums, comparisons and three-valued logic."""

import itertools
from decimal import Decimal

import pytest

import feel

LITERALS = [
    ("1", "1"),
    ("007", "7"),
    ("1.50", "1.5"),
    (".5", "0.5"),
    ("1e3", "1000"),
    ("1.5E-2", "0.015"),
    ("-3", "-3"),
    ("- - 3", "3"),
    ("---3", "-3"),
    ("true", "true"),
    ("false", "false"),
    ("null", "null"),
    ('""', '""'),
    ('"a b"', '"a b"'),
    (r'"a\"b"', r'"a\"b"'),
    (r'string length("\n\t\\")', "3"),
    (r'"\u00e9"', '"é"'),
    (r'"\uD83D\uDE00"', '"😀"'),
    (r'"\U01F600"', '"😀"'),
    (r'"\d+"', r'"\\d+"'),
    ("[]", "[]"),
    ("[1, 2]", "[1, 2]"),
    ("{}", "{}"),
    ('{a: 1, "b c": 2}', '{a: 1, "b c": 2}'),
    ("[1..5]", "[1..5]"),
    ("(1..5)", "(1..5)"),
    ("]1..5[", "(1..5)"),
    ("[1..5)", "[1..5)"),
    ('["a".."z"]', '["a".."z"]'),
    ('[1.."z"]', "null"),
    ("[null..5]", "(null..5]"),
    ("1 // a remark\n + 2", "3"),
    ("1 /* a\nremark */ + 2", "3"),
    ("(((1)))", "1"),
    ('@"2026-01-31"', "2026-01-31"),
    ('@"P3M"', "P3M"),
    ('@"12:00:00"', "12:00:00"),
    ('@"2026-01-31T12:00:00Z"', "2026-01-31T12:00:00Z"),
]

SUMS = [
    ("1 + 2", "3"),
    ("1 - 2 - 3", "-4"),
    ("2 + 3 * 4", "14"),
    ("(2 + 3) * 4", "20"),
    ("2 * 3 - 8 / 4", "4"),
    ("1 / 3 * 3", "0.9999999999999999999999999999999999"),
    ("0.1 + 0.2", "0.3"),
    ("1 / 0", "null"),
    ("0 / 0", "null"),
    ("2 ** 10", "1024"),
    ("2 ** 3 ** 2", "64"),
    ("-2 ** 2", "4"),
    ("2 ** -1", "0.5"),
    ("4 ** 0.5", "2"),
    ("0 ** 0", "null"),
    ("(-8) ** 0.5", "null"),
    ("10 - -3", "13"),
    ('"a" + "b"', '"ab"'),
    ('"a" + "b" + "c"', '"abc"'),
    ('"a" - "b"', "null"),
    ('"a" * 2', "null"),
    ('1 + "a"', "null"),
    ('"a" + 1', "null"),
    ("1 + null", "null"),
    ("null + null", "null"),
    ("true + 1", "null"),
    ("[1] + [2]", "null"),
    ("-true", "null"),
    ('-"a"', "null"),
    ("- null", "null"),
    ("1 +2", "3"),
    ("1+-2", "-1"),
    ("12345678901234567890 * 10", "123456789012345678900"),
]

COMPARISONS = [
    ("1 = 1", "true"),
    ("1 = 1.0", "true"),
    ("1 = 2", "false"),
    ("1 != 2", "true"),
    ('1 = "1"', "null"),
    ('1 != "1"', "null"),
    ("1 = true", "null"),
    ("null = null", "true"),
    ("null != null", "false"),
    ("1 = null", "false"),
    ("null = 1", "false"),
    ("1 != null", "true"),
    ("missing = null", "true"),
    ('"a" = "a"', "true"),
    ('"a" = "A"', "false"),
    ("true = true", "true"),
    ("[1, 2] = [1, 2]", "true"),
    ("[1, 2] = [2, 1]", "false"),
    ("[1] = [1, 2]", "false"),
    ("[] = []", "true"),
    ("[[1]] = [[1]]", "true"),
    ("[null] = [null]", "true"),
    ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
    ("{a: 1} = {a: 2}", "false"),
    ("{a: 1} = {}", "false"),
    ("{} = []", "null"),
    ("[1..2] = [1..2]", "true"),
    ("[1..2] = [1..2)", "false"),
    ("1 < 2", "true"),
    ("2 < 2", "false"),
    ("2 <= 2", "true"),
    ("3 > 2", "true"),
    ("2 >= 3", "false"),
    ('"a" < "b"', "true"),
    ('1 < "b"', "null"),
    ("1 < null", "null"),
    ("null < null", "null"),
    ("null >= 1", "null"),
    ("true < false", "null"),
    ("[1] < [2]", "null"),
    ("3 between 1 and 5", "true"),
    ("1 between 1 and 5", "true"),
    ("5 between 1 and 5", "true"),
    ("6 between 1 and 5", "false"),
    ("null between 1 and 5", "null"),
    ("3 between null and 5", "null"),
    ("9 between null and 5", "false"),
    ('3 between "a" and 5', "null"),
    ("3 between 1 and 5 and true", "true"),
    ("3 between 1 and 5 and false", "false"),
    ("3 between 1 + 1 and 2 * 2", "true"),
    ("3 in 3", "true"),
    ("3 in 4", "false"),
    ("3 in (1, 3)", "true"),
    ("3 in (1, 2)", "false"),
    ("3 in [1, 3]", "true"),
    ("3 in [1..5]", "true"),
    ("5 in [1..5)", "false"),
    ("5 in [1..5[", "false"),
    ("1 in ]1..5]", "false"),
    ("1 in (1..5]", "false"),
    ("3 in [[1..2], [3..4]]", "true"),
    ("3 in ([1..2], [3..4])", "true"),
    ("3 in > 2", "true"),
    ("3 in (> 5)", "false"),
    ("3 in (> 5, < 4)", "true"),
    ("3 in (>= 3, 9)", "true"),
    ("3 in != 3", "false"),
    ("[1] in [[1], [2]]", "true"),
    ("[1, 2] in [1, 2]", "true"),
    ("null in [1..5]", "null"),
    ("null in [null]", "true"),
    ('"b" in ["a".."c"]', "true"),
    ('"b" in [1..5]', "null"),
    ("1 in []", "false"),
    ("1 in null", "false"),
    ("5 in [null..9]", "true"),
    ("1 in [1..2[ and true", "true"),
    ("for x in [1, 9] return x in [1..5[", "[true, false]"),
    ("1 instance of number", "true"),
    ('"a" instance of number', "false"),
    ("null instance of number", "false"),
    ("null instance of Any", "false"),
    ("[1] instance of list", "true"),
    ("{} instance of context", "true"),
    ('@"2026-01-01" instance of date', "true"),
    ('@"2026-01-01T00:00:00" instance of date', "false"),
    ('@"2026-01-01T00:00:00" instance of date and time', "true"),
    ('@"P1D" instance of days and time duration', "true"),
    ('@"P1M" instance of years and months duration', "true"),
    ("true instance of boolean and true", "true"),
    ("[1..2] instance of range", "true"),
]

CONDITIONS = [
    ("if true then 1 else 2", "1"),
    ("if false then 1 else 2", "2"),
    ("if null then 1 else 2", "2"),
    ('if "x" then 1 else 2', "2"),
    ("if 1 > 0 then 1 else 1 / 0", "1"),
    ("if false then 1 else if true then 2 else 3", "2"),
    ("1 + if true then 1 else 2 + 10", "2"),
    ("if true then 1 else 2 + 10", "1"),
    ("(if true then 1 else 2) + 10", "11"),
    ("not(true)", "false"),
    ("not(false)", "true"),
    ("not(null)", "null"),
    ("not(1)", "null"),
    ("not(not(true))", "true"),
    ("1 = 1 and 2 = 2 or false", "true"),
    ("false and true or true", "true"),
    ("true or false and false", "true"),
    ("(true or false) and false", "false"),
]


@pytest.mark.parametrize(("text", "expected"), LITERALS + SUMS + COMPARISONS + CONDITIONS)
def test_an_expression_gives_its_value(shown, text, expected):
    assert shown(text) == expected


LOGIC = {"true": True, "false": False, "null": None, "1": None, '"x"': None}


@pytest.mark.parametrize(("left", "right"), list(itertools.product(LOGIC, LOGIC)))
def test_and_or_follow_the_three_valued_tables(left, right):
    values = {LOGIC[left], LOGIC[right]}
    conjunction = False if False in values else None if None in values else True
    disjunction = True if True in values else None if None in values else False
    assert feel.parse(f"{left} and {right}").evaluate({}) is conjunction
    assert feel.parse(f"{left} or {right}").evaluate({}) is disjunction


JSON_VALUES = [
    (1, Decimal(1)),
    (0.1, Decimal("0.1")),
    (1e22, Decimal("1e22")),
    (float("nan"), None),
    (float("inf"), None),
    (Decimal("NaN"), None),
    (True, True),
    (None, None),
    ("x", "x"),
    ([1, [0.5]], [Decimal(1), [Decimal("0.5")]]),
    ((1,), [Decimal(1)]),
    ({"a": 1}, {"a": Decimal(1)}),
    (object(), None),
]


@pytest.mark.parametrize(("given", "expected"), JSON_VALUES)
def test_json_values_are_read_as_they_are(given, expected):
    value = feel.parse("x").evaluate({"x": given})
    assert value == expected
    assert type(value) is type(expected)


def test_a_number_read_from_a_list_takes_part_in_sums(shown):
    assert shown("x[1] + y.z + sum(x)", x=[1, 2], y={"z": 0.5}) == "4.5"


def test_a_variable_with_a_reserved_beginning_is_a_name(shown):
    assert shown("order + inner + iffy + notes", order=1, inner=2, iffy=3, notes=4) == "10"
