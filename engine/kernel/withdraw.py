"""Take tokens back: with everything that hangs on them."""

from engine.kernel.workflow import ScopeTree, Token


def withdraw(token: Token, *, keep: Token | None = None) -> None:
    """Cancel an activity with its boundary events, instances and inner scope."""
    if not token.is_alive:
        return
    tree = token.workflow
    tree.drop(token)
    token.cancel()
    for other in tree.tokens:
        if other is not keep and token.id in (other.host, other.body):
            withdraw(other, keep=keep)
    close_scope(token)


def withdraw_all(tree: ScopeTree, *, keep: Token | None = None) -> None:
    """Cancel everything in a scope."""
    for token in tree.tokens:
        if token is not keep:
            withdraw(token, keep=keep)


def close_scope(token: Token) -> None:
    """Cancel and forget the scope inside a sub-process or call activity."""
    case = token.workflow.top_workflow
    inner = case.subprocesses.get(token.id)
    if inner is None:
        return
    for other in inner.tokens:
        inner.drop(other)
        other.cancel()
        close_scope(other)
    case.subprocesses.pop(token.id)


def release(token: Token) -> None:
    """Withdraw the boundary events of an activity that has completed."""
    for other in token.workflow.tokens:
        if other.host == token.id:
            withdraw(other)
