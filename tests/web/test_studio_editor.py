"""What the editors are given: addresses, what may be referred to, a template per operation."""

import pytest

from engine import drafts
from tests.support import REVIEW
from web import studio_editor, studio_versions

DIAGRAM = REVIEW["review.bpmn"]


@pytest.fixture
def shown(monkeypatch):
    """What the templates of the editors were given; they are tested in a browser."""
    seen = []

    def render(template, **values):
        seen.append({"template": template, **values})
        return template

    monkeypatch.setattr(studio_editor, "render", render)
    monkeypatch.setattr(studio_versions, "render", render)
    return seen


@pytest.fixture
def draft(office):
    return office.do("olga", drafts.begin, "review", "Shorter review").id


def test_an_editor_gets_everything_it_may_refer_to(site, draft, shown):
    answer = site.as_("olga").get(f"/studio/drafts/{draft}/files/review.bpmn")
    assert answer.status_code == 200
    assert "'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    (given,) = shown
    assert given["template"] == "studio_editor_bpmn.html"
    data = given["data"]
    assert data["draft"] == {
        "id": str(draft), "revision": 1, "process": "review", "title": "Shorter review",
        "closed": False,
    }  # fmt: skip
    assert data["file"]["address"] == f"/api/v1/drafts/{draft}/files/review.bpmn"
    assert data["save_address"] == data["file"]["address"]
    assert data["may_edit"] is True
    assert {"id": "write_report", "name": "Write the report"} in data["forms"]
    assert {"id": "line_manager", "name": "Line manager"} in data["roles"]
    assert [one["id"] for one in data["processes"]] == ["review"]
    assert {"grade", "text"} <= set(data["variables"])


def test_every_operation_is_a_template_with_its_input_and_result(site, draft, shown):
    site.as_("olga").get(f"/studio/drafts/{draft}/files/review.bpmn")
    (template,) = shown[0]["data"]["templates"]
    assert template["appliesTo"] == ["bpmn:ServiceTask", "bpmn:SendTask"]
    kind, grade, message = template["properties"]
    assert (kind["value"], kind["binding"]["type"]) == ("mail.send", "zeebe:taskDefinition")
    assert grade["binding"] == {"type": "zeebe:input", "name": "grade"}
    assert (grade["feel"], grade["constraints"]) == ("required", {"notEmpty": True})
    assert message["binding"] == {"type": "zeebe:output", "source": "=message_id"}


def test_a_closed_draft_and_an_auditor_only_look(site, office, draft, shown):
    site.as_("aldo").get(f"/studio/drafts/{draft}/files/sign_report.form")
    office.do("olga", drafts.put_away, draft)
    site.as_("olga").get(f"/studio/drafts/{draft}/files/sign_report.form")
    assert [one["data"]["may_edit"] for one in shown] == [False, False]
    assert {one["template"] for one in shown} == {"studio_editor_form.html"}


def test_a_file_that_is_not_there_is_no_page(site, draft):
    olga = site.as_("olga")
    assert olga.get(f"/studio/drafts/{draft}/files/nothing.bpmn").status_code == 404
    assert olga.get(f"/studio/drafts/{draft}/files/..%2f..%2fx.bpmn").status_code == 404


def test_a_version_is_shown_in_its_editor_and_cannot_be_saved(site, office, shown):
    digest = office.case(office.open()).definition
    answer = site.as_("olga").get(f"/studio/versions/{digest}/files/review.bpmn")
    assert answer.status_code == 200
    data = shown[0]["data"]
    assert (data["may_edit"], data["save_address"]) == (False, None)
    assert data["file"]["address"] == f"/api/v1/definitions/{digest}/files/review.bpmn"


def test_a_draft_is_compared_with_its_version_part_by_part(site, office, draft, shown):
    digest = office.case(office.open()).definition
    drawn = DIAGRAM.replace(b'name="Write the report"', b'name="Draw up"')
    office.do("olga", drafts.save_file, draft, "review.bpmn", drawn)
    site.as_("olga").get(f"/studio/compare/{digest}/{draft}")
    data = shown[0]["data"]
    assert (data["file"], data["files"]) == ("review.bpmn", ["review.bpmn"])
    assert (data["old"]["version"], data["new"]["draft"]["id"]) == (1, str(draft))
    assert [(one["id"], one["what"], one["aspects"]) for one in data["changes"]] == [
        ("write_report", "changed", ("name",))
    ]
    missing = site.as_("olga").get(f"/studio/compare/{digest}/{draft}?file=x.bpmn")
    assert missing.status_code == 404
    assert site.as_("hanna").get(f"/studio/compare/{digest}/{draft}").status_code == 403
