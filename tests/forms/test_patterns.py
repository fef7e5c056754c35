"""Patterns of forms agree with a browser and take linear time."""

import re

import pytest

from forms.patterns import PatternRefused, compile_pattern

PATTERNS = [
    "(a+)+$",
    "^a{2,4}b?$",
    "(ab|cd)*e",
    r"[^a-c]+\d",
    r"\bfoo\b",
    "^$",
    "",
    "^(?:x|y|)z",
    "a{0}b",
    "(a*)*b",
    r"^[A-Z]{2}\d{4}$",
    "(|a)+b",
    r"o\B",
    "a|b",
    r"^COM/\d{4}/[A-Z]+\.?[A-Z]?/\d+$",
]
TEXTS = ["", "a", "aaa", "aaab", "b", "abcde", "cdabe", "xx1", "a foo b", "fooo", "xz", "AB1234"]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("text", [*TEXTS, "COM/2025/AST.B/12", "aaaaaaab!"])
def test_a_pattern_finds_what_re_finds(pattern, text):
    assert compile_pattern(pattern).found_in(text) is bool(re.search(pattern, text))


def test_a_pattern_that_explodes_elsewhere_answers_at_once():
    assert compile_pattern("^(a+)+$").found_in("a" * 20_000 + "!") is False


def test_the_end_is_the_end_even_before_a_line_break():
    assert compile_pattern("^a$").found_in("a\n") is False


def test_digits_are_ascii_digits_as_in_a_browser():
    assert compile_pattern(r"^\d$").found_in("\u0663") is False


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)b", "(?<!a)b", "(?i:a)", "(", "a{9999}", "(x{99}){99}", r"\Aa"]
)
def test_what_cannot_be_bounded_is_refused(pattern):
    with pytest.raises(PatternRefused):
        compile_pattern(pattern)
