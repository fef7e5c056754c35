"""The pages of calls: the list, the board, the table, the figures, what arrives."""

import io
from datetime import UTC, datetime

import pytest

from engine import clock, worklist
from engine.store import begin
from engine.store.tasks import TaskFilter
from recruitment import intake
from recruitment.correspondence import pdf

DEADLINE = "2026-03-02T12:00:00+01:00"
CALL = {
    "id": "c1", "reference": "EC/2026/DIGIT/000001", "title": "Officer <b>IT</b>",
    "deadline": DEADLINE, "site": "LUX", "function_group": "IV", "contract_type": "3b",
    "criteria": [{"criterion": "Writes well", "kind": "essential"}],
}  # fmt: skip
FORM = {
    "reference": "EC/2026/DIGIT/000002", "title": "Lawyer", "deadline": "2026-03-02T12:00:00",
    "site": "LUX", "function_group": "IV",
}  # fmt: skip
MAIL = {
    "name": "Ana Berg", "email": "ana@example.org", "received_at": "2026-01-05T09:30:07",
    "zone": "brussels", "message_id": "<1@mail.example>", "subject": "EC/2026/DIGIT/000001",
}  # fmt: skip


@pytest.fixture
def calls(site, selection):
    """The site with the processes of calls and applications published."""
    return site


@pytest.fixture
def call(calls):
    """A call with its case."""
    calls.office.do("hanna", intake.open_call, CALL)
    return calls


def apply(site, name, at=None, *, number=1):
    mail = {
        "received_at": at or clock.now().isoformat(), "message_id": f"<{name}.{number}@mail>",
        "subject": CALL["reference"], "in_order": False, "one_pdf": True,
    }  # fmt: skip
    person = {"name": name, "email": f"{name.split()[0].lower()}@example.org"}
    content = pdf("CV", name, {}, date="2026-01-05")
    site.office.do("hanna", intake.register_application, "c1", person, mail, attachment=content)
    site.office.work()


def page(answer, status=200):
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def tasks_of(site):
    with begin(site.office.database, now=clock.now()) as uow:
        return worklist.everywhere(uow, TaskFilter(process="expression_of_interest"), limit=100)


# --- the list ----------------------------------------------------------------------------------


def test_the_list_says_what_to_do_when_there_is_no_call(calls):
    text = page(calls.as_("hanna").get("/calls"))
    assert "There is no call yet" in text
    assert 'href="/calls/new"' in text


def test_whoever_may_not_open_a_call_is_not_offered_it(call):
    text = page(call.as_("aldo").get("/calls"))
    assert CALL["reference"] in text
    assert "/calls/new" not in text
    assert page(call.as_("aldo").get("/calls/new"), 403)
    assert page(call.as_("petra").get("/calls"), 403)


def test_the_list_counts_applications_and_late_ones_and_derives_the_state(call):
    apply(call, "Ana Berg")
    apply(call, "Bram Late", "2026-03-02T12:00:01+01:00")
    text = page(call.as_("hanna").get("/calls"))
    assert "draft" in text
    assert '<td data-label="Applications" class="number">2</td>' in text
    assert '<td data-label="Late" class="number">1</td>' in text


def test_markup_in_a_title_is_shown_as_text(call):
    text = page(call.as_("hanna").get("/calls/c1"))
    assert "Officer &lt;b&gt;IT&lt;/b&gt;" in text
    assert "<b>IT</b>" not in text


# --- a new call --------------------------------------------------------------------------------


def test_a_new_call_opens_its_case_and_leads_to_it(calls):
    answer = calls.as_("hanna").post("/calls/new", data=FORM)
    assert answer.status_code == 303
    assert answer.location.startswith("/calls/ec-2026-digit-000002/about")
    text = page(calls.as_("hanna").get(answer.location))
    assert "Draft the call" in text
    assert "The call is opened" in text


def test_nothing_typed_is_lost_when_a_field_is_wrong(calls):
    given = {**FORM, "title": "", "posts": "400", "essential": "Speaks Greek", "mailbox": "no"}
    text = page(calls.as_("hanna").post("/calls/new", data=given), 422)
    assert "Speaks Greek" in text
    assert 'value="EC/2026/DIGIT/000002"' in text
    assert 'id="title-fault"' in text
    assert 'id="posts-fault"' in text
    assert 'href="#mailbox"' in text


def test_an_hour_that_the_clocks_skip_or_repeat_is_refused(calls):
    for instant, said in (("2026-03-29T02:30:00", "forward"), ("2026-10-25T02:30:00", "back")):
        text = page(calls.as_("hanna").post("/calls/new", data={**FORM, "deadline": instant}), 422)
        assert said in text


def test_a_year_that_differs_from_the_deadline_is_asked_about_once(calls):
    given = {**FORM, "reference": "EC/2025/DIGIT/000002"}
    assert "2025" in page(calls.as_("hanna").post("/calls/new", data=given), 422)
    confirmed = calls.as_("hanna").post("/calls/new", data={**given, "year_checked": "yes"})
    assert confirmed.status_code == 303


def test_a_reference_taken_already_is_told_beside_its_field(call):
    given = {**FORM, "reference": CALL["reference"]}
    text = page(call.as_("hanna").post("/calls/new", data=given), 409)
    assert 'id="reference-fault"' in text


# --- the board ---------------------------------------------------------------------------------


def test_the_board_of_a_call_without_applications_says_what_comes(call):
    assert "No application yet" in page(call.as_("hanna").get("/calls/c1"))


def test_the_board_has_the_stages_of_the_diagram_and_the_cards_in_them(call):
    apply(call, "Ana Berg", "2026-03-02T12:00:01+01:00")
    text = page(call.as_("hanna").get("/calls/c1"))
    board = text.partition('class="calls-board"')[2]
    stages = [board.index(name) for name in ("Expression of interest", "Interview", "Probation")]
    assert stages == sorted(stages)
    assert "Ana Berg" in text
    assert 'data-column="stage_expression"' in text
    assert "stage_screening" in text.split('data-leads="')[1].split('"')[0]


def test_a_column_gives_thirty_cards_and_then_the_rest(call):
    for number in range(33):
        apply(call, f"P{number:02} Berg")
    text = page(call.as_("hanna").get("/calls/c1"))
    assert text.count('class="calls-card"') == 30
    more = text.split("data-more")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert page(call.as_("hanna").get(more)).count('class="calls-card"') == 3


def test_the_board_is_narrowed_by_name_and_by_lateness(call):
    apply(call, "Ana Berg")
    apply(call, "Bram Late", "2026-03-02T12:00:01+01:00")
    text = page(call.as_("hanna").get("/calls/c1?late=yes"))
    assert "Bram Late" in text
    assert "Ana Berg" not in text
    assert "No application of this call matches" in page(call.as_("hanna").get("/calls/c1?name=zz"))


def test_a_card_that_is_not_mine_says_whose_it_is_and_cannot_be_selected(call):
    apply(call, "Ana Berg")
    text = page(call.as_("carla").get("/calls/c1"))
    assert 'name="task"' not in text
    assert "The task belongs to HR officer." in text


def test_an_unknown_call_or_column_is_not_found(call):
    assert page(call.as_("hanna").get("/calls/nope"), 404)
    assert page(call.as_("hanna").get("/calls/c1/column/nope"), 404)


# --- several at once ---------------------------------------------------------------------------


def test_each_of_several_is_told_its_own_result_and_the_refused_can_be_tried_again(call):
    apply(call, "Ana Berg")
    apply(call, "Bram Conti")
    ana, bram = sorted(tasks_of(call), key=lambda one: one.case_title)
    chosen = [f"{ana.id}:{ana.revision}", f"{bram.id}:{bram.revision + 7}"]
    given = {"verb": "claim", "task": chosen}
    text = page(call.as_("hanna").post("/calls/c1/together", data=given))
    assert "1 of 2 done, 1 not" in text
    again = f"{bram.id}:{bram.revision}"
    assert f'value="{again}"' in text
    text = page(call.as_("hanna").post("/calls/c1/together", data={"verb": "claim", "task": again}))
    assert "Done." in text
    assert {one.assignee for one in tasks_of(call)} == {"hanna"}


def test_to_assign_several_the_page_asks_for_a_person_who_may_do_them(call):
    apply(call, "Ana Berg")
    (task,) = tasks_of(call)
    given = {"verb": "assign", "task": f"{task.id}:{task.revision}"}
    text = page(call.as_("hanna").post("/calls/c1/together", data=given))
    assert '<option value="hanna">' in text
    assert '<option value="carla">' not in text
    done = call.as_("hanna").post("/calls/c1/together", data={**given, "to": "hanna"})
    assert "Done." in page(done)
    assert tasks_of(call)[0].assignee == "hanna"


def test_tasks_with_a_form_are_completed_on_one_form_for_all(call):
    apply(call, "Ana Berg")
    (task,) = tasks_of(call)
    given = {"verb": "complete", "task": f"{task.id}:{task.revision}"}
    answer = call.as_("hanna").post("/calls/c1/together", data=given)
    assert answer.location == f"/work/together?task={task.id}"


def test_a_task_of_another_call_is_refused(call):
    other = {**CALL, "id": "c2", "reference": "EC/2026/DIGIT/000009"}
    call.office.do("hanna", intake.open_call, other)
    apply(call, "Ana Berg")
    (task,) = tasks_of(call)
    given = {"verb": "claim", "task": f"{task.id}:{task.revision}"}
    assert page(call.as_("hanna").post("/calls/c2/together", data=given), 404)


# --- table and figures -------------------------------------------------------------------------


def test_the_table_is_filtered_sorted_and_downloaded(call):
    apply(call, "Ana Berg")
    apply(call, "=Bram Late", "2026-03-02T12:00:01+01:00")
    text = page(call.as_("hanna").get("/calls/c1/table?sort=-name&stage=stage_expression"))
    assert text.index("Ana Berg") < text.index("=Bram Late") or "=Bram" in text
    text = page(call.as_("hanna").get("/calls/c1/table?late=no"))
    assert "Bram" not in text
    file = call.as_("hanna").get("/calls/c1/table.csv?sort=name")
    assert file.mimetype == "text/csv"
    assert "'=Bram Late" in file.get_data(as_text=True)


def test_the_table_says_so_when_nothing_matches(call):
    assert "No application of this call matches" in page(
        call.as_("hanna").get("/calls/c1/table?name=nobody")
    )


def test_the_figures_have_a_table_of_the_same_numbers(call):
    assert "No application is registered yet" in page(call.as_("hanna").get("/calls/c1/figures"))
    apply(call, "Ana Berg")
    text = page(call.as_("hanna").get("/calls/c1/figures"))
    assert "<svg" in text
    assert "style=" not in text
    assert '<th scope="row">Expression of interest</th><td class="number">1</td>' in text


def test_about_shows_the_criteria_and_what_the_call_waits_for(call):
    text = page(call.as_("hanna").get("/calls/c1/about"))
    assert "Writes well" in text
    assert "Draft the call" in text


# --- what arrives ------------------------------------------------------------------------------


def register(site, who="hanna", content=None, **changes):
    data = {**MAIL, **changes}
    data["file"] = (io.BytesIO(content or pdf("CV", "Ana", {}, date="2026-01-05")), "cv.pdf")
    return site.as_(who).post("/calls/c1/register", data=data, content_type="multipart/form-data")


def test_the_limit_of_a_file_is_said_before_it_is_sent(call):
    assert "above 25 MB" in page(call.as_("hanna").get("/calls/c1/register"))


def test_an_application_in_time_is_registered_with_the_verdict_of_its_file(call):
    answer = register(call)
    text = page(call.as_("hanna").get(answer.location))
    assert "In time." in text
    assert "5 Jan 2026, 09:30:07" in text
    assert "SHA-256" in text
    assert "accepted" in text


def test_a_late_application_is_registered_and_called_late(call, clock):
    clock.move_to(datetime(2026, 3, 2, 11, 0, 2, tzinfo=UTC))
    answer = register(call, received_at="2026-03-02T12:00:01")
    text = page(call.as_("hanna").get(answer.location))
    assert "Late." in text
    assert "1 s after the deadline" in text


def test_a_file_that_is_no_pdf_is_registered_and_marked(call):
    answer = register(call, content=b"MZ this is a program")
    assert "the file is not a PDF" in page(call.as_("hanna").get(answer.location))


def test_the_same_mail_twice_is_one_application(call):
    first = register(call)
    again = register(call)
    assert again.location.split("?")[0] == first.location.split("?")[0]
    assert "registered before" in page(call.as_("hanna").get(again.location))


def test_a_second_mail_of_the_same_person_is_pointed_out(call):
    register(call)
    answer = register(call, message_id="<2@mail.example>")
    assert "The same person has applied" in page(call.as_("hanna").get(answer.location))


def test_faults_of_the_form_keep_all_that_was_typed(call):
    text = page(register(call, received_at="2026-01-06T12:00:00", email="nobody"), 422)
    assert "This instant has not come yet" in text
    assert 'id="email-fault"' in text
    assert 'value="Ana Berg"' in text
    assert "choose the file again" in text


def test_only_an_officer_registers(call):
    assert page(register(call, who="carla"), 403)
    assert page(call.as_("aldo").get("/calls/c1/register"), 403)


def test_a_receipt_of_another_call_is_not_found(call):
    assert page(call.as_("hanna").get("/calls/c1/receipts/nothing"), 404)
