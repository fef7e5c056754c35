"""Published versions and their files."""

from collections.abc import Mapping

from sqlalchemy import RowMapping, func, insert, select

from engine.store.tables import case, definition, definition_file
from engine.store.unit_of_work import UnitOfWork


def get(uow: UnitOfWork, digest: str) -> RowMapping | None:
    """Return the row of one version."""
    return uow.one(select(definition).where(definition.c.digest == digest))


def latest(uow: UnitOfWork, process: str) -> RowMapping | None:
    """Return the newest version of the process, if it was ever published."""
    of_process = select(definition).where(definition.c.process == process)
    return uow.one(of_process.order_by(definition.c.version.desc()).limit(1))


def files(uow: UnitOfWork, digest: str) -> dict[str, bytes]:
    """Return the files of one version by name."""
    rows = uow.all(select(definition_file).where(definition_file.c.digest == digest))
    return {row["name"]: bytes(row["content"]) for row in rows}


def add(uow: UnitOfWork, row: Mapping[str, object], content: Mapping[str, bytes]) -> None:
    """Store a version and its files."""
    uow.write(insert(definition).values(row))
    uow.write(
        insert(definition_file),
        [
            {"digest": row["digest"], "name": name, "content": data}
            for name, data in sorted(content.items())
        ],
    )


def versions(uow: UnitOfWork, process: str | None = None) -> list[RowMapping]:
    """Return all versions, newest first, with the number of running and ended cases."""
    running = func.count(case.c.id).filter(case.c.ended_at.is_(None)).label("running")
    ended = func.count(case.c.ended_at).label("ended")
    statement = (
        select(definition, running, ended)
        .outerjoin(case, case.c.definition == definition.c.digest)
        .group_by(definition.c.digest)
        .order_by(definition.c.process, definition.c.version.desc())
    )
    if process is not None:
        statement = statement.where(definition.c.process == process)
    return list(uow.all(statement))
