"""My work in the browser: open and complete by keyboard, whoever was faster, set aside, empty."""

import re

import pytest


@pytest.fixture
def task(desk):
    """A task of this test's own."""
    return desk.apply("Ada Screen")


def _own(page, *tasks):
    """Open the list and return the rows of these tasks."""
    page.goto("/work")
    page.locator("html[data-work=ready]").wait_for()
    return [page.locator(f'.work-row:has(a.work-open[href="/tasks/{one.id}"])') for one in tasks]


def _walk_to(page, key, task):
    """Go from row to row with a key until the task has the focus."""
    page.locator("#work-list").focus()
    for _ in range(60):
        page.keyboard.press(key)
        if (
            page.evaluate("() => document.activeElement.getAttribute('href')")
            == f"/tasks/{task.id}"
        ):
            return
    raise AssertionError(f"{key} never comes to the task")


@pytest.mark.parametrize("key", ["j", "ArrowDown"])
def test_a_task_is_opened_and_completed_by_keyboard(people, task, key):
    page = people.at("hanna")
    _own(page, task)
    _walk_to(page, key, task)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tasks/{task.id}")
    page.locator("html[data-form=ready]").wait_for()
    first = page.locator("#form input[type=radio]").first
    first.focus()
    page.keyboard.press("Space")
    page.locator("#complete").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/work?said=completed")


def test_rows_are_walked_back_and_chosen_by_keyboard(people, desk):
    one, other = desk.apply("Bea Screen"), desk.apply("Cid Screen")
    page = people.at("hanna")
    _own(page, one)
    _walk_to(page, "j", one)
    page.keyboard.press("x")
    _walk_to(page, "k", other)
    page.keyboard.press("x")
    assert page.locator("#chosen").text_content() == "2 chosen"
    page.get_by_role("button", name="Claim the chosen").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="2 of 2 tasks are yours now").wait_for()
    # and back again
    page.get_by_role("button", name="Undo: give these 2 back").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="2 of 2 tasks are given back").wait_for()


def test_letters_are_no_keys_outside_the_list(people, task):
    page = people.at("hanna")
    _own(page, task)
    field = page.get_by_label("Application or call")
    field.focus()
    page.keyboard.type("jkx")
    assert field.input_value() == "jkx"
    assert page.locator("#work-list :focus").count() == 0


def test_each_row_says_why_it_is_mine_its_limit_and_its_last_event(people, task):
    (row,) = _own(people.at("hanna"), task)
    text = re.sub(r"\s+", " ", row.text_content())
    assert "it is offered to everybody who is: HR officer" in text
    assert "Call; a format defect alone does not exclude" in text
    assert "Cursus did: Acknowledge receipt" in text


def test_whoever_was_slower_is_told_the_result_and_keeps_what_was_typed(people, desk, task):
    page = people.at("hanna")
    page.goto(f"/tasks/{task.id}")
    page.locator("html[data-form=ready]").wait_for()
    page.get_by_label("Propose: inadmissible").check()
    page.locator("#form textarea").fill("My own long reason")
    desk.finish("henri", task)
    page.locator("#complete").click()
    told = page.locator("#faults .finished")
    told.wait_for()
    text = re.sub(r"\s+", " ", told.text_content())
    assert re.search(r"Henri Lambert finished this (just now|\d+ seconds? ago)\.", text)
    assert "It is not one PDF, and cannot be mended." in text
    assert page.locator("#form textarea").input_value() == "My own long reason"
    # the focus is where the news is
    assert page.evaluate("() => document.activeElement.id") == "faults"


def test_a_claim_that_comes_too_late_shows_the_result(people, desk, task):
    page = people.at("hanna")
    (row,) = _own(page, task)
    desk.finish("henri", task)
    row.get_by_role("button", name="Claim").click()
    page.get_by_role("heading", name="Somebody finished this task before you").wait_for()
    assert page.get_by_text("It is not one PDF, and cannot be mended.").is_visible()


def test_one_form_for_several_tells_in_its_row_who_was_faster(people, desk):
    one, other = desk.apply("Dan Screen"), desk.apply("Eva Screen")
    page = people.at("hanna")
    page.goto(f"/work/together?task={one.id}&task={other.id}")
    page.locator("html[data-form=ready]").wait_for()
    desk.finish("henri", one)
    page.get_by_label("Accept as it is").check()
    page.locator("#complete").click()
    page.get_by_text("1 of 2 done, 1 refused").wait_for()
    told = page.locator(f'[data-task="{one.id}"] .finished')
    assert "Henri Lambert finished this" in told.text_content()


def test_a_task_is_set_aside_and_found_again(people, task):
    page = people.at("hanna")
    (row,) = _own(page, task)
    row.locator("input[name=task]").check()
    page.get_by_role("button", name="Set aside…").click()
    page.get_by_role("heading", name="Set 1 task aside").wait_for()
    page.get_by_label("Reason").fill("She is away until then")
    page.locator("main").get_by_role("button", name="Set aside").click()
    page.get_by_role("heading", name="1 of 1 tasks are set aside").wait_for()
    (row,) = _own(page, task)
    assert row.count() == 0
    page.get_by_role("link", name=re.compile("^Set aside")).click()
    page.wait_for_url("**/work?span=aside")
    assert page.locator(f'a.work-open[href="/tasks/{task.id}"]').is_visible()


def test_whoever_has_nothing_to_do_is_told_the_next_timer(people):
    page = people.at("oscar")
    page.goto("/work")
    text = re.sub(r"\s+", " ", page.locator(".empty").text_content())
    assert re.search(r"Nothing waits for you\. Next timer: .+, \d{1,2} \w+ \d{4}", text)
