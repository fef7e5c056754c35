"""Paths, filters, lists, contexts and names with spaces."""

import pytest

import feel

PEOPLE = [
    {"name": "Ann", "age": 30, "tags": ["x"]},
    {"name": "Bob", "age": 40, "tags": []},
    {"name": "Cid", "tags": ["x", "y"]},
]

ROWS = [
    ("a.b", {"a": {"b": 1}}, "1"),
    ("a.b.c", {"a": {"b": {"c": 2}}}, "2"),
    ("a.missing", {"a": {"b": 1}}, "null"),
    ("a.b.c.d", {"a": {"b": 1}}, "null"),
    ("missing.b.c", {}, "null"),
    ("a.b", {"a": None}, "null"),
    ("a.b", {"a": "text"}, "null"),
    ("people.name", {"people": PEOPLE}, '["Ann", "Bob", "Cid"]'),
    ("people.age", {"people": PEOPLE}, "[30, 40, null]"),
    ("people[1].name", {"people": PEOPLE}, '"Ann"'),
    ("people[-1].name", {"people": PEOPLE}, '"Cid"'),
    ("people[0]", {"people": PEOPLE}, "null"),
    ("people[4]", {"people": PEOPLE}, "null"),
    ("people[-4]", {"people": PEOPLE}, "null"),
    ("people[1.5]", {"people": PEOPLE}, "null"),
    ("people[age > 30].name", {"people": PEOPLE}, '["Bob"]'),
    ("people[item.age > 30].name", {"people": PEOPLE}, '["Bob"]'),
    ("people[age = null].name", {"people": PEOPLE}, '["Cid"]'),
    ('people[name = "Ann"].age[1]', {"people": PEOPLE}, "30"),
    ("people[count(tags) > limit].name", {"people": PEOPLE, "limit": 1}, '["Cid"]'),
    ("people[age > 30][1].name", {"people": PEOPLE}, '"Bob"'),
    ("people[index].name", {"people": PEOPLE, "index": 2}, '"Bob"'),
    ("people[null]", {"people": PEOPLE}, "[]"),
    ("(people[age > 30]).name", {"people": PEOPLE}, '["Bob"]'),
    ("[1, 2, 3, 4][item > 2]", {}, "[3, 4]"),
    ("[1, 2, 3, 4][even(item)]", {}, "[2, 4]"),
    ("[1, 2, 3][true]", {}, "[1, 2, 3]"),
    ("[1, 2, 3][false]", {}, "[]"),
    ("[][1]", {}, "null"),
    ("[][item > 1]", {}, "[]"),
    ("7[1]", {}, "7"),
    ("7[2]", {}, "null"),
    ("7[item > 5]", {}, "[7]"),
    ("null[1]", {}, "null"),
    ("null[item > 5]", {}, "[]"),
    ("[[1, 2], [3]][1][2]", {}, "2"),
    ("[{item: 5}][item = 5]", {}, "[{item: 5}]"),
    ("[1, 2, 3][[1, 2][1]]", {}, "1"),
    ("2 in [1..x[1]]", {"x": [3]}, "true"),
    ("{a: 1}.a", {}, "1"),
    ("{a: 1, b: a + 1, c: b * 2}.c", {}, "4"),
    ("{a: 1, b: {c: a}}.b.c", {}, "1"),
    ("{a: a + 1}.a", {"a": 1}, "2"),
    ("{a: 1}[a = 1]", {}, "[{a: 1}]"),
    ("{if: 1, date: 2}.if", {}, "1"),
    ("{a b: 1, c: a b + 1}.c", {}, "2"),
    ('{"a-b": 1, c: 2}', {}, '{"a-b": 1, c: 2}'),
    ('{"n": 1, m: n}.m', {}, "1"),
    ("first name", {"first name": "Ann"}, '"Ann"'),
    ("first   name + last\n name", {"first name": "A", "last name": "B"}, '"AB"'),
    ("person.first name", {"person": {"first name": "A"}, "first name": 0}, '"A"'),
    ("years in service > 3", {"years in service": 4}, "true"),
    ("a-b", {"a-b": 7}, "7"),
    ("a-b", {"a": 7, "b": 2}, "5"),
    ("date", {"date": 5}, "5"),
    ("age + date(x).year", {"age": 1, "x": "2026-01-01"}, "2027"),
    ("[1..5].start", {}, "1"),
    ("[1..5).end included", {}, "false"),
    ("x.y.z", {"x": [{"y": [{"z": 1}, {"z": 2}]}]}, "[[1, 2]]"),
]


@pytest.mark.parametrize(("text", "variables", "expected"), ROWS)
def test_a_path_reads_what_it_names(shown, text, variables, expected):
    assert shown(text, **variables) == expected


LOOPS = [
    ("for x in [1, 2, 3] return x * 2", "[2, 4, 6]"),
    ("for x in [1, 2], y in [10, 20] return x + y", "[11, 21, 12, 22]"),
    ("for x in [[1, 2], [3]], y in x return y", "[1, 2, 3]"),
    ("for i in 1..3 return i", "[1, 2, 3]"),
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in [1..3] return i", "[1, 2, 3]"),
    ("for i in (1..4) return i", "[2, 3]"),
    ("for i in 1..2 return for j in 1..i return j", "[[1], [1, 2]]"),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
    ("for i in 1..4 return count(partial)", "[0, 1, 2, 3]"),
    ("for big item in [1, 2] return big item + 1", "[2, 3]"),
    ("for x in [] return x", "[]"),
    ("for x in null return x", "null"),
    ("for x in 5 return x", "[5]"),
    ("for i in 1..null return i", "null"),
    ("for i in 1.5..3 return i", "null"),
    ('for x in ["a".."c"] return x', "null"),
    ("some x in [1, 2] satisfies x > 1", "true"),
    ("some x in [1, 2] satisfies x > 2", "false"),
    ("some x in [1, null] satisfies x > 2", "null"),
    ("some x in [3, null] satisfies x > 2", "true"),
    ("some x in [] satisfies true", "false"),
    ("some x in null satisfies true", "null"),
    ("some x in [1, 2], y in [2, 3] satisfies x = y", "true"),
    ("every x in [1, 2] satisfies x > 0", "true"),
    ("every x in [1, 2] satisfies x > 1", "false"),
    ("every x in [1, null] satisfies x > 0", "null"),
    ("every x in [0, null] satisfies x > 0", "false"),
    ("every x in [] satisfies false", "true"),
    ("every i in 1..3 satisfies i < 4", "true"),
    ("some x in [1] satisfies x = 1 and true", "true"),
    ("{f: function(x) x + 1, y: f(2)}.y", "3"),
    ("{f: function(x, y) x - y, z: f(y: 1, x: 5)}.z", "4"),
    ("(function(x) x * x)(3)", "9"),
    ("(function() 7)()", "7"),
    ("(function(x: number) x)(3)", "3"),
    ("{n: 2, f: function(x) x * n}.f(4)", "8"),
    ("sort([3, 1, 2], function(x, y) x < y)", "[1, 2, 3]"),
    ("5(3)", "null"),
]


@pytest.mark.parametrize(("text", "expected"), LOOPS)
def test_a_loop_goes_through_all_elements(shown, text, expected):
    assert shown(text) == expected


NAMES = [
    ("a + b.c + a", {"a", "b"}),
    ("first name + 1", {"first name"}),
    ("for x in list return x + y", {"list", "y"}),
    ("some x in list satisfies x.a = y", {"list", "y"}),
    ("{a: 1, b: a + c}", {"c"}),
    ("function(x) x + y", {"y"}),
    ("people[age > 3].name", {"people"}),
    ("(for x in list return x) + x", {"list", "x"}),
    ("count(list) + other(value)", {"list", "value"}),
    ("if x then y else z", {"x", "y", "z"}),
    ('"text" + @"P1D"', set()),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_the_free_names_are_known_after_reading(text, expected):
    assert feel.parse(text, names=frozenset(["first name"])).names == expected


def test_names_in_filters_may_be_entries_or_variables():
    expression = feel.parse("people[age > limit and item.x].name + limit")
    assert expression.possible_names == {"age"}
    assert expression.names == {"people", "limit"}
    assert expression.position_of("age") == 7


def test_functions_that_are_not_built_in_are_known_after_reading():
    expression = feel.parse("max(1, legal_limit(day, p)) + {f: function(x) x, g: f(1)}.g")
    assert expression.functions == {"legal_limit"}
    assert expression.position_of("legal_limit") == 7
