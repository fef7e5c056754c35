"""The stages of a board are those of the diagram."""

from datetime import UTC, datetime, timedelta

import pytest

from cursus import wiring
from engine import clock, kernel
from engine.kernel.stages import course
from recruitment.standing import standing
from web.calls_frame import closing
from web.calls_intake import span

DEADLINE = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def case():
    files = wiring.shipped_files()
    return course(kernel.load(kernel.collect(files, "recruitment_case")))


def test_the_stages_stand_in_flow_order(case):
    called = [one.calls for one in case.stages if one.is_called]
    assert called[:5] == [
        "expression_of_interest",
        "database_screening",
        "interview",
        "documentary_evidence",
        "medical_check",
    ]
    assert called.index("contract_offer") < called.index("probation_review")


def test_every_task_of_a_person_has_a_place_and_leads_somewhere(case):
    assert all(case.places[task] for task in case.reach)
    assert all(case.reach.values())


def test_a_task_leads_to_the_next_stage_and_never_beyond_one_that_is_to_come(case):
    assert "stage_screening" in case.reach["confirm_late"]
    assert "stage_probation" not in case.reach["confirm_late"]
    assert case.reach["check_format"] == {"stage_expression"}


def test_the_waits_of_an_event_gateway_are_one_place(case):
    assert case.places["offer_is_due"] == case.places["list_closed_heard"] == "ranked_waiting"


def test_listeners_of_the_whole_case_are_no_place(case):
    assert "hold_laid" not in case.places


@pytest.mark.parametrize(
    ("call", "ended", "now", "expected"),
    [
        ({"published_at": None}, None, DEADLINE, "draft"),
        ({"published_at": DEADLINE}, None, DEADLINE, "open"),
        ({"published_at": DEADLINE}, None, DEADLINE + timedelta(seconds=1), "closed"),
        ({"published_at": DEADLINE, "frozen_at": DEADLINE}, None, DEADLINE, "frozen"),
        ({"published_at": DEADLINE}, "call_cancelled", DEADLINE, "withdrawn"),
        ({"published_at": DEADLINE, "frozen_at": DEADLINE}, "call_filled", DEADLINE, "closed"),
    ],
)
def test_the_state_of_a_call_is_derived(call, ended, now, expected):
    row = {"frozen_at": None, "deadline": DEADLINE, **call}
    assert standing(row, ended_at=DEADLINE if ended else None, ended_element=ended, now=now) == (
        expected
    )


@pytest.mark.parametrize(
    ("far", "said"),
    [
        (timedelta(minutes=18), "closes in 18 minutes"),
        (-timedelta(days=548), "closed 18 months ago"),
        (-timedelta(days=3 * 365), "closed 3 years ago"),
    ],
)
def test_how_far_a_deadline_is_is_not_rounded_up_to_the_next_unit(site, far, said):
    with site.app.test_request_context():
        assert closing(clock.now() + far) == said


def test_to_register_is_the_main_action_only_on_the_board_of_an_open_call(site, selection):
    selection.publish_call()
    main = 'class="button button--main" href="/calls/c1/register"'
    hanna = site.as_("hanna")
    assert main in hanna.get("/calls/c1").text
    assert main not in hanna.get("/calls/c1/screening").text
    selection.frozen.move_to(DEADLINE + timedelta(seconds=1))
    page = hanna.get("/calls/c1").text
    assert main not in page
    assert 'href="/calls/c1/register"' in page


def test_a_distance_is_written_in_its_two_largest_units(site):
    with site.app.test_request_context():
        assert span(timedelta(hours=2, minutes=5, seconds=9)) == "2 h 5 min"
        assert span(timedelta(seconds=1)) == "1 s"
        assert span(timedelta()) == "0 s"
