"""Independence of scores, through the API alone: what each person can get hold of, and when."""

import io
import zipfile

import pytest

from engine import people, worklist
from engine.store import events
from recruitment.store import records
from tests.selecting import Selection, house_of

#: Words and points that stand in one member's sheet and nowhere else.
EVIDENCE = "zebrafish"
RATINGS = {"ratings": [{"criterion": "AI governance", "points": 2, "evidence": EVIDENCE}]}


@pytest.fixture
def selection(front, clock):
    """A call with real operations on the API."""
    selection = Selection(front.office, clock)
    front.app.extensions["cursus.house"] = house_of(front.office)
    return selection


@pytest.fixture
def round_(selection):
    """A candidate whom the panel scores; the open sheets by member."""

    def play():
        selection.publish_call()
        selection.apply()
        return {one.assignee: one for one in selection.until("score_candidate")}

    return selection.staged("a round of scores", play)


def ratings_of(criteria, evidence=EVIDENCE, points=2):
    return {
        "ratings": [
            {"criterion": one["criterion"], "points": points, "evidence": evidence}
            for one in criteria
        ]
    }


def submit(front, round_, name, **more):
    seen = front.as_(name).get(f"/api/v1/tasks/{round_[name].id}")
    body = ratings_of(seen.json["variables"]["panel"]["criteria"], **more)
    answer = complete(front, round_, name, body)
    assert answer.status_code == 200, answer.json
    return answer


def complete(front, round_, name, body, *, of=None):
    url = f"/api/v1/tasks/{round_[of or name].id}"
    with front.office.begin() as uow:
        revision = worklist.get(uow, round_[of or name].id).revision
    headers = {"If-Match": f'"r{revision}"'}
    return front.as_(name).post(f"{url}/complete", json={"variables": body}, headers=headers)


def everything(front, name, round_):
    """Return all that the API tells somebody about the case, in one text."""
    client, task = front.as_(name), next(iter(round_.values()))
    case = task.case_id
    addresses = [
        *(f"/api/v1/tasks/{one.id}" for one in round_.values()),
        "/api/v1/tasks/mine",
        "/api/v1/tasks/",
        f"/api/v1/cases/{case}",
        f"/api/v1/cases/{case}/scores",
        f"/api/v1/cases/{case}/at/2027-01-01T00:00:00Z",
        f"/api/v1/history/cases/{case}",
        f"/api/v1/history/?stream=case:{case}&limit=200",
        "/api/v1/history/?element=score_candidate&limit=200",
        f"/api/v1/history/cases/{case}/export",
        f"/api/v1/applications/{task.case_key}/letters",
        "/api/v1/cases/?limit=200",
    ]
    answers = [client.get(one) for one in addresses]
    assert all(one.status_code in (200, 403, 404) for one in answers)
    assert any(one.status_code == 200 for one in answers)
    return "\n".join(_text(one) for one in answers)


def _text(answer):
    if answer.content_type != "application/zip":
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "\n".join(archive.read(one).decode("utf-8", "replace") for one in archive.namelist())


EVERYBODY = ["petra", "pavel", "hanna", "carla", "luisa", "anton", "oscar", "olga"]


def test_nobody_gets_hold_of_a_score_before_all_are_in(front, round_):
    submit(front, round_, "peter")
    assert EVIDENCE in everything(front, "peter", round_)
    told = [name for name in EVERYBODY if EVIDENCE in everything(front, name, round_)]
    assert told == []


def test_neither_does_a_member_who_has_submitted(front, round_):
    submit(front, round_, "peter")
    submit(front, round_, "petra", evidence="quagga")
    told = everything(front, "petra", round_)
    assert "quagga" in told
    assert EVIDENCE not in told


def test_nor_a_member_who_is_an_officer_too(front, selection, round_):
    """The right to read every case does not open the scores of one's own panel."""
    roles = {"roles": ["panel_member", "hr_officer", "auditor"]}
    selection.office.do("oscar", people.change, "petra", roles, known=selection.office.shell.roles)
    submit(front, round_, "peter")
    told = everything(front, "petra", round_)
    assert "peter" in told
    assert EVIDENCE not in told


def test_who_has_submitted_is_told_and_nothing_of_the_scores(front, round_):
    submit(front, round_, "peter")
    case = round_["petra"].case_id
    told = front.as_("petra").get(f"/api/v1/cases/{case}/scores").json
    assert told["complete"] is False
    assert [told["spread"], told["proposal"]] == [None, None]
    by_member = {one["member"]: one for one in told["seats"]}
    assert by_member["peter"]["submitted_at"] is not None
    assert by_member["petra"]["submitted_at"] is None
    assert all(one["ratings"] is None for one in told["seats"])


def test_one_s_own_sheet_can_be_read_again_and_not_changed(front, round_):
    submit(front, round_, "peter")
    case = round_["peter"].case_id
    seats = front.as_("peter").get(f"/api/v1/cases/{case}/scores").json["seats"]
    (own,) = [one for one in seats if one["member"] == "peter"]
    assert own["ratings"][0]["evidence"] == EVIDENCE
    again = complete(front, round_, "peter", RATINGS)
    assert again.status_code == 409
    assert again.json["code"] == "task-not-open"


def test_when_all_are_in_the_panel_and_those_who_decide_see_all(front, round_):
    for points, member in enumerate(("peter", "petra", "pavel"), 2):
        submit(front, round_, member, points=points)
    url = f"/api/v1/cases/{round_['peter'].case_id}/scores"
    for name in ("petra", "peter", "pavel", "hanna", "carla", "anton"):
        told = front.as_(name).get(url).json
        assert told["complete"] is True
        assert told["proposal"] == 3.0
        assert set(told["spread"].values()) == {2.0}
        assert all(one["ratings"] for one in told["seats"])
    # whoever is neither of the panel nor decides never does
    for name in ("luisa", "olga", "oscar", "maria"):
        assert front.as_(name).get(url).status_code == 404
    readers = {one.fields.actor for one in readings(front, round_)}
    assert readers == {"petra", "peter", "pavel", "hanna", "carla", "anton"}


def readings(front, round_):
    with front.office.begin() as uow:
        return events.of_stream(uow, f"read:{round_['peter'].case_id}")


def test_nobody_submits_for_another(front, round_):
    answer = complete(front, round_, "petra", RATINGS, of="peter")
    assert (answer.status_code, answer.json["code"]) == (403, "not-your-task")


def test_criteria_are_those_that_were_fixed_before(front, round_):
    url = f"/api/v1/tasks/{round_['peter'].id}"
    criteria = front.as_("peter").get(url).json["variables"]["panel"]["criteria"]
    for wrong in (
        ratings_of([*criteria, {"criterion": "Charm"}]),
        ratings_of([{"criterion": "Charm"}]),
        ratings_of([criteria[0], criteria[0]]),
        ratings_of(criteria, points=6),
    ):
        answer = complete(front, round_, "peter", wrong)
        assert (answer.status_code, answer.json["code"]) == (422, "form-rejected")


def test_a_reminder_goes_to_those_who_are_missing_once_a_day(front, selection, round_, clock):
    submit(front, round_, "peter")
    case = round_["peter"].case_id
    url = f"/api/v1/cases/{case}/scores/reminders"
    assert front.as_("petra").post(url).status_code == 403
    assert front.as_("luisa").post(url).status_code == 404
    told = front.as_("hanna").post(url)
    assert told.json == {"reminded": ["pavel", "petra"]}
    # the chair may too, but not twice a day
    assert front.as_("pavel").post(url).status_code == 409
    clock.tick(24 * 3600)
    assert front.as_("pavel").post(url).status_code == 200
    kinds = selection.office.kinds(case)
    assert kinds.count("reminder:sent") == 2
    with selection.office.begin() as uow:
        written = [one for one in records.letters(uow, case) if one["template"] == "scores_due"]
    assert sorted(one["to_address"] for one in written) == [
        "pavel@example.org", "pavel@example.org", "petra@example.org", "petra@example.org",
    ]  # fmt: skip
