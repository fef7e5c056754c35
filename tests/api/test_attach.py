"""A document for the form of a task: whoever has the task may store it."""

import base64

from tests.support import REPORT

PAPER = {
    "kind": "minutes",
    "name": "minutes.pdf",
    "content": base64.b64encode(b"%PDF-1.7 made up").decode(),
}


def test_whoever_has_the_task_stores_a_document_for_it(front, office):
    task = office.task(office.open())
    answer = front.as_("lara").post(f"/api/v1/tasks/{task.id}/documents", json=PAPER)
    assert answer.status_code == 201
    assert answer.json["name"] == "minutes.pdf"
    assert answer.json["media_type"] == "application/pdf"
    # the page that the form was opened on is still current
    assert office.task(task.case_id).revision == task.revision
    read = front.as_("hanna").get(f"/api/v1/applications/documents/{answer.json['id']}")
    assert read.data == b"%PDF-1.7 made up"


def test_the_same_document_twice_is_one(front, office):
    address = f"/api/v1/tasks/{office.task(office.open()).id}/documents"
    lara = front.as_("lara")
    assert lara.post(address, json=PAPER).json["id"] == lara.post(address, json=PAPER).json["id"]


def test_nobody_else_stores_a_document_for_it(front, office):
    task = office.task(office.open())
    refused = front.as_("maria").post(f"/api/v1/tasks/{task.id}/documents", json=PAPER)
    assert refused.status_code == 403


def test_a_finished_task_takes_no_document(front, office):
    case = office.open()
    task = office.task(case)
    office.complete("lara", case, REPORT)
    refused = front.as_("lara").post(f"/api/v1/tasks/{task.id}/documents", json=PAPER)
    assert refused.status_code == 409


def test_what_is_not_base64_is_refused_at_its_place(front, office):
    task = office.task(office.open())
    bad = {**PAPER, "content": "?"}
    refused = front.as_("lara").post(f"/api/v1/tasks/{task.id}/documents", json=bad)
    assert refused.status_code == 422
    assert refused.json["where"] == "content"
