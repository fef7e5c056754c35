"""The screening desk at a browser: by the keyboard alone, blind until lifted, empty in words."""

import pytest

from tests.browser import screened

READY = "html[data-screening=ready]"


@pytest.fixture(scope="module")
def tasks(product):
    """Three applications that wait for an assessment."""
    return screened.prepare(product, "keyboard")


def test_j_and_k_go_through_the_list_and_from_desk_to_desk(people, tasks):
    page = people.at("luisa")
    page.goto("/calls/keyboard/screening")
    page.locator(READY).wait_for()
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.href") == first
    page.keyboard.press("Enter")
    page.locator("#review").wait_for()
    page.locator(READY).wait_for()
    here = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda address: address != here)
    page.locator(READY).wait_for()
    page.keyboard.press("k")
    page.wait_for_url(here)


def test_a_review_is_submitted_with_the_keyboard_alone(people, tasks):
    page = people.at("luisa")
    page.goto(f"/calls/keyboard/screening/{tasks[0].id}")
    page.locator(READY).wait_for()
    here = page.url
    _assess(page, leave_out="code-0")
    page.locator("#refusal").wait_for()
    # the summary has the focus and leads to the row at fault; nothing typed is lost
    assert page.evaluate("document.activeElement.id") == "refusal"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "code-0"
    assert page.locator("#evidence-0").input_value() == "Page 1, j and k are letters here"
    page.keyboard.type("N")
    _reach(page, "submit")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "review-submitted" in address and here not in address)
    assert page.locator("#said").inner_text() == "Your review is submitted and locked."


def test_a_draft_keeps_itself_and_goes_along_to_the_next(people, tasks):
    page = people.at("luisa")
    address = f"/calls/keyboard/screening/{tasks[-1].id}"
    page.goto(address)
    page.locator(READY).wait_for()
    page.locator("#evidence-2").fill("Half a thought")
    page.locator("#draft-state", has_text="saved").wait_for()
    page.reload()
    assert page.locator("#evidence-2").input_value() == "Half a thought"


def test_the_blind_view_sends_no_name_and_no_picture_until_it_is_lifted(people, tasks):
    page = people.at("lars")
    sent = []
    page.on("response", lambda answer: sent.append(answer.url))
    task = tasks[-1]
    name = task.case_title.partition(" / ")[0]
    page.goto(f"/calls/keyboard/screening/{task.id}")
    page.locator(READY).wait_for()
    assert name not in page.content()
    assert "[name]" in page.locator(".screening-paper").inner_text()
    assert not [one for one in sent if "/papers/" in one]
    page.get_by_role("button", name="Lift the blind view (recorded)").click()
    page.locator("#said").wait_for()
    assert page.locator("h2", has_text=name).count() == 1
    page.locator(".paper img").first.wait_for()
    reads = people.at("anton").request.get(f"/history/reads?what=read:{task.case_key}&who=lars")
    assert "un-blinded" in reads.text()


def test_who_has_nothing_to_review_is_told_in_words(people, tasks):
    page = people.at("carla")
    page.goto("/calls/keyboard/screening")
    page.get_by_text("Nothing waits for you.").wait_for()


def test_the_keys_can_be_turned_off(people, tasks):
    page = people.at("lars")
    page.goto("/calls/keyboard/screening?show=all")
    page.locator(READY).wait_for()
    button = page.locator("[data-keys]")
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    page.locator("h1").click()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.hasAttribute('data-row')") is False
    button.click()


def _assess(page, *, leave_out):
    """Fill the whole form by Tab, Space and typing; end on the button and press it."""
    page.locator("#finding-0").focus()
    for place in range(page.locator("[data-criterion]").count()):
        _reach(page, f"finding-{place}")
        page.keyboard.press("Space")
        if place == 0:
            page.keyboard.press("ArrowRight")
        _reach(page, f"points-{place}")
        page.keyboard.type("3")
        if f"code-{place}" != leave_out:
            _reach(page, f"code-{place}")
            page.keyboard.type("M1")
        _reach(page, f"evidence-{place}")
        page.keyboard.type("Page 1, j and k are letters here")
    _reach(page, "decision")
    page.keyboard.press("Space")
    _reach(page, "reason")
    page.keyboard.type("Knows the field and shows it.")
    _reach(page, "submit")
    page.keyboard.press("Enter")


def _reach(page, wanted):
    for _ in range(60):
        here = page.evaluate(
            "() => { const one = document.activeElement; return one.id || one.type || ''; }"
        )
        if here == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {wanted}")
