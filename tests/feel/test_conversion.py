"""FEEL values as JSON."""

import json
import threading
from decimal import Decimal

import pytest

import feel
from feel import benchmark

ROWS = [
    ("1", 1),
    ("1.0", 1),
    ("1.5", 1.5),
    ("0.1 + 0.2", 0.3),
    ("1 / 3", 0.3333333333333333),
    ("-0.0", 0),
    ("9007199254740991", 9007199254740991),
    ("true", True),
    ("null", None),
    ('"é"', "é"),
    ("[1, [2.5, null]]", [1, [2.5, None]]),
    ("{a: 1, b: {c: [2]}}", {"a": 1, "b": {"c": [2]}}),
    ('@"2026-01-31"', "2026-01-31"),
    ('@"12:30:00"', "12:30:00"),
    ('@"2026-01-31T12:00:00Z"', "2026-01-31T12:00:00Z"),
    ('@"2026-01-31T12:00:00+01:00"', "2026-01-31T12:00:00+01:00"),
    ('@"2026-01-31T12:00:00@Europe/Brussels"', "2026-01-31T12:00:00+01:00"),
    ('@"P1Y2M"', "P1Y2M"),
    ('@"P1DT2H"', "P1DT2H"),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_a_value_becomes_json(text, expected):
    value = feel.to_json(feel.parse(text).evaluate({}))
    assert value == expected
    assert type(value) is type(expected)
    json.dumps(value, allow_nan=False)


@pytest.mark.parametrize("value", [1, 0.1, 1e-7, "x", None, True, [1, {"a": 0.25}], {"b": []}])
def test_json_survives_a_round_through_the_language(value):
    assert feel.to_json(feel.parse("x").evaluate({"x": value})) == value


@pytest.mark.parametrize("text", ["9007199254740992", "-10 ** 16", "[1, 10 ** 300]"])
def test_integers_that_json_readers_round_are_refused(text):
    with pytest.raises(feel.FeelLimitError, match="larger than a JSON integer"):
        feel.to_json(feel.parse(text).evaluate({}))


@pytest.mark.parametrize("text", ["[1..2]", "function(x) x", "{a: [1..2]}"])
def test_ranges_and_functions_are_not_stored(text):
    with pytest.raises(feel.FeelRuntimeError, match="cannot be stored"):
        feel.to_json(feel.parse(text).evaluate({}))


def test_an_expression_is_read_once():
    text = "some new text = 1"
    names = frozenset(["some new text", "other"])
    assert feel.parse(text, names=names) is feel.parse(text, names=names | {"another"})


def test_an_expression_is_evaluated_in_many_threads_at_once():
    expression = feel.parse("sum(for i in 1..n return i * 1.5)")
    results: dict[int, object] = {}

    def work(n):
        for _ in range(20):
            results[n] = expression.evaluate({"n": n})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: Decimal("1.5") * n * (n + 1) / 2 for n in range(1, 9)}


def test_figures_are_far_within_the_budget_of_a_gateway():
    """The budget is 20 µs; a busy machine gets ten times that."""
    figures = benchmark.figures()
    assert 0 < figures["evaluate_gateway"] < 200
    assert figures["parse_new"] < 50_000
