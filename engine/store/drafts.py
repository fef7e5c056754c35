"""Drafts of a process, their files, and the proposals to publish them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store.tables import (
    definition_draft,
    definition_draft_file,
    definition_proposal,
    event,
)
from engine.store.unit_of_work import Row, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Files of a process that are being edited, apart from every version."""

    id: UUID
    process: str
    title: str
    #: the version it was taken from
    base: str | None
    revision: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    closed_at: datetime | None

    @property
    def stream(self) -> str:
        """The name of its stream in the history: who changed what of it."""
        return f"draft:{self.id}"


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """One file of a draft, without its content."""

    name: str
    size: int

    @property
    def kind(self) -> str:
        """Its ending: bpmn, dmn, form or yaml (scenarios)."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A draft put forward for publication."""

    id: UUID
    draft_id: UUID
    draft_revision: int
    comment: str
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None
    #: approved, rejected or withdrawn
    decision: str | None
    reason: str | None
    digest: str | None


def add(uow: UnitOfWork, row: Mapping[str, object], content: Mapping[str, bytes]) -> None:
    """Store a draft and its files."""
    uow.write(insert(definition_draft).values(row))
    files = [{"draft_id": row["id"], "name": n, "content": c} for n, c in sorted(content.items())]
    uow.write(insert(definition_draft_file), files)


def get(uow: UnitOfWork, draft_id: UUID) -> Draft | None:
    """Return a draft, open or closed."""
    return _draft(uow.one(select(definition_draft).where(definition_draft.c.id == draft_id)))


def lock(uow: UnitOfWork, draft_id: UUID) -> Draft | None:
    """Return a draft, locked until the transaction ends."""
    statement = select(definition_draft).where(definition_draft.c.id == draft_id)
    return _draft(uow.one(statement.with_for_update()))


def change(uow: UnitOfWork, draft_id: UUID, changes: Mapping[str, object]) -> None:
    """Change columns of a draft."""
    uow.write(update(definition_draft).where(definition_draft.c.id == draft_id).values(changes))


def open_ones(uow: UnitOfWork, process: str | None = None) -> list[Draft]:
    """Return the open drafts, of one process or of all, last changed first."""
    statement = select(definition_draft).where(definition_draft.c.closed_at.is_(None))
    if process is not None:
        statement = statement.where(definition_draft.c.process == process)
    ordered = statement.order_by(definition_draft.c.changed_at.desc(), definition_draft.c.id)
    return [Draft(**row) for row in uow.all(ordered)]


def files(uow: UnitOfWork, draft_id: UUID) -> dict[str, bytes]:
    """Return the files of a draft by name."""
    rows = uow.all(_files_of(draft_id))
    return {row["name"]: bytes(row["content"]) for row in rows}


def listing(uow: UnitOfWork, draft_id: UUID) -> list[DraftFile]:
    """Return names and sizes of the files of a draft."""
    of = definition_draft_file.c
    statement = select(of.name, func.octet_length(of.content).label("size"))
    rows = uow.all(statement.where(of.draft_id == draft_id).order_by(of.name))
    return [DraftFile(**row) for row in rows]


def file(uow: UnitOfWork, draft_id: UUID, name: str) -> bytes | None:
    """Return one file of a draft."""
    row = uow.one(_files_of(draft_id).where(definition_draft_file.c.name == name))
    return bytes(row["content"]) if row else None


def _files_of(draft_id: UUID) -> Select[Any]:
    of_draft = definition_draft_file.c.draft_id == draft_id
    return select(definition_draft_file).where(of_draft)


def put_file(uow: UnitOfWork, draft_id: UUID, name: str, content: bytes) -> None:
    """Store a file of a draft, new or changed."""
    row = {"draft_id": draft_id, "name": name, "content": content}
    statement = upsert(definition_draft_file).values(row)
    key = ["draft_id", "name"]
    uow.write(statement.on_conflict_do_update(index_elements=key, set_={"content": content}))


def drop_file(uow: UnitOfWork, draft_id: UUID, name: str) -> bool:
    """Remove a file of a draft; False when there is none."""
    of = definition_draft_file.c
    here = (of.draft_id == draft_id) & (of.name == name)
    return uow.write(delete(definition_draft_file).where(here)) > 0


def editors(uow: UnitOfWork, draft: Draft) -> frozenset[str]:
    """Return everybody who changed the draft, in person or through a deputy."""
    # the first event only copied what was in force
    mine = (event.c.stream == draft.stream) & (event.c.seq > 1)
    rows = uow.all(select(event.c.actor, event.c.on_behalf_of).where(mine).distinct())
    return frozenset(name for row in rows for name in row.values() if name)


def add_proposal(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a proposal."""
    uow.write(insert(definition_proposal).values(row))


def get_proposal(uow: UnitOfWork, proposal_id: UUID) -> Proposal | None:
    """Return a proposal; whoever decides it holds the lock of its draft."""
    statement = select(definition_proposal).where(definition_proposal.c.id == proposal_id)
    row = uow.one(statement)
    return Proposal(**row) if row else None


def change_proposal(uow: UnitOfWork, proposal_id: UUID, changes: Mapping[str, object]) -> None:
    """Change columns of a proposal."""
    here = definition_proposal.c.id == proposal_id
    uow.write(update(definition_proposal).where(here).values(changes))


def proposals(uow: UnitOfWork, draft_id: UUID) -> list[Proposal]:
    """Return the proposals of a draft, the one that waits first, then the newest."""
    statement = select(definition_proposal).where(definition_proposal.c.draft_id == draft_id)
    order = (
        definition_proposal.c.decided_at.is_not(None),
        definition_proposal.c.proposed_at.desc(),
    )
    return [Proposal(**row) for row in uow.all(statement.order_by(*order))]


def waiting(uow: UnitOfWork) -> list[tuple[Proposal, Draft]]:
    """Return the proposals that nobody has decided, oldest first, with their drafts."""
    statement = (
        select(definition_proposal)
        .where(definition_proposal.c.decided_at.is_(None))
        .order_by(definition_proposal.c.proposed_at)
    )
    found = [Proposal(**row) for row in uow.all(statement)]
    wanted = definition_draft.c.id.in_([one.draft_id for one in found])
    drafts = {row["id"]: Draft(**row) for row in uow.all(select(definition_draft).where(wanted))}
    return [(one, drafts[one.draft_id]) for one in found]


def _draft(row: Row | None) -> Draft | None:
    return Draft(**row) if row else None
