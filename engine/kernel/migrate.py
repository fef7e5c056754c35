"""Carry a running case over to another version of its diagrams."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from engine.errors import Conflict
from engine.kernel import codec, views
from engine.kernel.commands import Migrate
from engine.kernel.definition import Definition
from engine.kernel.graph import Graph
from engine.kernel.timers import arm
from engine.kernel.withdraw import withdraw
from engine.kernel.workflow import CaseWorkflow, Token


@dataclass(frozen=True, kw_only=True)
class Move:
    """One token of a migration: where it stands and where it would stand."""

    element: str
    target: str | None
    #: why it cannot be carried over; None if it can
    obstacle: str | None = None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a migration would do to a case."""

    moves: tuple[Move, ...]
    #: boundary events of the new version that would begin to listen
    added: tuple[str, ...]
    #: boundary events of the old version that would be dropped
    removed: tuple[str, ...]

    @property
    def is_possible(self) -> bool:
        """Tell whether every token can be carried over."""
        return all(move.obstacle is None for move in self.moves)


def preview_migration(
    old: Definition, new: Definition, state: bytes, mapping: Mapping[str, str] | None = None
) -> Preview:
    """Return what a migration would do, without doing it."""
    renamed = dict(mapping or {})
    document = codec.read(state)
    rows = list(_rows(document))
    there = {renamed.get(row[0], row[0]) for row in rows}
    hosts = [renamed.get(row[0], row[0]) for row in rows]
    wanted = [
        boundary
        for host in hosts
        if host in new.graph.nodes
        for boundary in new.graph.nodes[host].boundaries
    ]
    return Preview(
        moves=tuple(_move(row, old.graph, new.graph, renamed) for row in rows),
        added=tuple(name for name in wanted if name not in there),
        removed=tuple(row[0] for row in rows if _is_dropped(row, new.graph, renamed)),
    )


def _rows(document: dict[str, Any]) -> list[list[Any]]:
    trees = [document["root"], *(rows for _, _, rows in document["inner"])]
    return [row for tree in trees for row in tree[0]]


def _move(row: list[Any], old: Graph, new: Graph, renamed: Mapping[str, str]) -> Move:
    element = row[0]
    target = renamed.get(element, element)
    if _is_dropped(row, new, renamed):
        return Move(element=element, target=None)
    before, after = old.nodes[element], new.nodes.get(target)
    if after is None:
        reason = f"{element} is active and has no counterpart in the new version"
        return Move(element=element, target=None, obstacle=reason)
    if after.kind != before.kind:
        reason = f"{element} is a {before.kind}, but {target} is a {after.kind}"
        return Move(element=element, target=target, obstacle=reason)
    if renamed.get(before.scope, before.scope) != after.scope:
        reason = f"{element} lies in {before.scope}, but {target} in {after.scope}"
        return Move(element=element, target=target, obstacle=reason)
    if (before.loop is None) != (after.loop is None):
        reason = f"{target} is multi-instance in one version only"
        return Move(element=element, target=target, obstacle=reason)
    missing = [flow for flow in _facts(row).get("arrived", ()) if flow not in after.incoming]
    lost = f"the join {target} no longer has the flow {missing[0]}" if missing else None
    return Move(element=element, target=target, obstacle=lost)


def _facts(row: list[Any]) -> dict[str, Any]:
    return row[3] or {}


def _is_dropped(row: list[Any], new: Graph, renamed: Mapping[str, str]) -> bool:
    """Boundary events and listeners that the new version lacks simply stop listening."""
    listening = "host" in _facts(row) or "listens" in _facts(row)
    return listening and renamed.get(row[0], row[0]) not in new.nodes


def migrate(
    new: Definition, state: bytes, command: Migrate, *, now: datetime
) -> tuple[CaseWorkflow, frozenset[str]]:
    """Return the case on the new definition, and what was pending before.

    Running timers keep their instants unless the command says otherwise. Raises Conflict naming the
    element that cannot be carried over.
    """
    old = cast("Definition", command.old)
    before = views.pending_ids(codec.restore(old, state, now=now))
    preview = preview_migration(old, new, state, command.mapping)
    for move in preview.moves:
        if move.obstacle:
            raise Conflict(
                f"{move.obstacle}.", where=move.element, remedy="map it to an element of that kind"
            )
    document = codec.read(state)
    _rename(document, new, command.mapping)
    case = codec.rebuild(new, document, now=now)
    for token in list(views.all_tokens(case)):
        _adopt(token, command)
    return case, before


def _rename(document: dict[str, Any], new: Definition, mapping: Mapping[str, str]) -> None:
    def renamed(name: str) -> str:
        return mapping.get(name, name)

    trees = [document["root"], *(rows for _, _, rows in document["inner"])]
    for tree in trees:
        tree[0] = [row for row in tree[0] if not _is_dropped(row, new.graph, mapping)]
        for row in tree[0]:
            row[5] = row[5] or f"{row[0]}:{row[1]}"
            row[0] = renamed(row[0])
        tree[2] = [renamed(name) for name in tree[2]]
        tree[3] = renamed(tree[3]) if tree[3] else None
    for inner in document["inner"]:
        inner[1] = renamed(inner[1])


def _adopt(token: Token, command: Migrate) -> None:
    """Set up what the new version adds around a token."""
    _adopt_timer(token, command)
    if token.body is None and not token.is_listener:
        _adopt_boundaries(token)


def _adopt_timer(token: Token, command: Migrate) -> None:
    event = token.node.event
    if "due" not in token.internal_data or event is None:
        return
    if event.kind != "timer":
        raise Conflict(f"{token.element} is no longer a timer.", where=token.element)
    if command.recompute_timers:
        arm(token, event)


def _adopt_boundaries(token: Token) -> None:
    node = token.node
    there = {other.element for other in token.workflow.tokens if other.host == token.id}
    for name in node.boundaries:
        if name not in there:
            token.workflow.spawn(name, facts={"host": token.id})
    for other in token.workflow.tokens:
        if other.host == token.id and other.element not in node.boundaries:
            withdraw(other)
