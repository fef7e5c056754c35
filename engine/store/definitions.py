"""Published versions and their files."""

from collections.abc import Mapping

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store.tables import (
    case,
    definition,
    definition_file,
    definition_in_force,
    definition_scenario,
    incident,
)
from engine.store.unit_of_work import Row, UnitOfWork


def get(uow: UnitOfWork, digest: str) -> Row | None:
    """Return the row of one version."""
    return uow.one(select(definition).where(definition.c.digest == digest))


def latest(uow: UnitOfWork, process: str) -> Row | None:
    """Return the newest version of the process, if it was ever published."""
    of_process = select(definition).where(definition.c.process == process)
    return uow.one(of_process.order_by(definition.c.version.desc()).limit(1))


def in_force(uow: UnitOfWork, process: str) -> Row | None:
    """Return the version that new cases take: the one chosen, else the newest."""
    chosen = definition_in_force.c.digest
    statement = (
        select(definition)
        .outerjoin(definition_in_force, chosen == definition.c.digest)
        .where(definition.c.process == process)
        .order_by(chosen.is_(None), definition.c.version.desc())
        .limit(1)
    )
    return uow.one(statement)


def put_in_force(uow: UnitOfWork, process: str, digest: str, by: str) -> None:
    """Choose the version that new cases take."""
    row = {"process": process, "digest": digest, "since": uow.now, "set_by": by}
    statement = upsert(definition_in_force).values(row)
    uow.write(statement.on_conflict_do_update(index_elements=["process"], set_=row))


def newest_in_force(uow: UnitOfWork, process: str) -> None:
    """Let new cases take the newest version again."""
    uow.write(delete(definition_in_force).where(definition_in_force.c.process == process))


def all_in_force(uow: UnitOfWork) -> dict[str, Row]:
    """Return the version that new cases take, by process."""
    chosen = definition_in_force.c.digest
    statement = (
        select(definition, definition_in_force.c.since, definition_in_force.c.set_by)
        .outerjoin(definition_in_force, chosen == definition.c.digest)
        .ext(distinct_on(definition.c.process))
        .order_by(definition.c.process, chosen.is_(None), definition.c.version.desc())
    )
    return {row["process"]: row for row in uow.all(statement)}


def running(uow: UnitOfWork) -> dict[str, int]:
    """Return the number of running cases by process."""
    number = func.count().label("number")
    statement = select(case.c.process, number).where(case.c.ended_at.is_(None))
    return {row["process"]: row["number"] for row in uow.all(statement.group_by(case.c.process))}


def open_incidents(uow: UnitOfWork) -> dict[str, int]:
    """Return the number of open incidents by process."""
    number = func.count().label("number")
    statement = (
        select(case.c.process, number)
        .join(incident, incident.c.case_id == case.c.id)
        .where(incident.c.resolved_at.is_(None))
        .group_by(case.c.process)
    )
    return {row["process"]: row["number"] for row in uow.all(statement)}


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


def scenarios(uow: UnitOfWork, digest: str) -> dict[str, bytes]:
    """Return the scenario files that are kept with a version, by name."""
    of = definition_scenario.c
    rows = uow.all(select(of.name, of.content).where(of.digest == digest).order_by(of.name))
    return {row["name"]: bytes(row["content"]) for row in rows}


def put_scenarios(uow: UnitOfWork, digest: str, content: Mapping[str, bytes]) -> None:
    """Keep these scenario files with a version, and no others."""
    uow.write(delete(definition_scenario).where(definition_scenario.c.digest == digest))
    rows = [{"digest": digest, "name": n, "content": c} for n, c in sorted(content.items())]
    uow.write(insert(definition_scenario), rows)


def versions(uow: UnitOfWork, process: str | None = None) -> list[Row]:
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


def running_elsewhere(
    uow: UnitOfWork, process: str, digest: str, *, limit: int
) -> tuple[list[Row], int]:
    """Return running cases of a process on other versions, oldest first, and how many there are."""
    elsewhere = (
        (case.c.process == process) & case.c.ended_at.is_(None) & (case.c.definition != digest)
    )
    of = case.c
    statement = (
        select(of.id, of.title, of.revision, of.opened_at, of.suspended_at, definition.c.version)
        .join(definition, definition.c.digest == of.definition)
        .where(elsewhere)
        .order_by(of.opened_at, of.id)
        .limit(limit)
    )
    total = uow.scalar(select(func.count()).select_from(case).where(elsewhere))
    return list(uow.all(statement)), int(total or 0)
