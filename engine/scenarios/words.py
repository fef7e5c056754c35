"""The words of the time line: what a step of the kernel means to a reader."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

from engine.decisions import Decided
from engine.kernel import Definition, Effect, Element, OpenTask, Passage, Step
from engine.timelimits import ZONE

#: characters of a value in one line
LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class Narrator:
    """Tells the steps of one definition."""

    definition: Definition

    @cached_property
    def roles(self) -> frozenset[str]:
        """Return every role that a diagram of this definition names."""
        groups = (node.duty.candidate_groups or "" for node in self.definition.graph.nodes.values())
        return frozenset(
            name.strip() for text in groups if not text.startswith("=") for name in text.split(",")
        )

    def tell(self, before: Step | None, after: Step) -> Iterator[str]:
        """Yield what happened between two steps, in order."""
        decisions = list(after.decisions)
        for passage in after.passages:
            element = self.definition.elements[passage.element]
            if passage.what == "completed" and element.decision:
                yield from self._decisions(element.decision, decisions)
            yield from self._passage(passage, element)
        for decided in decisions:
            yield decision_taken(decided)
        yield from self._withdrawn(before, after)
        opened = set(after.opened)
        yield from (task_opened(task) for task in after.tasks if task.id in opened)
        for message in after.outgoing:
            kind, sender = message.kind.capitalize(), self._name(message.element)
            yield f"{kind} {message.name} sent by {sender}"
        if after.ended is not None:
            yield self._ended(after)

    def operation(self, effect: Effect) -> str:
        """Return the call of an operation with its input."""
        data = f" with {plain(effect.input)}" if effect.input else ""
        return f"Operation {effect.operation} called by {self._name(effect.element)}{data}"

    def _decisions(self, decision: str, waiting: list[Decided]) -> Iterator[str]:
        for decided in waiting:
            if decided.decision == decision:
                waiting.remove(decided)
                yield decision_taken(decided)
                return

    def _passage(self, passage: Passage, element: Element) -> Iterator[str]:
        name = titled(element.name, element.id)
        if element.kind == "callActivity" and passage.what in ("entered", "completed"):
            verb = "begins" if passage.what == "entered" else "is over"
            yield f"Stage {name} {verb}"
        if passage.what != "completed" or not element.kind.endswith(("CatchEvent", "oundaryEvent")):
            return
        kind = "Time limit" if element.event == "timer" else (element.event or "event").capitalize()
        verb = "reached" if element.event == "timer" else "caught"
        yield f"{kind} {name} {verb}{self._after(element)}"

    def _after(self, element: Element) -> str:
        law = f" ({element.legal_basis})" if element.legal_basis else ""
        if element.attached_to is None:
            return law
        verb = "interrupts" if element.interrupting else "leaves open"
        return f"{law}; it {verb} {self._name(element.attached_to)}"

    def _withdrawn(self, before: Step | None, after: Step) -> Iterator[str]:
        done = {one.element for one in after.passages if one.what == "completed"}
        gone = set(after.closed)
        for task in before.tasks if before else ():
            if task.id in gone and task.element not in done:
                yield f"Task {titled(task.name, task.element)} withdrawn"

    def _ended(self, after: Step) -> str:
        ended = after.ended
        if ended is None or ended.element is None:
            return "The case was cancelled"
        outcome = f" with the outcome {ended.outcome}" if ended.outcome else ""
        law = f" ({ended.legal_basis})" if ended.legal_basis else ""
        return f"The case ended: {titled(ended.name, ended.element)}{outcome}{law}"

    def _name(self, element: str) -> str:
        return titled(self.definition.elements[element].name, element)


def task_opened(task: OpenTask) -> str:
    """Return the opening of a task: for whom, and due when."""
    number = f" number {task.instance}" if task.instance else ""
    people = ", ".join(filter(None, (task.assignee, *task.candidate_users)))
    whom = people or ", ".join(task.candidate_groups)
    until = f", {due(task.due_at)}" if task.due_at else ""
    law = f" ({task.legal_basis})" if task.legal_basis else ""
    return (
        f"Task {titled(task.name, task.element)}{number} opened for {whom or 'nobody'}{until}{law}"
    )


def decision_taken(decided: Decided) -> str:
    """Return a decision: its result, the rules that matched and where they come from."""
    tables = (decided, *decided.required)
    found = "; ".join(filter(None, (_rules(table) for table in tables)))
    result = decided.output
    if isinstance(result, Mapping) and "result" in result:
        result = result["result"]
    return f"Decision {decided.decision}: {plain(result)}" + (f" by {found}" if found else "")


def _rules(decided: Decided) -> str:
    sources = {rule.number: rule.source for rule in decided.rules}
    return ", ".join(
        f"{decided.decision} rule {number}" + (f" ({sources[number]})" if sources[number] else "")
        for number in decided.matched
        if number in sources
    )


def titled(name: str | None, element: str) -> str:
    """Return the name people see, in quotation marks, or the id."""
    return f"“{' '.join(name.split())}”" if name else element


def plain(value: object) -> str:
    """Return a value as a reader expects it: instants in Brussels, JSON, cut when it is long."""
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat(timespec="minutes")
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def due(instant: datetime) -> str:
    """Return when a task is due; midnight ends the day before."""
    local = instant.astimezone(ZONE)
    if local.time() == time():
        return f"due by the end of {local.date() - timedelta(days=1)}"
    return f"due at {plain(instant)}"


def listed(names: Iterable[str]) -> str:
    """Return names in order, or `none`."""
    return ", ".join(sorted(names)) or "none"
