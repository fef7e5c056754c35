import pytest

from engine.decisions import decide
from engine.errors import DecisionRefused, UniqueViolated

RULES = [
    (["< 10"], ["1", '"low"']),
    (["[5..20]"], ["3", '"middle"']),
    (["> 15"], ["2", '"high"']),
]
NAMED = ["n", "word"]
LOW, MIDDLE, HIGH = ({"n": 1, "word": "low"}, {"n": 3, "word": "middle"}, {"n": 2, "word": "high"})
RANKED = ["n", 'word:"high", "middle", "low"']


@pytest.mark.parametrize(
    ("policy", "outputs", "x", "expected"),
    [
        ("UNIQUE", NAMED, 3, (LOW, (1,))),
        ("UNIQUE", NAMED, 12, (MIDDLE, (2,))),
        ("UNIQUE", NAMED, None, (None, ())),
        ("FIRST", NAMED, 7, (LOW, (1,))),
        ("FIRST", NAMED, 18, (MIDDLE, (2,))),
        ("RULE ORDER", NAMED, 7, ([LOW, MIDDLE], (1, 2))),
        ("RULE ORDER", NAMED, None, (None, ())),
        ("COLLECT", NAMED, 18, ([MIDDLE, HIGH], (2, 3))),
        ("COLLECT", NAMED, 30, ([HIGH], (3,))),
        ("PRIORITY", RANKED, 7, (MIDDLE, (1, 2))),
        ("PRIORITY", RANKED, 18, (HIGH, (2, 3))),
        ("PRIORITY", ["n:1, 2, 3", "word"], 18, (HIGH, (2, 3))),
        ("OUTPUT ORDER", RANKED, 7, ([MIDDLE, LOW], (1, 2))),
        ("OUTPUT ORDER", RANKED, 18, ([HIGH, MIDDLE], (2, 3))),
        ("ANY", NAMED, 12, (MIDDLE, (2,))),
    ],
)
def test_each_hit_policy_makes_its_output(table, policy, outputs, x, expected):
    decided = decide([table(policy, ["x"], outputs, RULES)], "d", {"x": x})
    assert (decided.output, decided.matched) == expected
    assert decided.hit_policy == policy


@pytest.mark.parametrize(
    ("aggregation", "x", "output"),
    [
        ("SUM", 18, 5),
        ("MIN", 18, 2),
        ("MAX", 18, 3),
        ("COUNT", 18, 2),
        ("SUM", None, None),
        ("COUNT", None, 0),
        (None, 18, [3, 2]),
    ],
)
def test_collect_makes_one_value_of_many(table, take, aggregation, x, output):
    rules = [(tests, outputs[:1]) for tests, outputs in RULES]
    model = table("COLLECT", ["x"], ["n"], rules, aggregation=aggregation)
    assert take(model, x=x).output == output


def test_min_and_max_order_dates_and_texts(table, take):
    rules = [(["-"], ['date("2026-03-01")']), (["-"], ['date("2026-02-01")'])]
    assert take(table("COLLECT", ["x"], ["d"], rules, aggregation="MIN")).output == "2026-02-01"


def test_a_sum_of_texts_is_refused(table, take):
    model = table("COLLECT", ["x"], ["n"], [(["-"], ['"a"'])], aggregation="SUM")
    with pytest.raises(DecisionRefused, match="SUM cannot be taken"):
        take(model, x=1)


@pytest.mark.parametrize("x", [7, 18])
def test_two_hits_under_unique_are_refused_with_their_rules(table, take, x):
    with pytest.raises(UniqueViolated) as refused:
        take(table("UNIQUE", ["x"], NAMED, RULES), x=x)
    assert refused.value.facts["rules"] == ([1, 2] if x == 7 else [2, 3])
    assert "d.dmn" in refused.value.where


def test_any_allows_hits_that_agree_and_refuses_others(table, take):
    rules = [(["> 1"], ['"yes"']), (["> 2"], ['"yes"']), (["> 3"], ['"no"'])]
    model = table("ANY", ["x"], ["o"], rules)
    assert take(model, x=3).output == "yes"
    assert take(model, x=3).matched == (1, 2)
    with pytest.raises(DecisionRefused, match="different outputs"):
        take(model, x=4)


def test_any_tells_true_from_one(table, take):
    model = table("ANY", ["x"], ["o"], [(["-"], ["true"]), (["-"], ["1"])])
    with pytest.raises(DecisionRefused, match="different outputs"):
        take(model, x=4)


def test_priority_without_output_values_is_refused(table, take):
    with pytest.raises(DecisionRefused, match="order of priority"):
        take(table("PRIORITY", ["x"], NAMED, RULES), x=7)


@pytest.mark.parametrize(
    ("policy", "output"),
    [
        ("UNIQUE", {"a": 7, "b": None}),
        ("FIRST", {"a": 7, "b": None}),
        ("COLLECT", [{"a": 7, "b": None}]),
    ],
)
def test_default_outputs_stand_in_when_no_rule_matches(table, take, policy, output):
    decided = take(table(policy, ["x"], ["a=3 + 4", "b"], [(["1"], ["1", "1"])]), x=2)
    assert decided.output == output
    assert decided.matched == ()


@pytest.mark.parametrize(
    ("cell", "x", "matches"),
    [
        ('"FG IV", "FG III"', "FG III", True),
        ('"FG IV", "FG III"', "FG II", False),
        ('not("X")', "Y", True),
        ('not("X", "Y")', "Y", False),
        ("[1..5]", 5, True),
        ("]1..5[", 5, False),
        ("(1..5)", 1, False),
        ("< 3, > 7", 8, True),
        ("-", None, True),
        ("null", None, True),
        ("> 3", None, False),
        ("> 3", "text", False),
        ('>= date("2026-01-01")', "2026-01-01", False),
        ("true", True, True),
        ("? in (1, 2)", 2, True),
        ("y", 5, True),
        ("> y - 1", 5, True),
        ("some a in [4, 5] satisfies a = ?", 5, True),
    ],
)
def test_cells_mean_what_feel_says(table, take, cell, x, matches):
    decided = take(table("UNIQUE", ["x"], ["o"], [([cell], ['"hit"'])]), x=x, y=5)
    assert (decided.output == "hit") is matches
