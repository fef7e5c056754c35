"""The named rules between fields."""

from datetime import UTC, date, datetime

import pytest

from forms import RULES, FormError, FormSchemaError

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
LONG = "The candidate holds no diploma."


@pytest.mark.parametrize(
    ("call", "answers", "blamed"),
    [
        ("start_before_end(a, b)", {"a": "2026-01-02", "b": "2026-01-01"}, "b"),
        ("start_before_end(a, b)", {"a": "2026-01-02", "b": "2026-01-02"}, None),
        ("start_before_end(a, b)", {"a": "2026-01-02"}, None),
        ("languages_differ(a, b)", {"a": "FR", "b": "FR"}, "b"),
        ("languages_differ(a, b)", {"a": "FR", "b": "DE"}, None),
        ("languages_differ(a, b)", {}, None),
        ("first_or_sixteenth(a)", {"a": "2026-01-15"}, "a"),
        ("first_or_sixteenth(a)", {"a": "2026-01-16"}, None),
        ("first_or_sixteenth(a)", {"a": "2026-02-01"}, None),
        ("reason_when_adverse(a, b)", {"a": "refuse"}, "b"),
        ("reason_when_adverse(a, b)", {"a": "refuse", "b": "no."}, "b"),
        ("reason_when_adverse(a, b)", {"a": "refuse", "b": LONG}, None),
        ("reason_when_adverse(a, b)", {"a": "accept"}, None),
        ("reason_when_adverse(a, b, late|void)", {"a": "void"}, "b"),
        ("reason_when_adverse(a, b, late|void)", {"a": "refuse"}, None),
        ("code_when_doubted(a, b)", {"a": "not_met"}, "b"),
        ("code_when_doubted(a, b)", {"a": "ask"}, "b"),
        ("code_when_doubted(a, b)", {"a": "ask", "b": "A1"}, None),
        ("code_when_doubted(a, b)", {"a": "met"}, None),
        ("code_when_doubted(a, b)", {}, None),
        ("not_in_future(a)", {"a": "2026-06-02"}, "a"),
        ("not_in_future(a)", {"a": "2026-06-01"}, None),
        ("not_in_past(a)", {"a": "2026-05-31"}, "a"),
        ("not_in_past(a)", {"a": "2026-06-01"}, None),
        ("days_between(a, b, 10)", {"a": "2026-06-01", "b": "2026-06-10"}, "b"),
        ("days_between(a, b, 10)", {"a": "2026-06-01", "b": "2026-06-11"}, None),
        ("first_or_sixteenth(a), languages_differ(a, b)", {"a": "2026-01-01", "b": "x"}, None),
    ],
)
def test_a_rule_blames_the_field_at_fault(sheet, call, answers, blamed):
    fields = (sheet.field("textfield", "a"), sheet.field("textfield", "b"))
    form = sheet.form(*fields, properties={"rules": call})
    if blamed is None:
        assert form.load(answers, now=NOW) == answers
    else:
        assert list(sheet.errors(form, answers, now=NOW)) == [blamed]


def test_a_rule_on_a_field_takes_the_field_itself(sheet):
    rules = {"properties": {"rules": "first_or_sixteenth"}}
    form = sheet.form(sheet.field("datetime", "entry", **rules))
    with pytest.raises(FormError, match="1st or the 16th"):
        form.load({"entry": "2026-06-02"})


def test_a_rule_inside_a_list_judges_each_entry(sheet):
    form = sheet.form(
        sheet.entries(
            "jobs",
            sheet.field("datetime", "from", properties={"rules": "start_before_end(from, to)"}),
            sheet.field("datetime", "to"),
        )
    )
    good, bad = ({"from": "2026-01-01", "to": day} for day in ("2026-02-01", "2025-02-01"))
    assert list(sheet.errors(form, {"jobs": [good, bad]})) == ["jobs.1.to"]


def test_a_rule_on_a_list_finds_the_same_person_twice(sheet):
    rules = {"properties": {"rules": "entries_differ(name)"}}
    form = sheet.form(sheet.entries("members", sheet.field("textfield", "name"), **rules))
    assert form.load({"members": [{"name": "Ana"}, {"name": "Bob"}]})
    assert list(sheet.errors(form, {"members": [{"name": "Ana"}, {"name": "ana"}]})) == ["members"]


def test_an_argument_may_be_a_variable_of_the_case(sheet):
    form = sheet.form(
        sheet.field("datetime", "end"), properties={"rules": "start_before_end(entry, end)"}
    )
    for entry in ("2026-02-01", date(2026, 2, 1)):
        assert list(sheet.errors(form, {"end": "2026-01-01"}, context={"entry": entry})) == ["end"]


def test_a_hidden_field_breaks_no_rule(sheet):
    form = sheet.form(
        sheet.field("textfield", "a"),
        sheet.field("textfield", "b", conditional={"hide": "=true"}),
        properties={"rules": "reason_when_adverse(a, b)"},
    )
    assert form.load({"a": "refuse"}) == {"a": "refuse"}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("start_befor_end(a, b)", "there is start_before_end"),
        ("start_before_end(a, z)", "z, which is no field here"),
        ("days_between(a, b)", "is written days_between(first, second, days)"),
        ("days_between(a, b, ten)", "with a whole number of days"),
        ("first_or_sixteenth(a, b)", "is written first_or_sixteenth(start)"),
        ("languages_differ", "second_language, which is no field here"),
    ],
)
def test_a_rule_written_wrongly_is_refused_with_the_form(sheet, call, said):
    fields = (sheet.field("textfield", "a"), sheet.field("textfield", "b"))
    with pytest.raises(FormSchemaError) as refused:
        sheet.form(*fields, properties={"rules": call})
    assert said in str(refused.value)


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_says_what_it_asks_and_why(name):
    assert RULES[name].meaning.endswith(".")
    assert RULES[name].source
