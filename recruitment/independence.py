"""Who may see a score before all are in: its author, and nobody else.

The members of a panel score alone (the process `interview`: "nobody sees the scores of the others
before all are in"). What no rule of law regulates, practice does: individual scores first, then
the consensus. It binds whoever could be led by a score or could lead another by it, so the office
of human resources, the authority, the operator and the auditor wait as the members do; that a
sheet was submitted, by whom and when, is open to all of them.
"""

from uuid import UUID

from engine.history import EventKind, Sealed
from engine.store import UnitOfWork
from recruitment.store import panels


def is_withheld(uow: UnitOfWork, event: Sealed, *, reader: str) -> bool:
    """Say whether the content of an event is a score of a round that is not over."""
    known = event.fields
    if (known.element, known.kind) != (panels.SCORE, EventKind.TASK_COMPLETED):
        return False
    if reader in (known.actor, known.on_behalf_of):
        return False
    return panels.is_under_way(uow, UUID(known.stream.removeprefix("case:")))
