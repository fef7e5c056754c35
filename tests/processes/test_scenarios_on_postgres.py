"""Every shipped scenario once more, through the real shell on PostgreSQL, under freezegun.

The verbs of `engine.cases`, the worker and its timers, forms, authorisation, the stored projections
and the sealed history are the product's own; only the answers of the outside world are told.
"""

from collections import defaultdict
from uuid import uuid5

import pytest
from marshmallow import INCLUDE, Schema

from cursus import wiring
from engine import cases, clock, definitions, worker, worklist
from engine.access import Actor
from engine.cases import Act, Opening, Shell
from engine.operations import BusinessError, Operation, catalogue
from engine.scenarios.model import Then
from engine.scenarios.player import _held as held_by
from engine.store import begin, queue
from recruitment.intake import NAMESPACE
from recruitment.operations import shipped
from tests.processes.test_scenarios import FILES, SCENARIOS

HR = Actor(name="hr", roles=frozenset({"hr_officer"}))
OWNER = Actor(name="owner", roles=frozenset({"process_owner"}))
BY_PROCESS = defaultdict(list)
for _one in SCENARIOS:
    if _one.process:
        BY_PROCESS[_one.process].append(_one)


class Anything(Schema):
    """Keeps whatever it is given."""

    class Meta:
        unknown = INCLUDE

    def dump(self, value, **_):
        return value


class Stage:
    """One scenario on the database: its case, its clock, its answers."""

    def __init__(self, database, frozen, scenario):
        self.database, self.frozen, self.scenario = database, frozen, scenario
        self.counts, self.held, self.failures = defaultdict(int), frozenset(), {}
        house = wiring.shell()
        operations = catalogue(
            *[
                Operation(name=one.name, title=one.title, input=Anything, output=Anything,
                          run=lambda context, _given, name=one.name: self.answer(context, name))
                for one in shipped()
            ]
        )  # fmt: skip
        roles = {verb: frozenset(house.roles) for verb in house.policy.permissions}
        policy = type(house.policy)(permissions=roles)
        self.shell = Shell(policy=policy, operations=operations, roles=house.roles)
        self.case_id = uuid5(NAMESPACE, scenario.id)

    def begin(self):
        return begin(self.database, now=clock.now())

    def answer(self, context, name):
        if context.element in self.held:
            raise BusinessError(*self.failures[context.element])
        answers = self.scenario.operations
        key = context.element if context.element in answers else name
        told = answers.get(key, ({},))
        self.counts[key] += 1
        return told[min(self.counts[key], len(told)) - 1]

    def act(self, uow, actor=HR):
        return Act(uow=uow, shell=self.shell, actor=actor)

    def open(self):
        self.frozen.move_to(self.scenario.at)
        self.hold(self.scenario.steps)
        opening = Opening(id=self.case_id, process=self.scenario.process, title=self.scenario.id)
        with self.begin() as uow:
            cases.open_case(self.act(uow), opening, self.scenario.variables)
        worker.run_due(self.database, self.shell)

    def hold(self, steps):
        self.held = held_by(steps)
        for step in steps:
            if not isinstance(step, Then) and step.verb == "fail":
                self.failures[step.target] = (step.code, step.message)

    def move(self, until):
        for _ in range(10_000):
            with self.begin() as uow:
                due = min(
                    (r["due_at"] for r in queue.timers(uow, case_id=self.case_id)), default=None
                )
            if due is None or due > until:
                break
            self.frozen.move_to(max(due, clock.now()))
            worker.run_due(self.database, self.shell)
        self.frozen.move_to(until)

    def take(self, step):
        if step.verb == "complete":
            with self.begin() as uow:
                found = [
                    one
                    for one in worklist.of_case(uow, self.case_id)
                    if one.element == step.target and step.instance in (None, one.instance)
                ]
                assert len(found) == 1, f"{step.target}: {found}"
                actor = who(found[0], step.by)
                cases.complete_task(self.act(uow, actor), found[0].id, step.values)
        elif step.verb == "receive":
            with self.begin() as uow:
                cases.receive(self.act(uow), self.case_id, step.target, step.values)
        worker.run_due(self.database, self.shell)

    def compare(self, then):
        with self.begin() as uow:
            case = cases.get(uow, self.case_id)
            tasks = sorted(one.element for one in worklist.of_case(uow, self.case_id))
            timers = defaultdict(list)
            for row in queue.timers(uow, case_id=self.case_id):
                timers[row["element"]].append(row["due_at"])
            incidents = [row["message"] for row in queue.incidents(uow, case_id=self.case_id)]
        assert incidents == []
        expected = then.expected
        if "tasks" in expected:
            assert tasks == sorted(expected["tasks"])
        if "ended" in expected:
            assert case.ended_element == expected["ended"]
        for element, instants in expected.get("timers", {}).items():
            assert sorted(timers[element]) == sorted(instants)

    def close(self):
        with self.begin() as uow:
            if cases.get(uow, self.case_id).ended_at is None:
                cases.cancel(self.act(uow), self.case_id, reason="The scenario is over")


def who(task, by):
    """Somebody who may do the task; two elements are never done by one person unless told so."""
    if task.assignee:
        return Actor(name=task.assignee)
    name = by if by and by not in task.candidate_groups else f"{by or 'somebody'}.{task.element}"
    return Actor(name=name, roles=frozenset(task.candidate_groups))


def play(stage):
    stage.open()
    steps = stage.scenario.steps
    for index, step in enumerate(steps):
        if isinstance(step, Then):
            stage.compare(step)
            continue
        stage.hold(steps[index + 1 :] if step.verb != "fail" else steps[index:])
        if step.at is not None:
            stage.move(step.at)
        stage.take(step)
    stage.close()


@pytest.mark.parametrize("process", sorted(BY_PROCESS))
def test_the_scenarios_of_a_process_hold_on_the_database(process, database, clock):
    house = wiring.shell()
    clock.move_to(min(one.at for one in BY_PROCESS[process]))
    with begin(database, now=min(one.at for one in BY_PROCESS[process])) as uow:
        definitions.publish(
            uow, OWNER, process, FILES, comment="For the scenarios",
            catalogue=house.for_gate(), policy=house.policy,
        )  # fmt: skip
    wrong = {}
    for scenario in BY_PROCESS[process]:
        stage = Stage(database, clock, scenario)
        try:
            play(stage)
        except Exception as error:
            wrong[scenario.id] = f"{type(error).__name__}: {str(error)[:600]}"
            stage.close()
    assert not wrong, "\n".join(f"{name}: {text}" for name, text in wrong.items())
