"""The scenarios of a draft on its pages: played on demand, named where untried, a gate."""

import pytest

from engine import definitions, drafts
from tests.engine.drafts.test_drafts_scenarios import (
    CLEARER,
    LATE,
    NAME,
    REMINDED,
    SIGNED,
    WHOLE,
    keep,
)


@pytest.fixture
def owners(office):
    office.hire({"otmar": ["process_owner"]})
    keep(office, {NAME: WHOLE})
    return office


@pytest.fixture
def draft(owners):
    return owners.do("olga", drafts.begin, "review", "Reminded").id


def change(office, draft, **files):
    for name, content in files.items():
        file = NAME if name == "scenarios" else "review.bpmn"
        office.do("olga", drafts.save_file, draft, file, content)


def digest(office):
    with office.begin() as uow:
        return definitions.latest(uow, "review")["digest"]


def test_scenarios_are_played_on_demand_and_their_figures_stand_on_the_draft(site, draft):
    olga, home = site.as_("olga"), f"/studio/drafts/{draft}"
    assert "have not been played" in olga.get(home).text
    assert "Play all 2 scenarios" in olga.get(f"{home}/scenarios").text
    answer = olga.post(f"{home}/scenarios")
    assert answer.status_code == 303
    page = olga.get(answer.location).text
    assert "Every arrow, every rule and every deadline is tried by a scenario." in page
    for text in ("2 of 2", "5 of 5", "1 of 1"):
        assert text in page
    assert "The scenarios do not stand in the way of publishing." in olga.get(home).text


def test_what_is_untried_is_listed_by_name_and_marked_on_the_drawing(site, owners, draft):
    change(owners, draft, diagram=REMINDED)
    olga, home = site.as_("olga"), f"/studio/drafts/{draft}"
    page = olga.get(olga.post(f"{home}/scenarios").location).text
    assert "2 parts are untried that the version in force does not leave untried" in page
    assert f'href="{home}/files/review.bpmn#reminder_due"' in page
    assert "“reminder_due” at “Write the report”" in page
    assert '"style": "untried"' in page
    assert "stands in the way" in page
    propose = olga.get(home).text
    assert "The scenarios stand in the way" in propose
    assert 'id="propose-comment"' not in propose


def test_a_proposal_that_scenarios_stand_in_the_way_of_is_refused_and_loses_no_word(
    site, owners, draft
):
    change(owners, draft, diagram=REMINDED, scenarios=SIGNED)
    olga, home = site.as_("olga"), f"/studio/drafts/{draft}"
    data = {"revision": "3", "comment": "a reminder <b>after</b> 60 days"}
    answer = olga.post(f"{home}/propose", data=data)
    assert answer.status_code == 422
    assert "boundary timer reminder_due of write_report not fired" in answer.text
    assert f'href="{home}/scenarios"' in answer.text
    with owners.act("olga") as act:
        from engine.store import drafts as rows  # noqa: PLC0415  # only here

        assert rows.proposals(act.uow, draft) == []


def test_an_empty_comment_is_refused_on_the_page_of_the_draft(site, owners, draft):
    change(owners, draft, diagram=CLEARER)
    data = {"revision": "2", "comment": " "}
    answer = site.as_("olga").post(f"/studio/drafts/{draft}/propose", data=data)
    assert answer.status_code == 422
    assert "This was not done" in answer.text
    assert 'id="propose-comment"' in answer.text


def test_the_second_person_sees_the_figures(site, owners, draft):
    change(owners, draft, diagram=CLEARER)
    owners.do("olga", drafts.propose, draft, "clearer")
    page = site.as_("otmar").get(f"/studio/drafts/{draft}").text
    decision = page[page.index('id="decision"') : page.index('id="findings-title"')]
    assert "Scenarios as told" in decision
    assert "2 of 2" in decision


def test_a_rejection_without_a_reason_keeps_the_decision_open(site, owners, draft):
    change(owners, draft, diagram=CLEARER)
    proposal = owners.do("olga", drafts.propose, draft, "clearer").id
    otmar = site.as_("otmar")
    answer = otmar.post(f"/studio/proposals/{proposal}/decide", data={"decision": "reject"})
    assert answer.status_code == 422
    assert 'value="approve"' in answer.text


def test_a_failing_scenario_is_named_with_the_way_to_rehearse_it(site, owners, draft):
    change(owners, draft, scenarios=WHOLE.replace(b"report_sent", b"elsewhere"))
    olga, home = site.as_("olga"), f"/studio/drafts/{draft}"
    page = olga.get(olga.post(f"{home}/scenarios").location).text
    assert "the end elsewhere expected, found the end report_sent" in page
    data = {"draft": str(draft), "file": NAME, "scenario": "Signed in time"}
    begun = olga.post("/studio/rehearsals", data=data)
    assert begun.status_code == 303
    assert "The case has ended: Report sent" in olga.get(begun.location).text


def test_the_text_of_scenarios_is_saved_or_shown_again_with_its_error(site, owners, draft):
    olga, file = site.as_("olga"), f"/studio/drafts/{draft}/scenarios/{NAME}"
    assert "Signed in time" in olga.get(f"/studio/drafts/{draft}/files/{NAME}").text
    broken = "- scenario: <Mine>\n  proces: review\n"
    refused = olga.post(file, data={"revision": "1", "content": broken})
    assert refused.status_code == 422
    assert "did you mean process?" in refused.text
    assert "&lt;Mine&gt;" in refused.text
    saved = olga.post(file, data={"revision": "1", "content": LATE.decode()})
    assert saved.status_code == 303
    assert owners.do("olga", drafts.file, draft, NAME).strip() == LATE.strip()


def test_of_two_who_write_scenarios_the_second_is_told_and_keeps_the_text(site, owners, draft):
    owners.do("otmar", drafts.save_file, draft, NAME, SIGNED)
    data = {"revision": "1", "content": LATE.decode()}
    answer = site.as_("olga").post(f"/studio/drafts/{draft}/scenarios/{NAME}", data=data)
    assert answer.status_code == 409
    assert "otmar changed this draft" in answer.text
    assert "Nobody wrote it" in answer.text
    assert owners.do("olga", drafts.file, draft, NAME) == SIGNED


def test_a_version_shows_its_scenarios_and_changes_none(site, owners):
    olga, home = site.as_("aldo"), f"/studio/versions/{digest(owners)}"
    assert f"{home}/scenarios" in olga.get(home).text
    assert "Play all 2 scenarios" in olga.get(f"{home}/scenarios").text
    page = olga.get(olga.post(f"{home}/scenarios").location).text
    assert "2 of 2" in page
    text = olga.get(f"{home}/files/{NAME}").text
    assert "Signed in time" in text
    assert "<textarea" not in text


def test_a_draft_without_scenarios_is_told_how_to_get_one(site, owners, draft):
    owners.do("olga", drafts.remove_file, draft, NAME)
    page = site.as_("olga").get(f"/studio/drafts/{draft}/scenarios").text
    assert "No scenario yet." in page
    assert f"/studio/rehearsals/new?draft={draft}" in page


def test_a_process_without_drafts_says_how_to_begin_one(site, owners):
    page = site.as_("olga").get("/studio/review").text
    assert "No drafts yet." in page
    assert "it starts with the files of the version in force" in page


def test_scenarios_that_changed_are_no_drawing_to_compare(site, owners, draft):
    change(owners, draft, scenarios=SIGNED)
    page = site.as_("olga").get(f"/studio/drafts/{draft}").text
    assert "Scenarios: cases run as before." in page
    assert f"file={NAME}" not in page


@pytest.mark.parametrize("name", ["hanna", "petra", "otto"])
def test_others_neither_see_nor_play_them(site, draft, name):
    assert site.as_(name).get(f"/studio/drafts/{draft}/scenarios").status_code == 403
    assert site.as_(name).post(f"/studio/drafts/{draft}/scenarios").status_code == 403
