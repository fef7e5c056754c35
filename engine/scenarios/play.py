"""A case played on the pure kernel: the clock moves, operations answer, everything is noted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.decisions import Decided
from engine.errors import ExecutionFailed, Invalid
from engine.kernel import (
    Command,
    CompleteTask,
    Definition,
    Effect,
    FailEffect,
    FinishEffect,
    OpenTask,
    Receive,
    Signal,
    Start,
    Step,
    Tick,
    step,
)
from engine.scenarios.model import Call, Entry, Run, Values, When
from engine.scenarios.words import Narrator, listed, plain, titled
from forms import compile_form

#: Instants between two steps; more than this is a diagram that runs in circles.
MOST_TICKS = 20_000


@dataclass(kw_only=True)
class Play:
    """One case in progress; `failures` are added by who plays."""

    definition: Definition
    name: str
    now: datetime
    answers: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)
    timeline: list[Entry] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    calls: list[Effect] = field(default_factory=list)
    #: the same calls with what they were answered
    answered: list[Call] = field(default_factory=list)
    #: instants between two steps after which the clock is stopped
    most_ticks: int = MOST_TICKS
    #: how many of the calls a step has already checked
    checked: int = 0
    flows: set[tuple[str, str]] = field(default_factory=set)
    boundaries: set[str] = field(default_factory=set)
    _step: Step | None = None
    _counts: dict[str, int] = field(default_factory=dict)
    _actors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the words for this definition."""
        self._narrator = Narrator(definition=self.definition)

    @property
    def step(self) -> Step:
        """Return what the case shows now; raise ExecutionFailed before it began."""
        if self._step is None:
            raise ExecutionFailed("the case has not been started")
        return self._step

    def begin(self, variables: Values, *, held: frozenset[str] = frozenset()) -> None:
        """Start the case; elements held back are not answered."""
        name = self.definition.processes[self.definition.root].name or self.definition.root
        self._say(f"The case “{name}” starts")
        self._do(Start(case_id=self.name, variables=variables))
        self._answer(held)

    def move(self, until: datetime, *, held: frozenset[str] = frozenset()) -> None:
        """Move the clock; what comes due before or then fires in order, at its own instant."""
        if until < self.now:
            raise Invalid(f"the clock cannot go back from {plain(self.now)} to {plain(until)}")
        for _ in range(self.most_ticks):
            due = min((timer.due_at for timer in self.step.timers), default=None)
            if due is None or due > until or self.step.ended:
                self.now = until
                return
            self.now = max(self.now, due)
            self._do(Tick())
            self._answer(held)
        raise ExecutionFailed(f"timers fired {self.most_ticks} times before {plain(until)}")

    def act(self, when: When, *, held: frozenset[str] = frozenset()) -> None:
        """Do what a step says; raise CursusError or FormError when the case refuses it."""
        if when.verb is not None and self.step.ended:
            raise Invalid(f"the case has already ended at {self.step.ended.element}")
        command = self._command(when)
        if command is not None:
            self._do(command)
            self._answer(held)

    def reply(self, element: str, values: Values, *, held: frozenset[str]) -> None:
        """Answer the operation that an element waits for; raise Invalid when it waits for none."""
        effect = self._awaited(element)
        self._next_answer(effect)  # what stands here takes the place of the next one
        self._finish(effect, values)
        self._answer(held)

    def suggested(self, effect: Effect) -> Values:
        """Return what the operation is to answer next."""
        key = self._answers_of(effect)
        answers = self.answers.get(key, ({},))
        return answers[min(self._counts.get(key, 0), len(answers) - 1)]

    def settle(self, *, held: frozenset[str] = frozenset()) -> None:
        """Answer what waits, except the elements held back."""
        self._answer(held)

    def shown(self) -> Run:
        """Return what was seen so far."""
        return Run(
            name=self.name,
            timeline=tuple(self.timeline),
            flows=frozenset(self.flows),
            rules=frozenset(rules_of(self.decisions)),
            boundaries=frozenset(self.boundaries),
            calls=tuple(self.calls),
            variables=self._step.variables if self._step else {},
            ended=self._step.ended if self._step else None,
        )

    def _command(self, when: When) -> Command | None:
        if when.verb == "complete":
            return self._completion(when)
        if when.verb == "receive":
            self._say(f"Message {when.target} received{_with(when.values)}")
            return Receive(message=when.target, correlation=when.correlation, variables=when.values)
        if when.verb == "signal":
            self._say(f"Signal {when.target} received{_with(when.values)}")
            return Signal(name=when.target, variables=when.values)
        if when.verb == "fail":
            return self._failure(when)
        return None

    def _completion(self, when: When) -> CompleteTask:
        task = self._task(when)
        self._check_actor(task, when.by)
        values = dict(when.values)
        if task.form is not None:
            if task.form not in self.definition.forms:
                raise Invalid(f"the form {task.form} of this task is missing", where=task.element)
            form = compile_form(self.definition.forms[task.form], name=f"{task.form}.form")
            values = form.load(when.values, context=task.variables, now=self.now)
        by = f" by {when.by}" if when.by else ""
        self._say(f"Task {titled(task.name, task.element)} completed{by}{_with(values)}")
        return CompleteTask(task_id=task.id, variables=values)

    def _task(self, when: When) -> OpenTask:
        found = [
            task
            for task in self.step.tasks
            if task.element == when.target and when.instance in (None, task.instance)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            instances = ", ".join(str(task.instance) for task in found)
            raise Invalid(
                f"{len(found)} tasks {when.target} are open",
                remedy=f"complete: {{task: {when.target}, instance: N}} with one of {instances}",
            )
        which = f" number {when.instance}" if when.instance else ""
        is_open = listed(task.element for task in self.step.tasks)
        raise Invalid(f"no task {when.target}{which} is open; open: {is_open}")

    def _check_actor(self, task: OpenTask, by: str | None) -> None:
        if by is None:
            return
        if by in self._narrator.roles:
            if by not in task.candidate_groups:
                raise Invalid(
                    f"the task {task.element} is for {listed(task.candidate_groups)}, not for {by}"
                )
            return
        for other in task.differs_from:
            if self._actors.get(other) == by:
                raise Invalid(f"{by} did {other} and may not do {task.element} too")
        self._actors[task.element] = by

    def _failure(self, when: When) -> FailEffect:
        effect = self._awaited(when.target)
        self._call(effect, None, when.code)
        said = f": {when.message}" if when.message else ""
        self._say(f"Operation {effect.operation} failed with {when.code}{said}")
        return FailEffect(effect_id=effect.id, error_code=when.code, message=when.message)

    def _awaited(self, element: str) -> Effect:
        for effect in self.step.effects:
            if effect.element == element:
                return effect
        waiting = listed(effect.element for effect in self.step.effects)
        raise Invalid(f"the operation of {element} is not awaited; awaited: {waiting}")

    def _answer(self, held: frozenset[str]) -> None:
        """Answer the operations one by one, except those held back to fail."""
        while not self.step.ended:
            ready = [effect for effect in self.step.effects if effect.element not in held]
            if not ready:
                return
            self._finish(ready[0], self._next_answer(ready[0]))

    def _finish(self, effect: Effect, answer: Values) -> None:
        self._call(effect, answer)
        self._say(self._narrator.operation(effect))
        self._do(FinishEffect(effect_id=effect.id, variables=dict(answer)))

    def _call(self, effect: Effect, answer: Values | None, code: str = "") -> None:
        self.calls.append(effect)
        self.answered.append(Call(at=self.now, effect=effect, answer=answer, code=code))

    def _next_answer(self, effect: Effect) -> Values:
        answer = self.suggested(effect)
        key = self._answers_of(effect)
        self._counts[key] = self._counts.get(key, 0) + 1
        return answer

    def _answers_of(self, effect: Effect) -> str:
        return effect.element if effect.element in self.answers else effect.operation

    def _do(self, command: Command) -> None:
        before = self._step
        state = before.state if before else None
        self._step = step(self.definition, state, command, now=self.now)
        self.decisions.extend(self._step.decisions)
        for passage in self._step.passages:
            if passage.flow:
                self.flows.add((self.definition.flows[passage.flow].process, passage.flow))
            element = self.definition.elements[passage.element]
            if passage.what == "completed" and element.kind == "boundaryEvent":
                self.boundaries.add(element.id)
        for text in self._narrator.tell(before, self._step):
            self._say(text)

    def _say(self, text: str) -> None:
        self.timeline.append(Entry(at=self.now, text=text))


def rules_of(decisions: list[Decided]) -> Iterator[tuple[str, int]]:
    """Yield decision and number of every rule that matched, in required decisions too."""
    waiting = list(decisions)
    while waiting:
        decided = waiting.pop()
        waiting.extend(decided.required)
        yield from ((decided.decision, number) for number in decided.matched)


def _with(values: Values) -> str:
    return f" with {plain(values)}" if values else ""
