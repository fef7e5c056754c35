"""Two people at once, stale pages, and requests that are sent twice."""

import threading

import pytest

from engine import cases
from tests.support import DUE, REPORT, watched


def _meeting(people):
    """Let the threads of these people reach their first row lock together."""
    barrier, arrived = threading.Barrier(len(people), timeout=20), threading.local()

    def wait(statement):
        if "FOR UPDATE" in statement and not hasattr(arrived, "here"):
            arrived.here = True
            barrier.wait()

    return watched(wait)


def _at_once(front, people, request):
    clients = {name: front.as_(name) for name in people}
    answers = {}

    def send(name):
        answers[name] = request(clients[name], name)

    threads = [threading.Thread(target=send, args=(name,)) for name in people]
    with _meeting(people):
        for one in threads:
            one.start()
        for one in threads:
            one.join(timeout=30)
    assert answers.keys() == set(people)
    return answers


def test_of_two_who_complete_a_task_at_once_one_wins_and_the_other_learns_of_it(front, office):
    winners = []
    for _ in range(20):
        case = office.open()
        url = f"/api/v1/tasks/{office.task(case).id}/complete"
        answers = _at_once(
            front,
            ("lara", "luc"),
            lambda client, _name, url=url: client.post(
                url, json={"variables": REPORT}, headers={"If-Match": '"r1"'}
            ),
        )
        assert sorted(one.status_code for one in answers.values()) == [200, 409]
        (winner,) = [name for name, one in answers.items() if one.status_code == 200]
        (refused,) = [one.json for one in answers.values() if one.status_code == 409]
        assert refused["code"] == "task-not-open"
        assert refused["facts"]["changed_by"] == winner
        assert refused["facts"]["changed_at"] == "2026-01-05T09:00:00+00:00"
        assert winner in refused["detail"]
        assert office.kinds(case) == ["case:opened", "task:completed"]
        winners.append(winner)
    assert len(winners) == 20


def test_a_completion_and_a_cancellation_at_once_are_one_of_the_two(front, office):
    for _ in range(5):
        case = office.open()
        task = office.task(case).id

        def request(client, name, case=case, task=task):
            headers = {"If-Match": '"r1"'}
            if name == "lara":
                url = f"/api/v1/tasks/{task}/complete"
                return client.post(url, json={"variables": REPORT}, headers=headers)
            url = f"/api/v1/cases/{case}/cancel"
            return client.post(url, json={"reason": "not needed"}, headers=headers)

        answers = _at_once(front, ("lara", "hanna"), request)
        assert sorted(one.status_code for one in answers.values()) == [200, 409]
        assert office.case(case).revision == 2


def test_the_same_key_sent_twice_at_once_acts_once(front, office):
    case = office.open()
    url = f"/api/v1/tasks/{office.task(case).id}/complete"
    headers = {"If-Match": '"r1"', "Idempotency-Key": "impatient-click"}
    client, answers = front.as_("lara"), []
    barrier = threading.Barrier(2, timeout=20)

    def send():
        barrier.wait()
        answers.append(
            front.app.test_client().post(
                url,
                json={"variables": REPORT},
                headers={**headers, "Authorization": client.environ_base["HTTP_AUTHORIZATION"]},
            )
        )

    threads = [threading.Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert office.kinds(case) == ["case:opened", "task:completed"]


def test_a_stale_page_is_told_who_changed_the_case_and_when(front, office, clock):
    case = office.open()
    task = office.task(case).id
    clock.move_to("2026-01-06T10:30:00Z")
    office.do("luc", cases.claim, task)
    office.do("luc", cases.unclaim, task)
    answer = front.as_("lara").post(
        f"/api/v1/tasks/{task}/complete", json={"variables": REPORT}, headers={"If-Match": '"r1"'}
    )
    assert answer.status_code == 409
    assert answer.json["code"] == "stale-case"
    assert answer.json["facts"] == {
        "changed_by": "luc",
        "changed_at": "2026-01-06T10:30:00+00:00",
        "revision": 3,
    }
    assert office.task(case).id == task


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 428),
        ("", 428),
        ("*", 428),
        ("r1", 400),
        ('W/"r1"', 400),
        ('"r1", "r2"', 400),
        ('"r-1"', 400),
        ('"r٣"', 400),
        ('"r99999999999999999999"', 400),
        ('"r7"', 409),
        ('"r0"', 409),
        ('"r1"', 200),
    ],
)
def test_a_change_says_which_revision_it_has_seen(front, office, tag, status):
    case = office.open()
    headers = {} if tag is None else {"If-Match": tag.encode().decode("latin-1")}
    answer = front.as_("lara").post(
        f"/api/v1/tasks/{office.task(case).id}/complete",
        json={"variables": REPORT},
        headers=headers,
    )
    assert answer.status_code == status, answer.json
    assert office.case(case).revision == (2 if status == 200 else 1)
    if status in (400, 428):
        assert answer.json["where"] == "If-Match"


def test_a_key_means_one_request(front, office, clock):
    hanna, headers = front.as_("hanna"), {"Idempotency-Key": "open-review-of-x"}
    body = {"process": "review", "title": "Review of X", "variables": {"due": DUE}}
    first = hanna.post("/api/v1/cases/", json=body, headers=headers)
    again = hanna.post("/api/v1/cases/", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    other = hanna.post("/api/v1/cases/", json={**body, "title": "Of Y"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "idempotency-key-reused")
    assert other.json["where"] == "Idempotency-Key"
    assert len(hanna.get("/api/v1/cases/").json) == 1
    # somebody else's key of the same text is another key; a day later it is free again
    assert front.as_("otto").post("/api/v1/cases/", json=body, headers=headers).status_code == 403
    clock.move_to("2026-01-06T09:00:01Z")
    later = hanna.post("/api/v1/cases/", json=body, headers=headers)
    assert later.status_code == 201
    assert later.json["id"] != first.json["id"]


def test_a_refused_request_leaves_its_key_free(front, office):
    case = office.open()
    url = f"/api/v1/tasks/{office.task(case).id}/complete"
    headers = {"If-Match": '"r1"', "Idempotency-Key": "second-attempt"}
    lara = front.as_("lara")
    assert lara.post(url, json={"variables": {}}, headers=headers).status_code == 422
    assert lara.post(url, json={"variables": REPORT}, headers=headers).status_code == 200
