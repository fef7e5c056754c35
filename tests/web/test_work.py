"""My work and a task, as a browser asks for them."""

import re

import pytest

from engine import cases, clock, people
from tests.support import REPORT


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_an_empty_inbox_says_that_nothing_waits(site):
    page = site.as_("lara").get("/work")
    assert page.status_code == 200
    assert "Nothing waits for you." in _text(page)


def test_my_work_lists_what_is_mine_and_why(site, office):
    office.open()
    page = _text(site.as_("lara").get("/work"))
    assert "Write the report" in page
    assert "Review of X" in page
    assert "it is offered to everybody who is: Line manager" in page
    assert "Write the report" not in _text(site.as_("maria").get("/work"))


def test_the_inbox_is_divided_by_when_things_are_due(site, office, clock):
    office.open()
    lara = site.as_("lara")
    assert "Write the report" in _text(lara.get("/work?span=later"))
    assert "No task of yours matches." in _text(lara.get("/work?span=overdue"))
    clock.move_to("2026-02-01T10:00:00+01:00")
    assert "overdue" in _text(lara.get("/work?span=overdue"))


def test_a_task_is_claimed_and_given_back(site, office):
    task = office.task(office.open())
    lara = site.as_("lara")
    claimed = lara.post(f"/tasks/{task.id}/claim", data={"revision": task.revision})
    assert claimed.status_code == 303
    assert office.task(task.case_id).assignee == "lara"
    revision = office.task(task.case_id).revision
    assert lara.post(f"/tasks/{task.id}/unclaim", data={"revision": revision}).status_code == 303
    assert office.task(task.case_id).assignee is None


def test_whoever_comes_late_is_told_who_was_first_and_when(site, office):
    case = office.open()
    task = office.task(case)
    office.complete("luc", case, REPORT)
    page = site.as_("lara").post(f"/tasks/{task.id}/claim", data={"revision": task.revision})
    assert page.status_code == 409
    assert "Somebody finished this task before you" in _text(page)
    assert "Luc finished this just now." in _text(page)
    # whoever may not read cases is not told what was answered
    assert "Good work." not in _text(page)
    assert "What was answered is not shown to you." in _text(page)


def test_a_stale_page_says_that_the_case_has_changed(site, office):
    task = office.task(office.open())
    office.do("luc", cases.claim, task.id)
    page = site.as_("hanna").post(
        f"/tasks/{task.id}/assign", data={"revision": task.revision, "to": "lara", "reason": "x"}
    )
    assert page.status_code == 409
    assert "This case has changed since you opened the page" in _text(page)


def test_a_task_shows_its_form_its_deadline_and_what_comes_next(site, office):
    task = office.task(office.open())
    page = site.as_("lara").get(f"/tasks/{task.id}")
    assert page.status_code == 200
    assert 'id="task-data"' in page.get_data(as_text=True)
    assert "What happens next" in _text(page)
    assert "end of 31 Jan 2026" in _text(page)


def test_a_task_of_others_can_be_read_by_the_officer_but_not_filled(site, office):
    task = office.task(office.open())
    page = site.as_("hanna").get(f"/tasks/{task.id}")
    assert "it belongs to Line manager" in _text(page)
    assert 'id="task-data"' not in page.get_data(as_text=True)


def test_a_task_is_closed_to_those_whom_it_does_not_concern(site, office):
    task = office.task(office.open())
    page = site.as_("maria").get(f"/tasks/{task.id}")
    assert page.status_code == 403
    assert page.content_type.startswith("text/html")


def test_several_tasks_are_claimed_at_once_each_with_its_result(site, office):
    one, two = office.task(office.open()), office.task(office.open())
    office.do("luc", cases.claim, two.id)
    page = site.as_("lara").post("/work/claim", data={"task": [one.id, two.id]})
    text = _text(page)
    assert "1 of 2 tasks are yours now" in text
    assert "Try those 1 again" in text
    assert office.task(one.case_id).assignee == "lara"


def test_no_choice_is_refused_in_words(site, office):
    page = site.as_("lara").post("/work/claim", data={})
    assert page.status_code == 422
    assert "No task was chosen" in _text(page)


def test_one_form_is_shown_for_several_tasks_of_one_kind(site, office):
    one, two = office.task(office.open()), office.task(office.open())
    page = site.as_("lara").get(f"/work/together?task={one.id}&task={two.id}")
    assert "2 cases together" in _text(page)
    office.complete("luc", two.case_id, REPORT)
    other = office.task(two.case_id)
    refused = site.as_("luc").get(f"/work/together?task={one.id}&task={other.id}")
    assert refused.status_code in (403, 422)


def test_markup_in_a_title_is_shown_as_text(site, office):
    case = office.open(title="<img src=x onerror=alert(1)>")
    page = site.as_("lara").get("/work").get_data(as_text=True)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    form = site.as_("lara").get(f"/tasks/{office.task(case).id}").get_data(as_text=True)
    assert "<img src=x" not in form


def test_the_policy_of_every_page_allows_only_our_own_files(site):
    policy = site.as_("lara").get("/work").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(site):
    page = site.anonymous().get("/work?span=today")
    assert page.status_code == 303
    assert page.headers["Location"] == "/sign-in?next=%2Fwork%3Fspan%3Dtoday"


def test_the_door_never_leads_to_another_site(site, office):
    from api.identity import hash_password  # noqa: PLC0415  # only this test signs in

    hashed = hash_password("a long enough password")
    person = {"name": "nina", "full_name": "Nina", "roles": ["auditor"], "password_hash": hashed}
    with office.begin() as uow:
        people.add(uow, office.actor("otto"), person, known=office.shell.roles)
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = site.anonymous().post(
            "/sign-in", data={"name": "nina", "password": "a long enough password", "next": wanted}
        )
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("name", "start"), [("petra", "/panel"), ("lara", "/work"), ("hanna", "/work")]
)
def test_the_day_begins_where_one_s_tasks_are(site, name, start):
    assert site.as_(name).get("/").headers["Location"] == start


def test_a_panel_member_who_stands_in_for_somebody_begins_with_all_the_work(site, office):
    today = clock.now().date()
    office.do(
        "lara", people.appoint_deputy,
        absent="lara", deputy="petra", first_day=today, last_day=today,
    )  # fmt: skip
    assert site.as_("petra").get("/").headers["Location"] == "/work"


def test_a_wrong_password_is_refused_on_the_same_page(site):
    page = site.anonymous().post("/sign-in", data={"name": "lara", "password": "wrong"})
    assert page.status_code == 401
    assert "The name or the password is wrong." in _text(page)


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(site):
    page = site.as_("lara").get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "There is no such page" in _text(page)
    answer = site.as_("lara").get("/api/v1/nowhere", headers={"Accept": "text/html"})
    assert answer.content_type == "application/problem+json"


def test_a_comment_is_written_at_a_task_and_kept_on_record(site, office):
    task = office.task(office.open())
    lara = site.as_("lara")
    answer = lara.post(f"/tasks/{task.id}/comments", data={"text": "Asked for <b>page 2</b>."})
    assert answer.status_code == 303
    page = lara.get(f"/tasks/{task.id}").get_data(as_text=True)
    assert "Asked for &lt;b&gt;page 2&lt;/b&gt;." in page
    assert office.kinds(task.case_id)[-1] == "comment:written"
    assert office.task(task.case_id).revision == task.revision


def test_whoever_wrote_the_report_is_told_that_a_colleague_signs_it(site, office):
    case = office.open()
    office.complete("lara", case, REPORT)
    lara = site.as_("lara")
    assert "A colleague has to do this" in _text(lara.get("/work"))
    page = lara.get(f"/tasks/{office.task(case).id}").get_data(as_text=True)
    assert "Four eyes" in page
    assert 'id="task-data"' not in page
    other = site.as_("luc").get(f"/tasks/{office.task(case).id}").get_data(as_text=True)
    assert 'id="task-data"' in other
