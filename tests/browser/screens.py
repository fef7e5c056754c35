"""A call of a test's own in the running product, so that no other test is disturbed."""

import threading
import time
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import bindparam, select

from cursus import wiring
from cursus.config import Config
from engine import cases, worklist
from engine.access import Actor
from engine.cases import Act
from engine.store import begin
from engine.store.tables import effect
from recruitment import intake
from recruitment.correspondence import pdf

_PAUSE = threading.Event()
_EFFECTS = select(effect.c.id).where(effect.c.case_id == bindparam("case_id"))


class Desk:
    """What the test does beside the browser: it opens a call, lets people apply, waits."""

    def __init__(self, product):
        self.product = product
        settings = Config(data=product.folder / "data", host="", port=0, workers=1)
        self.database = wiring.database(settings)
        self.shell = wiring.shell()
        self.call = f"screen-{uuid4().hex[:8]}"
        self.reference = f"EC/2026/DIGIT/{uuid4().int % 10**6:06d}"
        self.do("hanna", intake.open_call, self._call())

    def _call(self):
        return {
            "id": self.call, "reference": self.reference, "title": "An officer for the screens",
            "deadline": (self.product.now() + timedelta(days=20)).isoformat(),
            "site": "LUX", "function_group": "IV", "contract_type": "3b",
            "criteria": [{"criterion": "Writes well", "kind": "essential"}],
        }  # fmt: skip

    def do(self, name, verb, *given, **more):
        """Do something as an officer, in a transaction of its own."""
        actor = Actor(name=name, roles=frozenset({"hr_officer"}))
        with begin(self.database, now=self.product.now()) as uow:
            return verb(Act(uow=uow, shell=self.shell, actor=actor), *given, **more)

    def apply(self, name):
        """Let somebody apply with a defect of form; return the first task of the case."""
        person = {"name": name, "email": f"{uuid4().hex[:8]}@example.org"}
        mail = {
            "received_at": self.product.now().isoformat(), "message_id": f"<{uuid4()}@mail>",
            "subject": self.reference, "in_order": False, "one_pdf": True,
        }  # fmt: skip
        paper = pdf("CV", name, {}, date="2026-01-05")
        case = self.do(
            "hanna", intake.register_application, self.call, person, mail, attachment=paper
        )
        return self.task_of(case.id)

    def task_of(self, case_id):
        """Wait until the worker has brought the case to its next task, and rests."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with begin(self.database, now=self.product.now()) as uow:
                found = worklist.of_case(uow, case_id)
                if found and not uow.all(_EFFECTS, case_id=case_id):
                    return found[0]
            _PAUSE.wait(0.1)
        raise AssertionError(f"no task opened in {case_id}")

    def finish(self, name, task, reason="It is not one PDF, and cannot be mended."):
        """Finish the task as a colleague would."""
        answers = {"decision": "refuse", "reason": reason}
        self.do(name, cases.complete_task, task.id, answers)

    def close(self):
        """Let the database go."""
        self.database.engine.dispose()
