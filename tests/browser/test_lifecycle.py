"""The whole life of one application, by clicking: from the call to the file that is closed.

Eight people work in their own browsers; every task is found in My work, filled and completed
there. The product is the real one, web server and worker; its clock starts on the day of the call
and is moved on whenever nothing is left to do, to the next deadline or the next morning. What
comes from outside is handed to the product as it hands it to itself elsewhere: the extract of the
database of candidates, the candidate's documents and the candidate's answers to offers.
"""

import threading
import time
from datetime import date, timedelta

import pytest

from cursus import wiring
from cursus.config import Config
from cursus.demo import director
from cursus.demo.candidates import plans
from cursus.demo.people import PEOPLE
from engine import cases, replay, worklist
from engine.store import begin, queue
from engine.store.tasks import TaskFilter
from recruitment import intake
from recruitment.correspondence import pdf
from recruitment.store import records
from tests.browser import filler
from tests.browser.conftest import People, running, sign_in

PLAN = next(one for one in plans() if one.kind == "engaged")
CALL = director.call_content()
_WAIT = threading.Event()


@pytest.fixture(scope="module")
def office(chromium):
    """A product without any case, on the day on which the call is drafted."""
    with running(play=False, at=director.OPENING) as product:
        people = People(chromium, product)
        yield Office(product, people)
        people.close()


class Office:
    """People at their browsers, and what the test knows of the product's insides to wait for it."""

    def __init__(self, product, people):
        self.product, self.people = product, people
        settings = Config(data=product.folder / "data", host="", port=0, workers=1)
        self.database = wiring.database(settings)
        self.stage = director.Stage(
            database=self.database, shell=wiring.shell(), say=lambda _: None, now=product.now()
        )
        self.done = []

    def now(self):
        """Bring the stage to the instant of the product and return it."""
        self.stage.now = self.product.now()
        return self.stage.now

    def at(self, name, address):
        """Return a page of this person at an address; sign in again when the session is over."""
        page = self.people.at(name)
        page.goto(address)
        if "/sign-in" in page.url:
            sign_in(page, name)
            page.goto(address)
        return page

    def settle(self):
        """Wait until the worker has nothing to do at this instant."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with begin(self.database, now=self.now()) as uow:
                waits = (
                    queue.due_timers(uow, limit=1)
                    or queue.due_effects(uow, limit=1)
                    or queue.outgoing(uow, limit=1)
                )
            if not waits:
                return
            _WAIT.wait(0.05)
        raise AssertionError("the worker did not come to rest")

    def work(self):
        """Let everybody do what waits for them; return how many tasks were completed."""
        if not director._is_office_time(self.now()):
            return 0
        return sum(self._do(one) for one in self._ready())

    def _ready(self):
        with begin(self.database, now=self.now()) as uow:
            found = worklist.everywhere(uow, TaskFilter(), sort="opened_at", limit=1000)
        ready = [one for one in found if one.element not in director.OPTIONAL]
        of_case = any(one.process != "call_for_interest" for one in ready)
        if of_case or director._interviews_to_come(self.stage):
            # the call's own tasks after the deadline wait until the interview is over
            ready = [one for one in ready if one.element not in director.CALL_WAITS]
        return ready

    def _do(self, task):
        """Find the task in somebody's My work, open it there, fill its form and complete it."""
        for person in PEOPLE:
            if not director._may(person, task):
                continue
            page = self.at(person.name, "/work")
            page.locator(f'main a[href="/tasks/{task.id}"]').first.click()
            is_done = self._complete(page, task)
            page.close()
            if is_done:
                self.done.append((person.name, task.element))
                self.settle()
                return 1
        raise AssertionError(f"nobody may do {task.element}")

    def _complete(self, page, task):
        try:
            filler.complete(page, task.element, PLAN, self.now())
        except AssertionError as fault:
            # who did the step that another person must judge is told so
            if "took part in an earlier step" in str(fault):
                return False
            raise AssertionError(f"{task.element}: {fault}") from fault
        return True

    def live(self, until=None):
        """Work and move the clock on, until an instant or until nothing is left."""
        while until is None or self.now() < until:
            self.settle()
            moved = self.work() + director._candidates_answer(self.stage)
            self.settle()
            following = director._next_instant(self.stage, moved=moved, applying=None)
            if following is None:
                break
            self.product.go_to(min(following, until) if until else following)
        if until:
            self.product.go_to(until)
            self.settle()

    def import_extract(self):
        """Record what the database of candidates says of the one who has applied."""
        with director._acting(self.stage, "hanna") as act:
            intake.import_cast(act, director._cast_row(act, PLAN, CALL))


def test_one_application_goes_its_whole_way_by_clicking(office):
    _open_the_call(office)
    office.live(until=director.OPENING + timedelta(days=14))
    case = _register_the_application(office)
    office.live()
    _look_at_the_end(office, case)
    assert office.people.faults == []


def _open_the_call(office):
    page = office.at("hanna", "/calls")
    page.get_by_role("link", name="New call").first.click()
    for name in ("reference", "title", "unit", "institution", "place", "cast_profile", "mailbox"):
        page.locator(f"#{name}").fill(CALL[name])
    page.locator("#id").fill(CALL["id"])
    page.locator("#deadline").fill("2025-05-26T12:00:00")
    page.locator("#entry_date").fill(CALL["entry_date"])
    page.locator("#function_group").select_option(CALL["function_group"])
    page.locator("#contract_period").fill(CALL["contract_period"])
    page.locator("#list_validity").fill(CALL["list_validity"])
    for kind in ("essential", "asset"):
        lines = [one["criterion"] for one in CALL["criteria"] if one["kind"] == kind]
        page.locator(f"#{kind}").fill("\n".join(lines))
    page.get_by_role("button", name="Open the call").click()
    # the reference says another year than the deadline: the page asks whether both are right
    page.get_by_label("Reference and deadline are both right").check()
    page.get_by_role("button", name="Open the call").click()
    page.locator("#said").wait_for()
    page.close()


def _register_the_application(office):
    page = office.at("hanna", f"/calls/{CALL['id']}")
    page.get_by_role("link", name="Register").first.click()
    page.locator("#name").fill(PLAN.name)
    page.locator("#email").fill(PLAN.email)
    page.locator("#received_at").fill("2025-05-12T08:30:00")
    page.locator("#message_id").fill("<1.application@mail.example>")
    page.locator("#subject").fill(f"{CALL['reference']} application")
    page.locator("#in_order").check()
    content = pdf("CV and application form", PLAN.name, {}, date=date(2025, 5, 12).isoformat())
    file = {"name": "application.pdf", "mimeType": "application/pdf", "buffer": content}
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Register", exact=True).click()
    page.wait_for_url("**/receipts/*")
    page.close()
    with begin(office.database, now=office.now()) as uow:
        (application,) = records.applications(uow, CALL["id"])
    office.stage.cast[application["case_id"]] = PLAN
    office.import_extract()
    return application["case_id"]


def _look_at_the_end(office, case_id):
    """Everybody had a part in it, the case page says how it ended, the auditor proves it."""
    people = {name for name, _ in office.done}
    assert {"hanna", "luisa", "lars", "pavel", "petra", "peter", "carla", "maria"} <= people
    page = office.at("hanna", f"/cases/{case_id}")
    assert PLAN.name in page.locator("h1").inner_text()
    assert "Service ended" in page.locator("main").inner_text()
    page.close()
    with begin(office.database, now=office.now()) as uow:
        assert cases.get(uow, case_id).ended_at is not None
        assert replay.prove(uow, case_id).ok
    page = office.at("anton", f"/history/cases/{case_id}")
    page.get_by_role("button", name="Verify").first.click()
    page.locator("#said, .message--good").first.wait_for()
    page.close()
