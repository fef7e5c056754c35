"""Forms that cannot be served faithfully are refused with file, component and remedy."""

import json

import pytest

from forms import FormSchemaError, compile_form


@pytest.mark.parametrize(
    ("component", "said"),
    [
        ({"type": "textfeld", "id": "A", "key": "a"}, "did you mean textfield?"),
        ({"type": "textfield", "id": "A"}, "the key is missing"),
        ({"type": "textfield", "id": "A", "key": "a b"}, "is not a name"),
        ({"type": "select", "id": "A", "key": "a"}, "without options"),
        ({"type": "select", "id": "A", "key": "a", "values": []}, "without options"),
        (
            {"type": "radio", "id": "A", "key": "a", "values": [{"value": 1}, {"value": 1}]},
            "two options have the same value",
        ),
        (
            {"type": "textfield", "id": "A", "key": "a", "validate": {"pattern": "("}},
            "the pattern cannot be read",
        ),
        (
            {"type": "textfield", "id": "A", "key": "a", "validate": {"pattern": r"(a)\1"}},
            "cannot be bounded in time",
        ),
        (
            {"type": "textfield", "id": "A", "key": "a", "conditional": {"hide": "=a >"}},
            "cannot be read",
        ),
        (
            {"type": "textfield", "id": "A", "key": "a", "conditional": {"hide": "a"}},
            "beginning with =",
        ),
        ({"type": "number", "id": "A", "key": "a", "validate": {"min": "x"}}, "is not a number"),
        ({"type": "number", "id": "A", "key": "a", "decimalDigits": -1}, "decimal digits"),
        ({"type": "number", "id": "A", "key": "a", "increment": 0}, "is not positive"),
        ({"type": "expression", "id": "A", "key": "a"}, "without its expression"),
        ({"type": "datetime", "id": "A", "key": "a", "subtype": "week"}, "unknown subtype"),
        (
            {
                "type": "datetime",
                "id": "A",
                "key": "a",
                "subtype": "datetime",
                "timeSerializingFormat": "no_timezone",
            },
            "without its zone",
        ),
        ({"type": "dynamiclist", "id": "A", "components": []}, "the path is missing"),
        ({"type": "group", "id": "A"}, "no list of components"),
        (
            {"type": "group", "id": "A", "components": [], "properties": {"rules": "x"}},
            "rules on a group",
        ),
    ],
)
def test_a_component_at_fault_is_named(sheet, component, said):
    with pytest.raises(FormSchemaError, match=r"sheet\.form") as refused:
        sheet.form(component)
    assert said in str(refused.value)
    assert refused.value.remedy
    assert refused.value.component in ("A", None)


@pytest.mark.parametrize(("one", "other"), [("a", "a"), ("a", "a.b"), ("a.b", "a")])
def test_two_fields_may_not_share_a_place(sheet, one, other):
    with pytest.raises(FormSchemaError, match="stands in the way"):
        sheet.form(sheet.field("textfield", one), sheet.field("number", other))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a form"),
        (b'{"components": [], "id": "x", "schemaVersion": 99}', "schema version 99"),
        (b'{"components": []}', "no id"),
        (b'{"components": [], "id": NaN}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff", "not JSON"),
    ],
)
def test_a_file_that_is_no_form_is_refused(data, said):
    with pytest.raises(FormSchemaError, match=said):
        compile_form(data, name="x.form")


def test_endless_groups_are_refused(sheet):
    group = {"type": "group", "components": []}
    for _ in range(20):
        group = {"type": "group", "components": [group]}
    with pytest.raises(FormSchemaError, match="nest more than"):
        sheet.form(group)


def test_a_form_is_compiled_once_per_content():
    data = json.dumps({"id": "a", "components": []}).encode()
    assert compile_form(data, name="a.form") is compile_form(data, name="a.form")
