"""What lies ahead of a task, and why it is due when it is."""

from datetime import datetime
from functools import lru_cache

from cursus import wiring
from engine import kernel
from engine.timelimits.days import ZONE


@lru_cache(maxsize=1)
def _lifecycle():
    return kernel.load(kernel.collect(wiring.shipped_files(), "recruitment_case"))


def _ahead(element):
    return {
        one.element.name: (one.answers, one.stage) for one in kernel.ahead(_lifecycle(), element)
    }


def test_the_answers_at_each_fork_are_told():
    assert _ahead("settle_expired_offer") == {
        "Offer lapsed": ((("Late acceptance?", "No"),), "Contract offer"),
        "Set the first day of service": ((("Late acceptance?", "Yes"),), None),
    }


def test_what_is_done_by_itself_on_the_way_is_named():
    found = kernel.ahead(_lifecycle(), "set_start_date")
    assert {one.element.id for one in found} == {"sign_contract", "record_candidate_signature"}
    assert all(one.meanwhile == ("Fix the contract", "Draw up the contract") for one in found)


def test_every_task_of_the_lifecycle_leads_somewhere():
    tasks = [one for one in _lifecycle().elements.values() if one.kind == "userTask"]
    assert len(tasks) > 80
    nowhere = [one.id for one in tasks if not kernel.ahead(_lifecycle(), one.id)]
    assert nowhere == []


def test_a_way_that_comes_back_is_followed_once():
    found = kernel.ahead(_lifecycle(), "check_classification")
    assert [one.element.id for one in found].count("check_classification") <= 1


def test_a_deadline_is_worked_out_step_by_step():
    opened = datetime(2026, 10, 29, 15, 0, tzinfo=ZONE)
    seen = {"call": {"site": "LUX"}}
    steps = kernel.reasons(_lifecycle(), seen, "check_format", opened_at=opened)
    assert [one.function for one in steps] == ["add_working_days", "end_of_day", "rule"]
    assert steps[0].given == ("2026-10-29", "3", "LUX")
    assert steps[0].result == "2026-11-04"
    assert steps[-1].result == "2026-11-05T00:00:00+01:00"


def test_a_legal_period_names_its_articles():
    opened = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
    seen, element = {"call": {"site": "LUX"}}, "conclude_disciplinary_procedure"
    steps = kernel.reasons(_lifecycle(), seen, element, opened_at=opened)
    articles = [one for one in steps if one.article]
    assert articles
    assert all(one.function == "legal_limit" and one.text for one in articles)
    assert articles[-1].result == "2026-07-02"


def test_a_deadline_that_cannot_be_worked_out_again_has_no_steps():
    opened = datetime(2026, 10, 29, 15, 0, tzinfo=ZONE)
    assert kernel.reasons(_lifecycle(), {}, "check_format", opened_at=opened) == ()
