import json
from datetime import UTC, datetime

import pytest

import feel
from engine.decisions import decide, required_ids
from engine.errors import DecisionRefused

NOON = datetime(2026, 5, 26, 10, tzinfo=UTC)


def test_the_answer_says_cell_by_cell_why(table, take):
    model = table("FIRST", ["x", "y + 1"], ["o"], [(["> 3", "2"], ["1"]), (["-", "2"], ["2"])])
    decided = take(model, x=None, y=1)
    assert [(i.label, i.value) for i in decided.inputs] == [("x", None), ("y + 1", 2)]
    first, second = decided.rules
    assert [(c.text, c.value, c.result) for c in first.cells] == [
        ("> 3", None, None),
        ("2", 2, True),
    ]
    assert not first.matched
    assert second.matched
    assert second.source == "CEOS 1"
    assert decided.matched == (2,)


def test_the_answer_is_plain_json(table, take):
    decided = take(table("UNIQUE", ["x"], ["o"], [(["-"], ['date("2026-01-31")'])]), x={"a": [1.5]})
    assert json.loads(json.dumps(decided.as_json()))["output"] == "2026-01-31"
    assert decided.as_json()["matched"] == [1]


def test_the_digests_name_the_table_and_the_inputs(table, take):
    model = table("UNIQUE", ["x"], ["o"], [(["-"], ["1"])])
    other = table("UNIQUE", ["x"], ["o"], [(["-"], ["2"])])
    assert take(model, x=1).digest == take(model, x=2).digest != take(other, x=1).digest
    assert take(model, x=1).inputs_digest != take(model, x=2).inputs_digest
    assert take(model, x=1).inputs_digest == take(model, x=1, unread=5).inputs_digest


def test_required_decisions_come_first_and_once(file, take):
    model = file(
        ("d", "one + two + x", ["one", "two"]),
        ("one", "base + 1", ["base"]),
        ("two", "base + 2", ["base"]),
        ("base", "x * 10", []),
        inputs=["x"],
    )
    decided = take(model, x=1)
    assert decided.output == 24
    assert [one.decision for one in decided.required] == ["one", "two"]
    assert decided.hit_policy is None
    assert required_ids([model], "d")[0] == "d"
    assert set(required_ids([model], "d")) == {"d", "one", "two", "base"}


def test_a_required_decision_may_stand_in_another_file(file, take):
    here = file(("d", "rates.high * 2", ["rates"]))
    there = file(("rates", "{high: 21}", []), name="rates.dmn")
    assert take(here, there).output == 42
    with pytest.raises(DecisionRefused, match="no decision 'rates'"):
        take(here)


def test_a_circle_of_decisions_is_refused_by_name(file, take):
    model = file(("d", "a", ["a"]), ("a", "b", ["b"]), ("b", "d", ["d"]))
    with pytest.raises(DecisionRefused, match="d → a → b → d"):
        take(model)


def test_an_unknown_decision_is_refused_with_the_nearest(file):
    with pytest.raises(DecisionRefused) as refused:
        decide([file(("renewal", "1", []))], "renewall", {})
    assert "renewal" in refused.value.remedy


def test_a_value_outside_the_input_values_is_refused(table, take):
    model = table("FIRST", ['x:string:"I", "II"'], ["o"], [(["-"], ["1"])])
    assert take(model, x="II").output == 1
    assert take(model, x=None).output == 1
    with pytest.raises(DecisionRefused, match='"III", which is none of') as refused:
        take(model, x="III")
    assert refused.value.where.startswith("d.dmn:")


def test_an_output_outside_the_output_values_is_refused(table, take):
    model = table("UNIQUE", ["x"], ['o:"A", "B"'], [(["-"], ["x"])])
    assert take(model, x="B").output == "B"
    with pytest.raises(DecisionRefused, match="not among the output values"):
        take(model, x="C")


def test_a_broken_cell_is_refused_with_its_line(table, take):
    model = table("UNIQUE", ["x"], ["o"], [(["1"], ["1"]), (["> > 3"], ["1"])])
    with pytest.raises(DecisionRefused, match="> > 3") as refused:
        take(model, x=1)
    assert refused.value.where == "d.dmn:4"


def test_no_cell_is_ever_python(table, take):
    model = table("UNIQUE", ["x"], ["o"], [(["-"], ["().__class__.__base__"])])
    with pytest.raises(DecisionRefused):
        take(model, x=1)


def test_functions_and_the_clock_come_from_the_caller(file):
    model = file(("d", 'twice(21) + (if today() = date("2026-05-26") then 0 else 1)', []))
    functions = {"twice": feel.Function(parameters=("n",), call=lambda n: n * 2)}
    assert decide([model], "d", {}, functions=functions, now=NOON).output == 42
    with pytest.raises(DecisionRefused):
        decide([model], "d", {}, functions=functions)


def test_names_with_spaces_are_known_from_the_file(file, take):
    model = file(("d", "monthly pay * 12", []), inputs=["monthly pay"])
    assert take(model, **{"monthly pay": 100}).output == 1200


def test_a_constant_decision_follows_its_tables_and_not_the_case(file, take):
    first = file(("rates", "{high: 1}", []), name="rates.dmn")
    second = file(("rates", "{high: 2}", []), name="rates.dmn")
    here = file(("d", "rates.high", ["rates"]))
    assert [take(here, one).output for one in (first, second, first)] == [1, 2, 1]


@pytest.mark.parametrize("text", ["x + 1", "item", "today().day", "read()"])
def test_what_depends_on_the_case_the_clock_or_a_function_is_taken_afresh(file, text):
    model = file(("d", text, []))
    outputs = [
        decide(
            [model],
            "d",
            {"x": n, "item": n},
            functions={"read": feel.Function(parameters=(), call=lambda n=n: n)},
            now=NOON.replace(day=n),
        ).output
        for n in (1, 2)
    ]
    assert outputs[0] != outputs[1]
