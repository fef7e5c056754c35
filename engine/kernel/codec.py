"""State to bytes and back: a version byte and compressed canonical JSON without any spec."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson
import zstandard
from SpiffWorkflow.util.task import TaskState

from engine.errors import ExecutionFailed
from engine.kernel.model import Ended
from engine.kernel.run import Ledger, Run
from engine.kernel.workflow import CaseWorkflow, ScopeTree, Token, spec_name

if TYPE_CHECKING:
    from datetime import datetime

    from engine.kernel.definition import Definition

VERSION = b"\x01"
#: A case of 10 kB of data takes a few kB; this stops decompression bombs.
MAX_BYTES = 50_000_000
LEVEL = 3
STATES = (TaskState.WAITING, TaskState.READY, TaskState.STARTED)


def dump(case: CaseWorkflow, digest: str) -> bytes:
    """Return the state of a case; equal cases give equal bytes.

    Raises ExecutionFailed when a variable is not plain JSON.
    """
    ledger = case.run.ledger
    document = {
        "case": ledger.case_id,
        "definition": digest,
        "ordinals": ledger.ordinals,
        "completed": ledger.completed,
        "taken": ledger.taken,
        "ended": asdict(ledger.ended) if ledger.ended else None,
        "root": _dump_tree(case),
        "inner": [
            [holder, tree.spec.name, _dump_tree(tree)] for holder, tree in case.subprocesses.items()
        ],
    }
    try:
        plain = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError as problem:
        raise ExecutionFailed(f"a variable cannot be stored: {problem}") from problem
    packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    return VERSION + packer.compress(plain)


def _dump_tree(tree: ScopeTree) -> list[Any]:
    rows = [_dump_token(token) for token in tree.tokens]
    return [rows, tree.data, tree.visited, tree.last_end]


def _dump_token(token: Token) -> list[Any]:
    key = None if token.key.rpartition(":")[0] == token.element else token.key
    ordinal = int(token.key.rpartition(":")[2])
    facts = token.internal_data
    return [token.element, ordinal, int(token.state), facts or 0, token.data or 0, key]


def read(state: bytes) -> dict[str, Any]:
    """Return the document inside a state; raise ExecutionFailed for anything that is not one."""
    if state[:1] != VERSION:
        raise ExecutionFailed("the state was written by another version of the kernel")
    try:
        plain = zstandard.ZstdDecompressor().decompress(state[1:], max_output_size=MAX_BYTES)
        document = orjson.loads(plain)
    except (zstandard.ZstdError, orjson.JSONDecodeError) as problem:
        raise ExecutionFailed(f"the state cannot be read: {problem}") from problem
    if not isinstance(document, dict) or "definition" not in document:
        raise ExecutionFailed("the state is not that of a case")
    return document


def restore(definition: "Definition", state: bytes, *, now: "datetime") -> CaseWorkflow:
    """Return the case of a state, ready for a command.

    Raises ExecutionFailed when the state is corrupt or belongs to another definition.
    """
    document = read(state)
    if document["definition"] != definition.digest:
        raise ExecutionFailed(
            "the case runs on another version of its diagrams",
            remedy="load that version, or migrate the case",
        )
    try:
        return rebuild(definition, document, now=now)
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        raise ExecutionFailed(f"the state cannot be read: {problem!r}") from problem


def rebuild(definition: "Definition", document: dict[str, Any], *, now: "datetime") -> CaseWorkflow:
    """Build the case that a document describes."""
    ended = document["ended"]
    ledger = Ledger(
        case_id=document["case"],
        ordinals=document["ordinals"],
        completed=document["completed"],
        taken=document["taken"],
        ended=Ended(**ended) if ended else None,
    )
    case = new_case(definition, ledger, now=now)
    _fill(case, document["root"])
    for holder, scope, rows in document["inner"]:
        token = case.find(holder)
        if token is None or scope not in definition.specs:
            raise ExecutionFailed(f"the state has a scope {scope} that hangs nowhere")
        _fill(case.open_scope(token, scope), rows)
    return case


def new_case(definition: "Definition", ledger: Ledger, *, now: "datetime") -> CaseWorkflow:
    """Return a case without tokens."""
    run = Run(now=now, graph=definition.graph, ledger=ledger, models=definition.models)
    return CaseWorkflow(definition.specs[definition.root], definition.specs, run)


def _fill(tree: ScopeTree, document: list[Any]) -> None:
    rows, tree.data, tree.visited, tree.last_end = document
    for element, ordinal, state, facts, data, key in rows:
        if state not in STATES:
            raise ExecutionFailed(f"the state has a token in the impossible state {state}")
        spec = tree.spec.task_specs[spec_name(element)]
        token = Token(tree, spec, key=key or f"{element}:{ordinal}", parent=tree.task_tree)
        token._set_state(state)
        token.internal_data = facts or {}
        token.data = data or {}
