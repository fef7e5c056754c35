"""The planner of interviews in a browser: empty, clash, clock change, bounce, and by keyboard."""

import re
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from cursus import wiring
from cursus.config import Config
from cursus.demo import director
from cursus.demo.candidates import plans
from engine import clock, worker, worklist
from engine.store import begin
from engine.store.tasks import TaskFilter
from recruitment import intake
from recruitment.planning import earliest, is_clock_change
from recruitment.store.tables import letter

CALL = "screen-interviews"
PAGE = f"/calls/{CALL}/interviews"
_WAIT = threading.Event()
#: Where officers stop: the dates are not fixed.
STOP = frozenset({"schedule_interview"}) | director.CALL_WAITS


@pytest.fixture(scope="module")
def stage(product):
    """A call of its own in the running product: two candidates wait for the date."""
    settings = Config(data=product.folder / "data", host="", port=0, workers=1)
    database = wiring.database(settings)
    stage = director.Stage(
        database=database, shell=wiring.shell(), say=lambda _text: None, now=product.now()
    )
    with _now(stage, product):
        deadline = (stage.now - timedelta(hours=2)).isoformat()
        entry = (stage.now + timedelta(days=200)).date().isoformat()
        content = {
            **director.call_content(), "id": CALL, "reference": "EC/2026/SCREEN/000006",
            "deadline": deadline, "entry_date": entry,
        }  # fmt: skip
        with director._acting(stage, "hanna") as act:
            intake.open_call(act, content)
        received = stage.now - timedelta(hours=3)
        for plan in [one for one in plans() if one.kind == "engaged"][:1] * 2:
            _apply(stage, plan, content, received)
    _work(stage, product)
    yield stage
    database.engine.dispose()


def _apply(stage, plan, content, received):
    number = len(stage.cast)
    name = ("Ana Berg", "Bob Lee")[number]
    mine = replace(plan, number=9000 + number, name=name, email=f"screen{number}@example.org")
    director.apply(stage, received, mine, content)


@contextmanager
def _now(stage, product):
    stage.now = product.now()
    with clock.pretending(stage.now):
        yield


def _work(stage, product):
    """Let officers work on this call's applications until both dates are to be fixed."""
    for _ in range(600):
        with _now(stage, product):
            worker.run_due(stage.database, stage.shell)
            found = _open(stage)
            if sum(one.element == "schedule_interview" for one in found) == len(stage.cast):
                return
            done = sum(director._complete(stage, one) for one in found if one.element not in STOP)
        if not done:
            # the product's own worker is at it
            _WAIT.wait(0.1)
    raise AssertionError("the applications did not come to the date of their interviews")


def _open(stage):
    with begin(stage.database, now=stage.now) as uow:
        found = worklist.everywhere(uow, TaskFilter(), sort="opened_at", limit=100_000)
    mine = {*stage.cast}
    return [one for one in found if one.case_id in mine or one.case_key == CALL]


def test_the_empty_planner_leads_to_screening(people, product, stage):
    with _now(stage, product), director._acting(stage, "hanna") as act:
        content = {**director.call_content(), "id": "screen-empty", "reference": "EC/SCREEN/EMPTY"}
        intake.open_call(act, content)
    page = people.at("hanna")
    page.goto("/calls/screen-empty/interviews")
    page.locator("main").get_by_role("link", name="Go to screening").click()
    page.wait_for_url("**/screening")


def _tuesday(product):
    found = earliest(product.now(), "P10D", "LUX") + timedelta(days=7)
    while found.weekday() != 1:
        found += timedelta(days=1)
    return found


def _place(page, name, day, clock_time, room="Screen room"):
    page.goto(PAGE)
    page.locator("html[data-interviews=ready]").wait_for()
    task = page.locator("#task option", has_text=name).first.get_attribute("value")
    page.locator("#task").select_option(task)
    page.locator("#date").fill(day.isoformat())
    page.locator("#time").fill(clock_time)
    page.locator("#place").fill(room)
    page.get_by_role("button", name="Keep this slot").click()


def test_a_clash_is_told_with_names_and_slot_and_the_focus_can_reach_it(people, product, stage):
    page, day = people.at("hanna"), _tuesday(product)
    _place(page, "Ana Berg", day, "10:00")
    page.wait_for_url("**said=slot-kept")
    _place(page, "Bob Lee", day, "10:30")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "Screen room is taken" in alert.text_content()
    assert "Ana Berg (EC/2026/SCREEN/000006)" in alert.text_content()
    assert page.locator("#time").input_value() == "10:30"


def test_the_day_of_the_clock_change_is_warned_about(people, product, stage):
    page, day = people.at("hanna"), _tuesday(product)
    while not is_clock_change(day):
        day += timedelta(days=1)
    _place(page, "Bob Lee", day, "10:00")
    page.wait_for_url("**said=slot-kept")
    row = page.locator(".interviews-placed tr", has_text="Bob Lee")
    assert "The clock changes on" in row.text_content()
    assert page.get_by_label("I have read the remarks above").is_visible()
    row.get_by_role("button", name=re.compile("Take out.*Bob Lee")).click()
    page.wait_for_url("**said=slot-freed")


def _invitations(stage):
    return letter.c.template == "interview_invitation", letter.c.case_id.in_(stage.cast)


def _until_invited(stage):
    """Wait until the product's worker has written the letter."""
    for _ in range(150):
        with stage.database.engine.begin() as connection:
            if connection.execute(select(letter.c.id).where(*_invitations(stage))).first():
                return
        _WAIT.wait(0.1)
    raise AssertionError("the worker wrote no invitation")


def test_an_invitation_is_sent_with_the_keyboard_alone_and_its_bounce_is_shown(
    people, product, stage
):
    page = people.at("hanna")
    page.goto(PAGE)
    page.locator("html[data-interviews=ready]").wait_for()
    assert page.locator("#send-button").text_content() == "Send 1 invitation"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "send-button":
            break
    page.keyboard.press("Enter")
    page.get_by_text("The invitation is written.").wait_for()
    _until_invited(stage)
    with stage.database.engine.begin() as connection:
        bounced = update(letter).where(*_invitations(stage))
        connection.execute(bounced.values(bounced_at=product.now(), bounce="550 no such user"))
    page.goto(PAGE)
    booked = page.get_by_role("region", name="Booked interviews")
    assert booked.get_by_text("bounced", exact=True).is_visible()
    assert booked.get_by_text("invited", exact=True).is_visible()


def test_a_name_is_dragged_onto_the_week(people, product, stage):
    page = people.at("hanna")
    day = _tuesday(product) + timedelta(days=1)
    page.goto(f"{PAGE}?week={day.isoformat()}")
    page.locator("html[data-interviews=ready]").wait_for()
    cell = page.locator(f'td[data-day="{day.isoformat()}"][data-place="Screen room"]')
    page.locator("#waiting li", has_text="Bob Lee").drag_to(cell)
    page.wait_for_url("**said=slot-kept")
    assert date.fromisoformat(page.url.partition("week=")[2][:10]) == day
    assert "Bob Lee" in cell.text_content()
