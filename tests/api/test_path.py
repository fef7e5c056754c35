"""The thinnest path: one case through the API from its publication to its proof."""

from datetime import timedelta

import pytest

from tests.support import DUE, PEOPLE, REPORT, REVIEW, Front, Office


def test_a_case_goes_from_publication_to_proof(database):  # noqa: PLR0915  # one path, step by step
    office = Office(database)
    office.hire()
    front = Front(office)
    files = {name: data.decode() for name, data in REVIEW.items()}
    body = {"process": "review", "files": files, "comment": "first"}
    published = front.as_("olga").post("/api/v1/definitions/", json=body)
    assert published.status_code == 201, published.json
    assert published.json["version"] == 1

    body = {"process": "review", "title": "Review of X", "key": "X-1", "variables": {"due": DUE}}
    opened = front.as_("hanna").post("/api/v1/cases/", json=body)
    assert (opened.status_code, opened.headers["ETag"]) == (201, '"r1"')
    case = opened.json["id"]

    lara = front.as_("lara")
    (mine,) = lara.get("/api/v1/tasks/mine").json
    assert (mine["element"], mine["case"], mine["due_at"]) == (
        "write_report",
        case,
        "2026-01-31T23:00:00+00:00",
    )
    assert mine["why"] == "it is offered to every line manager"
    task = lara.get(f"/api/v1/tasks/{mine['id']}")
    assert [one["key"] for one in task.json["form_schema"]["components"]] == ["grade", "text"]

    headers = {"If-Match": task.headers["ETag"], "Idempotency-Key": "lara-writes-it"}
    url = f"/api/v1/tasks/{mine['id']}/complete"
    done = lara.post(url, json={"variables": REPORT}, headers=headers)
    assert (done.status_code, done.json["closed_by"]) == (200, "lara")
    again = lara.post(url, json={"variables": REPORT}, headers=headers)
    assert (again.status_code, again.data) == (200, done.data)
    assert again.headers["ETag"] == done.headers["ETag"] == '"r2"'

    luc = front.as_("luc")
    (sign,) = luc.get("/api/v1/tasks/mine").json
    signed = luc.post(f"/api/v1/tasks/{sign['id']}/complete", json={}, headers={"If-Match": '"r2"'})
    assert signed.status_code == 200
    assert office.work().effects == 1
    assert [grade for _, grade in office.mailbox.sent] == [3]

    file = front.as_("hanna").get(f"/api/v1/cases/{case}").json
    assert (file["ended_element"], file["tasks"], file["timers"]) == ("report_sent", [], [])
    assert file["scopes"][0]["variables"]["message_id"] == "m3"
    found = front.as_("aldo").get(f"/api/v1/history/cases/{case}").json
    assert [(one["kind"], one["actor"]) for one in found] == [
        ("case:opened", "hanna"),
        ("task:completed", "lara"),
        ("task:completed", "luc"),
        ("effect:finished", "engine"),
        ("case:ended", "engine"),
    ]
    proof = front.as_("aldo").get(f"/api/v1/history/cases/{case}/verify").json
    assert (proof["ok"], proof["events"]) == (True, 5)
    everything = front.as_("aldo").post("/api/v1/history/verify").json
    assert (everything["ok"], everything["bad"]) == (True, [])
    reads = front.as_("aldo").get(f"/api/v1/history/?stream=read:{case}").json
    assert [(one["actor"], one["content"]["what"]) for one in reads] == [
        ("hanna", "case file"),
        ("aldo", "history"),
    ]


def test_a_case_can_be_seen_as_it_was(front, office, clock):
    case = office.open()
    opened = office.history(case)[0].fields.at
    clock.tick(timedelta(days=1))
    office.sent_back_to_the_end(case)
    hanna = front.as_("hanna")
    then = hanna.get(f"/api/v1/cases/{case}/at/{opened.isoformat().replace('+00:00', 'Z')}").json
    assert [one["element"] for one in then["tasks"]] == ["write_report"]
    assert then["variables"] == {"due": DUE}
    assert hanna.get(f"/api/v1/cases/{case}/at/2026-01-06T09:00:00Z").json["outcome"] is not None
    early = hanna.get(f"/api/v1/cases/{case}/at/2026-01-05T08:59:59Z")
    assert early.status_code == 404


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_everybody_can_sign_in_and_out(front, office, name):
    from api.identity import hash_password  # noqa: PLC0415  # slow by purpose
    from engine.store import users  # noqa: PLC0415  # only here

    with office.begin() as uow:
        users.change(uow, name, {"password_hash": hash_password("correct horse battery")})
        uow.changed.clear()
    browser = front.anonymous()
    wrong = browser.post("/api/v1/session/", json={"name": name, "password": "wrong horse"})
    assert wrong.status_code == 401
    good = {"name": name, "password": "correct horse battery"}
    assert browser.post("/api/v1/session/", json=good).status_code == 200
    assert browser.get("/api/v1/session/").json["roles"] == PEOPLE[name]
    out = browser.delete("/api/v1/session/", headers={"Sec-Fetch-Site": "same-origin"})
    assert out.status_code == 204
    assert browser.get("/api/v1/session/").status_code == 401
    kinds = [
        (one["actor"], one["kind"])
        for one in front.as_("aldo").get("/api/v1/history/?stream=administration").json
        if "sign" in one["kind"]
    ]
    assert kinds == [(name, "user:sign-in-failed"), (name, "user:signed-in")]


def test_pages_follow_each_other_without_gap_or_repetition(front, office):
    opened = {str(office.open()) for _ in range(7)}
    for name, url in (("hanna", "/api/v1/cases/"), ("lara", "/api/v1/tasks/mine"),
                      ("hanna", "/api/v1/tasks/"), ("hanna", "/api/v1/timers/")):  # fmt: skip
        seen, following, pages = [], f"{url}?limit=3", 0
        while following:
            page = front.as_(name).get(following)
            assert page.status_code == 200
            seen += [one.get("case", one["id"]) for one in page.json]
            link = page.headers.get("Link")
            following, pages = link and link[1 : link.index(">")], pages + 1
        assert pages == 3
        assert len(seen) == 7
        assert set(seen) == opened
