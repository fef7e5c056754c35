"""Requests that must be refused: each with the place named, soon, and with nothing stored."""

import base64
import json
import os

import pytest

from tests.support import DUE, REPORT, REVIEW, row_counts

REVIEW_TEXT = {name: data.decode() for name, data in REVIEW.items()}
DIAGRAM = REVIEW_TEXT["review.bpmn"]
PYTHON = DIAGRAM.replace(
    '<bpmn:sendTask id="send_report"', '<bpmn:scriptTask id="s" scriptFormat="python">'
    "<bpmn:script>import os</bpmn:script></bpmn:scriptTask>"
    '<bpmn:sendTask id="send_report"'
)  # fmt: skip
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def _nested(size):
    depth = size // 7
    return "<a>" * depth + "</a>" * depth


def publish(**files):
    named = {
        name.replace("_bpmn", ".bpmn").replace("_form", ".form"): f for name, f in files.items()
    }
    return {"process": "review", "files": {**REVIEW_TEXT, **named}, "comment": "bad"}


def opening(**more):
    return {"process": "review", "title": "Of X", "variables": {"due": DUE}, **more}


D = "/api/v1/definitions/"
C = "/api/v1/cases/"
COMPLETE = "/api/v1/tasks/{task}/complete"
#: who, method, address, body (JSON or raw bytes), headers, expected status
REFUSED = {
    "a document type": ("olga", "POST", D, publish(review_bpmn=BOMB + DIAGRAM), {}, 422),
    "an outside entity": ("olga", "POST", D, publish(review_bpmn=OUTSIDE + DIAGRAM), {}, 422),
    "nesting, 4 MB": ("olga", "POST", D, publish(review_bpmn=_nested(4_000_000)), {}, 422),
    "nesting, 10 MB": ("olga", "POST", D, publish(review_bpmn=_nested(10_000_000)), {}, 422),
    "python": ("olga", "POST", D, publish(review_bpmn=PYTHON), {}, 422),
    "half a diagram": ("olga", "POST", D, publish(review_bpmn=DIAGRAM[:2500]), {}, 422),
    "an empty diagram": ("olga", "POST", D, publish(review_bpmn=""), {}, 422),
    "half a form": ("olga", "POST", D, publish(write_report_form='{"id": '), {}, 422),
    "a form with NaN": ("olga", "POST", D, publish(write_report_form='{"id": NaN}'), {}, 422),
    "a form of unknown parts": (
        "olga", "POST", D,
        publish(write_report_form='{"type": "default", "id": "write_report", "components": '
                '[{"type": "bomb"}]}'), {}, 422),
    "a file outside": ("olga", "POST", D, publish(**{"../x.bpmn": "<a/>"}), {}, 422),
    "an unknown process": ("olga", "POST", D, {**publish(), "process": "nil"}, {}, 422),
    "no comment": ("olga", "POST", D, {**publish(), "comment": ""}, {}, 422),
    "an unpublished process": ("hanna", "POST", C, opening(process="nil"), {}, 404),
    "an unknown parent": ("hanna", "POST", C, opening(parent="{nil}"), {}, 404),
    "an id twice": ("hanna", "POST", C, opening(id="{case}"), {}, 409),
    "no id": ("hanna", "POST", C, opening(id="42"), {}, 422),
    "a long title": ("hanna", "POST", C, opening(title="x" * 501), {}, 422),
    "an empty title": ("hanna", "POST", C, opening(title=""), {}, 422),
    "a blank title": ("hanna", "POST", C, opening(title="  "), {}, 422),
    "a long key": ("hanna", "POST", C, opening(key="x" * 201), {}, 422),
    "an unknown member": ("hanna", "POST", C, opening(colour="red"), {}, 422),
    "variables in a list": ("hanna", "POST", C, opening(variables=["due"]), {}, 422),
    "a due date that is none": ("hanna", "POST", C, opening(variables={"due": "soon"}), {}, 409),
    "a due date beyond all calendars": (
        "hanna", "POST", C, opening(variables={"due": "9999-12-31T23:59:59-12:00"}), {}, 409),
    "30 February": (
        "hanna", "POST", C, opening(variables={"due": "2026-02-30T00:00:00+01:00"}), {}, 409),
    "an integer too long": ("hanna", "POST", C, opening(variables={"due": DUE, "n": 2**53}), {}, 422),
    "too much": ("hanna", "POST", C, opening(title="x" * 1_100_000), {}, 413),
    "NaN": ("hanna", "POST", C, b'{"process": "review", "title": NaN}', {}, 400),
    "infinity": ("hanna", "POST", C, b'{"a": -Infinity}', {}, 400),
    "a huge number": ("hanna", "POST", C, b'{"a": 1e999}', {}, 400),
    "deep nesting": ("hanna", "POST", C, b"[" * 100_000, {}, 400),
    "half a body": ("hanna", "POST", C, b'{"process": "rev', {}, 400),
    "a name twice": ("hanna", "POST", C, b'{"process": "a", "process": "b"}', {}, 400),
    "no UTF-8": ("hanna", "POST", C, b'{"process": "\xff"}', {}, 400),
    "half a character": ("hanna", "POST", C, b'{"process": "\\ud800"}', {}, 400),
    "a NUL": ("hanna", "POST", C, b'{"process": "\\u0000"}', {}, 400),
    "an unknown field": ("lara", "POST", COMPLETE, {"variables": {**REPORT, "boss": 1}}, {}, 422),
    "a missing field": ("lara", "POST", COMPLETE, {"variables": {"text": "x"}}, {}, 422),
    "a grade in words": ("lara", "POST", COMPLETE, {"variables": {"grade": "three"}}, {}, 422),
    "a grade in a list": ("lara", "POST", COMPLETE, {"variables": {"grade": [3]}}, {}, 422),
    "a grade that is true": ("lara", "POST", COMPLETE, {"variables": {"grade": True}}, {}, 422),
    "half a grade": ("lara", "POST", COMPLETE, {"variables": {"grade": 3.5}}, {}, 422),
    "grade 6": ("lara", "POST", COMPLETE, {"variables": {"grade": 6}}, {}, 422),
    "a long report": (
        "lara", "POST", COMPLETE, {"variables": {"grade": 3, "text": "x" * 2001}}, {}, 422),
    "a malformed revision": ("lara", "POST", COMPLETE, {"variables": REPORT}, {"If-Match": "1"}, 400),
    "no revision": ("lara", "POST", COMPLETE, {"variables": REPORT}, {"If-Match": ""}, 428),
    "an old revision": ("lara", "POST", COMPLETE, {"variables": REPORT}, {"If-Match": '"r0"'}, 409),
    "a short key": ("lara", "POST", COMPLETE, {}, {"Idempotency-Key": "x"}, 400),
    "another's task": ("petra", "POST", COMPLETE, {"variables": REPORT}, {}, 403),
    "another's draft": ("petra", "PUT", "/api/v1/tasks/{task}/draft", {"variables": {}}, {}, 403),
    "another's case": ("petra", "GET", "/api/v1/cases/{case}", None, {}, 404),
    "another's past": ("petra", "GET", "/api/v1/cases/{case}/at/2026-01-05T09:00:00Z", None, {}, 404),
    "another's history": ("petra", "GET", "/api/v1/history/cases/{case}", None, {}, 404),
    "no task": ("lara", "POST", "/api/v1/tasks/{nil}/complete", {"variables": REPORT}, {}, 404),
    "no case": ("hanna", "POST", "/api/v1/cases/{nil}/cancel", {"reason": "x"}, {}, 404),
    "a message nobody awaits": (
        "hanna", "POST", "/api/v1/cases/{case}/messages", {"message": "x"}, {}, 409),
    "a deadline without zone": (
        "hanna", "POST", "/api/v1/timers/{timer}/extend",
        {"due_at": "2026-03-01T00:00:00", "reason": "x"}, {}, 422),
    "no reason": (
        "hanna", "POST", "/api/v1/timers/{timer}/extend",
        {"due_at": "2026-03-01T00:00:00Z", "reason": ""}, {}, 422),
    "a day that is none": (
        "hanna", "POST", "/api/v1/users/deputies",
        {"absent": "hanna", "deputy": "luc", "first_day": "2026-02-30", "last_day": "2026-03-01"},
        {}, 422),
    "days in the wrong order": (
        "hanna", "POST", "/api/v1/users/deputies",
        {"absent": "hanna", "deputy": "luc", "first_day": "2026-03-02", "last_day": "2026-03-01"},
        {}, 422),
    "one's own deputy": (
        "hanna", "POST", "/api/v1/users/deputies",
        {"absent": "luc", "deputy": "luc", "first_day": "2026-03-01", "last_day": "2026-03-01"},
        {}, 422),
    "an unknown role": (
        "otto", "POST", "/api/v1/users/",
        {"name": "kim", "full_name": "Kim", "roles": ["king"]}, {}, 422),
    "a role in place of roles": (
        "otto", "POST", "/api/v1/users/",
        {"name": "kim", "full_name": "Kim", "roles": "auditor"}, {}, 422),
    "a short password": (
        "otto", "POST", "/api/v1/users/",
        {"name": "kim", "full_name": "Kim", "roles": [], "password": "123"}, {}, 422),
    "a taken name": (
        "otto", "POST", "/api/v1/users/", {"name": "luc", "full_name": "L", "roles": []}, {}, 409),
    "no change": ("otto", "PATCH", "/api/v1/users/luc", {}, {}, 422),
    "more roles than one has": (
        "luc", "POST", "/api/v1/session/tokens", {"label": "x", "roles": ["operator"]}, {}, 403),
    "a cursor of nothing": ("hanna", "GET", "/api/v1/cases/?cursor=abc", None, {}, 400),
    "a cursor of another list": (
        "hanna", "GET",
        "/api/v1/cases/?cursor="
        + base64.urlsafe_b64encode(b'["-opened_at","t","2026-01-01T00:00:00Z","x"]').decode(),
        None, {}, 400),
    "a page of nothing": ("hanna", "GET", "/api/v1/cases/?limit=0", None, {}, 422),
    "a page of all": ("hanna", "GET", "/api/v1/cases/?limit=100000", None, {}, 422),
    "an unknown filter": ("hanna", "GET", "/api/v1/cases/?colour=red", None, {}, 422),
    "an unknown sorting": ("hanna", "GET", "/api/v1/cases/?sort=state", None, {}, 422),
    "a NUL in the address": ("hanna", "GET", "/api/v1/cases/?process=%00", None, {}, 422),
    "an instant without zone": (
        "hanna", "GET", "/api/v1/cases/{case}/at/2026-01-05T09:00:00", None, {}, 422),
    "FEEL without end": (
        "hanna", "POST", "/api/v1/feel/evaluate",
        {"expression": "for i in 1..1000000000 return i"}, {}, 422),
    "FEEL that is none": ("hanna", "POST", "/api/v1/feel/evaluate", {"expression": "1 +"}, {}, 422),
    "a period that is none": (
        "hanna", "POST", "/api/v1/time-limits",
        {"function": "legal_limit", "start": "2026-01-01", "period": "soon"}, {}, 422),
    "a start beyond all calendars": (
        "hanna", "POST", "/api/v1/time-limits",
        {"function": "legal_limit", "start": "9999-12-31", "period": "P3M"}, {}, 422),
}  # fmt: skip
# ruff: noqa: E501  # a table reads better on one line


def _place(text, where):
    for name, value in where.items():
        text = text.replace("{" + name + "}", str(value))
    return text


@pytest.fixture
def where(office):
    from uuid import UUID  # noqa: PLC0415  # only here

    from engine.store import queue  # noqa: PLC0415  # only here

    case = office.open()
    with office.begin() as uow:
        (timer,) = queue.timers(uow, case_id=case)
    return {
        "case": case, "task": office.task(case).id, "timer": timer["id"], "nil": UUID(int=7),
    }  # fmt: skip


def _cpu():
    return sum(os.times()[:2])


def test_every_bad_request_is_refused_with_its_place_and_stores_nothing(office, front, where):
    for name in {one[0] for one in REFUSED.values()}:
        front.token(name)
    before, wrong = row_counts(office.database), {}
    for label, (who, method, url, body, headers, status) in REFUSED.items():
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        raw = raw if raw is None or len(raw) > 10_000 else _place(raw.decode("latin-1"), where)
        start = _cpu()
        answer = front.as_(who).open(
            _place(url, where),
            method=method,
            data=raw.encode("latin-1") if isinstance(raw, str) else raw,
            content_type="application/json",
            headers={"If-Match": '"r1"', **headers},
        )
        spent = _cpu() - start
        problem = answer.json if answer.status_code >= 400 else {}
        entries = problem.get("errors") or [{}]
        named = problem.get("where") or entries[0].get("pointer") or entries[0].get("parameter")
        if answer.status_code != status:
            wrong[label] = (answer.status_code, answer.text[:300])
        elif spent > 2:
            wrong[label] = f"{spent:.1f} s"
        elif not named and status not in (403, 413) and "1e999" not in problem["detail"]:
            wrong[label] = problem
        elif answer.content_type != "application/problem+json":
            wrong[label] = answer.content_type
    assert not wrong, json.dumps(wrong, indent=1)
    assert row_counts(office.database) == before


def test_what_is_refused_names_the_place_as_one_expects(office, front, where):
    lara = front.as_("lara")
    url = f"/api/v1/tasks/{where['task']}/complete"
    answer = lara.post(
        url, json={"variables": {"grade": 9, "boss": 1}}, headers={"If-Match": '"r1"'}
    )
    assert {one["pointer"] for one in answer.json["errors"]} == {"#/grade", "#/boss"}
    assert answer.json["where"] == "write_report"
    answer = front.as_("olga").post(D, json=publish(review_bpmn=BOMB + DIAGRAM))
    assert "review.bpmn" in answer.text
    answer = front.as_("hanna").post(
        C, data=b'{\n "process": "review",\n "title": NaN}', content_type="application/json"
    )
    assert answer.json["where"] == "line 3, column 11"
