"""The head of a case file: where it stands, what is due next and whose move it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from api.cases import sees_variables
from engine import cases, definitions, kernel, replay, worklist
from engine.cases import Act, Case
from engine.history import Sealed
from engine.kernel import Definition, View
from engine.kernel.textual import Phase, ahead, phases
from engine.replay import Proof
from engine.store import queue
from engine.store import tasks as task_rows
from engine.worklist import Task
from web.cases_sentences import says
from web.language import _, label, words
from web.navigation import person
from web.reasons import is_theirs

#: The process of the medical check, and the variable that its one word is kept in.
MEDICAL, OUTCOME = "medical_check", "medical_outcome"
#: What happens in a case without anybody working on it.
_BY_ITSELF = frozenset({"case", "effect", "message"})

Standing = Literal["done", "now", "ahead", "left"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of the phase bar."""

    name: str
    standing: Standing

    @property
    def says(self) -> str:
        """The standing in words."""
        return {
            "done": _("done"),
            "now": _("current"),
            "ahead": _("to come"),
            "left": _("not reached"),
        }[self.standing]


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running deadline of the case."""

    id: UUID
    element: str
    due_at: datetime
    held_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is due next: a task, or something that the case does by itself."""

    at: datetime
    name: str
    is_task: bool


@dataclass(frozen=True, kw_only=True)
class Medical:
    """All that crosses the border of the medical service: one word and its day."""

    word: str
    since: datetime | None
    is_pending: bool


@dataclass(frozen=True, kw_only=True)
class Broken:
    """The first event of a case that does not hold."""

    seq: int
    reason: str
    #: the event in words with its instant; None where it is missing
    says: str | None
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Head:
    """What every part of a case file needs; read once."""

    case: Case
    definition: Definition
    version: int
    view: View
    tasks: Sequence[Task]
    timers: Sequence[Running]
    messages: tuple[str, ...]
    parent: Case | None
    #: every event of the case, and what the check of their seal found just now
    sealed: Sequence[Sealed]
    proof: Proof
    #: the next open task that the reader may do; None where it is somebody else's move
    next_task: Task | None
    #: the outcome of the medical check in one word; None before it and for whoever sees no data
    medical: Medical | None

    @property
    def process_name(self) -> str:
        """The name of the process in words."""
        return label(self.definition.processes[self.definition.root].name) or self.case.process

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The phase bar."""
        return tuple(
            Stage(name=label(one.name), standing=standing)
            for one in phases(self.definition)
            if (standing := self._standing(one))
        )

    @property
    def broken(self) -> Broken | None:
        """The first bad event, named; None while the seal holds."""
        if self.proof.ok:
            return None
        seq = self.proof.first_bad or 0
        event = next((one for one in self.sealed if one.fields.seq == seq), None)
        return Broken(
            seq=seq,
            reason=self.proof.reason or "",
            says=self._told(event) if event else None,
            at=event.fields.at if event else None,
        )

    @property
    def is_fresh(self) -> bool:
        """Say whether nobody has worked on it yet: it was opened and answered by itself."""
        return not self.case.ended_at and all(
            str(one.fields.kind).partition(":")[0] in _BY_ITSELF for one in self.sealed
        )

    def _told(self, event: Sealed) -> str:
        known = event.fields
        element = self.definition.elements.get(known.element or "")
        name = "" if element is None or element.confidential else label(element.name)
        return says(str(known.kind), person(known.actor), name)

    @property
    def next_due(self) -> Due | None:
        """The earliest of open tasks and running deadlines."""
        dues = [
            Due(at=one.due_at, name=label(one.name), is_task=True)
            for one in self.tasks
            if one.due_at
        ]
        dues += [
            Due(at=one.due_at, name=self.name_of(one.element), is_task=False) for one in self.timers
        ]
        return min(dues, key=lambda one: one.at, default=None)

    @property
    def movers(self) -> tuple[str, ...]:
        """Whose move it is, in words."""
        if self.case.ended_at:
            return ()
        found = dict.fromkeys(whose(one) for one in self.tasks)
        return tuple(found) or (self._waits_for,)

    @property
    def _waits_for(self) -> str:
        if any(self.definition.elements[one.element].operation for one in self.view.tokens):
            return _("Cursus works on it by itself")
        if self.timers:
            return _("nobody's: the case waits for a date")
        return _("nobody's: the case waits for a message")

    def name_of(self, element: str | None) -> str:
        """Return the name of an element of the diagram, in the language of the reader."""
        known = self.definition.elements.get(element or "")
        return label(known.name if known else None) or element or ""

    @cached_property
    def _ahead(self) -> frozenset[str]:
        return ahead(self.definition, (one.element for one in self.view.tokens))

    def _standing(self, phase: Phase) -> Standing | None:
        if any(one.element == phase.element for one in self.view.tokens):
            return "now"
        if self.view.completed.get(phase.element):
            return "done"
        if phase.is_exceptional:
            return None
        return "ahead" if phase.element in self._ahead else "left"


def whose(task: Task) -> str:
    """Say whose move a task is."""
    if task.assignee:
        return person(task.assignee)
    groups = [words(one) for one in task.candidate_groups]
    return ", ".join(groups or [person(one) for one in task.candidate_users])


def head_of(act: Act, case: Case) -> Head:
    """Read the head of a case; its seal is checked with it."""
    definition = definitions.find(act.uow, case.definition)
    view = kernel.inspect(definition, case.state)
    tasks = worklist.of_case(act.uow, case.id)
    proof, sealed = replay.check(act.uow, case.id)
    return Head(
        case=case,
        definition=definition,
        version=definitions.get(act.uow, case.definition)["version"],
        view=view,
        tasks=tasks,
        timers=running(act, case),
        messages=tuple(sorted({row["message"] for row in queue.subscriptions(act.uow, case.id)})),
        parent=cases.get(act.uow, case.parent) if case.parent else None,
        sealed=sealed,
        proof=proof,
        next_task=next((one for one in tasks if _may_do(act, one)), None),
        medical=_medical(act, case, definition, view) if sees_variables(act) else None,
    )


def _may_do(act: Act, task: Task) -> bool:
    return not task.suspended and is_theirs(act, task) and not cases.four_eyes_bar(act, task)


def _medical(act: Act, case: Case, definition: Definition, view: View) -> Medical | None:
    if MEDICAL not in definition.processes:
        return None
    began, ended = task_rows.span(act.uow, case.id, MEDICAL)
    outcome = next(
        (one.variables[OUTCOME] for one in view.scopes if one.variables.get(OUTCOME)), None
    )
    if outcome:
        known = {"fit": _("fit"), "unfit": _("unfit"), "not_examined": _("not examined")}
        word = known.get(str(outcome), words(str(outcome)))
        return Medical(word=word, since=ended, is_pending=False)
    if any(definition.elements[one.element].process == MEDICAL for one in view.tokens):
        return Medical(word=_("pending"), since=began, is_pending=True)
    return None


def running(act: Act, case: Case) -> tuple[Running, ...]:
    """Return the running deadlines of a case, the next first."""
    return tuple(
        Running(id=row["id"], element=row["element"], due_at=row["due_at"], held_at=row["held_at"])
        for row in queue.timers(act.uow, case_id=case.id)
    )
