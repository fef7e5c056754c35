"""What a single answer may look like, by type of component."""

from decimal import Decimal

import pytest


@pytest.mark.parametrize(
    ("kind", "more", "given", "stored"),
    [
        ("textfield", {}, "  Štěpánka  ", "Štěpánka"),
        ("textfield", {}, "   ", None),
        ("textfield", {}, None, None),
        ("textarea", {}, "one\ntwo", "one\ntwo"),
        ("textfield", {"validate": {"validationType": "email"}}, "a.b@ec.europa.eu", ...),
        ("textfield", {"validate": {"validationType": "phone"}}, "+352 4301-1", ...),
        ("textfield", {"validate": {"pattern": "^[A-Z]{2}$"}}, "LU", ...),
        ("number", {"decimalDigits": 0}, 3, 3),
        ("number", {"decimalDigits": 0}, 3.0, 3),
        ("number", {}, 2.5, 2.5),
        ("number", {"decimalDigits": 2}, Decimal("0.10"), 0.1),
        ("number", {"serializeToString": True}, "12.30", "12.30"),
        ("number", {"increment": "0.5"}, 1.5, 1.5),
        ("number", {}, "", None),
        ("checkbox", {}, False, False),
        ("datetime", {}, "2028-02-29", ...),
        ("datetime", {"subtype": "time"}, "09:30", "09:30:00"),
        (
            "datetime",
            {"subtype": "datetime"},
            "2026-06-01T09:30+02:00",
            "2026-06-01T09:30:00+02:00",
        ),
        ("datetime", {"subtype": "datetime"}, "2026-06-01T07:30Z", "2026-06-01T07:30:00+00:00"),
        ("filepicker", {}, ["0190-abc"], ["0190-abc"]),
        ("filepicker", {}, "0190-abc", ["0190-abc"]),
        ("filepicker", {"multiple": True}, ["a", "b"], ["a", "b"]),
    ],
)
def test_a_good_answer_is_stored_as_a_json_value(sheet, kind, more, given, stored):
    found = sheet.form(sheet.field(kind, "x", **more)).load({"x": given})
    assert found == {"x": given if stored is ... else stored}
    assert type(found["x"]) in (str, int, float, bool, list, type(None))


@pytest.mark.parametrize(
    ("kind", "more", "given", "said"),
    [
        ("textfield", {}, 3, "must be a text"),
        ("textfield", {}, "a\nb", "single line"),
        ("textfield", {}, "x" * 2001, "longer than 2000"),
        ("textfield", {}, "a\x00b", "cannot be stored"),
        ("textfield", {}, "\ud800", "cannot be stored"),
        ("textfield", {"validate": {"validationType": "email"}}, "a@b", "e-mail"),
        ("textfield", {"validate": {"validationType": "email"}}, "a@b.eu\nBcc: c", "single line"),
        ("textfield", {"validate": {"validationType": "phone"}}, "4301", "telephone"),
        ("textfield", {"validate": {"pattern": "^A"}}, "BA", "expected form"),
        ("textfield", {"validate": {"minLength": 3}}, "ab", "at least 3 characters"),
        ("textfield", {"validate": {"maxLength": 3}}, "abcd", "at most 3 characters"),
        ("number", {}, "3", "must be a number"),
        ("number", {}, True, "must be a number"),
        ("number", {}, float("nan"), "not a number"),
        ("number", {}, float("-inf"), "not a number"),
        ("number", {}, 10**400, "too large"),
        ("number", {}, 2**53 + 1, "too large"),
        ("number", {"decimalDigits": 0}, 2.5, "whole number"),
        ("number", {"decimalDigits": 2}, 0.125, "more than 2 decimal"),
        ("number", {"increment": "0.5"}, 1.2, "steps of 0.5"),
        ("number", {"validate": {"min": 1}}, 0, "at least 1"),
        ("number", {"validate": {"max": "9"}}, 9.5, "at most 9"),
        ("checkbox", {}, "true", "true or false"),
        ("checkbox", {}, 1, "true or false"),
        ("datetime", {}, "2026-02-29", "does not exist"),
        ("datetime", {}, "20260601", "must be a date"),
        ("datetime", {}, "2026-W01-1", "must be a date"),
        ("datetime", {}, "0001-01-01", "between 1900"),
        ("datetime", {}, "2026-06-01T10:00", "must be a date"),
        ("datetime", {"subtype": "time"}, "24:01", "does not exist"),
        ("datetime", {"subtype": "datetime"}, "2026-06-01T09:30", "lacks its zone"),
        ("datetime", {"subtype": "datetime"}, "2026-06-31T09:30Z", "does not exist"),
        ("filepicker", {}, ["a", "b"], "Only one document"),
        ("filepicker", {"multiple": True}, ["a", "a"], "twice"),
        ("filepicker", {}, ["../etc/passwd"], "identifier"),
        ("filepicker", {}, [3], "identifier"),
    ],
)
def test_a_bad_answer_is_refused_in_words(sheet, kind, more, given, said):
    found = sheet.errors(sheet.form(sheet.field(kind, "x", **more)), {"x": given})
    assert list(found) == ["x"]
    assert said in found["x"][0]


@pytest.mark.parametrize(
    ("kind", "given", "is_accepted"),
    [
        ("radio", "LUX", True),
        ("select", 1, True),
        ("select", True, False),
        ("radio", "PAR", False),
        ("select", ["LUX"], False),
        ("checklist", ["LUX", 1], True),
        ("taglist", ["LUX", "PAR"], False),
        ("taglist", ["LUX", "LUX"], False),
        ("checklist", "LUX", False),
    ],
)
def test_a_choice_takes_one_of_its_options(sheet, kind, given, is_accepted):
    form = sheet.form(sheet.choice(kind, "x", "LUX", "BRU", 1))
    if is_accepted:
        assert form.load({"x": given}) == {"x": given}
    else:
        assert list(sheet.errors(form, {"x": given})) == ["x"]


@pytest.mark.parametrize(
    "options",
    [{"valuesKey": "call.places"}, {"valuesExpression": "=for p in call.places return {value: p}"}],
)
def test_options_may_come_from_the_case(sheet, options):
    form = sheet.form(sheet.field("select", "place", **options))
    case = {"call": {"places": ["LUX", "BRU"]}}
    assert form.load({"place": "LUX"}, context=case) == {"place": "LUX"}
    assert "one of the options (LUX, BRU)" in str(sheet.errors(form, {"place": "X"}, context=case))
    assert "nothing to choose" in str(sheet.errors(form, {"place": "LUX"}))


@pytest.mark.parametrize(
    ("kind", "empty"),
    [("textfield", ""), ("number", None), ("select", None), ("taglist", []), ("filepicker", [])],
)
def test_a_required_answer_may_not_be_empty(sheet, kind, empty):
    more = {"values": [{"label": "A", "value": "a"}]} if kind in ("select", "taglist") else {}
    form = sheet.form(sheet.field(kind, "x", required=True, **more))
    assert sheet.errors(form, {"x": empty}) == {"x": ["This is required."]}
    assert sheet.errors(form, {}) == {"x": ["This is required."]}


def test_a_required_box_must_be_ticked(sheet):
    form = sheet.form(sheet.field("checkbox", "agreed", required=True))
    assert sheet.errors(form, {"agreed": False}) == {"agreed": ["This must be ticked."]}


def test_what_is_not_asked_is_not_answered_with_null(sheet):
    assert sheet.form(sheet.field("textfield", "note")).load({}) == {}
