"""The case file in the browser: tabs and slider by keyboard, main action, clock, broken seal."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import text


@pytest.fixture
def task(desk):
    """The first task of a case of this test's own."""
    return desk.apply("Ida Case")


def _text(page):
    return re.sub(r"\s+", " ", page.locator("main").text_content())


def test_the_next_task_is_the_one_main_action_of_every_part(people, task):
    page = people.at("hanna")
    for part in ("", "?tab=timeline", "?tab=as-of"):
        page.goto(f"/cases/{task.case_id}{part}")
        main = page.locator("main .button--main:visible")
        assert main.count() == 1
        assert main.text_content() == "Open: Check the format defects"
    main.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tasks/{task.id}")


def test_a_fresh_case_says_that_there_is_only_the_receipt(people, desk, task):
    page = people.at("hanna")
    page.goto(f"/cases/{task.case_id}")
    assert re.search(r"Opened .+: only the receipt\.", _text(page))
    desk.finish("henri", task)
    page.goto(f"/cases/{task.case_id}")
    assert "only the receipt" not in _text(page)


def test_the_parts_of_the_file_are_reached_by_keyboard(people, task):
    page = people.at("hanna")
    page.goto(f"/cases/{task.case_id}")
    for name in ("Diagram", "Time line", "Documents and letters", "Data", "As of"):
        parts = page.get_by_role("navigation", name="Parts of the case file")
        parts.get_by_role("link", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        current = page.locator('nav [aria-current="page"]', has_text=name)
        current.first.wait_for()


def test_the_slider_goes_back_in_time_by_keyboard(people, desk, task):
    desk.finish("henri", task)
    desk.task_of(task.case_id)
    page = people.at("hanna")
    page.goto(f"/cases/{task.case_id}?tab=as-of")
    page.locator("html[data-diagram=ready]").wait_for()
    slider = page.locator("#slider")
    before = slider.get_attribute("aria-valuetext")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.getElementById('as-of-seq').textContent === '1'")
    assert slider.get_attribute("aria-valuetext") != before
    assert "opened the case" in slider.get_attribute("aria-valuetext")


def test_the_auditor_exports_the_dossier(people, task):
    page = people.at("anton")
    page.goto(f"/cases/{task.case_id}")
    main = page.locator("main .button--main:visible")
    assert main.text_content() == "Export the dossier"
    with page.expect_download() as download:
        main.click()
    assert download.value.suggested_filename


def test_an_agent_in_service_has_a_contract_clock_and_others_have_none(people, task):
    page = people.at("hanna")
    page.goto(f"/cases/{task.case_id}")
    assert page.locator(".case-clock").count() == 0
    page.goto(f"/cases/{_employed(page)}")
    said = re.sub(r"\s+", " ", page.locator(".case-clock").text_content())
    assert "In service since" in said
    assert "Contract until" in said
    assert re.search(r"Then left\s*\d+ months", said)
    why = page.locator(".case-clock summary").first
    why.focus()
    page.keyboard.press("Enter")
    assert page.locator(".case-clock details[open] li").first.is_visible()
    # one word crosses the border of the medical service, with its day
    medical = page.locator(".case-head div", has_text="Medical check").text_content()
    assert re.search(r"Medical check\s*fit\s+\d+ \w+ \d{4}", medical)


def _employed(page):
    found = page.request.get("/api/v1/cases/?process=recruitment_case&ended=false&limit=200").json()
    for one in found:
        if 'class="card case-clock"' in page.request.get(f"/cases/{one['id']}").text():
            return one["id"]
    raise AssertionError("nobody is in service in the demonstration")


def test_a_broken_seal_stands_in_red_on_every_part_and_hides_nothing(people, desk, task):
    page = people.at("anton")
    with _forged(desk, task):
        for part in ("", "?tab=timeline", "?tab=papers"):
            page.goto(f"/cases/{task.case_id}{part}")
            banner = page.get_by_role("alert").filter(has_text="The seal of this case is broken")
            assert banner.is_visible()
            said = re.sub(r"\s+", " ", banner.text_content())
            assert "Event 1 is the first that does not hold: Carla Rossi opened the case" in said
        page.goto(f"/cases/{task.case_id}?tab=timeline")
        assert page.locator(".case-event").count() > 1
        assert page.locator("#event-1").get_by_text("first bad event").is_visible()
        page.goto(f"/history/cases/{task.case_id}")
        assert page.get_by_role("alert").filter(has_text="The seal is broken").is_visible()
        assert page.locator("#event-1").get_by_text("first bad event").is_visible()
    page.goto(f"/cases/{task.case_id}")
    assert page.get_by_text("The seal of this case is broken").count() == 0


@contextmanager
def _forged(desk, task):
    """Write somebody else into the first event, and put it right again for all other tests."""
    change = text("UPDATE event SET actor = :who WHERE stream = :stream AND seq = 1")
    stream = f"case:{task.case_id}"

    def write(who):
        with desk.database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(change, {"who": who, "stream": stream})

    write("carla")
    try:
        yield
    finally:
        write("hanna")
