"""A call with its applications on a real database, brought to the step that a test is about."""

from datetime import datetime, timedelta

from api.house import House
from cursus import wiring
from cursus.demo import director
from cursus.demo.candidates import Plan
from cursus.demo.people import PEOPLE
from engine import cases, clock, worklist
from engine.errors import FourEyes
from engine.store import cases as case_rows
from engine.store import queue
from engine.store.tasks import TaskFilter
from recruitment import intake
from recruitment.correspondence import pdf
from recruitment.store import records
from tests.staging import staged

#: The people of the demonstration: hanna and henri (HR), luisa and lars (line managers), pavel
#: (chairs), petra and peter (panel), carla and cyril (authority), maria, olga, otto, anton, oscar.
CALL = {
    **director.call_content(),
    "id": "c1",
    "reference": "EC/2026/DIGIT/000001",
    "title": "Officer <b>IT</b>",
    "deadline": "2026-03-02T12:00:00+01:00",
    "entry_date": "2026-12-01",
}


class Selection:
    """Officers who work by themselves until a step is reached; the clock is moved as needed."""

    def __init__(self, office, frozen):
        self.office, self.frozen = office, frozen
        office.shell = wiring.shell()
        self.plans = {}
        self.staged("published", self._publish)

    def _publish(self):
        self.office.hire({one.name: list(one.roles) for one in PEOPLE if one.name not in KNOWN})
        for process in ("call_for_interest", "recruitment_case"):
            self.office.publish(process, wiring.shipped_files())

    def staged(self, key, play):
        """Play once what many tests begin with; it must be the first thing that a test does."""
        found, self.plans = staged(
            self.office.database,
            self.frozen,
            key,
            lambda: (play(), dict(self.plans)),
        )
        self.plans = dict(self.plans)
        return found

    def open_call(self, **changes):
        """Record a call; it is a draft until its tasks are done."""
        return self.office.do("hanna", intake.open_call, {**CALL, **changes})

    def publish_call(self, **changes):
        """Record a call and bring it to its publication."""
        call = self.open_call(**changes)
        self.until("nothing", only={call.id}, move=False)
        return call

    def apply(self, name="Ana Berg", at=None, *, kind="engaged", is_registered=True, call="c1"):
        """Send an application by mail; return its case. `kind` is what the demonstration plans."""
        number = len(self.plans)
        at = at or clock.now()
        email = f"{name.split()[0].lower()}{number}@example.org"
        mail = {
            "received_at": at.isoformat(),
            "message_id": f"<{number}.{call}@mail.example>",
            "subject": CALL["reference"],
            "in_order": True,
            "one_pdf": True,
        }
        content = pdf("CV and application form", name, {}, date="2026-01-05")
        person = {"name": name, "email": email, "language": "EN"}
        case = self.office.do(
            "hanna", intake.register_application, call, person, mail, attachment=content
        )
        plan = Plan(
            number=number, kind=kind, name=name, email=email, nationality="FR",
            born=datetime(1985, 3, 1).date(), experience=7,  # noqa: DTZ001  # a day
        )  # fmt: skip
        self.plans[case.id] = plan
        if is_registered:
            with self.office.act("hanna") as act:
                row = director._cast_row(act, plan, CALL)
                intake.import_cast(act, row)
        self.office.work()
        return case

    def until(self, *elements, only=None, move=True):
        """Work until nothing but tasks of these elements waits; return them, oldest first."""
        while True:
            self.office.work()
            found = self.tasks(only)
            ready = [one for one in found if one.element not in {*elements, *SKIPPED}]
            if sum(self._complete(one) for one in ready):
                continue
            wanted = [one for one in found if one.element in elements]
            if wanted or not move or not self._move():
                return wanted

    def tasks(self, only=None):
        """Return the open tasks, oldest first."""
        with self.office.begin() as uow:
            found = worklist.everywhere(uow, TaskFilter(), sort="opened_at", limit=10_000)
        return [one for one in found if only is None or one.case_id in only]

    def application(self, case):
        """Return the row of the application whose case it is."""
        with self.office.begin() as uow:
            return records.get_application(uow, case_rows.get(uow, case.id).key)

    def documents(self, case):
        """Return the documents of an application, without their content."""
        with self.office.begin() as uow:
            return records.documents(uow, case_rows.get(uow, case.id).key)

    def _complete(self, task):
        for person in PEOPLE:
            if director._may(person, task):
                try:
                    self.office.do(
                        person.name, cases.complete_task, task.id, self._submission(task)
                    )
                except FourEyes:
                    continue
                return 1
        return 0

    def _submission(self, task):
        stage = director.Stage(
            database=self.office.database, shell=self.office.shell, say=print, now=clock.now()
        )
        stage.cast = self.plans
        with self.office.act("hanna") as act:
            return director._submission(stage, act, task)

    def _move(self):
        with self.office.begin() as uow:
            due = queue.next_due(uow)
        if due is None:
            return False
        self.frozen.move_to(max(due, clock.now()) + timedelta(seconds=1))
        return True


#: Hired by the office already.
KNOWN = frozenset({"hanna", "carla", "petra", "maria", "olga", "otto"})
#: The call's own tasks after the deadline, and what stands open in case somebody wants it.
SKIPPED = director.CALL_WAITS | director.OPTIONAL


def house_of(office):
    """Return the house for an office with the real operations."""
    return House(database=office.database, shell=office.shell, signing_key=None)
