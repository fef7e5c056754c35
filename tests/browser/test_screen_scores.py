"""Score sheets as a member uses them: by keyboard alone, without a connection, by mistake."""

import re

import pytest

from tests.browser.rounds import Rounds

TABS = 400


@pytest.fixture(scope="module")
def rounds(product):
    """A call of its own with two candidates."""
    rounds = Rounds(product, "screen-scores")
    rounds.apply("reserve", "engaged")
    yield rounds
    rounds.close()


@pytest.fixture(scope="module")
def sheets(rounds):
    """The open sheets of two candidates, by member."""
    found = {}
    for one in rounds.until("score_candidate"):
        found.setdefault(one.assignee, []).append(one)
    return found


def open_sheet(people, sheets, name, number=0):
    page = people.at(name)
    page.goto(f"/scores/{sheets[name][number].id}")
    page.locator("html[data-scores=ready]").wait_for()
    return page


def test_a_sheet_is_filled_and_submitted_with_the_keyboard(people, sheets):
    page = people.at("petra")
    page.goto("/panel")
    page.locator("html[data-ready]").wait_for()
    address = f"/scores/{sheets['petra'][0].id}"
    reach(page, f'a[href="{address}"]')
    page.keyboard.press("Enter")
    page.locator("html[data-scores=ready]").wait_for()
    for number in range(4):
        reach(page, f'[name="points-{number}"]')
        # the first arrow chooses the second of them
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        reach(page, f"#evidence-{number}")
        page.keyboard.type("Gave an example.")
    assert page.locator("#progress strong").inner_text() == "4/4"
    page.get_by_text(re.compile(r"^Saved \d\d:\d\d$")).wait_for()
    reach(page, 'button[value="check"]')
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Submit these scores?").wait_for()
    reach(page, 'button[value="submit"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/panel?said=scores-submitted")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def reach(page, selector):
    """Press Tab until the element has the focus."""
    for _ in range(TABS):
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def test_what_is_missing_is_named_first_and_leads_to_its_row(people, sheets):
    page = open_sheet(people, sheets, "peter")
    page.locator("#points-0-4").check()
    page.locator("#evidence-0").fill("Gave an example.")
    page.get_by_role("button", name="Submit scores…").click()
    faults = page.locator("#faults")
    faults.wait_for()
    page.locator("html[data-scores=ready]").wait_for()
    assert page.evaluate("document.activeElement.id") == "faults"
    faults.get_by_role("link", name="Regulation in practice").click()
    assert page.evaluate("document.activeElement.id") == "points-1-0"
    assert page.locator("#points-0-4").is_checked()


def test_without_a_connection_the_sheet_stays_on_the_device_and_goes_up_later(people, sheets):
    page = open_sheet(people, sheets, "pavel")
    context = people.contexts["pavel"]
    people.faults.clear()
    context.set_offline(True)
    page.locator("#points-0-3").check()
    page.locator("#evidence-0").fill("Typed in the train.")
    page.get_by_text(re.compile(r"^No connection: kept on this device \d\d:\d\d$")).wait_for()
    page.get_by_role("button", name="Submit scores…").click()
    page.get_by_text("submit it when you are connected again").wait_for()
    assert "Typed in the train." in device(page)
    context.set_offline(False)
    page.get_by_text(re.compile(r"^Saved \d\d:\d\d$")).wait_for()
    assert device(page) == ""
    assert draft(page, sheets["pavel"][0])["ratings"][0]["evidence"] == "Typed in the train."
    forgive_offline(people)


def test_a_sheet_that_changed_meanwhile_is_shown_in_both_versions(people, rounds, sheets):
    page = open_sheet(people, sheets, "pavel", 1)
    context = people.contexts["pavel"]
    context.set_offline(True)
    page.locator("#points-0-3").check()
    page.locator("#evidence-0").fill("Typed on the tablet.")
    page.get_by_text("No connection: kept on this device").wait_for()
    put_at_the_desk(rounds, sheets["pavel"][1])
    context.set_offline(False)
    versions = page.locator("#versions")
    versions.wait_for()
    assert page.evaluate("document.activeElement.id") == "versions"
    assert versions.get_by_text("3: Typed on the tablet.").count() == 1
    assert versions.get_by_text("5: Typed at the desk.").count() == 1
    versions.get_by_role("button", name="Take this version: On the server").click()
    versions.wait_for(state="hidden")
    assert page.locator("#evidence-0").input_value() == "Typed at the desk."
    page.get_by_text(re.compile(r"^Saved \d\d:\d\d$")).wait_for()
    assert device(page) == ""
    forgive_offline(people)


def test_what_a_closed_page_left_on_the_device_comes_back(people, sheets):
    page = open_sheet(people, sheets, "peter", 1)
    context = people.contexts["peter"]
    context.set_offline(True)
    page.locator("#evidence-2").fill("Typed before the battery died.")
    page.get_by_text("No connection: kept on this device").wait_for()
    page.close()
    context.set_offline(False)
    page = open_sheet(people, sheets, "peter", 1)
    assert page.locator("#evidence-2").input_value() == "Typed before the battery died."
    page.get_by_text(re.compile(r"^Saved \d\d:\d\d$")).wait_for()
    assert device(page) == ""
    forgive_offline(people)


def device(page):
    """Return what the device keeps of sheets."""
    return page.evaluate(
        "Object.entries(localStorage).filter(([name]) => name.startsWith('cursus-score'))"
        ".map((one) => one.join(' ')).join('')"
    )


def draft(page, task):
    return page.request.get(f"/api/v1/tasks/{task.id}").json()["draft"]["content"]


def put_at_the_desk(rounds, task):
    """Save a draft of the same sheet as another window of the same person would."""
    rating = {"criterion": "AI governance", "points": 5, "evidence": "Typed at the desk."}
    rounds.save_draft("pavel", task, {"ratings": [rating], "remark": None})


def forgive_offline(people):
    """A browser writes down that it had no connection: that is what was tried."""
    people.faults[:] = [one for one in people.faults if "ERR_INTERNET_DISCONNECTED" not in one]


def test_an_empty_desk_says_when_something_appears(people, product):
    page = people.at("pavel")
    page.goto("/panel")
    page.get_by_text("No interview today").wait_for()


def test_the_sheet_holds_on_a_tablet_and_a_telephone(people, sheets):
    for width in (820, 390, 320):
        page = people.at("pavel", width=width, height=900)
        page.goto(f"/scores/{sheets['pavel'][1].id}")
        page.locator("html[data-scores=ready]").wait_for()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, width
        small = page.evaluate(
            "[...document.querySelectorAll('.scores-points label')]"
            ".filter((one) => one.getBoundingClientRect().height < 44).length"
        )
        assert small == 0
