"""Run everything that is ready until the whole case waits, and close the scopes that are done."""

from SpiffWorkflow.util.task import TaskState

from engine.errors import ExecutionFailed
from engine.kernel.model import Ended
from engine.kernel.specs.events import newly_true
from engine.kernel.specs.gateways import InclusiveSpec
from engine.kernel.workflow import CaseWorkflow, InnerWorkflow, ScopeTree, Token


def go(case: CaseWorkflow) -> None:
    """Move all tokens until nothing moves by itself.

    Raises ExecutionFailed when the diagram runs in circles or waits for ever.
    """
    run = case.run
    moving = True
    while moving:
        while run.ready:
            _move(run.ready.popleft())
        moving = _wake_conditions(case) or _wake_joins(case)
    for tree in reversed(case.trees):
        settle(tree)
    if run.ready:
        go(case)
    _refuse_deadlock(case)


def _move(token: Token) -> None:
    if not token.is_alive or token.state != TaskState.READY:
        return
    token.run_state.count_step(token.element)
    tree = token.workflow
    token.run()
    settle(tree)


def settle(tree: ScopeTree) -> None:
    """Close a scope in which no token is left, and then those around it."""
    while tree.is_alive and all(token.is_listener for token in tree.tokens):
        for listener in tree.tokens:
            tree.drop(listener)
        if not isinstance(tree, InnerWorkflow):
            _end(tree)
            return
        holder = tree.holder
        tree, inner = holder.workflow, tree
        holder.task_spec.close(holder, inner)


def _end(tree: ScopeTree) -> None:
    ledger = tree.run.ledger
    if ledger.ended is not None:
        return
    name = tree.last_end
    element = tree.run.graph.nodes[name].element if name else None
    ledger.ended = Ended(
        element=name,
        name=element.name if element else None,
        outcome=element.outcome if element else None,
        legal_basis=element.legal_basis if element else None,
    )


def _wake_conditions(case: CaseWorkflow) -> bool:
    if not case.run.changed:
        return False
    case.run.changed = False
    for tree in case.trees:
        for token in tree.tokens:
            if token.is_alive and newly_true(token):
                case.run.count_step(token.element)
                token.task_spec.fire(token, {})
                case.run.changed = True
                return True
    return False


def _wake_joins(case: CaseWorkflow) -> bool:
    for tree in case.trees:
        for token in tree.tokens:
            spec = token.task_spec
            waits = isinstance(spec, InclusiveSpec) and token.state == TaskState.WAITING
            if waits and spec.may_go_on(token):
                token._ready()
                return True
    return False


def _refuse_deadlock(case: CaseWorkflow) -> None:
    """Never stop silently: a scope whose tokens all wait at joins cannot go on."""
    for tree in case.trees:
        tokens = [token for token in tree.tokens if not token.is_listener]
        if tokens and all("arrived" in token.internal_data for token in tokens):
            raise ExecutionFailed(
                "the join waits for a branch that cannot come any more",
                where=tokens[0].element,
                remedy="join only branches that were split by the same kind of gateway",
            )
