"""Variables per scope, as in Zeebe: a task sees the scopes around it, up to its process.

A result goes to the nearest scope around that already holds the name, else to the process; it never
leaves a multi-instance instance or a called process except through a mapping.
"""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from engine.kernel.workflow import InnerWorkflow, ScopeTree, Token


def around(tree: ScopeTree) -> list[dict[str, Any]]:
    """Return the variables visible in a scope, nearest first."""
    found = [tree.data]
    while isinstance(tree, InnerWorkflow) and not tree.is_called:
        tree = tree.holder.workflow
        found.append(tree.data)
    return found


def visible(token: Token, extra: Mapping[str, object] | None = None) -> Mapping[str, object]:
    """Return everything a token sees: its own variables first.

    A boundary event also sees the inputs of the activity it sits on (trap C8).
    """
    own = [dict(extra)] if extra else []
    host = token.workflow.tasks.get(token.host) if token.host else None
    hosted = [host.data] if host is not None else []
    return ChainMap(*own, token.data, *hosted, *around(token.workflow))


def assign(token: Token, values: Mapping[str, object]) -> None:
    """Give the results of a token to the scope around it."""
    for name, value in values.items():
        target = token.data if token.body else _owner(token.workflow, name)
        target[name] = value
    token.run_state.changed = token.run_state.changed or bool(values)


def _owner(tree: ScopeTree, name: str) -> dict[str, Any]:
    while isinstance(tree, InnerWorkflow) and not tree.is_called:
        if name in tree.data or tree.holder.body:
            return tree.data
        tree = tree.holder.workflow
    return tree.data
