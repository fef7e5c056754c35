"""A day at the inbox: what is set aside, what comes by itself, deputies, whoever was faster."""

import re
from datetime import UTC, date, datetime

import pytest

from engine import cases, people
from engine.store import events
from tests.selecting import CALL
from tests.support import REPORT


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def _list(answer):
    """Return what stands in the list itself."""
    whole = answer.get_data(as_text=True)
    rows = re.findall(r'<tr class="work-row">.*?</tr>', whole, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " ".join(rows)))


@pytest.fixture
def task(office):
    """A report that the line managers are asked to write."""
    return office.task(office.open(title="Review of Ana"))


# --- set aside ---------------------------------------------------------------------------------


def test_what_is_set_aside_leaves_the_list_and_comes_back_on_its_day(site, task, clock):
    lara = site.as_("lara")
    asked = _text(lara.get(f"/work/later?task={task.id}"))
    assert "Set 1 task aside" in asked
    given = {
        "task": f"{task.id}:{task.revision}", "until": "2026-01-12", "reason": "She is away",
    }  # fmt: skip
    assert "1 of 1 tasks are set aside" in _text(lara.post("/work/later", data=given))
    # nobody of those whom it is offered to is shown it
    for name in ("lara", "luc"):
        answer = site.as_(name).get("/work")
        assert "Review of Ana" not in _list(answer)
        assert "One task is set aside until later" in _text(answer)
    assert "Review of Ana" in _list(lara.get("/work?span=aside"))
    clock.move_to("2026-01-12T07:59:00+01:00")
    assert "Review of Ana" not in _list(lara.get("/work"))
    clock.move_to("2026-01-12T08:00:00+01:00")
    assert "Review of Ana" in _list(lara.get("/work"))
    assert "Nothing is set aside." in _text(lara.get("/work?span=aside"))


def test_what_is_set_aside_beyond_its_deadline_comes_back_when_it_is_overdue(
    site, office, task, clock
):
    office.do(
        "lara", cases.reschedule, task.id,
        {"follow_up_at": datetime(2026, 3, 1, tzinfo=UTC)}, reason="Later",
    )  # fmt: skip
    assert "Review of Ana" not in _list(site.as_("lara").get("/work"))
    clock.move_to("2026-02-01T00:00:01+01:00")
    assert "Review of Ana" in _list(site.as_("lara").get("/work?span=overdue"))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"reason": " "}, "Give a reason."),
        ({"until": ""}, "Choose a day."),
        ({"until": "2026-01-05"}, "Choose a day that is still to come."),
    ],
)
def test_a_fault_keeps_what_was_typed_and_changes_nothing(site, office, task, changed, fault):
    given = {"task": str(task.id), "until": "2026-01-12", "reason": "My own words", **changed}
    answer = site.as_("lara").post("/work/later", data=given)
    assert answer.status_code == 422
    assert fault in _text(answer)
    if "reason" not in changed:
        assert "My own words" in _text(answer)
    assert office.task(task.case_id).follow_up_at is None


def test_the_day_that_is_proposed_lies_before_the_task_is_due(site, task, clock):
    lara, address = site.as_("lara"), f"/work/later?task={task.id}"
    assert 'value="2026-01-12"' in lara.get(address).text
    # it is due by the end of 31 January
    clock.move_to("2026-01-28T09:00:00+01:00")
    assert 'value="2026-01-30"' in lara.get(address).text
    clock.move_to("2026-01-31T09:00:00+01:00")
    assert 'value="2026-02-01"' in lara.get(address).text


def test_a_day_after_the_task_is_due_is_taken_only_when_it_is_chosen_twice(site, office, task):
    given = {"task": f"{task.id}:{task.revision}", "until": "2026-02-02", "reason": "She is away"}
    warned = site.as_("lara").post("/work/later", data=given)
    assert "On 2 Feb 2026 one of these tasks is overdue already." in _text(warned)
    assert office.task(task.case_id).follow_up_at is None
    other = site.as_("lara").post("/work/later", data={**given, "late": "2026-02-01"})
    assert "is overdue already" in _text(other)
    done = site.as_("lara").post("/work/later", data={**given, "late": "2026-02-02"})
    assert "1 of 1 tasks are set aside" in _text(done)
    # the day on which it is due is not after it
    early = site.as_("lara").post("/work/later", data={**given, "until": "2026-01-31"})
    assert "is overdue already" not in _text(early)


# --- what comes by itself ----------------------------------------------------------------------


def test_an_empty_inbox_names_the_next_timer(site, task):
    text = _text(site.as_("hanna").get("/work"))
    assert "Nothing waits for you. Next timer: report_late, 1 Feb 2026" in text
    assert "Nothing happens by itself in the next 48 hours." in text


def test_a_timer_of_the_next_two_days_is_announced_with_what_follows(site, task, clock):
    clock.move_to("2026-01-30T00:00:01+01:00")
    answer = site.as_("hanna").get("/work")
    assert "One thing happens by itself in the next 48 hours : report_late" in _text(answer)
    assert "then: the case ends: No report in time" in _text(answer)
    assert f"/cases/{task.case_id}" in answer.get_data(as_text=True)
    assert "report_late" in _text(site.as_("hanna").get("/work/ahead"))


def test_timers_are_told_only_to_those_who_may_see_the_case(site, task):
    for address in ("/work", "/work/ahead"):
        assert "report_late" in _text(site.as_("lara").get(address))
        assert "report_late" not in _text(site.as_("petra").get(address))
    assert "No deadline runs." in _text(site.as_("petra").get("/work/ahead"))


def test_a_suspended_case_announces_nothing(site, office, task):
    office.do("hanna", cases.suspend, task.case_id, reason="A complaint")
    assert "report_late" not in _text(site.as_("hanna").get("/work"))


# --- rows --------------------------------------------------------------------------------------


def test_a_row_names_the_deadline_that_ends_its_task(site, task):
    text = _list(site.as_("lara").get("/work"))
    assert "ends by itself: report_late, 1 Feb 2026, 00:00 CEOS Art. 84(3)" in text


def test_a_row_says_what_happened_last_as_far_as_the_reader_may_know(site, office, task):
    office.do("lara", cases.claim, task.id)
    assert "You took this" not in _text(site.as_("lara").get("/work"))
    assert "Lara claimed “Write the report”, just now" in _text(site.as_("lara").get("/work"))
    office.do("lara", cases.unclaim, task.id)
    # luc may not read cases: that something happened, and no more
    assert "changed just now" in _text(site.as_("luc").get("/work"))


def test_a_task_of_an_absent_colleague_says_on_whose_behalf(site, office, task):
    office.do("lara", cases.claim, task.id)
    assert "Review of Ana" not in _list(site.as_("luc").get("/work"))
    office.do(
        "lara", people.appoint_deputy, deputy="luc",
        first_day=date(2026, 1, 5), last_day=date(2026, 1, 9), absent="lara",
    )  # fmt: skip
    text = _text(site.as_("luc").get("/work"))
    assert "on behalf of Lara" in text
    assert "you are the deputy of Lara, to whom it is assigned" in text


def test_calls_with_one_title_are_told_apart_by_their_reference(site, selection):
    selection.open_call(title="AI officer")
    assert f"AI officer · {CALL['reference']} " in _list(site.as_("hanna").get("/work"))


# --- whoever was faster ------------------------------------------------------------------------


def test_the_result_of_a_colleague_is_shown_in_the_words_of_the_form(site, office, task):
    office.complete("luc", task.case_id, REPORT)
    answer = site.as_("hanna").get(f"/tasks/{task.id}")
    text = _text(answer)
    assert "Luc finished this just now." in text
    assert "Good work." in text
    assert "Next came: Sign the report" in text
    with office.begin() as uow:
        (read,) = events.of_stream(uow, f"read:{task.case_id}")
    assert b"result of a task" in read.payload


def test_a_task_that_was_withdrawn_says_by_what(site, office, task):
    office.do("hanna", cases.cancel, task.case_id, reason="Opened by mistake")
    text = _text(site.as_("hanna").get(f"/tasks/{task.id}"))
    assert "This task was withdrawn just now: Hanna cancelled the case." in text


def test_of_several_the_one_that_is_over_tells_its_result_and_is_not_tried_again(
    site, office, task
):
    other = office.task(office.open(title="Review of Bram"))
    office.complete("luc", task.case_id, REPORT)
    answer = site.as_("lara").post("/work/claim", data={"task": [task.id, other.id]})
    text = _text(answer)
    assert "1 of 2 done, 1 not" in text
    assert "Luc finished this just now." in text
    assert "again" not in text
    assert "Undo: give it back" in text


def test_a_claim_is_undone_and_only_while_nobody_acted_since(site, office, task):
    lara = site.as_("lara")
    lara.post("/work/claim", data={"task": str(task.id)})
    held = office.task(task.case_id)
    assert held.assignee == "lara"
    undo = {"task": f"{held.id}:{held.revision}"}
    assert "1 of 1 tasks are given back" in _text(lara.post("/work/unclaim", data=undo))
    assert office.task(task.case_id).assignee is None
    late = lara.post("/work/unclaim", data=undo)
    assert "Lara changed this case just now." in _text(late)


def test_several_are_handed_over_to_somebody_who_may_do_them_all(site, office, task):
    lara = site.as_("lara")
    page = lara.get(f"/work/hand-over?task={task.id}").get_data(as_text=True)
    assert '<option value="luc">' in page
    assert '<option value="carla">' not in page
    assert '<option value="lara">' not in page
    given = {"task": f"{task.id}:{task.revision}", "to": "luc"}
    assert lara.post("/work/hand-over", data=given).status_code == 422
    done = lara.post("/work/hand-over", data={**given, "reason": "I am on leave"})
    assert "1 of 1 tasks are handed over" in _text(done)
    assert office.task(task.case_id).assignee == "luc"


def test_one_form_for_several_leaves_out_what_is_over_and_says_so(site, office, task):
    other = office.task(office.open(title="Review of Bram"))
    office.complete("luc", other.case_id, REPORT)
    text = _text(site.as_("lara").get(f"/work/together?task={task.id}&task={other.id}"))
    assert "1 cases together" in text
    assert "One of these was finished meanwhile" in text
    assert "Luc finished this" in text


def test_whoever_may_assign_takes_an_assignment_back_and_others_may_not(office, task):
    office.do("hanna", cases.assign, task.id, to="luc")
    office.do("hanna", cases.unclaim, task.id)
    assert office.task(task.case_id).assignee is None
    assert office.kinds(task.case_id)[-2:] == ["task:assigned", "task:unclaimed"]
