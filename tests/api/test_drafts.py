"""Drafts through the API: files come and go as they are, stale ones are refused by name."""

import pytest

from tests.support import PEOPLE, REVIEW

D = "/api/v1/drafts"
DIAGRAM = REVIEW["review.bpmn"]


@pytest.fixture
def draft(front):
    body = {"process": "review", "title": "Shorter review"}
    answer = front.as_("olga").post(f"{D}/", json=body)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"r1"')
    return f"{D}/{answer.json['id']}"


def _put(client, url, name, content, revision):
    headers = {"If-Match": f'"r{revision}"', "Content-Type": "application/octet-stream"}
    return client.put(f"{url}/files/{name}", data=content, headers=headers)


def test_a_draft_shows_its_files_and_gives_them_as_they_are(front, draft):
    olga = front.as_("olga")
    seen = olga.get(draft).json
    assert [(one["name"], one["kind"]) for one in seen["files"]] == [
        ("review.bpmn", "bpmn"), ("sign_report.form", "form"), ("write_report.form", "form"),
    ]  # fmt: skip
    assert (seen["process"], seen["revision"], seen["closed_at"]) == ("review", 1, None)
    assert seen["changed_by"] == "olga"
    got = olga.get(f"{draft}/files/review.bpmn")
    assert (got.data, got.headers["ETag"]) == (DIAGRAM, '"r1"')


def test_saving_needs_the_revision_that_was_seen_and_says_who_was_first(front, office, draft):
    office.hire({"otmar": ["process_owner"]})
    olga, otmar = front.as_("olga"), front.as_("otmar")
    drawn = DIAGRAM.replace(b'name="Write', b'name="Draw up')
    assert drawn != DIAGRAM
    assert olga.put(f"{draft}/files/review.bpmn", data=drawn).status_code == 428
    saved = _put(olga, draft, "review.bpmn", drawn, 1)
    assert (saved.status_code, saved.json, saved.headers["ETag"]) == (200, {"revision": 2}, '"r2"')
    late = _put(otmar, draft, "review.bpmn", DIAGRAM, 1)
    assert (late.status_code, late.json["code"]) == (409, "stale-draft")
    assert late.json["facts"]["changed_by"] == "olga"
    assert late.json["facts"]["changed_at"].startswith("2026-01-05T09:00")
    assert olga.get(f"{draft}/files/review.bpmn").data == drawn


def test_files_of_other_kinds_names_and_sizes_are_refused(front, draft):
    olga = front.as_("olga")
    for name in ("x.py", "x.bpmn.exe", ".form", "x y.form", "a" * 120 + ".dmn"):
        assert _put(olga, draft, name, b"x", 1).status_code == 422, name
    assert _put(olga, draft, "x.dmn", b"x" * 2_000_001, 1).status_code == 422
    assert _put(olga, draft, "x.dmn", b"x" * 2_000_000, 1).status_code == 200


def test_a_file_can_be_added_and_removed(front, draft):
    olga = front.as_("olga")
    assert _put(olga, draft, "new.form", b"{}", 1).json == {"revision": 2}
    gone = olga.delete(f"{draft}/files/new.form", headers={"If-Match": '"r2"'})
    assert (gone.status_code, gone.json) == (200, {"revision": 3})
    assert olga.get(f"{draft}/files/new.form").status_code == 404
    again = olga.delete(f"{draft}/files/new.form", headers={"If-Match": '"r3"'})
    assert again.status_code == 404


def test_live_findings_name_the_element_and_store_nothing(front, draft):
    olga = front.as_("olga")
    broken = DIAGRAM.replace(b'formId="write_report"', b'formId="nothing"').decode()
    found = olga.post(f"{draft}/check", json={"name": "review.bpmn", "content": broken}).json
    errors = [one for one in found if one["severity"] == "error"]
    assert ("review.bpmn", "write_report") in [(one["file"], one["element"]) for one in errors]
    stored = olga.get(f"{draft}/findings").json
    assert [one for one in stored if one["severity"] == "error"] == []
    assert olga.get(draft).json["revision"] == 1


@pytest.mark.parametrize("name", sorted(set(PEOPLE) - {"olga"}))
def test_nobody_else_edits_and_only_the_auditor_reads(front, draft, name):
    client = front.as_(name)
    assert client.get(draft).status_code == (200 if name == "aldo" else 403)
    assert _put(client, draft, "review.bpmn", b"<x/>", 1).status_code == 403
    gone = client.delete(f"{draft}/files/review.bpmn", headers={"If-Match": '"r1"'})
    assert gone.status_code == 403


def test_a_second_person_publishes(front, office, draft):
    office.hire({"otmar": ["process_owner"]})
    olga, otmar = front.as_("olga"), front.as_("otmar")
    _put(olga, draft, "review.bpmn", DIAGRAM.replace(b'name="Write', b'name="Draw up'), 1)
    headers = {"If-Match": '"r2"'}
    made = olga.post(f"{draft}/propose", json={"comment": "clearer"}, headers=headers)
    assert made.status_code == 201, made.json
    decide = f"{D}/proposals/{made.json['id']}/decide"
    own = olga.post(decide, json={"approve": True})
    assert (own.status_code, own.json["code"]) == (403, "four-eyes")
    done = otmar.post(decide, json={"approve": True})
    assert (done.status_code, done.json["decision"]) == (200, "approved")
    version = olga.get(f"/api/v1/definitions/{done.json['digest']}").json
    assert (version["version"], version["published_by"]) == (2, "otmar")
    assert _put(olga, draft, "review.bpmn", DIAGRAM, 2).status_code == 409
