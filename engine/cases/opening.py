"""Open a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from engine import definitions, kernel
from engine.access import authorize
from engine.cases.stepping import Act, advance, ensure_text, get, locked
from engine.errors import Conflict, NotFound
from engine.history import EventKind
from engine.store import cases
from engine.store.cases import Case


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a new case is called and belongs to."""

    id: UUID
    process: str
    title: str
    key: str | None = None
    parent: UUID | None = None


def open_case(
    act: Act,
    opening: Opening,
    variables: Mapping[str, object],
) -> Case:
    """Open a case on the newest version of its process.

    Raises NotFound when the process was never published, NotAllowed, Conflict when the id is taken.
    """
    who = authorize(act.actor, "case:open", act.shell.policy)
    ensure_text(opening.title, "title")
    version = definitions.latest(act.uow, opening.process)
    if cases.lock(act.uow, opening.id) is not None:
        raise Conflict("A case with this id exists already", where="id")
    if opening.parent is not None and cases.get(act.uow, opening.parent) is None:
        raise NotFound("There is no case that it could belong to", where="parent")
    cases.insert_case(
        act.uow,
        {
            "id": opening.id,
            "process": opening.process,
            "definition": version["digest"],
            "revision": 0,
            "state": b"",
            "title": opening.title,
            "key": opening.key,
            "parent": opening.parent,
            "opened_at": act.uow.now,
            "changed_at": act.uow.now,
            "changed_by": who.name,
        },
    )
    opened = locked(act.uow, opening.id)
    command = kernel.Start(case_id=str(opening.id), variables=dict(variables))
    facts = {
        "title": opening.title,
        "key": opening.key,
        "parent": str(opening.parent) if opening.parent else None,
    }
    advance(act.uow, opened, command, who, EventKind.CASE_OPENED, facts=facts)
    return get(act.uow, opening.id)
