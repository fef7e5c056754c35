"""Unary tests: the cells of decision tables."""

import pytest

import feel

ROWS = [
    ("-", 1, True),
    (" - ", None, True),
    ("5", 5, True),
    ("5", 6, False),
    ("-5", -5, True),
    ('"a"', "a", True),
    ('"a", "b"', "b", True),
    ('"a", "b"', "c", False),
    ("null", None, True),
    ("null", 1, False),
    ("5", None, False),
    ("> 5", 6, True),
    ("> 5", 5, False),
    ("> 5", None, None),
    ("> 5", "x", None),
    ("< 5", 4, True),
    ("<= 5", 5, True),
    (">= 5", 4, False),
    ("= 5", 5, True),
    ("!= 5", 5, False),
    ("< limit", 4, True),
    ("< limit * 2", 19, True),
    ("[1..5]", 5, True),
    ("[1..5)", 5, False),
    ("]1..5]", 1, False),
    ("(1..5)", 3, True),
    ("[1..5], 7, > 10", 11, True),
    ("[1..5], 7, > 10", 8, False),
    ("[1, 2]", 2, True),
    ("list", "x", True),
    ("list", "q", False),
    ("not(5)", 5, False),
    ("not(5)", 6, True),
    ('not("a", "b")', "c", True),
    ('not("a", "b")', "a", False),
    ("not(> 5)", 3, True),
    ("not([1..5])", 7, True),
    ("not(> 5)", None, None),
    ("not(null)", 1, True),
    ("not(null)", None, False),
    ("not(flag), true", 1, True),
    ("true", True, True),
    ("true", False, False),
    ("false", False, True),
    ("true", None, False),
    ("true", "x", None),
    ("flag", None, False),
    ("flag", 99, False),
    ("? > 3 and ? < 5", 4, True),
    ("? > 3 and ? < 5", 5, False),
    ('contains(?, "b")', "abc", True),
    ("? in [1..3]", 2, True),
    ("count(?) > 1", [1, 2], True),
    ("?.age > 3", {"age": 4}, True),
    ("[1, 2]", [1, 2], True),
    ('date("2026-01-01")', "2026-01-01", None),
    ('"2026-01-01"', "2026-01-01", True),
    ('if limit > 5 then "x" else "y"', "x", True),
    ("not(? = 5) and ? > 1", 3, True),
]


@pytest.mark.parametrize(("text", "value", "expected"), ROWS)
def test_a_cell_tests_its_input(text, value, expected):
    context = {"limit": 10, "list": ["x", "y"], "flag": False}
    found = feel.parse(text, unary=True).test(value, context)
    assert found is expected


def test_the_input_is_no_free_name():
    assert feel.parse("? > limit", unary=True).names == {"limit"}


def test_a_cell_evaluates_with_its_input_in_the_context():
    assert feel.parse("> 5", unary=True).evaluate({"?": 6}) is True
