from pathlib import Path

import pytest

from engine import kernel
from engine.errors import DefinitionRefused

HERE = Path(__file__).parent
CATALOGUE = kernel.Catalogue(
    operations=frozenset({"mail.send"}), roles=frozenset({"hr_officer", "line_manager"})
)
FORM = b'{"components": []}'


def findings(name):
    data = (HERE / f"test_gate.{name}.bpmn").read_bytes()
    files = {f"{name}.bpmn": data, "forms/a.form": FORM, "forms/c.form": FORM}
    return kernel.check(files, CATALOGUE)


def test_a_sound_diagram_has_no_findings():
    assert findings("sound") == ()


@pytest.mark.parametrize(
    ("name", "code", "element"),
    [
        ("transaction", "element-unsupported", "t"),
        ("complex_gateway", "element-unsupported", "g"),
        ("ad_hoc", "element-unsupported", "g"),
        ("compensation", "event-unsupported", "undo"),
        ("python", "script-not-feel", "s"),
        ("standard_loop", "loop-unsupported", "a"),
        ("multiple_events", "event-multiple", "c"),
        ("unreachable", "unreachable", "lost"),
        ("dead_end", "dead-end", "a"),
        ("no_end", "end-missing", "start"),
        ("loose_flow", "flow-loose", "a_to_nowhere"),
        ("no_default", "gateway-without-default", "g"),
        ("no_condition", "flow-without-condition", "g"),
        ("implicit_join", "implicit-join", "c"),
        ("not_feel", "expression-unreadable", "s"),
        ("literal_condition", "expression-literal", "g"),
        ("unknown_function", "function-unknown", "s"),
        ("misspelt_name", "name-unknown", "s"),
        ("unknown_name", "name-unknown", "s"),
        ("naive_date", "timer-unusable", "t"),
        ("empty_duration", "timer-unusable", "t"),
        ("long_duration", "timer-unusable", "t"),
        ("python_duration", "timer-unusable", "t"),
        ("date_as_duration", "timer-unusable", "t"),
        ("bad_cycle", "timer-unusable", "t"),
        ("no_form", "form-missing", "b"),
        ("unknown_role", "role-unknown", "a"),
        ("nobody", "role-missing", "a"),
        ("unknown_operation", "operation-unknown", "s"),
        ("unknown_decision", "decision-unknown", "r"),
        ("unknown_call", "call-unknown", "c"),
        ("recursive_call", "call-circle", "c"),
        ("unknown_differs", "differs-unknown", "a"),
        ("adverse_end", "legal-basis-missing", "end"),
        ("terminate_end", "legal-basis-missing", "end"),
        ("uncaught_error", "error-uncaught", "end"),
        ("undeclared_error", "event-undeclared", "b"),
        ("duplicate_id", "id-duplicate", "a"),
        ("open_link", "link-open", "t"),
        ("ambiguous_link", "link-ambiguous", "t"),
        ("race_with_task", "race-with-task", "a"),
        ("two_starts", "start-event", "p"),
        ("long_row", "row-too-long", "start"),
        ("doctype", "file-unreadable", None),
        ("not_xml", "file-unreadable", None),
        ("not_bpmn", "file-not-bpmn", None),
    ],
)
def test_the_gate_names_the_element_and_the_remedy(name, code, element):
    found = [one for one in findings(name) if one.code == code and one.element == element]
    assert found
    assert all(one.remedy and one.line and one.file == f"{name}.bpmn" for one in found)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("unknown_role", "did you mean hr_officer?"),
        ("unknown_operation", "did you mean mail.send?"),
        ("unknown_function", "did you mean legal_limit?"),
        ("misspelt_name", "did you mean probation_end?"),
    ],
)
def test_the_remedy_suggests_the_nearest_name(name, remedy):
    assert remedy in [one.remedy for one in findings(name)]


@pytest.mark.parametrize(
    ("name", "severity"), [("misspelt_name", "warning"), ("unknown_name", "error")]
)
def test_an_unknown_name_is_an_error_only_where_all_names_are_known(name, severity):
    assert [one.severity for one in findings(name) if one.code == "name-unknown"] == [severity]


@pytest.mark.parametrize("name", ["transaction", "python", "loose_flow", "doctype"])
def test_what_cannot_run_cannot_be_loaded(name):
    bundle = kernel.Bundle(
        root="p", files={"x.bpmn": (HERE / f"test_gate.{name}.bpmn").read_bytes()}
    )
    with pytest.raises(DefinitionRefused):
        kernel.load(bundle)


@pytest.mark.parametrize("data", [b"", b"\x00", b"<a>" * 100, b"\xff\xfe<x/>"])
def test_whatever_is_uploaded_becomes_a_finding_and_never_a_crash(data):
    for name in ("x.bpmn", "x.dmn", "x.form"):
        assert any(one.severity == "error" for one in kernel.check({name: data}, CATALOGUE))


def test_the_same_id_in_two_diagrams_is_refused():
    data = (HERE / "test_gate.sound.bpmn").read_bytes()
    other = data.replace(b'id="p"', b'id="q"')
    found = kernel.check({"p.bpmn": data, "q.bpmn": other, "a.form": FORM}, CATALOGUE)
    twice = [one.element for one in found if one.code == "id-duplicate"]
    assert twice == ["start", "a", "end", "start_to_a", "a_to_end"]
