"""The board of a call in the browser: move with the menu, several at once, heat, empty, refused."""

import re

import pytest

from tests.browser.screens import Desk


@pytest.fixture
def cards(desk):
    """Two applications of this test's own, as tasks."""
    return [desk.apply("Flo Board"), desk.apply("Gus Board")]


def _board(page, desk):
    page.goto(f"/calls/{desk.call}")
    page.locator("html[data-board=ready]").wait_for()


def _box(page, task):
    return page.locator(f'input[name=task][value^="{task.id}:"]')


def test_a_card_is_moved_with_the_menu_by_keyboard(people):
    page = people.at("hanna")
    # nothing is completed here: a card whose task has a form only opens it
    page.goto("/calls/demonstration-today")
    page.locator("html[data-board=ready]").wait_for()
    card = page.locator('.calls-card[data-leads]:not([data-leads=""])').first
    task = card.get_attribute("data-task")
    card.get_by_role("button", name="Move to…").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    # every column is there; the refused ones say why, the others can be reached
    refused = dialog.locator("button[aria-disabled=true]")
    assert refused.count() > 0
    why = refused.first.get_attribute("aria-describedby")
    assert page.locator(f'[id="{why}"]').text_content().strip()
    target = dialog.locator("#move-list button:not([aria-disabled])").first
    target.focus()
    page.keyboard.press("Enter")
    # its task has a form: what decides is its answer
    page.wait_for_url(f"**/tasks/{task}")


def test_an_action_that_not_all_selected_allow_says_why(people, desk, cards):
    page = people.at("hanna")
    _board(page, desk)
    claim = page.locator("#board-form").get_by_role("button", name="Claim")
    assert claim.is_disabled()
    _box(page, cards[0]).check()
    assert claim.is_enabled()
    claim.click()
    page.get_by_text("Done.").wait_for()
    _board(page, desk)
    for one in cards:
        _box(page, one).check()
    assert page.locator("#selected").text_content() == "2 selected"
    assert claim.is_disabled()
    assert "1 of them cannot be claimed" in page.locator("#why-not").text_content()


def test_of_several_each_is_told_its_result_and_only_the_others_are_tried_again(
    people, desk, cards
):
    page = people.at("hanna")
    third = desk.apply("Hal Board")
    _board(page, desk)
    for one in (*cards, third):
        _box(page, one).check()
    desk.finish("henri", cards[0])
    # somebody touches another case meanwhile: its card is out of date, but can be tried again
    page.request.post(
        f"/tasks/{third.id}/comments",
        form={"text": "A word in between"},
        headers={"Origin": people.product.address},
    )
    page.locator("#board-form").get_by_role("button", name="Claim").click()
    page.get_by_text(re.compile(r"of 3 done, \d not")).wait_for()
    said = re.sub(r"\s+", " ", page.locator("main").text_content())
    assert "Henri Lambert finished this" in said
    assert "It is not one PDF, and cannot be mended." in said
    again = page.get_by_role("button", name="Try this one again")
    if again.count():
        again.click()
        page.get_by_text("Done.").wait_for()


def test_what_was_claimed_on_the_board_is_given_back(people, desk, cards):
    page = people.at("hanna")
    _board(page, desk)
    for one in cards:
        _box(page, one).check()
    page.locator("#board-form").get_by_role("button", name="Claim").click()
    page.get_by_text("All 2 done.").wait_for()
    page.get_by_role("button", name="Undo: give these 2 back").click()
    page.get_by_text("All 2 done.").wait_for()
    page.get_by_role("heading", name="Give back").wait_for()


def test_the_diagram_and_its_table_say_the_same(people, product):
    desk = Desk(product)
    cards = [desk.apply("Jan Heat"), desk.apply("Kim Heat")]
    desk.close()
    page = people.at("hanna")
    page.goto(f"/calls/{desk.call}/diagram")
    page.locator("html[data-heat=ready]").wait_for()
    row = page.locator("tr", has_text="Check the format defects")
    number = row.locator('[data-label="Here now"]').text_content().strip()
    assert int(number) == len(cards)
    badge = page.locator(".heat-badge").first
    assert badge.text_content().rstrip(" !") == number
    # down to the stage by keyboard, where the number stands at the task itself
    page.get_by_role("link", name=re.compile("^Expression of interest")).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/diagram?process=expression_of_interest")
    page.locator("html[data-heat=ready]").wait_for()
    assert page.locator(".heat-badge").first.text_content().rstrip(" !") == number


def test_a_call_without_applications_says_so_on_board_and_diagram(people, product):
    desk = Desk(product)
    page = people.at("hanna")
    for address in (f"/calls/{desk.call}", f"/calls/{desk.call}/diagram"):
        page.goto(address)
        assert page.get_by_text("No application yet.").is_visible()
    desk.close()
