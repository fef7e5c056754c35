"""Whatever is written, only refusals escape, and soon."""

import random
import re
import time

import pytest

import feel
from feel.builtins import BUILTINS
from feel.errors import Unfit
from feel.limits import Budget
from feel.regex import compile_pattern

CONTEXT = {
    "a": 3,
    "b": 2.5,
    "s": "text",
    "xs": [1, 2, 3],
    "c": {"a": 1, "xs": [{"a": 1}, {"a": "2"}]},
    "t": True,
    "n": None,
    "d": "2026-05-31",
}
ATOMS = [
    *("1", "0", "-2.5", "1e30", "null", "true", "false", '"a"', '""', '"2026-02-30"', "[]", "{}"),
    *("a", "b", "s", "xs", "c", "t", "n", "d", "missing", "?", "item", "partial", "x"),
    *('@"P1M"', '@"P1D"', '@"2026-05-31"', '@"12:00:00"', '@"2026-05-31T12:00:00Z"', "[1..5)"),
    *('@"2026-03-29T02:30:00@Europe/Brussels"', "9999999999999999999999", "0.0000001"),
]
SHAPES = [
    *("{} + {}", "{} - {}", "{} * {}", "{} / {}", "{} ** {}", "-{}", "({})", "[{}, {}]", "{}[{}]"),
    *("{} = {}", "{} < {}", "{} >= {}", "{} != {}", "{} and {}", "{} or {}", "{} in {}"),
    *("{} between {} and {}", "if {} then {} else {}", "{} in ({}, > {})", "[{}..{}]", "]{}..{}["),
    *("for x in {} return {}", "some x in {} satisfies {}", "every x in {} satisfies {}"),
    *("for x in {}..{} return {}", "{{k: {}, x: {}}}", "{}.a", "{}.year", "{}.days", "{}(1)"),
    *("(function(x) {})({})", "{} instance of number", "{{k: {}}}.k"),
]


def _expression(source, depth):
    if not depth or source.random() < 0.15:
        return source.choice(ATOMS)
    if source.random() < 0.45:
        name = source.choice(sorted(BUILTINS))
        count = source.choice([1, 1, 2, 2, 3, 4])
        return f"{name}({', '.join(_expression(source, depth - 1) for _ in range(count))})"
    shape = source.choice(SHAPES)
    return shape.format(*(_expression(source, depth - 1) for _ in range(shape.count("{}"))))


@pytest.mark.parametrize("seed", range(8))
def test_nothing_but_refusals_escapes_from_random_expressions(seed):
    source = random.Random(seed)  # noqa: S311  # a repeatable sequence
    evaluated = 0
    for _ in range(400):
        text = _expression(source, source.choice([1, 2, 3, 4]))
        began = time.process_time()
        try:
            feel.to_json(feel.parse(text).evaluate(CONTEXT))
            evaluated += 1
        except feel.FeelError as error:
            assert error.suggestion  # noqa: PT017  # most texts are not refused
        assert time.process_time() - began < 1.5, text
    assert evaluated > 80


@pytest.mark.parametrize("seed", range(8))
def test_nothing_but_refusals_escapes_from_random_cells(seed):
    source = random.Random(seed)  # noqa: S311  # a repeatable sequence
    for _ in range(200):
        text = ", ".join(_expression(source, 2) for _ in range(source.choice([1, 2])))
        text = source.choice(["{}", "> {}", "not({})", "< {}"]).format(text)
        for value in (None, 1, "a", [1], True):
            try:
                assert feel.parse(text, unary=True).test(value, CONTEXT) in (True, False, None)
            except feel.FeelError as error:
                assert error.suggestion  # noqa: PT017  # most texts are not refused


WORDS = [
    *("if", "then", "else", "for", "in", "return", "some", "satisfies", "not", "and", "between"),
    *("(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "+", "-", "**", "<", "=", "!=", "?", "@"),
    *(
        "a",
        "date and time",
        "instance of",
        "function",
        "1",
        "1.5",
        '"x"',
        '"',
        "\\",
        "é",
        "\n",
        "'",
    ),
]


@pytest.mark.parametrize("seed", range(8))
def test_nothing_but_refusals_escapes_from_random_words(seed):
    source = random.Random(seed)  # noqa: S311  # a repeatable sequence
    for _ in range(400):
        text = source.choice(["", " "]).join(source.choices(WORDS, k=source.randint(1, 12)))
        for unary in (False, True):
            try:
                feel.parse(text, unary=unary).evaluate({"?": 1, "a": 2})
            except feel.FeelError as error:
                assert 0 <= error.position <= len(text)  # noqa: PT017  # many texts are read
                assert error.suggestion  # noqa: PT017  # many texts are read


PIECES = [
    *("a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", "(a|b)", "(ab|a)", "(?:b|bc)", "^", "$"),
    *(
        "a*",
        "b+",
        "c?",
        "(ab)*",
        "(a|b)+",
        "a{2}",
        "b{1,2}",
        "(a){0,2}",
        "a*?",
        "b+?",
        "(b??)",
        "|",
    ),
]


@pytest.mark.parametrize("seed", range(8))
def test_patterns_find_what_the_engine_of_python_finds(seed):
    source = random.Random(seed)  # noqa: S311  # a repeatable sequence
    for _ in range(300):
        pattern = "".join(source.choices(PIECES, k=source.randint(1, 5)))
        text = "".join(source.choices("abc1", k=source.randint(0, 8)))
        found = compile_pattern(pattern).search(text, 0, Budget())
        # `$` of Python also stands before a last line break
        expected = re.search(pattern.replace("$", r"\Z"), text)
        assert (found[:2] if found else None) == (expected.span() if expected else None), pattern


@pytest.mark.parametrize("seed", range(8))
def test_nothing_but_refusals_escapes_from_random_patterns(seed):
    source = random.Random(seed)  # noqa: S311  # a repeatable sequence
    for _ in range(300):
        pattern = "".join(source.choices("ab()[]{}^$.|*+?-\\dpL12,:", k=source.randint(1, 12)))
        try:
            compile_pattern(pattern).search("ab12", 0, Budget())
        except Unfit as unfit:
            assert unfit.suggestion  # noqa: PT017  # some patterns are read
