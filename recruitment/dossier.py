"""A case of recruitment as one signed archive, with its letters and the people's full names."""

from engine import archive
from engine.archive.sealed import Sees, everything
from engine.cases import Case
from engine.store import UnitOfWork, users
from recruitment.store import records


def dossier(
    uow: UnitOfWork, case: Case, *, signing_key: bytes | None, sees: Sees = everything
) -> bytes:
    """Return the archive of a case; contents that `sees` refuses are withheld."""
    letters = [
        archive.Paper(at=row["written_at"], subject=row["subject"], to=row["to_address"])
        for row in records.letters(uow, case.id)
    ]
    return archive.dossier(
        uow,
        case,
        signing_key=signing_key,
        sees=sees,
        papers=letters,
        names={row["name"]: row["full_name"] for row in users.every(uow)},
    )
