"""The deliberation as the chair and the authority use it: by keyboard alone and by mistake."""

import pytest

from tests.browser.rounds import Rounds
from tests.browser.test_screen_scores import reach


@pytest.fixture(scope="module")
def rounds(product):
    """A call of its own whose panel has scored two candidates, except for Peter's last sheet."""
    rounds = Rounds(product, "screen-deliberation")
    rounds.apply("reserve", "reserve")
    yield rounds
    rounds.close()


@pytest.fixture(scope="module")
def last(rounds):
    """The sheet that is missing after all others are in."""
    sheets = rounds.until("score_candidate")
    last = next(one for one in sheets if (one.assignee, one.case_id) == ("peter", rounds.cases[0]))
    for one in sheets:
        if one.id != last.id:
            rounds.complete(one)
    return last


@pytest.fixture(scope="module")
def agreeing(rounds, last):
    """The chair's tasks once all is in."""
    rounds.complete(last)
    return rounds.until("record_consensus")


def test_who_is_missing_is_reminded_from_the_keyboard(people, last):
    page = people.at("hanna")
    page.goto("/calls/screen-deliberation/deliberation")
    page.get_by_text("2 of 3 members have submitted").wait_for()
    reach(page, 'form[action$="/remind"] button')
    page.keyboard.press("Enter")
    page.wait_for_url("**said=reminded")
    page.get_by_text("reminded today").wait_for()
    assert page.get_by_role("button", name="Remind them").count() == 0


def test_the_chair_agrees_reads_and_signs_with_the_keyboard(people, agreeing):
    page = people.at("pavel")
    page.goto(f"/deliberation/{agreeing[0].id}")
    page.locator("html[data-deliberation=ready]").wait_for()
    page.get_by_role("button", name="Draw up the minutes…").click()
    page.locator("#faults").wait_for()
    page.locator("html[data-deliberation=ready]").wait_for()
    assert page.evaluate("document.activeElement.id") == "faults"
    reach(page, "#suitable-yes")
    page.keyboard.press("Space")
    reach(page, "#reason")
    page.keyboard.type("Sound answers throughout; an example for each.")
    reach(page, 'button[value="check"]')
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sign these minutes?").wait_for()
    picture = page.locator(".paper__page img").first
    picture.wait_for()
    page.wait_for_function("(one) => one.naturalWidth > 0", arg=picture.element_handle())
    reach(page, 'button[value="sign"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**said=minutes-signed")
    page.get_by_role("link", name="Signed minutes (PDF)").wait_for()


def test_the_authority_reasons_the_tie_and_freezes_with_the_keyboard(people, rounds, agreeing):
    rounds.until_ranked()
    page = people.at("carla")
    page.goto("/calls/screen-deliberation/deliberation")
    page.locator("html[data-ready]").wait_for()
    tied = page.get_by_role("textbox", name="Reasons for the order of those who tie").count()
    if tied:
        page.get_by_role("button", name="Sign and freeze", exact=True).click()
        page.locator("#faults").wait_for()
        reach(page, "#tie_reason")
        page.keyboard.type("The first has more years in a regulator.")
    reach(page, 'button[name="decision"][value="confirm"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**said=list-frozen")
    page.get_by_text("The list is frozen.").wait_for()
    assert page.get_by_text("Digest of the list (SHA-256)").count() == 1


def test_a_call_without_interviews_says_what_to_do(people):
    page = people.at("hanna")
    page.goto("/calls/demonstration-today/deliberation")
    page.get_by_text("No panel has scored a candidate of this call yet.").wait_for()
    page.get_by_role("link", name="See where the applications stand").click()
    page.wait_for_url("**/calls/demonstration-today")
