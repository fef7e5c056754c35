"""The whole life of one application, by clicking: from the call to the file that is closed.

Nine people work in their own browsers; every task is found in My work, filled and completed there,
and what the candidate sends is written down on the pages of the case. The product is the real one,
web server and worker; its clock starts on the day of the call and is moved on whenever nothing is
left to do, to the next deadline or the next morning. Only the extract of the database of
candidates comes in as a program sends it.
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
from engine.store import begin, events, queue
from engine.store.tasks import TaskFilter
from recruitment import intake
from recruitment.correspondence import pdf
from recruitment.store import records
from tests.browser import filler
from tests.browser.conftest import People, give_password, running
from tests.browser.desks import DESKS

PLAN = next(one for one in plans() if one.kind == "engaged")
CALL = director.call_content()
#: What may arrive from the candidate, and who must have had a part in the end.
ANSWERS = ("offer_answered", "renewal_answered")
EVERYBODY = {"hanna", "luisa", "lars", "pavel", "petra", "peter", "carla", "maria"}
#: One renewal; then the work is not needed any more.
NOT_NEEDED = {"need": "no", "opinion": "not_renew"}
_WAIT = threading.Event()


@pytest.fixture(scope="module")
def office(chromium):
    """A product without any case, on the day on which the call is drafted."""
    with running(play=False, at=director.OPENING) as product:
        office = Office(product, People(chromium, product))
        yield office
        office.people.close()
        office.database.engine.dispose()


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
        self.sitting, self.page = None, None

    def now(self):
        """Bring the stage to the instant of the product and return it."""
        self.stage.now = self.product.now()
        return self.stage.now

    def at(self, name, address):
        """Return a page of this person at an address; sign in again when the session is over."""
        page = self._desk(name)
        _go(page, name, address)
        return page

    def settle(self):
        """Wait until the worker has nothing to do at this instant."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with begin(self.database, now=self.now()) as uow:
                due = queue.next_due(uow)
                # what the worker is at just now counts too
                waits = queue.effects(uow) or queue.outgoing(uow, limit=1)
            if not waits and (due is None or due > self.now()):
                return
            _WAIT.wait(0.05)
        raise AssertionError("the worker did not come to rest")

    def live(self, until=None):
        """Work and move the clock on, until an instant or until nothing is left."""
        while True:
            self.settle()
            while director._is_office_time(self.now()) and (self._work() or self._hear()):
                self.settle()
            following = director._next_instant(self.stage, moved=0, applying=None)
            if following is None or (until and following >= until):
                break
            self.product.go_to(following)
        if until:
            self.product.go_to(until)
            self.settle()

    def _work(self):
        """Let somebody do the first task that waits; say whether one did."""
        ready = self._ready()
        if ready:
            self._do(ready[0])
        return bool(ready)

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
            if director._may(person, task) and self._done_by(person.name, task):
                self.done.append((person.name, task.element))
                return
        raise AssertionError(f"nobody may do {task.element}")

    def _done_by(self, name, task):
        page = self._desk(name)
        row = page.locator("tr").filter(has=page.locator(f'a[href="/tasks/{task.id}"]'))
        if not row.count():
            _go(page, name, "/work")
            row.wait_for()
        # who did the step that another person must judge is told so
        if row.get_by_text("four eyes").count():
            return False
        row.get_by_role("link").first.click()
        page.wait_for_url(lambda address: not address.partition("?")[0].endswith("/work"))
        _let_in(page, name)
        self._complete(page, task.element)
        return True

    def _desk(self, name):
        """Return the page at which the person sits; whoever sat there before leaves."""
        if self.sitting != name:
            if self.page:
                self.page.close()
            self.sitting, self.page = name, self.people.at(name)
        return self.page

    def _complete(self, page, element):
        if element in DESKS:
            page.get_by_role("link", name="Open the page").click()
            DESKS[element](page)
            return
        otherwise = {}
        if element == "give_renewal_opinion" and ("luisa", element) in self.done:
            otherwise = NOT_NEEDED
        if element == "check_document":
            # as early as here, an older criminal record would be too old at entry
            otherwise = {"issued_on": f"{self.now():%Y-%m-%d}"}
        try:
            filler.complete(page, element, PLAN, self.now(), otherwise)
        except AssertionError as fault:
            raise AssertionError(f"{element}: {fault}") from fault

    def _hear(self):
        """Write down what the candidate sends when the case waits for it; say whether it did."""
        for message in ANSWERS:
            for case_id in director._waiting(self.stage, message):
                self._write_down(case_id, message)
                return True
        for case_id in director._waiting(self.stage, "document_uploaded"):
            if director._once(self.stage, case_id, "papers"):
                self._file_papers(case_id)
                return True
        return False

    def _write_down(self, case_id, message):
        page = self.at("hanna", f"/cases/{case_id}")
        page.locator(f'main a[href$="/messages/{message}"]').click()
        filler.write_down(page, message, PLAN, self.now())

    def _file_papers(self, case_id):
        page = self.at("hanna", f"/cases/{case_id}?tab=papers")
        kinds = [one.get_attribute("value") for one in page.locator("#kinds option").all()]
        assert kinds
        for kind in kinds:
            page.get_by_text("File a document that arrived").click()
            page.locator("#paper").set_input_files(_paper(kind, self.now()))
            page.locator("#kind").fill(kind)
            if kind == "employment_proof":
                page.locator("#number").fill("1")
            page.get_by_role("button", name="File it").click()
            page.get_by_role("link", name=f"{kind}.pdf").wait_for()

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


def _register_the_application(office):
    page = office.at("hanna", f"/calls/{CALL['id']}")
    page.locator("main").get_by_role("link", name="Register").first.click()
    page.locator("#name").fill(PLAN.name)
    page.locator("#email").fill(PLAN.email)
    page.locator("#received_at").fill("2025-05-12T08:30:00")
    page.locator("#message_id").fill("<1.application@mail.example>")
    page.locator("#subject").fill(f"{CALL['reference']} application")
    page.locator("#in_order").check()
    page.locator("#file").set_input_files(_paper("application", date(2025, 5, 12)))
    page.get_by_role("button", name="Register", exact=True).click()
    page.wait_for_url("**/receipts/*")
    with begin(office.database, now=office.now()) as uow:
        (application,) = records.applications(uow, CALL["id"])
    office.stage.own.add(application["case_id"])
    office.stage.cast[application["case_id"]] = PLAN
    office.import_extract()
    return application["case_id"]


def _look_at_the_end(office, case_id):
    """The case page says how it ended, the history says who worked, the auditor proves it."""
    with begin(office.database, now=office.now()) as uow:
        case = cases.get(uow, case_id)
        sealed = events.of_stream(uow, case.stream)
        proof = replay.prove(uow, case_id)
    assert (case.ended_element, case.outcome) == ("service_over", "service_ended")
    assert proof.ok
    assert {one.fields.actor for one in sealed} >= EVERYBODY
    page = office.at("hanna", f"/cases/{case_id}")
    assert PLAN.name in page.locator("h1").inner_text()
    assert "Service ended" in page.locator("main").inner_text()
    page = office.at("anton", f"/history/cases/{case_id}")
    page.get_by_role("button", name="Verify").first.click()
    page.get_by_text("The seal holds.").wait_for()


def _go(page, name, address):
    page.goto(address)
    _let_in(page, name)


def _let_in(page, name):
    """Sign in again when the session is over."""
    if "/sign-in" in page.url:
        give_password(page, name)


def _paper(kind, day):
    content = pdf(kind, PLAN.name, {}, date=f"{day:%Y-%m-%d}")
    return {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": content}
