"""The inner order of every verb: lock, step the kernel, store, record."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine import definitions, kernel
from engine.access import ENGINE, Actor, Policy
from engine.errors import CaseEnded, CaseSuspended, Invalid, NotFound, StaleCase
from engine.history import EventKind
from engine.kernel import Command, Step
from engine.operations import Catalogue
from engine.store import cases, events, pending
from engine.store.cases import Case
from engine.store.events import Head
from engine.store.pending import Held
from engine.store.tasks import Task
from engine.store.unit_of_work import UnitOfWork

#: The longest reason, title or key that is stored.
MAX_TEXT = 10_000


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What the verbs need beside the transaction: permissions and the catalogue."""

    policy: Policy
    operations: Catalogue
    #: every role a person may have
    roles: frozenset[str] = frozenset()

    def for_gate(self) -> kernel.Catalogue:
        """Return what the gate needs to know of operations and roles."""
        names = frozenset(one.name for one in self.operations)
        return kernel.Catalogue(operations=names, roles=self.roles)


@dataclass(frozen=True, kw_only=True)
class Act:
    """Somebody acting now: the open transaction, the shell and the person."""

    uow: UnitOfWork
    shell: Shell
    actor: Actor


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read of a locked case before its step, so that it is not read again."""

    held: Held
    restored: kernel.CaseWorkflow


def advance(  # noqa: PLR0913  # one step has these parts
    uow: UnitOfWork,
    case: Case,
    command: Command,
    actor: Actor,
    kind: EventKind,
    *,
    element: str | None = None,
    facts: Mapping[str, object] | None = None,
    read: Read | None = None,
) -> Step:
    """Step the locked case, store what is pending now and record one event of it.

    `read` is what the caller has read of it under the lock already.
    """
    definition = definitions.find(uow, case.definition)
    state, restored = case.state or None, read.restored if read else None
    step = kernel.step(definition, state, command, now=uow.now, restored=restored)
    # the caller's lock on the case holds its stream as well
    held = read.held if read else pending.of_case(uow, case)
    with uow.batched():
        pending.save(uow, case.id, held.stored, step, by=actor.on_behalf_of or actor.name)
        ended = step.ended
        cases.advance(
            uow,
            case.id,
            {
                "definition": case.definition,
                "revision": case.revision + 1,
                "state": step.state,
                "changed_at": uow.now,
                "changed_by": actor.name,
                "ended_at": uow.now if ended else None,
                "ended_element": ended.element if ended else None,
                "outcome": (ended.outcome or ended.element or "cancelled") if ended else None,
            },
        )
        head = events.append(
            uow,
            case.stream,
            kind=kind,
            actor=actor,
            element=element,
            definition=case.definition,
            after=held.last,
            payload={**(facts or {}), "command": command.as_json(), **_record(step)},
        )
        if step.ended:
            _note_end(uow, case, step, after=head)
    return step


def _record(step: Step) -> dict[str, object]:
    """Return what the history keeps of a step; the state itself can be computed from it."""
    names = {one.id: one.element for one in step.tasks}
    names |= {one.id: one.element for one in step.timers}
    names |= {one.id: one.element for one in step.effects}
    return {
        "state": hashlib.sha256(step.state).hexdigest(),
        "decisions": [one.as_json() for one in step.decisions],
        "passages": [
            {"element": one.element, "what": one.what, "flow": one.flow, "instance": one.instance}
            for one in step.passages
        ],
        "opened": [{"id": one, "element": names.get(one)} for one in step.opened],
        "closed": list(step.closed),
        "timers": [
            {"id": one.id, "element": one.element, "due_at": one.due_at.isoformat()}
            for one in step.timers
        ],
        "outgoing": [{"name": one.name, "element": one.element} for one in step.outgoing],
    }


def _note_end(uow: UnitOfWork, case: Case, step: Step, *, after: Head) -> None:
    ended = step.ended
    assert ended is not None  # noqa: S101  # the caller looked
    payload = {"outcome": ended.outcome, "name": ended.name, "legal_basis": ended.legal_basis}
    events.append(
        uow,
        case.stream,
        kind=EventKind.CASE_ENDED,
        actor=ENGINE,
        element=ended.element,
        definition=case.definition,
        after=after,
        payload=payload,
    )


def note(  # noqa: PLR0913  # an event has these parts
    uow: UnitOfWork,
    case: Case,
    actor: Actor,
    kind: EventKind,
    *,
    element: str | None,
    facts: Mapping[str, object],
    task: Task | None = None,
) -> None:
    """Record a change that the kernel has no part in, and raise the case's revision."""
    payload = {**facts, "task": str(task.id)} if task else dict(facts)
    cases.update_case(
        uow,
        case.id,
        {"revision": case.revision + 1, "changed_at": uow.now, "changed_by": actor.name},
    )
    events.append(
        uow,
        case.stream,
        kind=kind,
        actor=actor,
        element=element,
        definition=case.definition,
        payload=payload,
    )


def locked(uow: UnitOfWork, case_id: UUID) -> Case:
    """Return the case, locked until the transaction ends; raise NotFound."""
    case = cases.lock(uow, case_id)
    if case is None:
        raise NotFound("There is no such case", where=str(case_id))
    return case


def workable(uow: UnitOfWork, case_id: UUID, expected_revision: int | None) -> Case:
    """Return the case, locked; raise StaleCase, CaseEnded or CaseSuspended."""
    case = locked(uow, case_id)
    ensure_workable(case, expected_revision)
    return case


def ensure_workable(case: Case, expected_revision: int | None) -> None:
    """Raise StaleCase, CaseEnded or CaseSuspended."""
    if expected_revision is not None and expected_revision != case.revision:
        raise StaleCase(
            f"{case.changed_by} changed this case at {case.changed_at.isoformat()}",
            where="If-Match",
            remedy="load it again and look at the change",
            changed_by=case.changed_by,
            changed_at=case.changed_at.isoformat(),
            revision=case.revision,
        )
    if case.ended_at is not None:
        raise CaseEnded(f"This case ended at {case.ended_at.isoformat()} with {case.outcome}")
    if case.suspended_at is not None:
        raise CaseSuspended(remedy="resume it first")


def get(uow: UnitOfWork, case_id: UUID) -> Case:
    """Return a case; raise NotFound."""
    found = cases.get(uow, case_id)
    if found is None:
        raise NotFound("There is no such case", where=str(case_id))
    return found


def look(uow: UnitOfWork, case: Case) -> kernel.View:
    """Return the tokens, the path taken and the variables of a case."""
    return kernel.inspect(definitions.find(uow, case.definition), case.state)


def ensure_text(value: str, where: str) -> None:
    """Raise Invalid unless the text says something and is not longer than 10 000 characters."""
    if not value.strip():
        raise Invalid(f"Give a {where}", where=where)
    if len(value) > MAX_TEXT:
        raise Invalid(f"The {where} is longer than {MAX_TEXT} characters", where=where)


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Write instants as ISO 8601, for the history."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
    }
