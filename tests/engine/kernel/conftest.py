from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import kernel
from engine.kernel import codec

HERE = Path(__file__).parent
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def structure(definition):
    """Everything of SpiffWorkflow's specs that a run could change."""
    return {
        (scope, name): (tuple(spec._inputs), tuple(spec._outputs), dict(spec.data))
        for scope, process in definition.specs.items()
        for name, spec in process.task_specs.items()
    }


class Case:
    """One case under test.

    Every step goes through bytes, is computed twice with equal results, survives a round trip and
    leaves the definition as it was.
    """

    def __init__(self, name, *, root="p", extra=()):
        self.files = {path: (HERE / path).read_bytes() for path in (f"{name}.bpmn", *extra)}
        self.definition = kernel.load(kernel.collect(self.files, root))
        self.state = None
        self.step = None
        self.untouched = structure(self.definition)

    def do(self, command, *, at=NOON):
        first = kernel.step(self.definition, self.state, command, now=at)
        again = kernel.step(self.definition, self.state, command, now=at)
        assert first == again
        case = codec.restore(self.definition, first.state, now=at)
        assert codec.dump(case, self.definition.digest) == first.state
        assert structure(self.definition) == self.untouched
        self.step, self.state = first, first.state
        return self

    def start(self, *, at=NOON, **variables):
        return self.do(kernel.Start(case_id="C1", variables=variables), at=at)

    def complete(self, element, instance=None, *, at=NOON, **values):
        task = self.task(element, instance)
        return self.do(kernel.CompleteTask(task_id=task.id, variables=values), at=at)

    def finish(self, element, *, at=NOON, **values):
        effect = next(effect for effect in self.step.effects if effect.element == element)
        return self.do(kernel.FinishEffect(effect_id=effect.id, variables=values), at=at)

    def fail(self, element, code):
        effect = next(effect for effect in self.step.effects if effect.element == element)
        return self.do(kernel.FailEffect(effect_id=effect.id, error_code=code))

    def receive(self, message, correlation=None, **values):
        return self.do(kernel.Receive(message=message, correlation=correlation, variables=values))

    def tick(self, at):
        return self.do(kernel.Tick(), at=at)

    def task(self, element, instance=None):
        return next(
            task
            for task in self.step.tasks
            if task.element == element and instance in (None, task.instance)
        )

    @property
    def tasks(self):
        return sorted(task.element for task in self.step.tasks)

    @property
    def effects(self):
        return [effect.element for effect in self.step.effects]

    @property
    def timers(self):
        return {timer.element: timer.due_at.isoformat() for timer in self.step.timers}

    @property
    def end(self):
        return self.step.ended.element if self.step.ended else None


@pytest.fixture
def case():
    return Case


@pytest.fixture(autouse=True)
def clock():
    """The kernel takes the instant as an argument: nothing to freeze."""
