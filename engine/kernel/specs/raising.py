"""Carry errors and escalations outwards to the nearest event that catches their code."""

from collections.abc import Iterator

from SpiffWorkflow.util.task import TaskState

from engine.errors import ExecutionFailed
from engine.kernel.workflow import InnerWorkflow, Token


def raise_code(origin: Token, kind: str, code: str | None, *, message: str = "") -> None:
    """Fire the nearest boundary event or event sub-process for an error or escalation.

    Raises ExecutionFailed for an error that nothing catches; an escalation then passes unheard.
    """
    values: dict[str, object] = {}
    for catcher in _catchers(origin, kind):
        wanted = catcher.node.event.code if catcher.node.event else None
        if wanted is None or wanted == code:
            catcher.task_spec.fire(catcher, values)
            return
    if kind == "error":
        raise ExecutionFailed(
            f"the error {code} is not caught{': ' if message else ''}{message}",
            where=origin.element,
            remedy="put an error boundary event on the activity or on a scope around it",
        )


def _catchers(origin: Token, kind: str) -> Iterator[Token]:
    """Yield catching tokens outwards; within one scope those for one code come first."""
    host: Token | None = origin
    while host is not None:
        tree = host.workflow
        owners = {host.id, host.body} - {None}
        yield from _ordered(tree.tokens, kind, owners)
        yield from _ordered(tree.tokens, kind, None)
        host = tree.holder if isinstance(tree, InnerWorkflow) else None


def _ordered(tokens: list[Token], kind: str, owners: set[str | None] | None) -> list[Token]:
    found = [
        token
        for token in tokens
        if token.state == TaskState.WAITING
        and token.node.event is not None
        and token.node.event.kind == kind
        and (token.is_listener if owners is None else token.host in owners)
    ]
    return sorted(
        found, key=lambda token: token.node.event is None or token.node.event.code is None
    )
