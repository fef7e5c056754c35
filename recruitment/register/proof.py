"""What an extract changed about one person, provable without anybody else's data.

Each change is committed to with a salt; the root over all commitments (RFC 6962) stands in the
sealed event of the import. A person's data can be erased, and the commitment stays.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from engine import history
from engine.access import authorize
from engine.cases import Act
from engine.history import EventKind, merkle
from engine.store import UnitOfWork, events
from recruitment.register.plan import Change
from recruitment.store import extracts as rows

STREAM = "register:extracts"
#: Changes that are written by one statement.
BATCH = 10_000


@dataclass(frozen=True, kw_only=True)
class Proved:
    """A change of a person's row, and whether the sealed history bears it out."""

    extract: UUID
    taken_on: date
    imported_at: datetime
    #: candidate, profile, before, after; None where it was erased
    content: Mapping[str, Any] | None
    #: place, size of the tree and audit path, for a proof elsewhere
    number: int
    size: int
    path: Sequence[str]
    root: str
    holds: bool


def keep(
    uow: UnitOfWork, extract: UUID, changes: Sequence[Change], *, say: Callable[[int], None]
) -> bytes:
    """Store the changes of an extract with their commitments and return the root over these.

    `say` is told how many are stored.
    """
    leaves: list[bytes] = []
    for first in range(0, len(changes), BATCH):
        kept = [
            _committed(number, one)
            for number, one in enumerate(changes[first : first + BATCH], first)
        ]
        rows.add_changes(uow, extract, kept)
        leaves += [one["leaf"] for one in kept]
        say(len(leaves))
    return merkle.root(leaves)


def _committed(number: int, one: Change) -> dict[str, Any]:
    salt = secrets.token_bytes(history.SALT_BYTES)
    content = history.canonical(
        {
            "candidate": one.candidate,
            "profile": one.profile,
            "before": one.before,
            "after": one.after,
        }
    )
    return {
        "number": number,
        "candidate": one.candidate,
        "leaf": history.commit(content, salt),
        "salt": salt,
        "content": content,
    }


def prove(act: Act, person: str) -> list[Proved]:
    """Return every change of a person's rows with its proof. The reading is recorded."""
    who = authorize(act.actor, "history:search", act.shell.policy)
    roots = _roots(act.uow)
    found = [_proved(act.uow, row, roots) for row in rows.changes_of(act.uow, person)]
    payload = {"what": "changes of a person by extracts"}
    events.append(act.uow, f"read:{person}", kind=EventKind.RECORD_READ, actor=who, payload=payload)
    return found


def _proved(uow: UnitOfWork, row: Mapping[str, Any], roots: Mapping[str, str]) -> Proved:
    leaves = rows.leaves(uow, row["extract"])
    number, leaf = row["number"], bytes(row["leaf"])
    path = merkle.inclusion_proof(leaves, number)
    root = roots.get(str(row["extract"]), "")
    is_bound = row["content"] is None or (
        history.commit(bytes(row["content"]), bytes(row["salt"])) == leaf
    )
    is_in = bool(root) and merkle.is_included(leaf, number, len(leaves), path, bytes.fromhex(root))
    return Proved(
        extract=row["extract"],
        taken_on=row["taken_on"],
        imported_at=row["imported_at"],
        content=orjson.loads(bytes(row["content"])) if row["content"] is not None else None,
        number=number,
        size=len(leaves),
        path=[one.hex() for one in path],
        root=root,
        holds=is_bound and is_in,
    )


def _roots(uow: UnitOfWork) -> dict[str, str]:
    """Return the sealed roots by extract."""
    found = {}
    for one in events.of_stream(uow, STREAM):
        facts = orjson.loads(one.payload) if one.payload else {}
        if "root" in facts:
            found[str(facts["extract"])] = str(facts["root"])
    return found
