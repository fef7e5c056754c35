"""Every field of every route gets values of wrong kinds: refused or harmless, never a failure."""

import json
from uuid import UUID, uuid4

import pytest

from tests.support import DUE, PEOPLE

WRONG = (
    None, True, 0, -1, 2**63, 1e300, "", "x", "\U0001f600" * 400, [], [None], [[1]], {}, {"x": {}},
    "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-02-30", "=1/0", ["x"],
)  # fmt: skip
BODIES = (b"", b"null", b"[]", b'"x"', b"3", b"{", b'{"a": NaN}', b"\xff", b"{}", b'{"x": 1}')
QUERY = ("", "x", "-1", "%00", "1e9", "%ff", "9999-12-31T23:59:59-12:00", "a" * 900,
         "WyJkdWVfYXQiLCJ2IiwxLCJ4Il0", "bnVsbA", "W10")  # fmt: skip
PATHS = ("x", "%00", "..", "%2e%2e%2f", "a" * 3000, str(UUID(int=0)), "9999-12-31T23:59:59-12:00",
         "%F0%9F%98%80")  # fmt: skip
GOOD = {
    "process": "review", "title": "Of X", "key": "X-9", "parent": None, "message": "withdrawal",
    "to": "luc", "to_element": "write_report", "reason": "because", "note": "mended",
    "function": "legal_limit", "start": "2026-01-01", "period": "P20D", "site": "LUX",
    "expression": "a + 1", "context": {"a": 1}, "decision": "grade", "roles": ["auditor"],
    "full_name": "New Person", "email": "new@example.org", "absent": "vera", "deputy": "lara",
    "first_day": "2026-01-05", "last_day": "2026-01-06", "label": "l", "password": "x" * 20,
    "due_at": "2026-03-01T00:00:00Z", "follow_up_at": "2026-03-01T00:00:00Z", "priority": 50,
    "expires_at": "2027-01-01T00:00:00Z", "comment": "c", "files": {"x.bpmn": "<x/>"},
    "variables": {"due": DUE}, "mapping": {"write_report": "write_report"},
    "reference": "R-1", "deadline": "2026-03-01T12:00:00+01:00", "function_group": "IV",
    "candidate": {"name": "C", "email": "c@example.org"}, "received_at": "2026-02-01T12:00:00Z",
    "attachment": "JVBERi0=", "content": "JVBERi0=", "kind": "cv", "recompute_timers": False,
    "approve": False,
}  # fmt: skip


@pytest.fixture
def vera(office, front):
    """Somebody with every role, so that no request ends at the door."""
    office.hire({"vera": sorted({role for roles in PEOPLE.values() for role in roles})})
    return front.as_("vera")


def _resolved(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _operations(document):
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, one in methods.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            body = one.get("requestBody", {}).get("content", {}).get("application/json")
            fields = _resolved(document, body["schema"])["properties"] if body else None
            given = [*shared, *one.get("parameters", [])]
            query = [each["name"] for each in given if each["in"] == "query"]
            yield method, path, fields, query


def _ids(office):
    """Return ids of a fresh case, for the placeholders of a route."""
    case = office.open(key="X-1")
    with office.begin() as uow:
        from engine.store import queue  # noqa: PLC0415  # only here

        (timer,) = queue.timers(uow, case_id=case)
    definition = office.case(case).definition
    return {
        "case_id": case, "task_id": office.task(case).id, "timer_id": timer["id"],
        "digest": definition, "old": definition, "new": definition, "name": "luc", "key": "X-1",
        "incident_id": uuid4(), "person": "p1", "deputyship": uuid4(), "document_id": "d",
        "draft_id": _draft(office), "proposal_id": uuid4(),
        "instant": "2026-01-05T09:00:00Z",
    }  # fmt: skip


def _draft(office):
    from engine import drafts  # noqa: PLC0415  # only here

    return office.do("olga", drafts.begin, "review", "A draft").id


def _filled(path, ids):
    for name, value in ids.items():
        path = path.replace("{" + name + "}", str(value))
    assert "{" not in path, path
    return path


def _good(fields, ids):
    own = {"id": str(uuid4()), "to": "luc", "definition": ids["digest"], "name": "newcomer"}
    return {name: own.get(name, GOOD.get(name)) for name in fields if {**GOOD, **own}.get(name)}


def _bodies(fields, ids):
    yield from BODIES
    good = _good(fields, ids)
    for name in fields:
        for value in WRONG:
            yield json.dumps({**good, name: value}).encode()
    for value in WRONG:
        yield json.dumps({**good, "no_such_field": value}).encode()
    yield json.dumps(good).encode()


def _requests(path, fields, query, ids):
    """Yield what replaces ids of the path, what follows the path, and the body."""
    for name in query:
        for value in QUERY:
            yield {}, f"?{name}={value}", None
    for name in ids:
        if "{" + name + "}" in path:
            for value in PATHS:
                yield {name: value}, "", b"{}" if fields else None
    if fields is None:
        yield {}, "", None
        return
    for body in _bodies(fields, ids):
        yield {}, "", body


def test_no_route_fails_whatever_it_is_sent(office, front, vera):
    document = vera.get("/openapi.json").json
    sent, accepted, failed = 0, set(), []
    for method, path, fields, query in sorted(_operations(document), key=str):
        if path.endswith("/session/"):
            continue  # signing in costs a password hash each time; tests of the frame cover it
        ids = _ids(office)
        for replaced, suffix, body in _requests(path, fields, query, ids):
            url = _filled(path, {**ids, **replaced}) + suffix
            answer = vera.open(
                url,
                method=method.upper(),
                data=body,
                content_type="application/json",
                headers={"If-Match": '"r1"'},
            )
            sent += 1
            if answer.status_code >= 500:
                failed.append((method, url[:160], (body or b"")[:300], answer.status_code))
            elif answer.status_code >= 400:
                assert answer.content_type == "application/problem+json"
                assert answer.json["status"] == answer.status_code
            else:
                accepted.add((method, path))
                # what was accepted may have ended the case: go on with a fresh one
                ids = ids if method == "get" else _ids(office)
    assert sent > 2000
    assert len(accepted) > 35
    assert failed == []
