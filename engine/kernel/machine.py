"""The step: one command moves a case until everything in it waits again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

import feel
from engine.errors import CaseEnded, ExecutionFailed, TaskNotOpen
from engine.kernel import codec, views
from engine.kernel.commands import (
    Cancel,
    Command,
    CompleteTask,
    Extend,
    FailEffect,
    FinishEffect,
    Receive,
    SendBack,
    SetVariables,
    Signal,
    Start,
    Tick,
)
from engine.kernel.commands import Migrate as MigrateCommand
from engine.kernel.definition import Definition
from engine.kernel.migrate import migrate
from engine.kernel.model import Ended, Step
from engine.kernel.run import Ledger
from engine.kernel.sendback import send_back
from engine.kernel.settle import go, settle
from engine.kernel.specs.activities import open_listeners
from engine.kernel.specs.events import awaits
from engine.kernel.specs.raising import raise_code
from engine.kernel.timers import due_at
from engine.kernel.withdraw import withdraw_all
from engine.kernel.workflow import CaseWorkflow, Token


def step(
    definition: Definition,
    state: bytes | None,
    command: Command,
    *,
    now: datetime,
    restored: CaseWorkflow | None = None,
) -> Step:
    """Carry out one command on a case and return everything that follows from it.

    Pure: the same arguments give the same bytes. Raises TaskNotOpen, CaseEnded, or ExecutionFailed
    naming the element; the state given is never changed. `restored` is that state as `restore`
    gave it at the same instant, for a caller who looked at it first; the step uses it up.
    """
    if now.tzinfo is None:
        raise ExecutionFailed("the instant of a step must have a time zone")
    try:
        return _step(definition, state, command, now.astimezone(UTC), restored)
    except feel.FeelError as problem:
        raise ExecutionFailed(f"an expression failed: {problem}") from problem
    except RecursionError as problem:
        raise ExecutionFailed("the diagram is nested too deeply") from problem


def _step(
    definition: Definition,
    state: bytes | None,
    command: Command,
    now: datetime,
    restored: CaseWorkflow | None,
) -> Step:
    if isinstance(command, Start):
        if state is not None:
            raise ExecutionFailed("the case has already been started")
        case = codec.new_case(definition, Ledger(case_id=command.case_id), now=now)
        before: frozenset[str] = frozenset()
        start(case, command, definition)
    else:
        case, before = _continued(definition, state, command, now, restored)
    go(case)
    return views.summarise(case, before, codec.dump(case, definition.digest))


def _continued(
    definition: Definition,
    state: bytes | None,
    command: Command,
    now: datetime,
    restored: CaseWorkflow | None,
) -> tuple[CaseWorkflow, frozenset[str]]:
    if state is None:
        raise ExecutionFailed("the case has not been started")
    if isinstance(command, MigrateCommand):
        return migrate(definition, state, command, now=now)
    case = restored or restore(definition, state, now=now)
    if case.run.ledger.ended is not None:
        raise CaseEnded()
    before = views.pending_ids(case)
    VERBS[type(command)](case, command)
    return case, before


def restore(definition: Definition, state: bytes, *, now: datetime) -> CaseWorkflow:
    """Return the case of a state at an instant, to look at before a step; see `step`."""
    return codec.restore(definition, state, now=now.astimezone(UTC))


def start(case: CaseWorkflow, command: Start, definition: Definition) -> None:
    """Put the first token on the start event of the root process."""
    case.data.update(command.variables)
    scope = definition.graph.scopes[definition.root]
    if scope.start is None:
        raise ExecutionFailed("the process has no start event", where=definition.root)
    open_listeners(case, scope.id)
    case.spawn(scope.start)


def complete_task(case: CaseWorkflow, command: CompleteTask) -> None:
    """Complete an open task with its submission."""
    token = open_task(case, command.task_id)
    token.task_spec.finish(token, command.variables)
    _run(token)


def open_task(case: CaseWorkflow, identity: str) -> Token:
    """Return an open task; raise TaskNotOpen otherwise."""
    token = case.find(identity)
    if token is None or not views.is_task(token):
        raise TaskNotOpen(where=identity)
    return token


def tick(case: CaseWorkflow, command: Tick) -> None:
    """Fire the due timers one by one, the earliest first, each with all that follows from it."""
    while (token := _next_due(case)) is not None:
        case.run.count_step(token.element)
        token.internal_data.pop("due")
        token.task_spec.fire(token, {})
        go(case)


def _next_due(case: CaseWorkflow) -> Token | None:
    due = [
        (instant, token.element, token.id, token)
        for tree in case.trees
        for token in tree.tokens
        if token.state == TaskState.WAITING
        and (instant := due_at(token)) is not None
        and instant <= case.run.now
    ]
    return min(due, key=lambda row: row[:3])[3] if due else None


def receive(case: CaseWorkflow, command: Receive) -> None:
    """Deliver a message to the token that has waited longest for it."""
    for tree in case.trees:
        for token in tree.tokens:
            wanted = token.internal_data.get("correlation")
            if awaits(token, "message", command.message) and wanted in (None, command.correlation):
                token.task_spec.fire(token, command.variables)
                return
    raise ExecutionFailed(
        f"the case does not wait for the message {command.message}",
        where=command.message,
        remedy="check the name and the correlation key",
    )


def signal(case: CaseWorkflow, command: Signal) -> None:
    """Fire everything that waits for the signal."""
    waiting = [t for tree in case.trees for t in tree.tokens if awaits(t, "signal", command.name)]
    if not waiting:
        raise ExecutionFailed(
            f"the case does not wait for the signal {command.name}", where=command.name
        )
    for token in waiting:
        if token.is_alive and token.state == TaskState.WAITING:
            token.task_spec.fire(token, command.variables)


def finish_effect(case: CaseWorkflow, command: FinishEffect) -> None:
    """Go on with the result of an operation."""
    token = _effect(case, command.effect_id)
    token.task_spec.finish(token, command.variables)
    _complete(token)


def fail_effect(case: CaseWorkflow, command: FailEffect) -> None:
    """Leave by the error boundary that catches the code."""
    token = _effect(case, command.effect_id)
    raise_code(token, "error", command.error_code, message=command.message)


def _effect(case: CaseWorkflow, identity: str) -> Token:
    token = case.find(identity)
    if token is None or not views.is_effect(token):
        raise TaskNotOpen("This operation is no longer awaited.", where=identity)
    return token


def extend(case: CaseWorkflow, command: Extend) -> None:
    """Move a timer to another instant."""
    token = case.find(command.timer_id)
    if token is None or due_at(token) is None:
        raise TaskNotOpen("This timer is no longer running.", where=command.timer_id)
    if command.due_at.tzinfo is None:
        raise ExecutionFailed("the new instant must have a time zone", where=token.element)
    token.internal_data["due"] = command.due_at.astimezone(UTC).isoformat()


def cancel(case: CaseWorkflow, command: Cancel) -> None:
    """End the case and everything in it."""
    withdraw_all(case)
    case.run.ledger.ended = Ended(element=None, outcome="cancelled")


def set_variables(case: CaseWorkflow, command: SetVariables) -> None:
    """Correct variables of the root process."""
    case.data.update(command.variables)
    case.run.changed = True


def _run(token: Token) -> None:
    tree = token.workflow
    token.run()
    settle(tree)


def _complete(token: Token) -> None:
    tree = token.workflow
    token.complete()
    settle(tree)


VERBS: Mapping[type[Command], Callable[[CaseWorkflow, Any], None]] = {
    CompleteTask: complete_task,
    Tick: tick,
    Receive: receive,
    Signal: signal,
    FinishEffect: finish_effect,
    FailEffect: fail_effect,
    SendBack: send_back,
    Extend: extend,
    Cancel: cancel,
    SetVariables: set_variables,
}
