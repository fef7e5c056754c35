"""The budget of the kernel; `life` is shared with the benchmark."""

import hashlib
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine import kernel

DIAGRAM = Path(__file__).parent / "bench_47_nodes.bpmn"
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANSWERS = {
    "panel_one": {"one": 40},
    "panel_two": {"two": 35},
    "opinion": {"fit": True},
    "leave": {},
}


def payload():
    """About 10 kB of JSON in 55 fields."""
    fields = {f"field_{number}": hexdigest(number) for number in range(54)}
    return {"name": "Ann", "fields": fields}


def hexdigest(number):
    """Text that does not compress well, always the same."""
    return "".join(hashlib.sha256(f"{number}/{part}".encode()).hexdigest() for part in range(3))


def life(definition, *, renewals=5):
    """Live one case from start to end; return the seconds and the bytes of each step."""
    seconds, sizes = [], []
    step, now, left = None, BEGIN, renewals

    def do(command):
        nonlocal step
        begun = time.perf_counter()
        step = kernel.step(definition, step and step.state, command, now=now)
        seconds.append(time.perf_counter() - begun)
        sizes.append(len(step.state))

    do(kernel.Start(case_id="C1", variables={"payload": payload()}))
    while step.ended is None:
        if step.effects:
            do(kernel.FinishEffect(effect_id=step.effects[0].id))
        elif step.tasks:
            task = step.tasks[0]
            answer = ANSWERS.get(task.element, {})
            if task.element == "renew":
                answer, left = {"again": left > 0}, left - 1
            do(kernel.CompleteTask(task_id=task.id, variables=answer))
        else:
            now = min(timer.due_at for timer in step.timers) + timedelta(seconds=1)
            do(kernel.Tick())
    return step, seconds, sizes


def definition():
    """The process of the benchmark."""
    return kernel.load(kernel.collect({DIAGRAM.name: DIAGRAM.read_bytes()}, "p"))


def test_the_benchmark_reaches_its_end_within_the_budget_of_bytes():
    step, seconds, sizes = life(definition())
    assert step.ended.element == "done"
    assert len(seconds) > 30
    assert max(sizes) <= 12_000


def test_a_long_history_costs_no_more_per_step_than_a_short_one():
    _, _, short = life(definition(), renewals=5)
    _, _, long = life(definition(), renewals=150)
    assert long[-1] < short[-1] + 100


if __name__ == "__main__":
    for renewals in (5, 150):
        _, taken, stored = life(definition(), renewals=renewals)
        median = statistics.median(taken) * 1_000
        print(f"{len(taken)} steps, median {median:.2f} ms, largest state {max(stored)} bytes")  # noqa: T201
