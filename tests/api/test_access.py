"""Who may do what, through the API: doors, roles, deputies, four eyes, and each verb's event."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from engine import cases
from engine.errors import Conflict, CursusError, FourEyes, Invalid, NotAllowed, NotYourTask
from engine.store import queue
from tests.support import DUE, REPORT, REVIEW, row_counts

OPEN = {"/api/", "/openapi.json", "/reference/<name>"}
#: what an auditor may send: questions, signatures, and what concerns only the auditor
HARMLESS = {
    "decisions.decide", "decisions.evaluate", "decisions.time_limit", "definitions.check",
    "history.verify_all", "history.checkpoint", "session.sign_in", "session.sign_out",
    "session.issue_token", "session.revoke_token", "users.appoint", "users.dismiss",
}  # fmt: skip
BODY = {
    "reason": "because", "variables": REPORT, "to": "luc", "to_element": "write_report",
    "process": "review", "title": "X", "files": {}, "comment": "c", "message": "withdrawal",
    "mapping": {}, "note": "n", "due_at": "2026-03-01T00:00:00Z", "full_name": "X",
    "name": "newcomer", "roles": ["operator"], "reference": "R", "deadline": DUE, "site": "LUX",
    "function_group": "IV", "candidate": {"name": "C", "email": "c@example.org"},
    "received_at": DUE, "kind": "cv", "content": "JVBERi0=", "id": "R1",
    "approve": True, "taken_on": "2026-01-04", "candidates": ["p1"], "person": "p1",
}  # fmt: skip


def _address(rule, ids):
    values = {name: ids.get(name, "luc") for name in rule.arguments}
    return rule.build(values, append_unknown=False)[1]


@pytest.fixture
def case(office):
    return office.open()


@pytest.fixture
def ids(office, case):
    with office.begin() as uow:
        (timer,) = queue.timers(uow, case_id=case)
    digest = office.case(case).definition
    return {
        "case_id": case, "task_id": office.task(case).id, "timer_id": timer["id"],
        "incident_id": uuid4(), "deputyship": uuid4(), "instant": "2026-01-05T09:00:00Z",
        "digest": digest, "old": digest, "new": digest, "name": "luc",
        "draft_id": uuid4(), "proposal_id": uuid4(),
    }  # fmt: skip


def _rules(front):
    for rule in front.app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def test_no_door_opens_to_somebody_who_has_not_signed_in(front, office, ids):
    before, walked = row_counts(office.database), 0
    for rule, method in _rules(front):
        if rule.rule in OPEN or rule.endpoint == "session.sign_in":
            continue
        answer = front.anonymous().open(_address(rule, ids), method=method, json=BODY)
        assert answer.status_code == 401, (method, rule.rule)
        assert answer.json["code"] == "not-signed-in"
        walked += 1
    assert walked > 55
    assert row_counts(office.database) == before


def _body_of(document, rule, method):
    """Return a good body with exactly the fields of the route."""
    path = rule.rule.replace("<uuid:", "<").replace("<", "{").replace(">", "}")
    content = document["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return None
    fields = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    return {name: BODY[name] for name in fields if name in BODY and not
            (name == "id" and "call" not in path)}  # fmt: skip


def test_an_auditor_sees_and_changes_nothing(front, office, ids):
    auditor, document = front.as_("aldo"), front.as_("aldo").get("/openapi.json").json
    before, walked = row_counts(office.database), 0
    for rule, method in _rules(front):
        if method == "GET" or rule.endpoint in HARMLESS:
            continue
        body = _body_of(document, rule, method)
        body = {**body, "to": ids["digest"]} if body and "mapping" in body else body
        headers = {"If-Match": '"r1"'}
        answer = auditor.open(_address(rule, ids), method=method, json=body, headers=headers)
        # an unknown incident or token is missing for everybody
        assert answer.status_code in (403, 404), (method, rule.rule, answer.json)
        walked += 1
    assert walked > 25
    assert row_counts(office.database) == before
    for url in ("/api/v1/cases/", "/api/v1/history/", "/api/v1/timers/", "/api/v1/users/",
                f"/api/v1/cases/{ids['case_id']}", f"/api/v1/tasks/{ids['task_id']}"):  # fmt: skip
        assert auditor.get(url).status_code == 200, url


@pytest.mark.parametrize("name", ["petra", "maria", "lara"])
def test_whoever_may_not_read_all_sees_the_cases_with_a_task_of_theirs(front, office, case, name):
    role = {"petra": b"panel_member", "maria": b"medical_service", "lara": b"line_manager"}[name]
    drawn = REVIEW["review.bpmn"].replace(b'Groups="line_manager"', b'Groups="' + role + b'"')
    office.publish("review", {**REVIEW, "review.bpmn": drawn})
    theirs = office.open(title="theirs")
    client = front.as_(name)
    seen = {one["id"] for one in client.get("/api/v1/cases/").json}
    expected = {str(theirs), str(case)} if name == "lara" else {str(theirs)}
    assert seen == expected
    file = client.get(f"/api/v1/cases/{theirs}")
    assert (file.status_code, file.json["scopes"]) == (200, [])
    if name != "lara":
        assert client.get(f"/api/v1/cases/{case}").status_code == 404
        assert client.get(f"/api/v1/tasks/{office.task(case).id}").status_code == 403
    # the task done, the case is out of sight again
    office.complete(name, theirs, REPORT)
    gone = 200 if name == "lara" else 404
    assert client.get(f"/api/v1/cases/{theirs}").status_code == gone
    assert client.get("/api/v1/tasks/").status_code == 403


def test_a_confidential_content_is_shown_to_its_own_roles_only(front, office):
    mark = b'<zeebe:property name="confidential" value="true" /><zeebe:property name="legalBasis"'
    drawn = REVIEW["review.bpmn"].replace(b'<zeebe:property name="legalBasis"', mark, 1)
    office.publish("review", {**REVIEW, "review.bpmn": drawn})
    case = office.open()
    task = office.task(case).id
    assert front.as_("hanna").get(f"/api/v1/tasks/{task}").status_code == 403
    office.complete("lara", case, REPORT)
    shown = {
        name: front.as_(name).get(f"/api/v1/history/cases/{case}").json[1]["content"]
        for name in ("hanna", "aldo", "luc")
    }
    assert shown["hanna"] is None
    assert shown["aldo"] is None
    assert shown["luc"]["command"]["variables"]["text"] == "Good work."


# --- four eyes and deputies ------------------------------------------------------------------


def _deputy(front, absent, deputy, first="2026-01-05", last="2026-01-06"):
    body = {"absent": absent, "deputy": deputy, "first_day": first, "last_day": last}
    answer = front.as_(absent).post("/api/v1/users/deputies", json=body)
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def test_whoever_wrote_the_report_may_not_sign_it(office, case):
    office.complete("lara", case, REPORT)
    with pytest.raises(FourEyes, match="lara"):
        office.complete("lara", case)
    with pytest.raises(FourEyes):
        office.do("lara", cases.claim, office.task(case).id)
    office.complete("luc", case)


def test_nobody_signs_their_own_report_through_a_deputy_or_as_one(front, office, case):
    _deputy(front, "lara", "hanna")
    office.complete("hanna", case, REPORT)
    event = office.history(case)[1].fields
    assert (event.actor, event.on_behalf_of) == ("hanna", "lara")
    # hanna wrote it for lara: neither of them signs
    _deputy(front, "carla", "hanna")
    for name in ("lara", "hanna"):
        with pytest.raises(FourEyes):
            office.complete(name, case)
    office.complete("luc", case)


def test_a_deputy_of_the_author_who_signs_for_another_is_refused_the_authors_way(front, office):
    case = office.open()
    office.complete("lara", case, REPORT)
    # petra may sign for lara's role only as lara, who wrote it
    _deputy(front, "lara", "petra")
    with pytest.raises(FourEyes, match="lara"):
        office.complete("petra", case)


@pytest.mark.parametrize(
    ("instant", "may"),
    [
        ("2026-01-09T22:59:59.999999Z", False),
        ("2026-01-09T23:00:00Z", True),  # midnight in Brussels
        ("2026-01-11T22:59:59.999999Z", True),
        ("2026-01-11T23:00:00Z", False),
    ],
)
def test_a_deputy_acts_on_the_days_appointed_and_on_no_other(  # noqa: PLR0913, PLR0917  # fixtures
    front, office, clock, case, instant, may
):
    _deputy(front, "lara", "petra", "2026-01-10", "2026-01-11")
    clock.move_to(instant)
    mine = front.as_("petra").get("/api/v1/tasks/mine").json
    assert [one["why"] for one in mine] == (["you are the deputy of lara"] if may else [])
    if may:
        office.complete("petra", case, REPORT)
        return
    with pytest.raises(NotYourTask):
        office.complete("petra", case, REPORT)


def test_deputies_do_not_chain_and_can_be_dismissed(front, office, case):
    first = _deputy(front, "lara", "petra")
    _deputy(front, "petra", "maria")
    assert front.as_("maria").get("/api/v1/tasks/mine").json == []
    with pytest.raises(NotYourTask):
        office.complete("maria", case, REPORT)
    assert front.as_("luc").delete(f"/api/v1/users/deputies/{first}").status_code == 403
    assert front.as_("petra").delete(f"/api/v1/users/deputies/{first}").status_code == 204
    with pytest.raises(NotYourTask):
        office.complete("petra", case, REPORT)
    body = {
        "absent": "lara",
        "deputy": "petra",
        "first_day": "2026-01-05",
        "last_day": "2026-01-05",
    }
    assert front.as_("petra").post("/api/v1/users/deputies", json=body).status_code == 403


ALONE = b'value="CEOS Art. 84(3)" /><zeebe:property name="inPerson" value="true" />'


@pytest.fixture
def alone(office):
    """A case whose first task is done in person; the deputy of its assignee is petra."""
    diagram = REVIEW["review.bpmn"].replace(b'value="CEOS Art. 84(3)" />', ALONE, 1)
    office.publish(files={**REVIEW, "review.bpmn": diagram})
    return office.open()


def test_what_is_done_in_person_no_deputy_sees_or_does(front, office, alone):
    _deputy(front, "lara", "petra")
    assert front.as_("petra").get("/api/v1/tasks/mine").json == []
    (own,) = front.as_("lara").get("/api/v1/tasks/mine").json
    assert own["in_person"]
    with pytest.raises(NotYourTask, match="done in person; no deputy can do it for lara"):
        office.complete("petra", alone, REPORT)
    office.complete("lara", alone, REPORT)


def test_what_is_done_in_person_only_an_officer_gives_to_another_with_a_reason(office, alone):
    task = office.task(alone)
    office.do("lara", cases.claim, task.id)
    with pytest.raises(Conflict, match="cannot be handed over"):
        office.do("lara", cases.delegate, task.id, to="luc", reason="I am away")
    with pytest.raises(Conflict, match="cannot be handed over or given back"):
        office.do("lara", cases.unclaim, task.id)
    with pytest.raises(Invalid, match="reason"):
        office.do("hanna", cases.assign, task.id, to="luc")
    office.do("hanna", cases.assign, task.id, to="luc", reason="Lara fell ill")
    with pytest.raises(NotYourTask):
        office.complete("lara", alone, REPORT)
    office.complete("luc", alone, REPORT)


# --- the verbs -------------------------------------------------------------------------------

HEADER = {"If-Match": '"r1"'}
VERBS = {
    "claim": ("lara", "petra", "tasks/{task}/claim", None, "task:claimed"),
    "assign": (
        "hanna", "lara", "tasks/{task}/assign", {"to": "luc", "reason": "r"}, "task:assigned"),
    "delegate": (
        "lara", "petra", "tasks/{task}/delegate", {"to": "luc", "reason": "r"}, "task:delegated"),
    "extend": (
        "carla", "lara", "timers/{timer}/extend",
        {"due_at": "2026-03-01T00:00:00Z", "reason": "ill"}, "deadline:extended"),
    "suspend": ("hanna", "lara", "cases/{case}/suspend", {"reason": "r"}, "case:suspended"),
    "cancel": ("carla", "lara", "cases/{case}/cancel", {"reason": "r"}, "case:cancelled"),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_takes_its_role_and_leaves_its_event(front, office, case, ids, verb):
    who, other, url, body, kind = VERBS[verb]
    url = "/api/v1/" + url.format(task=ids["task_id"], timer=ids["timer_id"], case=case)
    refused = front.as_(other).post(url, json=body, headers=HEADER)
    assert refused.status_code == 403
    assert office.kinds(case) == ["case:opened"]
    done = front.as_(who).post(url, json=body, headers=HEADER)
    assert done.status_code == 200, done.json
    event = office.history(case)[1].fields
    assert (event.kind, event.actor) == (kind, who)
    assert office.case(case).revision == 2


def test_a_claimed_task_leaves_the_other_inboxes_and_comes_back(front, office, case):
    task = office.task(case).id
    office.do("lara", cases.claim, task)
    assert front.as_("luc").get("/api/v1/tasks/mine").json == []
    for verb in (cases.claim, cases.unclaim):
        with pytest.raises(NotYourTask):
            office.do("luc", verb, task)
    office.do("lara", cases.unclaim, task)
    assert len(front.as_("luc").get("/api/v1/tasks/mine").json) == 1
    assert office.kinds(case)[1:] == ["task:claimed", "task:unclaimed"]


@pytest.mark.parametrize("to", ["nobody", "petra", "", "x" * 5000])
def test_a_task_goes_only_to_people_of_its_roles(office, case, to):
    with pytest.raises(CursusError, match=r"user|roles"):
        office.do("hanna", cases.assign, office.task(case).id, to=to)
    assert office.kinds(case) == ["case:opened"]


def test_a_task_is_sent_back_and_done_anew(front, office, case):
    office.complete("lara", case, REPORT)
    task = office.task(case).id
    body = {"to_element": "write_report", "reason": "unclear"}
    url, headers = f"/api/v1/tasks/{task}/send-back", {"If-Match": '"r2"'}
    assert front.as_("petra").post(url, json=body, headers=headers).status_code == 403
    bad = {**body, "to_element": "send_report"}
    assert front.as_("luc").post(url, json=bad, headers=headers).status_code == 409
    assert front.as_("luc").post(url, json=body, headers=headers).status_code == 200
    assert office.task(case).element == "write_report"
    office.sent_back_to_the_end(case)
    assert office.kinds(case)[2] == "case:sent-back"


def test_an_extended_deadline_moves_timer_task_and_inbox(front, office, clock, case, ids):
    body = {"due_at": "2026-03-01T00:00:00Z", "reason": "ill"}
    url = f"/api/v1/timers/{ids['timer_id']}/extend"
    assert front.as_("hanna").post(url, json=body, headers=HEADER).status_code == 200
    (mine,) = front.as_("lara").get("/api/v1/tasks/mine").json
    assert mine["due_at"] == "2026-03-01T00:00:00+00:00"
    clock.move_to("2026-02-28T23:59:59Z")
    assert office.work().total == 0
    clock.tick(timedelta(seconds=1))
    assert office.work().timers == 1
    assert office.case(case).outcome == "late"


def test_a_suspended_case_refuses_work_until_it_is_resumed(front, office, case):
    hanna, url = front.as_("hanna"), f"/api/v1/cases/{case}"
    hanna.post(f"{url}/suspend", json={"reason": "r"})
    with pytest.raises(CursusError, match="suspended"):
        office.complete("lara", case, REPORT)
    assert hanna.get(url).json["tasks"][0]["suspended"] is True
    assert hanna.post(f"{url}/suspend", json={"reason": "r"}).status_code == 409
    assert hanna.post(f"{url}/resume", json={"reason": "r"}).status_code == 200
    assert hanna.post(f"{url}/resume", json={"reason": "r"}).status_code == 409
    office.complete("lara", case, REPORT)


def test_a_cancelled_case_has_no_tasks_and_takes_no_more(front, office, case, ids):
    office.do("hanna", cases.cancel, case, reason="no longer needed")
    file = front.as_("hanna").get(f"/api/v1/cases/{case}").json
    assert (file["tasks"], file["timers"], file["outcome"]) == ([], [], "cancelled")
    with pytest.raises(CursusError):
        office.do("lara", cases.complete_task, ids["task_id"], REPORT)
    with pytest.raises(CursusError, match="ended"):
        office.do("hanna", cases.suspend, case, reason="r")


def test_a_correction_keeps_what_was_there_before(front, office, case):
    body = {"variables": {"note": "x"}, "reason": "typing error"}
    url = f"/api/v1/cases/{case}/variables"
    assert front.as_("carla").patch(url, json=body, headers=HEADER).status_code == 403
    assert front.as_("hanna").patch(url, json=body, headers=HEADER).status_code == 200
    assert office.kinds(case) == ["case:opened", "case:corrected"]
    found = front.as_("hanna").get(f"/api/v1/cases/{case}").json["scopes"][0]["variables"]
    assert found == {"due": DUE, "note": "x"}


def test_a_case_moves_to_another_version_and_nobody_else_does(front, office, case):
    drawn = REVIEW["review.bpmn"].replace(b"Write the report", b"Write a longer report")
    new = office.publish("review", {**REVIEW, "review.bpmn": drawn})["digest"]
    other = office.open()
    olga, url = front.as_("olga"), f"/api/v1/cases/{case}"
    preview = olga.post(f"{url}/migration-preview", json={"to": new})
    assert preview.json["possible"] is True
    assert office.kinds(case) == ["case:opened"]
    body = {"to": new, "reason": "the form was too short"}
    assert front.as_("hanna").post(f"{url}/migrate", json=body, headers=HEADER).status_code == 403
    assert olga.post(f"{url}/migrate", json=body, headers=HEADER).status_code == 200
    assert office.case(case).definition == new == office.case(other).definition
    assert office.kinds(case) == ["case:opened", "case:migrated"]
    office.sent_back_to_the_end(case)


def test_a_policy_names_whom_it_takes(office, case):
    with pytest.raises(NotAllowed, match="contracting_authority, hr_officer"):
        office.do("lara", cases.cancel, case, reason="r")
    assert isinstance(case, UUID)


def test_a_task_is_rescheduled_with_a_reason_and_what_was_there_before(front, office, case, ids):
    url = f"/api/v1/tasks/{ids['task_id']}"
    body = {"due_at": "2026-01-20T00:00:00Z", "priority": 90, "reason": "urgent"}
    assert front.as_("petra").patch(url, json=body, headers=HEADER).status_code == 403
    assert front.as_("hanna").patch(url, json=body, headers=HEADER).status_code == 200
    (mine,) = front.as_("lara").get("/api/v1/tasks/mine").json
    assert (mine["due_at"], mine["priority"]) == ("2026-01-20T00:00:00+00:00", 90)
    event = front.as_("hanna").get(f"/api/v1/history/cases/{case}").json[1]
    assert event["kind"] == "task:rescheduled"
    assert event["content"]["before"]["due_at"] == "2026-01-31T23:00:00+00:00"
    assert event["content"]["reason"] == "urgent"


def test_a_draft_is_kept_without_an_event_and_seen_by_those_of_the_task(front, office, case, ids):
    url = f"/api/v1/tasks/{ids['task_id']}"
    half = {"grade": "not yet", "whatever": 1}
    assert front.as_("lara").put(f"{url}/draft", json={"variables": half}).status_code == 200
    assert front.as_("lara").get(url).json["draft"]["content"] == half
    assert front.as_("hanna").get(url).json["draft"] is None
    assert office.kinds(case) == ["case:opened"]
    office.complete("lara", case, REPORT)
    assert row_counts(office.database)["draft"] == 0


def test_whoever_is_here_for_a_task_reads_the_contents_of_their_own_acts_only(front, office):
    case = office.open()
    office.complete("lara", case, REPORT)
    found = front.as_("luc").get(f"/api/v1/history/cases/{case}").json
    assert [one["kind"] for one in found] == ["case:opened", "task:completed"]
    assert [one["content"] for one in found] == [None, None]
    everything = front.as_("hanna").get(f"/api/v1/history/cases/{case}").json
    assert all(one["content"] for one in everything)
