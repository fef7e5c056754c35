"""The process studio in the browser: change, rehearse, cover, propose, publish with four eyes."""

import re

from playwright.sync_api import expect

from tests.browser.test_keyboard import _reach as reach
from tests.browser.test_keyboard import _stops as stops

#: A process of the demonstration that no case runs on and no other test changes.
PROCESS, DIAGRAM = "data_subject_request", "data_subject_request.bpmn"


def begin(page, process, title):
    page.goto(f"/studio/{process}")
    page.get_by_label("What will change").fill(title)
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_role("heading", name=title).wait_for()
    return page.url.partition("?")[0]


def edit(page, draft, name, change):
    """Change a file of a draft as the editor would save it."""
    address = f"/api/v1/drafts/{draft.rpartition('/')[2]}/files/{name}"
    found = page.request.get(address)
    text = found.text()
    assert change(text) != text
    origin = "/".join(page.url.split("/")[:3])
    headers = {"Origin": origin, "If-Match": found.headers["etag"]}
    saved = page.request.put(address, data=change(text), headers=headers)
    assert saved.ok, saved.text()


def press(locator):
    """Use a button or link with the keyboard, and wait for the page that it leads to."""
    with locator.page.expect_navigation():
        locator.focus()
        locator.page.keyboard.press("Enter")


def ready(page):
    page.locator("html[data-rehearsal=ready][data-diagram=ready]").wait_for()


def test_a_diagram_is_changed_proposed_and_published_by_a_second_owner(people):
    olga, otto = people.at("olga"), people.at("otto")
    draft = begin(olga, PROCESS, "Clearer words")
    _rename_in_editor(olga, "See who it is")
    olga.goto(draft)
    expect(olga.locator("#changes-title ~ section")).to_contain_text("See who it is")
    olga.get_by_label("What changes, and why").fill("The old name said nothing.")
    olga.get_by_role("button", name="Propose for publication").click()
    expect(olga.locator("#said")).to_have_text("Proposed. A second process owner decides.")
    assert olga.locator('[value="approve"]').count() == 0
    otto.goto("/studio")
    card = otto.get_by_role("listitem").filter(has_text="Clearer words")
    card.get_by_role("link", name="Look and decide").click()
    decision = otto.locator("#decision")
    expect(decision).to_contain_text("The old name said nothing.")
    # the second person sees what the scenarios showed
    told, every = re.search(r"(\d+) of (\d+)", decision.inner_text()).groups()
    assert told == every != "0"
    otto.get_by_role("button", name="Publish").click()
    expect(otto.locator("#said")).to_have_text("Published. New cases take this version.")
    otto.goto(f"/studio/{PROCESS}")
    newest = otto.locator("tbody tr").filter(has_text="The old name said nothing.")
    expect(newest).to_contain_text("in force")


def _rename_in_editor(olga, name):
    """Give the first task of a person another name, and save."""
    olga.locator(f'a[href$="/files/{DIAGRAM}"]').first.click()
    olga.locator("html[data-editor=ready]").wait_for()
    first = _task_of(olga)
    olga.locator("#elements-box summary").click()
    olga.locator(f'#elements [data-element="{first}"]').click()
    field = olga.locator("#properties [name=name]")
    field.wait_for()
    field.fill(name)
    olga.get_by_role("button", name="Save now").click()
    expect(olga.locator("#studio-status")).to_have_text(re.compile("^Saved"))


def _task_of(page):
    """Return the first task of a person in the drawing."""
    buttons = page.locator("#elements [data-element]")
    ids = buttons.evaluate_all("(all) => all.map((one) => [one.dataset.element, one.textContent])")
    return next(key for key, text in ids if text.startswith("Task of a person"))


def test_a_process_without_drafts_says_how_to_begin(people):
    olga = people.at("olga")
    olga.goto("/studio/call_for_interest")
    aside = olga.get_by_role("complementary", name="Drafts")
    expect(aside).to_contain_text("No drafts yet.")
    expect(aside.get_by_role("button", name="Begin a draft")).to_be_visible()


def test_a_broken_expression_is_an_error_on_the_shape_and_in_the_list_and_not_published(people):
    olga = people.at("olga")
    draft = begin(olga, "complaint", "Broken")
    edit(olga, draft, "complaint.bpmn", _broken)
    olga.goto(draft)
    found = olga.locator("section[aria-labelledby=findings-title]")
    expect(found).to_contain_text("1 error stands in the way of publishing.")
    assert olga.get_by_role("button", name="Propose for publication").count() == 0
    found.get_by_role("link").first.click()
    olga.locator("html[data-editor=ready]").wait_for()
    expect(olga.locator(".mark--error")).to_have_count(1)
    expect(olga.locator("#findings .tag--late")).to_have_text("Error")
    expect(olga.locator("#findings")).to_contain_text("1 +")
    refused = olga.request.post(
        f"{draft}/propose",
        form={"revision": "2", "comment": "in spite of it"},
        headers={"Origin": "/".join(olga.url.split("/")[:3])},
    )
    assert refused.status == 422
    olga.goto("/studio/complaint")
    assert "in spite of it" not in olga.locator("main").inner_text()


def _broken(text):
    return re.sub(r'dueDate="=[^"]*"', 'dueDate="=1 +"', text, count=1)


def test_what_no_scenario_tries_is_listed_marked_and_stands_in_the_way(people):
    olga = people.at("olga")
    draft = begin(olga, "complaint", "Less told")
    name = "complaint.scenarios.yaml"

    def less(text):
        start = text.index("- scenario: Complaint rejected")
        return text[:start] + text[text.index("- scenario: ", start + 1) :]

    edit(olga, draft, name, less)
    olga.goto(draft)
    olga.get_by_role("button", name="Play the scenarios").click()
    olga.locator("html[data-editor=ready]").wait_for()
    expect(olga.get_by_role("alert")).to_contain_text("parts are untried")
    gaps = olga.locator("#untried li")
    assert gaps.count() > 0
    expect(gaps.first).to_contain_text("not tried")
    # as many arrows and events are marked on the drawing, in words too
    assert olga.locator("figure .view--untried").count() == gaps.count()
    expect(olga.locator("figure .view__badge").first).to_have_text("not tried")
    gaps.first.get_by_role("link").click()
    olga.locator("html[data-editor=ready]").wait_for()
    olga.goto(draft)
    expect(olga.locator("#propose")).to_contain_text("The scenarios stand in the way")


def test_a_case_is_rehearsed_to_its_end_with_a_jump_of_the_clock_by_keyboard(people):
    olga = people.at("olga")
    draft = begin(olga, "complaint", "Rehearsed")
    press(olga.get_by_role("link", name="Rehearse"))
    press(olga.get_by_role("button", name="Begin the rehearsal"))
    ready(olga)
    _complete_by_tab(olga)
    _as_told(olga)
    before = clock(olga)
    press(olga.get_by_role("button", name="To the next deadline"))
    ready(olga)
    assert clock(olga) > before
    expect(olga.locator("[aria-labelledby=mails-title]")).to_contain_text("A reply to a complaint")
    # what was done is green, where the case is stands out, and both are said as text
    assert olga.locator(".case-done").count() > 0
    assert olga.locator(".case-now").count() == 1
    press(olga.get_by_role("button", name=re.compile("^Undo: clock to")))
    ready(olga)
    assert clock(olga) == before
    press(olga.get_by_role("button", name="To the next deadline"))
    ready(olga)
    _as_told(olga)
    _as_told(olga)
    expect(olga.get_by_text("The case has ended: ")).to_be_visible()
    _save_and_play(olga, draft, "Walked in the browser")
    # nothing of it became a case
    cases = people.at("hanna").request.get("/api/v1/cases/?process=complaint&limit=200").json()
    assert "Walked in the browser" not in str(cases)


def clock(page):
    return page.locator(".rehearsal__clock time").get_attribute("datetime")


def _complete_by_tab(olga):
    # Tab alone comes to the form, fills it and completes it
    reach(olga, id="as-told")
    olga.keyboard.press("Enter")
    reach(olga, id="complete")
    with olga.expect_navigation():
        olga.keyboard.press("Enter")
    ready(olga)
    expect(olga.locator("main h1")).to_contain_text("nothing of it is real")


def _save_and_play(olga, draft, title):
    olga.get_by_label("What it tells").fill(title)
    press(olga.get_by_role("button", name="Save the scenario"))
    assert olga.url.startswith(f"{draft}/scenarios")
    press(olga.get_by_role("button", name=re.compile("^Play all")))
    expect(olga.locator("main")).to_contain_text("The scenarios do not stand in the way")


def _as_told(page):
    """Fill the form in as a scenario does, and complete it."""
    page.locator("#as-told").focus()
    page.keyboard.press("Enter")
    press(page.locator("#complete"))
    ready(page)


def test_a_form_that_is_refused_in_a_rehearsal_says_where(people):
    olga = people.at("olga")
    begin(olga, "complaint", "Refused")
    olga.get_by_role("link", name="Rehearse").click()
    olga.get_by_role("button", name="Begin the rehearsal").click()
    ready(olga)
    olga.locator("#complete").click()
    faults = olga.locator("#faults")
    expect(faults).to_be_focused()
    assert faults.locator("li").count() > 1
    olga.locator("#clock-at").fill("2020-01-01T10:00")
    press(olga.get_by_role("button", name="Move the clock"))
    expect(olga.locator("#refused")).to_contain_text("the clock cannot go back")
    assert olga.locator("#clock-at").input_value() == "2020-01-01T10:00"


def test_every_stop_of_the_tab_key_is_seen_on_the_pages_of_the_studio(people):
    olga = people.at("olga")
    draft = begin(olga, "complaint", "By keyboard")
    for address in ("/studio", "/studio/complaint", draft, f"{draft}/scenarios"):
        olga.goto(address)
        olga.locator("html[data-ready]").wait_for()
        found = stops(olga)
        assert len(found) > 8
        assert [one for one in found if not (one["shows"] and one["seen"])] == [], address


def test_where_cases_wait_is_on_the_drawing_and_in_a_table(people):
    olga = people.at("olga")
    olga.goto("/studio/recruitment_case")
    olga.locator("html[data-editor=ready]").wait_for()
    rows = olga.locator("#waiting tbody tr")
    assert rows.count() > 0
    badge = olga.locator("#waiting .view__badge").first
    expect(badge).to_have_attribute("title", re.compile(r"case(s)? wait(s)? here"))
    number = int(re.match(r"\d+", badge.inner_text()).group())
    assert [one for one in rows.all_text_contents() if str(number) in one]
    expect(olga.locator("#waiting figcaption")).to_contain_text("working day")
