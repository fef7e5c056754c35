"""A whole submission: unknown, hidden, locked, computed and nested answers."""

from datetime import UTC, datetime

import pytest

from forms import FormError

HIDDEN_REASON = {"conditional": {"hide": '=decision = null or decision = "sign"'}}


@pytest.fixture
def decision(sheet):
    return sheet.form(
        sheet.choice("radio", "decision", "sign", "refuse", required=True),
        sheet.field("textarea", "reason", required=True, **HIDDEN_REASON),
    )


def test_a_visible_required_field_is_asked_for(sheet, decision):
    assert sheet.errors(decision, {"decision": "refuse"}) == {"reason": ["This is required."]}


def test_a_hidden_field_is_neither_asked_for_nor_kept(decision):
    assert decision.load({"decision": "sign", "reason": "left over"}) == {"decision": "sign"}


def test_a_hidden_answer_does_not_hide_another_field(sheet):
    form = sheet.form(
        sheet.field("checkbox", "a"),
        sheet.field("checkbox", "b", conditional={"hide": "=a"}),
        sheet.field("textfield", "c", required=True, conditional={"hide": "=b = true"}),
    )
    assert sheet.errors(form, {"a": True, "b": True}) == {"c": ["This is required."]}


def test_conditions_that_contradict_each_other_are_an_error_of_the_form(sheet):
    form = sheet.form(
        sheet.field("checkbox", "a", conditional={"hide": "=b = true"}),
        sheet.field("checkbox", "b", conditional={"hide": "=a = null"}),
    )
    assert "contradict" in sheet.errors(form, {"a": True, "b": True})[""][0]


def test_a_condition_of_a_group_hides_its_fields_and_sees_the_case(sheet):
    inner = sheet.field("number", "amount", required=True)
    group = {"type": "group", "path": "grant", "components": [inner]}
    form = sheet.form({**group, "conditional": {"hide": "=entitled != true"}})
    assert form.load({"grant": {"amount": 3}}, context={"entitled": False}) == {}
    found = form.load({"grant": {"amount": 3}}, context={"entitled": True})
    assert found == {"grant": {"amount": 3}}
    assert sheet.errors(form, {}, context={"entitled": True}) == {
        "grant.amount": ["This is required."]
    }


@pytest.mark.parametrize(
    ("submission", "path", "said"),
    [
        ({"decison": "sign"}, "decison", "Did you mean decision?"),
        ({"decision": "sign", "zzz": 1}, "zzz", "It has decision, reason."),
    ],
)
def test_an_unknown_field_is_refused_with_a_suggestion(sheet, decision, submission, path, said):
    assert said in sheet.errors(decision, submission)[path][0]


@pytest.mark.parametrize("lock", [{"readonly": True}, {"disabled": True}, {"readonly": "=done"}])
def test_a_locked_field_cannot_be_changed_but_may_be_sent_back(sheet, lock):
    form = sheet.form(sheet.field("textfield", "grade", required=True, **lock))
    case = {"grade": "FG IV", "done": True}
    assert form.load({"grade": "FG IV"}, context=case) == {}
    assert form.load({}, context=case) == {}
    assert sheet.errors(form, {"grade": "FG III"}, context=case) == {
        "grade": ["This cannot be changed here."]
    }


def test_an_expression_is_computed_here_whatever_the_page_sent(sheet):
    form = sheet.form(
        sheet.field("number", "a"),
        {"type": "expression", "id": "E", "key": "double", "expression": "=a * factor"},
    )
    assert form.load({"a": 4, "double": 99}, context={"factor": 2}) == {"a": 4, "double": 8}


def test_a_limit_may_be_computed_from_the_case(sheet):
    form = sheet.form(sheet.field("number", "months", validate={"max": "=remaining"}))
    assert form.load({"months": 6}, context={"remaining": 6}) == {"months": 6}
    assert "at most 6" in str(sheet.errors(form, {"months": 7}, context={"remaining": 6}))
    assert "cannot be worked out" in str(sheet.errors(form, {"months": 1}))


@pytest.fixture
def panel(sheet):
    return sheet.form(
        sheet.entries(
            "members",
            sheet.field("textfield", "name", required=True),
            sheet.field("checkbox", "external"),
            sheet.field("textfield", "unit", required=True, conditional={"hide": "=this.external"}),
            properties={"minRepetitions": "2", "maxRepetitions": "3"},
        )
    )


def test_each_entry_of_a_list_is_judged_by_itself(sheet, panel):
    ana, bob = {"name": "Ana", "external": True}, {"name": "Bob", "unit": "C.2"}
    assert panel.load({"members": [ana, bob]}) == {"members": [ana, bob]}
    assert sheet.errors(panel, {"members": [ana, {"external": False}, {"name": 3, "x": 1}]}) == {
        "members.1.name": ["This is required."],
        "members.1.unit": ["This is required."],
        "members.2.name": ["This must be a text."],
        "members.2.unit": ["This is required."],
        "members.2.x": ["This form has no such field. It has external, name, unit."],
    }


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([{"name": "Ana", "unit": "C"}], "at least 2 entries"),
        ([{"name": n, "unit": "C"} for n in "abcd"], "at most 3 entries"),
        ("Ana", "This must be a list."),
        ([{"name": "Ana", "unit": "C"}, 3], "This must be an object"),
    ],
)
def test_a_list_has_its_bounds_and_its_shape(sheet, panel, members, said):
    assert said in str(sheet.errors(panel, {"members": members}))


def _nested(depth):
    value = "x"
    for _ in range(depth):
        value = {"n": value}
    return value


@pytest.mark.parametrize(
    ("submission", "said"),
    [
        (_nested(500), "nested more than"),
        ({"x": ["a"] * 1001}, "more than 1000 entries"),
        ({"x": "a" * 100_001}, "longer than 100000"),
        ({"x": [["a"] * 900] * 30}, "more than 20000 values"),
        ({"x": {1: 2}}, "Names must be texts"),
        ({"x": object()}, "not a JSON value"),
        ([], "an object with named values"),
        (None, "an object with named values"),
    ],
)
def test_a_monstrous_submission_is_refused_before_it_is_read(sheet, submission, said):
    form = sheet.form(sheet.field("textfield", "x"))
    assert said in str(sheet.errors(form, submission))


def test_a_day_that_has_passed_is_refused_where_the_form_says_so(sheet):
    form = sheet.form(sheet.field("datetime", "visit", disallowPassedDates=True))
    midnight_in_brussels = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert form.load({"visit": "2026-06-02"}, now=midnight_in_brussels)
    with pytest.raises(FormError, match="has passed"):
        form.load({"visit": "2026-06-01"}, now=midnight_in_brussels)


def test_a_form_says_what_it_sets_and_what_it_reads(sheet):
    form = sheet.form(
        sheet.field("number", "grant.amount", validate={"max": "=ceiling"}),
        sheet.field("select", "place", valuesKey="call.places"),
        sheet.field("textfield", "note", conditional={"hide": "=place = null or not(urgent)"}),
    )
    assert form.keys == {"grant", "place", "note"}
    assert form.reads == {"ceiling", "call", "urgent"}
    assert [field.id for field in form.fields] == [
        "Field_grant.amount",
        "Field_place",
        "Field_note",
    ]


def test_the_json_schema_says_what_is_accepted(sheet, panel):
    form = sheet.form(
        sheet.field("number", "months", required=True, decimalDigits=0, validate={"min": 1}),
        sheet.choice("radio", "place", "LUX", "BRU"),
        sheet.field("textfield", "person.mail", validate={"validationType": "email"}),
    )
    found = form.json_schema()
    assert found["required"] == ["months"]
    assert found["additionalProperties"] is False
    months = found["properties"]["months"]
    assert (months["type"], months["minimum"]) == (["integer", "null"], 1)
    assert found["properties"]["place"]["enum"] == ["LUX", "BRU", None]
    assert found["properties"]["person"]["properties"]["mail"]["format"] == "email"
    members = panel.json_schema()["properties"]["members"]
    assert (members["minItems"], members["maxItems"]) == (2, 3)
    assert members["items"]["required"] == ["name"]
