"""What a case shows to the outside: open tasks, timers, subscriptions, effects, tokens."""

from collections.abc import Iterator
from datetime import UTC, datetime

from SpiffWorkflow.util.task import TaskState

from engine.kernel import codec
from engine.kernel.definition import Definition
from engine.kernel.model import (
    Effect,
    OpenTask,
    ScopeView,
    Step,
    Subscription,
    Timer,
    View,
)
from engine.kernel.model import Token as TokenView
from engine.kernel.scopes import visible
from engine.kernel.timers import due_at
from engine.kernel.workflow import CaseWorkflow, InnerWorkflow, ScopeTree, Token

DEFAULT_PRIORITY = 50


def summarise(case: CaseWorkflow, before: frozenset[str], state: bytes) -> Step:
    """Return the step with everything that is now pending."""
    tokens = list(all_tokens(case))
    after = pending_ids(case)
    run = case.run
    return Step(
        state=state,
        tasks=tuple(_task(token) for token in tokens if is_task(token)),
        timers=tuple(_timer(token, due) for token in tokens if (due := due_at(token))),
        subscriptions=tuple(_subscription(token) for token in tokens if is_subscription(token)),
        effects=tuple(_effect(token) for token in tokens if is_effect(token)),
        opened=tuple(token.id for token in tokens if token.id in after - before),
        closed=tuple(sorted(before - after)),
        decisions=tuple(run.decisions),
        passages=tuple(run.passages),
        outgoing=tuple(run.outgoing),
        variables=dict(case.data),
        ended=run.ledger.ended,
        depth=max((_depth(tree) for tree in case.trees), default=0),
    )


def inspect(definition: Definition, state: bytes) -> View:
    """Return tokens, counts and variables per scope; raise ExecutionFailed for a corrupt state."""
    # inspection computes nothing from the instant
    case = codec.restore(definition, state, now=datetime.fromtimestamp(0, UTC))
    ledger = case.run.ledger
    return View(
        case_id=ledger.case_id,
        tokens=tuple(
            TokenView(
                id=token.id,
                element=token.element,
                kind=token.node.kind,
                instance=token.instance,
            )
            for token in all_tokens(case)
            if not token.is_listener
        ),
        completed=dict(ledger.completed),
        flows=dict(ledger.taken),
        scopes=tuple(_scopes(case)),
        ended=ledger.ended,
    )


def all_tokens(case: CaseWorkflow) -> Iterator[Token]:
    """Yield the live tokens of all scopes."""
    for tree in case.trees:
        yield from tree.tokens


def pending_ids(case: CaseWorkflow) -> frozenset[str]:
    """Return the ids of open tasks, timers, subscriptions and effects."""
    return frozenset(
        token.id
        for token in all_tokens(case)
        if is_task(token) or is_effect(token) or is_subscription(token) or due_at(token)
    )


def is_task(token: Token) -> bool:
    """Tell whether a token waits for a person."""
    return bool(
        token.state == TaskState.READY
        and token.task_spec.manual
        and "loop" not in token.internal_data
    )


def is_effect(token: Token) -> bool:
    """Tell whether a token waits for an operation."""
    return bool(
        token.state == TaskState.STARTED
        and token.node.element.operation
        and "loop" not in token.internal_data
    )


def is_subscription(token: Token) -> bool:
    """Tell whether a token waits for a message or signal."""
    event = token.node.event
    return bool(
        token.state == TaskState.WAITING
        and event is not None
        and event.kind in ("message", "signal")
        and "arrived" not in token.internal_data
    )


def _task(token: Token) -> OpenTask:
    element, duty = token.node.element, token.internal_data.get("duty", {})
    groups = tuple(duty.get("groups", ())) or ((element.lane,) if element.lane else ())
    return OpenTask(
        id=token.id,
        element=element.id,
        process=element.process,
        name=element.name,
        kind=element.kind,
        form=element.form,
        assignee=duty.get("assignee"),
        candidate_groups=groups,
        candidate_users=tuple(duty.get("users", ())),
        due_at=_instant(duty.get("due")),
        follow_up_at=_instant(duty.get("follow")),
        priority=duty.get("priority", DEFAULT_PRIORITY),
        lane=element.lane,
        legal_basis=element.legal_basis,
        differs_from=element.differs_from,
        in_person=element.in_person,
        confidential=element.confidential,
        instance=token.instance,
        variables=dict(visible(token)),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _timer(token: Token, due: datetime) -> Timer:
    return Timer(id=token.id, element=token.element, due_at=due, attached_to=token.host)


def _subscription(token: Token) -> Subscription:
    event = token.node.event
    return Subscription(
        id=token.id,
        element=token.element,
        message=(event.name if event else None) or "",
        correlation=token.internal_data.get("correlation"),
        kind="signal" if event and event.kind == "signal" else "message",
    )


def _effect(token: Token) -> Effect:
    node = token.node
    names = [row.target.split(".")[0] for row in node.inputs]
    return Effect(
        id=token.id,
        element=token.element,
        operation=node.element.operation or "",
        input={name: token.data[name] for name in names if name in token.data},
        retries=node.retries,
    )


def _scopes(case: CaseWorkflow) -> Iterator[ScopeView]:
    for tree in case.trees:
        yield _scope(tree)
        for token in tree.tokens:
            if token.data:
                yield ScopeView(
                    id=token.id,
                    element=token.element,
                    instance=token.instance,
                    variables=dict(token.data),
                )


def _scope(tree: ScopeTree) -> ScopeView:
    holder = tree.holder if isinstance(tree, InnerWorkflow) else None
    return ScopeView(
        id=holder.id if holder else None,
        element=holder.element if holder else None,
        instance=holder.instance if holder else None,
        variables=dict(tree.data),
    )


def _depth(tree: ScopeTree) -> int:
    depth = 1
    while isinstance(tree, InnerWorkflow):
        tree, depth = tree.holder.workflow, depth + 1
    return depth
