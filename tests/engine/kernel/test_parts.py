"""Two sets of files differ in parts: elements, tables, fields, each by what of it changed."""

import json

from cursus.wiring import shipped_files
from engine import kernel

FILES = kernel.collect(shipped_files(), "call_for_interest").files


def _changed(name, old, new):
    data = FILES[name]
    assert old in data, (name, old)
    found = kernel.differences(FILES, {**FILES, name: data.replace(old, new, 1)})
    return [(one.id, one.what, one.aspects) for one in found]


def test_equal_files_do_not_differ():
    assert kernel.differences(FILES, dict(FILES)) == ()


def test_layout_and_wording_do_not_count():
    assert _changed("call_for_interest.bpmn", b'x="', b'x="1') == []
    assert _changed("call_for_interest.bpmn", b"One case per call", b"A case per call") == []


def test_who_until_when_and_where_it_leads_count():
    name = "call_for_interest.bpmn"
    assert _changed(name, b'candidateGroups="hr_officer"', b'candidateGroups="auditor"') == [
        ("draft_call", "changed", ("who",))
    ]
    assert _changed(name, b"today(), 10,", b"today(), 11,") == [
        ("draft_call", "changed", ("when",))
    ]
    assert _changed(name, b'type="calls.publish"', b'type="calls.freeze"') == [
        ("publish_call", "changed", ("operation",))
    ]


def test_fields_of_a_form_count_one_by_one():
    form = json.loads(FILES["draft_call.form"])
    form["components"][1]["label"] = "Number"
    del form["components"][2]
    new = {**FILES, "draft_call.form": json.dumps(form).encode()}
    found = {(one.id, one.what, one.aspects) for one in kernel.differences(FILES, new)}
    assert found == {
        ("Field_reference", "changed", ("label",)),
        ("Field_title", "removed", ()),
    }


def test_rules_of_a_table_are_told_from_its_columns():
    files = shipped_files()
    name = next(one for one in files if one.endswith(".dmn") and b"<rule " in files[one])
    new = files[name].replace(b"<rule ", b'<rule title="x" ', 1)
    (one,) = kernel.differences({name: files[name]}, {name: new})
    assert (one.kind, one.aspects) == ("decision", ("rules",))


def test_files_that_cannot_be_read_have_no_parts():
    broken = {"a.bpmn": b"<", "b.dmn": b"x", "c.form": b"{"}
    assert kernel.differences({}, broken) == ()
    assert kernel.outline(broken).elements == {}
