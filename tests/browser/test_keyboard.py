"""From the door to a completed task without a mouse: order, visible focus, dialogs."""

from cursus.demo.people import PASSWORD

FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    what: (one.getAttribute("aria-label") || one.textContent || one.name || "").trim(),
    id: one.id, href: one.getAttribute("href"), tag: one.tagName,
    // within a date the browser itself shows which part of it has the focus
    shows: outlined || style.boxShadow !== "none" || one.matches("[type^=date], [type=time]"),
    seen: box.bottom > 0 && box.top < innerHeight,
  };
}"""


def test_a_task_is_found_filled_and_completed_with_the_keyboard(people):
    people.forget("henri")
    page = people.at("nobody")
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    assert _focus(page)["what"] == "Skip to the content"
    _reach(page, id="name")
    page.keyboard.type("henri")
    _reach(page, id="password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/work")
    task = page.get_by_role("link", name="Check the format defects").first
    address = task.get_attribute("href")
    _reach(page, href=address)
    page.keyboard.press("Enter")
    page.locator("html[data-form=ready]").wait_for()
    _choose(page)
    _reach(page, id="complete")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work?said=completed")
    # the message after a change is what is heard first
    assert _focus(page)["id"] == "said"
    people.forget("nobody")


def test_the_skip_link_leads_past_the_menu(people):
    page = people.at("hanna")
    page.goto("/work")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert _focus(page)["id"] == "main"
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def test_every_stop_of_the_tab_key_is_seen(people):
    page = people.at("hanna")
    for address in ("/work", "/cases", "/calls"):
        page.goto(address)
        page.locator("html[data-ready]").wait_for()
        stops = _stops(page)
        assert len(stops) > 8
        hidden = [one for one in stops if not (one["shows"] and one["seen"])]
        assert hidden == [], address


def test_a_dialog_keeps_the_focus_and_gives_it_back(people):
    page = people.at("hanna")
    page.goto("/work")
    page.locator('main a[href^="/tasks/"]').first.click()
    page.locator("html[data-form=ready]").wait_for()
    opener = page.locator('[data-opens="reschedule"]')
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    for _ in range(15):
        page.keyboard.press("Tab")
        # the browser's own bars are the one place outside that Tab may visit
        inside = page.evaluate("() => document.activeElement.closest('dialog') !== null")
        assert inside or _focus(page)["tag"] == "BODY"
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("() => document.activeElement.dataset.opens") == "reschedule"


def test_the_finder_opens_by_its_keys_and_finds_a_page(people):
    page = people.at("hanna")
    page.goto("/work")
    page.locator("html[data-ready]").wait_for()
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    page.keyboard.type("calls")
    dialog.get_by_role("option", name="Calls").first.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def _focus(page):
    return page.evaluate(FOCUS)


def _reach(page, **wanted):
    """Press Tab until the focus is on what is wanted; fail when it never comes there."""
    for _ in range(150):
        found = _focus(page)
        if all(found[name] == value for name, value in wanted.items()):
            assert found["shows"], f"nothing shows the focus on {wanted}"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {wanted}")


def _stops(page):
    """Press Tab through the whole page and return where it stopped."""
    found = []
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = _focus(page)
        if stop["tag"] == "BODY":
            return found
        found.append(stop)
    raise AssertionError("Tab never leaves the page")


def _choose(page):
    """Take the first answer of the one question."""
    first = page.locator("#form input[type=radio]").first
    first.wait_for()
    _reach(page, id=first.get_attribute("id"))
    page.keyboard.press("Space")
    assert first.is_checked()
