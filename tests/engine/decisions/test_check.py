import pytest

from engine.decisions import check

IV, III = '"IV"', '"III"'


def said(*models, code=None, **more):
    return [f.message for f in check(models, **more) if code in (None, f.code)]


def rules(*cells):
    return [(row if isinstance(row, list) else [row], ["1"]) for row in cells]


@pytest.mark.parametrize(
    ("column", "cells", "examples"),
    [
        ("x:number", ["< 5", "[5..17)", ">= 17"], []),
        ("x:number", ["< 5", "(5..17)", ">= 17"], ["x = 5"]),
        ("x:number", ["< 5", "[6..17)", "> 17"], ["x = 5", "x = 5.5", "x = 17"]),
        ("x:number", ["< 5", ">= 5"], []),
        ("x:number", ["not(3)"], ["x = 3"]),
        ("x:number", ["1, 2", "> 2"], ["x = 0", "x = 1.5"]),
        ("x:number:1, 2, 3", ["1, 2"], ["x = 3"]),
        ("x:number:[1..3]", ["[1..2)", "2", "(2..3]"], []),
        ("x:boolean", ["true"], ["x = false"]),
        ("x:boolean", ["true", "false"], []),
        ("x:string", ['"A"', '"B"'], ["x = any other text"]),
        ('x:string:"A", "B", "C"', ['"A"', '"B"'], ['x = "C"']),
        ('x:string:"A", "B"', ['not("A")', '"A"'], []),
        ("x:date", ['< date("2026-01-01")', '> date("2026-01-01")'], ["x = 2026-01-01"]),
        ("x:date", ['<= date("2026-01-01")', '>= date("2026-01-02")'], []),
        ("x:date", ['<= date("2026-01-01")', '>= date("2026-01-03")'], ["x = 2026-01-02"]),
        ("x", ['< duration("P1Y")', '> duration("P12M")'], ["x = P1Y"]),
        ("x", ["> date(y)", "<= date(y)"], []),
        ("x", ["> date(y)", "< date(y)"], ["x = date(y)"]),
        ("x", ["-"], []),
    ],
)
def test_gaps_are_found_exactly_and_with_an_example(table, column, cells, examples):
    found = said(table("UNIQUE", [column], ["o"], rules(*cells)), code="decision-gap")
    assert found == [f"d: no rule matches {example}" for example in examples]


@pytest.mark.parametrize(
    ("column", "cells", "example"),
    [
        ("x:number", ["< 5", "[4..17)", ">= 17"], "rules 1 and 2 both match x = 4"),
        ("x:number", ["<= 5", ">= 5"], "rules 1 and 2 both match x = 5"),
        ("x:number", ["< 5", ">= 5"], None),
        ("x:string", [f"{IV}, {III}", f"{III}, {IV}"], f"rules 1 and 2 both match x = {IV}"),
        ("x:string", [IV, f"not({IV})"], None),
        ("x:boolean", ["true", "-"], "rules 1 and 2 both match x = true"),
        ("x:date", ['< date("2026-01-02")', '> date("2026-01-01")'], None),
        ("x", ["-", "-"], "rules 1 and 2 both match all"),
    ],
)
def test_overlaps_are_found_exactly_and_with_an_example(table, column, cells, example):
    found = said(table("UNIQUE", [column], ["o"], rules(*cells)), code="decision-overlap")
    assert found == ([f"d: {example}"] if example else [])


def test_boxes_of_several_columns_are_reasoned_about_together(table):
    columns = ['fg:string:"III", "IV"', "years:number", "signed:boolean"]
    cells = [[IV, "< 5", "-"], [IV, ">= 5", "true"], [III, "-", "false"], [III, "> 3", "true"]]
    model = table("UNIQUE", columns, ["o"], rules(*cells))
    assert said(model, code="decision-gap") == [
        'd: no rule matches fg = "IV", years = 5, signed = false',
        'd: no rule matches fg = "III", years = 2, signed = true',
    ]
    assert said(model, code="decision-overlap") == []


@pytest.mark.parametrize(
    ("policy", "outputs", "severities"),
    [
        ("UNIQUE", ["o"], ["error"]),
        ("ANY", ["o"], ["error"]),
        ("FIRST", ["o"], ["warning"]),
        ("PRIORITY", ["o:1, 2"], ["warning"]),
        ("COLLECT", ["o"], []),
        ("RULE ORDER", ["o"], []),
        ("UNIQUE", ["o=7"], []),
    ],
)
def test_the_hit_policy_weighs_a_gap(table, policy, outputs, severities):
    findings = check([table(policy, ["x:boolean"], outputs, rules("true"))])
    assert [finding.severity for finding in findings] == severities


def test_overlaps_under_any_are_errors_only_if_the_outputs_differ(table):
    same = table("ANY", ["x:boolean"], ["o"], [(["true"], ["1"]), (["-"], ["1"])])
    other = table("ANY", ["x:boolean"], ["o"], [(["true"], ["1"]), (["-"], ["2"])])
    assert said(same) == []
    assert said(other) == ["d: rules 1 and 2 both match x = true"]


def test_a_rule_that_can_never_fire_is_named(table):
    model = table("FIRST", ["x:number"], ["o"], rules("< 5", "-", "> 3"))
    assert said(model) == ["d: rule 3 can never fire: earlier rules match all of it"]


def test_bounds_may_come_from_the_policy(file, table_xml):
    logic = table_xml("UNIQUE", ["x:number"], ["o"], rules("< policy.a", "> policy.b"))
    model = file(("d", logic, ["policy"]), ("policy", "{a: 5, b: a + 2}", []))
    gaps = [f"d: no rule matches x = {x}" for x in ("5", "6", "7")]
    assert said(model, code="decision-gap") == gaps


@pytest.mark.parametrize(
    ("requires", "inputs", "severities"),
    [([], [], []), (["a"], [], ["warning"]), (["a"], ["x"], ["error"])],
)
def test_unknown_names_weigh_more_the_more_is_drawn(file, requires, inputs, severities):
    model = file(("d", "y", requires), ("a", "1", []), inputs=inputs)
    assert [finding.severity for finding in check([model])] == severities


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["> y + 1", "<= 3"], "tests 'x'"),
        (["> y", "< z"], "depends on the case"),
        (["> 3", '< "a"'], "different types"),
        (['> "a"', '<= "a"'], "no order"),
        (["some a in [1] satisfies a = ?"], "tests 'x'"),
    ],
)
def test_what_cannot_be_analysed_is_said(table, cells, why):
    found = check([table("UNIQUE", ["x"], ["o"], rules(*cells))])
    assert [(f.code, f.severity) for f in found] == [("decision-not-analysed", "warning")]
    assert why in found[0].message


def test_an_unparsable_cell_is_named_by_file_line_rule_and_input(table):
    [found] = check([table("UNIQUE", ["x"], ["o"], rules("1", "> > 2"))])
    assert found.code == "decision-cell"
    assert (found.file, found.line, found.element) == ("d.dmn", 4, "d")
    assert "rule 2, input 'x'" in found.message
    assert found.position == 2
    assert str(found).startswith("d.dmn:4: error: d: rule 2")


def test_unknown_names_and_functions_are_named_with_the_nearest(table):
    model = table(
        "COLLECT",
        ["candidat.age"],
        ["o"],
        [(["service_ende(candidate)"], ["1"])],
        names=["candidate"],
    )
    found = {f.code: f for f in check([model])}
    assert "candidate" in found["decision-unknown-name"].remedy
    assert "service_end" in found["decision-unknown-function"].remedy


@pytest.mark.parametrize(
    ("decisions", "said_"),
    [
        ([("d", "a", ["a"])], "d: it requires 'a', which is not there"),
        ([("d", "a", ["a"]), ("a", "d", ["d"])], "d: it requires itself by way of other decisions"),
    ],
)
def test_requirements_that_fail_are_named(file, decisions, said_):
    assert said_ in said(file(*decisions))


def test_a_decision_in_two_files_is_an_error(file):
    found = said(file(("d", "1", [])), file(("d", "2", []), name="e.dmn"))
    assert found == ["the decision 'd' stands in 2 files"] * 2


def test_a_rule_without_source_is_a_warning(table):
    [found] = check([table("COLLECT", ["x"], ["o"], rules("1"), source="")])
    assert (found.code, found.severity) == ("decision-source", "warning")


def test_an_output_outside_its_values_is_an_error(table):
    found = said(table("COLLECT", ["x"], ['o:"A", "B"'], [(["-"], ['"C"'])]))
    assert found == ['d: rule 1 gives o "C", which is not among its output values']


def test_priority_without_output_values_is_an_error(table):
    assert any("order of priority" in m for m in said(table("PRIORITY", ["x"], ["o"], rules("-"))))


def test_a_table_too_large_to_analyse_says_so(table):
    columns = [f"x{n}:number" for n in range(14)]
    cells = [["-"] * n + [f"> {n}"] + ["-"] * (13 - n) for n in range(14)]
    cells += [["-"] * n + [f"< {n}"] + ["-"] * (13 - n) for n in range(14)]
    found = check([table("FIRST", columns, ["o"], rules(*cells))])
    assert any("too many combinations" in f.message for f in found)
