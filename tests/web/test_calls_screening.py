"""Screening: the grid of requirements and steps, the desk, independence, the blind view."""

import re

import pytest

from engine import clock
from engine.store import begin, events
from tests.selecting import CALL

CRITERIA = CALL["criteria"]
REASON = "Meets what the call asks for."


@pytest.fixture
def waiting(site, selection):
    """Two applications that wait for the assessment of merits."""

    def play():
        selection.publish_call()
        cases = [selection.apply("Ana Berg"), selection.apply("Björn Kovač")]
        open_ones = {one.case_id: one for one in selection.until("shortlist_candidate")}
        return cases, [open_ones[one.id] for one in cases]

    return selection.staged("two to be shortlisted", play)


def text(answer, status=200):
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def desk(task):
    return f"/calls/c1/screening/{task.id}"


def filled(task, **changes):
    form = {"revision": str(task.revision), "decision": "shortlist", "reason": REASON}
    for place, _one in enumerate(CRITERIA):
        form |= {
            f"finding-{place}": "met",
            f"points-{place}": "4",
            f"page-{place}": "1",
            f"code-{place}": "M2",
            f"evidence-{place}": f"Seen, number {place}",
        }
    return {name: value for name, value in {**form, **changes}.items() if value is not None}


def reads(site, application):
    with begin(site.office.database, now=clock.now()) as uow:
        return [
            (one.fields.actor, one.payload.decode())
            for one in events.of_stream(uow, f"read:{application}")
        ]


def assess(site, selection, task, name="luisa", **changes):
    answer = site.as_(name).post(desk(task), data=filled(task, **changes))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer


# --- the grid --------------------------------------------------------------------------------


def test_the_grid_names_requirements_with_the_rule_that_fired_and_nobody_to_a_reviewer(
    site, waiting
):
    page = text(site.as_("luisa").get("/calls/c1/screening"))
    assert "Begin with the first" in page
    assert "university studies of at least three years" in page
    assert "CEOS 82(3)(e); CALL footnotes 2 and 3 (H)" in page
    assert "test passed" in page
    assert "Ana Berg" not in page
    assert "Kovač" not in page


def test_the_grid_names_people_to_who_reads_cases_and_reviews_nothing(site, waiting):
    page = text(site.as_("hanna").get("/calls/c1/screening?show=all&sort=-name"))
    assert page.index("Björn Kovač") < page.index("Ana Berg")
    assert "Nothing waits for you" in text(site.as_("hanna").get("/calls/c1/screening"))


def test_a_reviewer_cannot_sort_by_name(site, waiting):
    page = text(site.as_("luisa").get("/calls/c1/screening?show=all&sort=name"))
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert "sort=name" not in head
    assert head.index("Due") < head.index("▲")  # the order is that of the due dates


@pytest.mark.parametrize("name", ["petra", "maria"])
def test_the_grid_is_for_who_may_read_calls(site, waiting, name):
    text(site.as_(name).get("/calls/c1/screening"), 403)


def test_what_was_found_is_closed_until_no_opinion_is_outstanding(site, selection, waiting):
    _cases, (first, _second) = waiting
    assess(site, selection, first, decision="not_shortlist", reason="A secret of the first one.")
    for name, sees in (("lars", False), ("luisa", True), ("hanna", True)):
        page = text(site.as_(name).get("/calls/c1/screening?show=all"))
        assert ("A secret of the first one." in page) is sees, name
        assert ("done, closed" in page) is not sees, name
    (review,) = [one for one in selection.tasks() if one.element == "review_shortlist"]
    site.as_("lars").post(desk(review), data={"revision": review.revision, "decision": "agree"})
    page = text(site.as_("lars").get("/calls/c1/screening?show=reviewed"))
    assert "A secret of the first one." in page


def test_the_second_review_does_not_wait_for_who_assessed(site, selection, waiting):
    _cases, (first, second) = waiting
    assess(site, selection, first)
    assess(site, selection, second)
    page = text(site.as_("luisa").get("/calls/c1/screening"))
    assert "Nothing waits for you." in page
    assert "2 for a second reviewer" in page
    assert text(site.as_("lars").get("/calls/c1/screening")).count("data-row") == 2


def test_when_all_is_reviewed_the_empty_list_says_who_is_waited_for(site, selection, waiting):
    for one in waiting[1]:
        assess(site, selection, one)
    for place, one in enumerate(selection.until("review_shortlist")):
        form = {"revision": one.revision, "decision": "disagree", "reason": "I read otherwise."}
        form = form if place else {"revision": one.revision, "decision": "agree"}
        assert site.as_("lars").post(desk(one), data=form).status_code == 303
    page = text(site.as_("luisa").get("/calls/c1/screening"))
    assert "All 2 reviewed. 1 disagreement waits for the contracting authority." in page
    assert (
        text(site.as_("carla").get("/calls/c1/screening?show=disagreements")).count("data-row") == 1
    )


# --- the desk --------------------------------------------------------------------------------


def test_a_review_is_submitted_and_leads_to_the_next_and_then_to_the_list(site, selection, waiting):
    cases, (first, second) = waiting
    answer = assess(site, selection, first)
    assert answer.location.startswith(desk(second))
    answer = assess(site, selection, second)
    assert answer.location == "/calls/c1/screening?show=waiting&said=review-submitted"
    kept = site.office.history(cases[0].id)[-1]
    assert b'"code":"M2"' in kept.payload
    assert b'"finding":"met"' in kept.payload
    page = text(site.as_("luisa").get(desk(first)))
    assert "Locked." in page


def test_a_missing_reason_code_comes_back_on_its_row_with_everything_typed(site, waiting):
    _cases, (first, _second) = waiting
    form = filled(first, **{"finding-1": "not_met", "code-1": "", "evidence-0": "Typed <by> me"})
    page = text(site.as_("luisa").post(desk(first), data=form), 422)
    assert "Typed &lt;by&gt; me" in page
    assert '<a href="#code-1">' in page
    row = page[page.index('id="code-1"') :][:120]
    assert 'aria-invalid="true"' in row
    # the summary has the focus, see screening.js
    assert "autofocus" not in page


def test_the_faults_are_told_in_the_order_of_the_page(site, waiting):
    _cases, (first, _second) = waiting
    wrong = {"finding-0": None, "points-0": "9", "evidence-0": "", "points-1": "9"}
    page = text(site.as_("luisa").post(desk(first), data=filled(first, **wrong, decision="")), 422)
    summary = page[page.index('id="refusal"') : page.index('class="screening-desk"')]
    told = re.findall(r'<a href="#([^"]+)">', summary)
    assert told == ["finding-0", "points-0", "evidence-0", "points-1", "decision"]
    assert ">Proposal</a>" in summary


def test_the_desk_speaks_the_language_of_the_reader(site, waiting):
    _cases, (first, _second) = waiting
    page = text(site.as_("luisa").get(desk(first), headers={"Accept-Language": "fr"}))
    assert "Below the level asked for" not in page
    assert "En dessous du niveau demandé" in page
    heading = page[page.index('class="screening-head"') :][:200]
    assert first.name not in heading


def test_a_criterion_without_a_finding_is_refused_together_with_the_rest(site, waiting):
    _cases, (first, _second) = waiting
    form = filled(first, **{"finding-0": None, "points-2": "9"})
    page = text(site.as_("luisa").post(desk(first), data=form), 422)
    assert '<a href="#finding-0">' in page
    assert '<a href="#points-2">' in page
    assert site.office.task(first.case_id).element == "shortlist_candidate"


def test_not_to_shortlist_because_something_is_to_be_asked_needs_its_grounds(site, waiting):
    _cases, (first, _second) = waiting
    form = filled(first, decision="not_shortlist", reason=None, **{"finding-0": "ask"})
    form["code-0"] = "A1"
    page = text(site.as_("luisa").post(desk(first), data=form), 422)
    assert '<a href="#reason">' in page


def test_the_same_person_twice_is_refused_with_the_rule(site, selection, waiting):
    _cases, (first, _second) = waiting
    assess(site, selection, first)
    (review,) = [one for one in selection.tasks() if one.element == "review_shortlist"]
    luisa = site.as_("luisa")
    page = text(luisa.get(desk(review)))
    assert "differs from who did the steps before it" in page
    assert "CEOS 82(1); policy: second pair of eyes" in page
    assert "Seen, number" not in page
    form = {"revision": review.revision, "decision": "disagree", "reason": "Typed all the same."}
    assert "Typed all the same." in text(luisa.post(desk(review), data=form), 403)


def test_a_stale_page_says_who_changed_what_and_keeps_what_was_typed(site, waiting):
    _cases, (first, _second) = waiting
    site.as_("lars").post(f"/tasks/{first.id}/claim", data={"revision": first.revision})
    site.as_("lars").post(f"/tasks/{first.id}/unclaim", data={"revision": first.revision + 1})
    form = filled(first, reason="My own words stay.")
    page = text(site.as_("luisa").post(desk(first), data=form), 409)
    assert "My own words stay." in page
    assert "Lars" in page
    assert f'name="revision" value="{first.revision + 2}"' in page


def test_who_comes_too_late_reads_who_was_first_and_keeps_the_words(site, selection, waiting):
    _cases, (first, _second) = waiting
    assess(site, selection, first, "lars")
    page = text(site.as_("luisa").post(desk(first), data=filled(first, reason="Mine, kept.")), 409)
    assert "Mine, kept." in page
    assert "Lars" in page


def test_a_draft_is_kept_and_shown_to_nobody_else(site, waiting):
    _cases, (first, _second) = waiting
    form = filled(first, **{"evidence-0": "Half a thought", "finding-3": None})
    said = site.as_("luisa").post(
        f"{desk(first)}/draft", data=form, headers={"Accept": "text/plain"}
    )
    assert text(said) == "saved 12:00"
    page = text(site.as_("luisa").get(desk(first)))
    assert "Half a thought" in page
    assert f"4 of {len(CRITERIA)} criteria" in page
    assert "saved 12:00" in page
    others = text(site.as_("lars").get(desk(first)))
    assert "Half a thought" not in others
    assert "Luisa began this at 12:00" in others
    text(site.as_("lars").post(f"{desk(first)}/draft", data=form), 409)


def test_the_desk_stands_beside_the_order_of_the_list(site, waiting):
    _cases, (first, second) = waiting
    page = text(site.as_("luisa").get(f"{desk(first)}?sort=due_at"))
    backwards = text(site.as_("luisa").get(f"{desk(first)}?sort=-due_at"))
    assert ('rel="next"' in page) is not ('rel="next"' in backwards)
    assert f"{second.id}?sort=" in page
    assert "of 2 waiting for you" in page


def test_the_second_reviewer_and_the_authority_see_the_opinions_that_they_judge(
    site, selection, waiting
):
    _cases, (first, _second) = waiting
    assess(site, selection, first, reason="Ana Berg knows the field well.")
    (review,) = [one for one in selection.tasks() if one.element == "review_shortlist"]
    page = text(site.as_("lars").get(desk(review)))
    assert "Seen, number 1" in page
    # the assessor's own words name the candidate: they are masked as well
    assert "[name] knows the field well." in page
    form = {"revision": review.revision, "decision": "disagree", "reason": "I read otherwise."}
    assert site.as_("lars").post(desk(review), data=form).status_code == 303
    (settle,) = [one for one in selection.tasks() if one.element == "settle_shortlist"]
    page = text(site.as_("carla").get(desk(settle)))
    assert "First assessment" in page
    assert "I read otherwise." in page
    form = {
        "revision": settle.revision,
        "decision": "not_shortlist",
        "reason": "The second is right.",
    }
    assert site.as_("carla").post(desk(settle), data=form).status_code == 303


@pytest.mark.parametrize("way", ["get", "post"])
def test_a_desk_is_for_who_has_the_task(site, waiting, way):
    _cases, (first, _second) = waiting
    text(getattr(site.as_("hanna"), way)(desk(first)), 403)


def test_a_task_of_another_call_or_step_has_no_desk_here(site, selection, waiting):
    _cases, (first, _second) = waiting
    text(site.as_("luisa").get(f"/calls/none/screening/{first.id}"), 404)


def test_the_page_of_the_task_leads_to_the_desk(site, waiting):
    _cases, (first, _second) = waiting
    page = text(site.as_("luisa").get(f"/tasks/{first.id}"))
    assert f'<a class="button button--main" href="{desk(first)}">' in page


# --- the blind view --------------------------------------------------------------------------


def test_the_desk_is_blind_until_its_reader_lifts_it_and_the_history_says_so(
    site, selection, waiting
):
    _cases, (first, _second) = waiting
    luisa = site.as_("luisa")
    page = text(luisa.get(desk(first)))
    assert "may miss some" in page
    assert "[name]" in page
    for told in ("Ana", "Berg", "/papers/", first.case_title):
        assert told not in page
    assert "[name]" in text(luisa.get(f"{desk(first)}/pages/1"))
    assert luisa.post(f"{desk(first)}/lift").status_code == 303
    assert luisa.post(f"{desk(first)}/lift").status_code == 303
    page = text(luisa.get(desk(first)))
    assert "Ana Berg" in page
    assert "/papers/" in page
    assert "Ana Berg" not in text(luisa.get(f"{desk(first)}?blind=yes"))
    assert "Ana Berg" not in text(site.as_("lars").get(desk(first)))
    lifted = [who for who, what in reads(site, first.case_key) if '"un-blinded"' in what]
    assert lifted == ["luisa"]


def test_every_look_at_a_desk_is_recorded(site, waiting):
    _cases, (first, _second) = waiting
    text(site.as_("luisa").get(desk(first)))
    assert ("luisa", '{"what":"screening desk, blind"}') in reads(site, first.case_key)


def test_nobody_lifts_the_blind_view_without_the_task(site, selection, waiting):
    _cases, (first, _second) = waiting
    text(site.as_("hanna").post(f"{desk(first)}/lift"), 403)
    text(site.as_("hanna").get(f"{desk(first)}/pages/1"), 403)
    assess(site, selection, first)
    (review,) = [one for one in selection.tasks() if one.element == "review_shortlist"]
    text(site.as_("luisa").post(f"{desk(review)}/lift"), 403)
    text(site.as_("luisa").get(f"{desk(review)}/pages/1"), 404)
    assert not any("un-blinded" in what for _who, what in reads(site, first.case_key))
