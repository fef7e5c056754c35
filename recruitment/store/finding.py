"""Search among calls and in the people behind applications."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from engine.store import UnitOfWork
from engine.store.unit_of_work import Row
from recruitment.store.tables import application, call, candidate


def calls(uow: UnitOfWork, patterns: Sequence[str], *, limit: int) -> Sequence[Row]:
    """Return the calls whose reference or title matches all patterns, the latest first."""
    said = call.c.reference + " " + call.c.title
    columns = (call.c.id, call.c.reference, call.c.title, call.c.deadline)
    statement = select(*columns).where(*[said.op("~")(one) for one in patterns])
    return uow.all(statement.order_by(call.c.deadline.desc(), call.c.id).limit(limit))


def people(uow: UnitOfWork, applications: Collection[str]) -> dict[str, Row]:
    """Return the name and the call behind each of these applications."""
    statement = (
        select(application.c.id, candidate.c.name, call.c.reference, call.c.title)
        .join(candidate, candidate.c.id == application.c.candidate)
        .join(call, call.c.id == application.c.call)
        .where(application.c.id.in_(applications))
    )
    return {row["id"]: row for row in uow.all(statement)}
