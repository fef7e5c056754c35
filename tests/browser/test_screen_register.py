"""Screen 5: an import with refused rows, a count that follows, hints, a long list by keyboard."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cursus import wiring
from cursus.config import Config
from cursus.demo import director
from engine import clock, worker, worklist
from engine.store import begin
from recruitment import intake
from recruitment.cast.file import COLUMNS
from recruitment.store import records

CALL = "register-call"
PEOPLE = (
    "Zoé Registre,zoe@register.example,Archives,yes,yes,IV,2024-06-03,,,{day},FR:C2 EN:B2,"
    "university,7,",
    "Yan Registre,yan@register.example,Archives,yes,yes,III,2024-06-03,,,{day},FR:B1 EN:C1,"
    "university,2,",
    "Bad,no address,Archives,yes,no,,,,,,,,,",
)


@pytest.fixture(scope="module")
def call(product):
    """An open call of this screen's own, played by the officers to its publication."""
    settings = Config(data=product.folder / "data", host="", port=0, workers=1)
    database, shell, now = wiring.database(settings), wiring.shell(), product.now()
    content = director.call_content() | {
        "id": CALL, "reference": "EC/2026/DIGIT/005005",
        "deadline": (now + timedelta(days=20)).replace(microsecond=0).isoformat(),
        "entry_date": (now + timedelta(days=300)).date().isoformat(),
    }  # fmt: skip
    stage = director.Stage(database=database, shell=shell, say=print, now=now)
    with clock.pretending(now), director._acting(stage, "hanna") as act:
        intake.open_call(act, content)
    for _ in range(4):
        with clock.pretending(now):
            worker.run_due(database, shell)
            with begin(database, now=now) as uow:
                row = records.get_call(uow, CALL)
                waiting = worklist.of_case(uow, row["case_id"])
            if row["published_at"]:
                break
            for task in waiting:
                director._complete(stage, task)
    assert row["published_at"]
    database.engine.dispose()
    return CALL


def hand_in(page, product, *, days_ago=1):
    day = (product.now() - timedelta(days=days_ago)).date().isoformat()
    lines = [",".join(COLUMNS), *(one.format(day=day) for one in PEOPLE)]
    page.goto("/register/import")
    page.locator("#file").set_input_files(
        {"name": "archives.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    )
    page.get_by_label("Day of the extract").fill(day)
    page.get_by_role("button", name="Look what would change").click()
    page.wait_for_url(re.compile("/register/import/[0-9a-f-]{36}"))


def test_an_import_shows_its_refused_rows_and_takes_the_others(people, product):
    page = people.at("hanna")
    hand_in(page, product)
    expect(page.get_by_text("“no address” is no mail address")).to_be_visible()
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.locator("#said")).to_contain_text("The extract is imported")
    page.goto("/register?profile=Archives")
    expect(page.get_by_role("heading", name="2 people")).to_be_visible()
    hand_in(page, product)
    expect(page.get_by_text("Importing it again changes nothing")).to_be_visible()
    page.get_by_role("button", name="Put the file away").click()
    expect(page.locator("#said")).to_contain_text("put away")


def test_the_count_follows_the_form_and_says_what_stands_in_the_way(people):
    page = people.at("hanna")
    page.goto("/register?profile=Archives")
    counted = page.locator("#register-count")
    expect(counted).to_contain_text("2 match")
    page.get_by_label("Language 1").select_option("FR")
    page.get_by_label("Level 1").select_option("C1")
    expect(counted).to_contain_text("1 match")
    page.get_by_label("Years of experience").fill("9")
    expect(counted).to_contain_text("0 match")
    expect(counted).to_contain_text("Without 9 years of experience: 1")
    page.locator("#register-query").get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nobody matches.")).to_be_visible()
    page.locator(".empty").get_by_role("link", name="Without 9 years").click()
    expect(page.get_by_role("heading", name="1 person")).to_be_visible()
    expect(page.get_by_text("FR C2, at least C1 asked for")).to_be_visible()


def test_people_are_added_to_a_long_list_by_keyboard_alone(people, call):
    page = people.at("hanna")
    page.goto("/register?profile=Archives")
    page.get_by_label("Choose everybody on this page").focus()
    page.keyboard.press("Space")
    expect(page.locator("#register-chosen")).to_have_text("2 / 2")
    page.locator("#call").focus()
    page.keyboard.type("EC/2026/DIGIT/005005")
    page.keyboard.press("Tab")
    page.keyboard.type("Keeps archives")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 people added.")).to_be_visible()
    page.get_by_role("link", name="To the long list").click()
    expect(page.get_by_text("Keeps archives")).to_have_count(2)
    expect(page.get_by_text("profile Archives")).to_have_count(2)
    page.get_by_text(re.compile("Take off the list.*Yan")).click()
    page.get_by_label("Reason").nth(0).focus()
    row = page.get_by_role("row", name=re.compile("Yan Registre"))
    row.get_by_label("Reason").fill("Asked not to be told")
    row.get_by_role("button", name="Take off").click()
    expect(page.locator("#said")).to_contain_text("taken off")
    expect(page.get_by_text("1 person on the long list")).to_be_visible()


def test_a_missing_reason_is_said_with_focus_and_nothing_is_lost(people, call):
    page = people.at("hanna")
    page.goto("/register?profile=Archives")
    page.get_by_label("Choose Zoé Registre").check()
    page.locator("#call").select_option(call)
    page.get_by_role("button", name="Add to the long list").click()
    expect(page.locator("#faults")).to_be_focused()
    expect(page.get_by_label("Choose Zoé Registre")).to_be_checked()
    expect(page.locator("#call")).to_have_value(call)
