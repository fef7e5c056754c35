"""Every refusal says where, and what was probably meant."""

import pytest

import feel

SYNTAX = [
    ("a == 2", 3, "did you mean `=`?"),
    ("a = = 2", 5, "did you mean `=`?"),
    ("a <> 2", 3, "did you mean `!=`?"),
    ("a > = 2", 5, "did you mean `>=`?"),
    ("a && b", 3, "did you mean `and`?"),
    ("a || b", 3, "did you mean `or`?"),
    ("a & b", 3, "did you mean `and`?"),
    ("!a", 1, "not(...)"),
    ("a % b", 3, "modulo"),
    ("'x'", 1, "double quotes"),
    ('"x', 1, 'end the text with `"`'),
    ("", 1, "write a value"),
    ("   ", 1, "write a value"),
    ("1 +", 4, "write a value"),
    ("(1", 1, "add `)`"),
    ("[1, 2", 1, "add `]`"),
    ("{a: 1", 1, "add `}`"),
    ("1)", 2, "leave it out"),
    ("{a: 1]", 6, "write `}`"),
    ("1 2", 3, "operator"),
    ("a adn b", 3, "did you mean `and`?"),
    ("1 adn 2", 3, "did you mean `and`?"),
    ("if a then b", 12, "did you mean `else`?"),
    ("if a b", 6, ""),
    ("for x in y", 11, "did you mean `return`?"),
    ("some x in y", 12, "did you mean `satisfies`?"),
    ("first nam = 1", 7, "did you mean `first name`?"),
    ('string lenght("x")', 8, "did you mean `string length`?"),
    ("{a: 1, a: 2}", 8, "leave one out"),
    ("x instance of nmber", 15, "number"),
    ('@"tomorrow"', 1, "2026-01-31"),
    (r'"\uD800"', 1, "both halves"),
    ("substring(1)", 1, "substring(string, start position, length?)"),
    ('substring(string: "a", strt position: 1)', 1, "did you mean `start position`?"),
    ("floor(n: 1, n: 2)", 6, "leave one out"),
    ("now(1)", 1, "`now()`"),
    ("1 +\n  * 2", 3, "write a value"),
    ("a; b", 2, "did you mean `,`?"),
]


@pytest.mark.parametrize(("text", "column", "suggestion"), SYNTAX)
def test_a_text_is_refused_with_place_and_suggestion(text, column, suggestion):
    with pytest.raises(feel.FeelSyntaxError) as refused:
        feel.parse(text, names=frozenset(["first name"]))
    assert refused.value.column == column
    assert suggestion in refused.value.suggestion
    assert refused.value.suggestion
    assert refused.value.text == text


def test_a_refusal_counts_lines_from_one():
    with pytest.raises(feel.FeelSyntaxError) as refused:
        feel.parse("1 +\n\n  * 2")
    assert (refused.value.line, refused.value.column) == (3, 3)
    assert str(refused.value) == (
        "`*` does not fit here (line 3, column 3): write a value or a name here"
    )


@pytest.mark.parametrize(
    "text", ["", "1,", ", 1", "not()", "not(1", "> ", "1 > ", "[1..", "- 1, -"]
)
def test_a_cell_is_refused_with_place_and_suggestion(text):
    with pytest.raises(feel.FeelSyntaxError) as refused:
        feel.parse(text, unary=True)
    assert refused.value.suggestion


RUNTIME = [
    ("1 + frobnicate(2)", 5, "built in"),
    ("legal_limt(1)", 1, "did you mean `legal_limit`?"),
    ("flor(1)", 1, "did you mean `floor`?"),
    ("legal_limit()", 1, "legal_limit(event, period, site)"),
    ("legal_limit(1, 2, 3, 4)", 1, "legal_limit(event, period, site)"),
    ("legal_limit(evnt: 1, period: 2)", 1, "did you mean `event`?"),
    ('legal_limit("never", 1)', 1, "check the arguments"),
    ('1 = 2 or matches("a", "(?=a)")', 10, "(?:...)"),
    ('matches("a", "(a")', 1, "add `)`"),
    ('matches("a", "a", "q")', 1, "s, m, i and x"),
    ("sort([2, 1], function(x) x)", 1, "function(x, y)"),
    ("(function(x) x)(1, 2)", 16, "function(x)"),
]


def _limit(event, period, site=None):
    if event == "never":
        raise ValueError("there is no such event")
    return [event, period, site]


FUNCTIONS = {
    "legal_limit": feel.Function(parameters=("event", "period", "site"), call=_limit, optional=1)
}


@pytest.mark.parametrize(("text", "column", "suggestion"), RUNTIME)
def test_a_call_is_refused_with_place_and_suggestion(text, column, suggestion):
    expression = feel.parse(text)
    with pytest.raises(feel.FeelRuntimeError) as refused:
        expression.evaluate({}, functions=FUNCTIONS)
    assert refused.value.column == column
    assert suggestion in refused.value.suggestion


CALLS = [
    ("legal_limit(1, 2, 3)", [1, 2, 3]),
    ("legal_limit(1, 2)", [1, 2, None]),
    ("legal_limit(period: 2, event: 1)", [1, 2, None]),
    ("legal_limit(site: 3, period: 2, event: x.y)", [5, 2, 3]),
    ("for i in [7] return legal_limit(i, legal_limit(1, 2)[1])[2]", [1]),
]


@pytest.mark.parametrize(("text", "expected"), CALLS)
def test_a_function_of_the_caller_is_called_by_position_or_name(text, expected):
    value = feel.parse(text).evaluate({"x": {"y": 5}}, functions=FUNCTIONS)
    assert feel.to_json(value) == expected


def test_what_a_function_gives_is_read_as_json():
    double = feel.Function(parameters=("n",), call=lambda n: float(n) * 2)
    assert feel.parse("f(0.1) + 0.1").evaluate({}, functions={"f": double}) * 10 == 3


def test_suggestions_ignore_case_and_stay_silent_about_strangers():
    assert feel.suggest("scroe", ["score", "outcome"]) == "score"
    assert feel.suggest("SCORE", ["Score"]) == "Score"
    assert feel.suggest("xyz", ["score"]) is None
