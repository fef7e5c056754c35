"""A call of its own on a running product, brought to the scores of its panel by domain verbs.

Officers work by themselves; what the case waits for in time is moved to now, which an officer may
do with a reason. Nothing else of the shared demonstration is touched.
"""

import threading
import time
from datetime import timedelta

from cursus import wiring
from cursus.config import Config
from cursus.demo import director
from cursus.demo.candidates import plans
from engine import cases, worklist
from engine.store import begin, queue
from engine.store import cases as case_rows
from recruitment import intake
from recruitment.store import records

_WAIT = threading.Event()
#: Deadlines that a round waits for on its way.
WAITS = director.STAGE_TIMERS | {"call_deadline"}


class Rounds:
    """A call with candidates whom its panel interviews today."""

    def __init__(self, product, key):
        self.product, self.key = product, key
        settings = Config(data=product.folder / "data", host="", port=0, workers=1)
        self.database = wiring.database(settings)
        self.stage = director.Stage(
            database=self.database, shell=wiring.shell(), say=lambda _: None, now=product.now()
        )
        self.call = self._open_call()
        self.cases = []

    def close(self):
        self.database.engine.dispose()

    def _now(self):
        self.stage.now = self.product.now()
        return self.stage.now

    def _open_call(self):
        now = self._now()
        content = {
            **director.call_content(),
            "id": self.key,
            "reference": f"EC/{now.year}/{self.key.upper()}/000001",
            "deadline": (now + timedelta(days=3)).isoformat(timespec="seconds"),
            "entry_date": (now + timedelta(days=200)).date().isoformat(),
        }
        with director._acting(self.stage, "hanna") as act:
            return intake.open_call(act, content).id, content

    def apply(self, *kinds):
        """Let a candidate of each kind of the demonstration apply."""
        case_id, content = self.call
        self._until(lambda: not self._open(case_id))
        some = list(plans())
        for kind in kinds:
            plan = next(one for one in some if one.kind == kind)
            some.remove(plan)
            known = set(self.stage.cast)
            director.apply(self.stage, self._now(), plan, content)
            self.cases += [one for one in self.stage.cast if one not in known]

    def until(self, element):
        """Work until each case waits for nothing but tasks of this element; return them."""
        self._until(
            lambda: all(
                (found := self._open(one)) and {task.element for task in found} == {element}
                for one in self.cases
            ),
            but=element,
        )
        return [task for one in self.cases for task in self._open(one)]

    def until_ranked(self):
        """Work until the panel's results are confirmed and the list waits for its signature."""
        self._until(lambda: self._all_scored() and not any(self._open(one) for one in self.cases))
        case_id, _content = self.call
        self._until(lambda: any(t.element == "confirm_ranking" for t in self._open(case_id)),
                    of=[case_id], but="confirm_ranking")  # fmt: skip

    def _all_scored(self):
        with begin(self.database, now=self._now()) as uow:
            keys = [case_rows.get(uow, one).key for one in self.cases]
            return all(records.get_application(uow, one)["score"] is not None for one in keys)

    def complete(self, task):
        """Let whoever may complete a task of the round."""
        self._now()
        assert director._complete(self.stage, task) == 1

    def save_draft(self, name, task, content):
        """Keep an unsubmitted form of somebody."""
        self._now()
        with director._acting(self.stage, name) as act:
            cases.save_draft(act, task.id, content)

    def _until(self, is_reached, *, of=None, but=None):
        until = time.monotonic() + 90
        while not is_reached():
            assert time.monotonic() < until, [
                (one.element, one.assignee) for case in self.cases for one in self._open(case)
            ]
            if not self._work([*self.cases, self.call[0]] if of is None else of, but):
                self._hasten()
                _WAIT.wait(0.1)

    def _work(self, of, but):
        self._now()
        skipped = {but, *director.OPTIONAL}
        if len(of) > 1:
            skipped |= director.CALL_WAITS
        ready = [t for one in of for t in self._open(one) if t.element not in skipped]
        return sum(director._complete(self.stage, one) for one in ready)

    def _hasten(self):
        """Move what the cases wait for in time to now."""
        for case_id in [*self.cases, self.call[0]]:
            with begin(self.database, now=self._now()) as uow:
                timers = [dict(one) for one in queue.timers(uow, case_id=case_id)]
            for one in timers:
                if one["element"] in WAITS and one["due_at"] > self._now() and self.cases:
                    with director._acting(self.stage, "hanna") as act:
                        cases.extend(act, one["id"], due_at=self._now(), reason="Held today")

    def _open(self, case_id):
        with begin(self.database, now=self._now()) as uow:
            if case_rows.get(uow, case_id) is None:
                return []
            found = worklist.of_case(uow, case_id)
        return [one for one in found if one.element not in director.OPTIONAL]
