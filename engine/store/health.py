"""What the house looks like at a glance: workers, queues, the database itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store.tables import case, definition, effect, incident, outbox, timer, worker_beat
from engine.store.unit_of_work import Row, UnitOfWork


def beat(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store when a worker was last seen and what it has done."""
    changes = {name: value for name, value in row.items() if name != "worker"}
    statement = upsert(worker_beat).values(row)
    uow.write(statement.on_conflict_do_update(index_elements=["worker"], set_=changes))


def forget_beat(uow: UnitOfWork, worker: str) -> None:
    """Forget a worker that was told to stop."""
    uow.write(delete(worker_beat).where(worker_beat.c.worker == worker))


def forget_beats(uow: UnitOfWork, *, before: datetime) -> None:
    """Forget workers that were last seen before an instant."""
    uow.write(delete(worker_beat).where(worker_beat.c.seen_at < before))


def beats(uow: UnitOfWork) -> Sequence[Row]:
    """Return the workers by name."""
    return uow.all(select(worker_beat).order_by(worker_beat.c.worker))


def queues(uow: UnitOfWork) -> Row:
    """Count what waits: timers, effects, incidents and messages between cases."""
    is_due = (timer.c.due_at <= uow.now) & timer.c.held_at.is_(None) & case.c.suspended_at.is_(None)
    of_case = timer.join(case, case.c.id == timer.c.case_id)
    due = select(func.count()).select_from(of_case).where(is_due)
    oldest = select(func.min(timer.c.due_at)).select_from(of_case).where(is_due)
    held = select(func.count()).select_from(timer).where(timer.c.held_at.is_not(None))
    coming = select(func.min(timer.c.due_at)).where(
        timer.c.due_at > uow.now, timer.c.held_at.is_(None)
    )
    effects = select(func.count()).select_from(effect)
    incidents = select(func.count()).select_from(incident).where(incident.c.resolved_at.is_(None))
    found = uow.one(
        select(
            due.scalar_subquery().label("timers_due"),
            oldest.scalar_subquery().label("oldest_due_at"),
            held.scalar_subquery().label("timers_held"),
            coming.scalar_subquery().label("next_due_at"),
            effects.scalar_subquery().label("effects"),
            effects.where(effect.c.attempts > 0).scalar_subquery().label("effects_failing"),
            incidents.scalar_subquery().label("incidents"),
            select(func.count()).select_from(outbox).scalar_subquery().label("messages"),
        )
    )
    assert found is not None  # noqa: S101  # counts are always one row
    return found


def server(uow: UnitOfWork) -> Row:
    """Return the version of the database server and the size of the database in bytes."""
    version = func.current_setting("server_version").label("version")
    size = func.pg_database_size(func.current_database()).label("size")
    found = uow.one(select(version, size))
    assert found is not None  # noqa: S101  # a select without a table is one row
    return found


def processes(uow: UnitOfWork) -> dict[str, str]:
    """Return the names of all processes as their newest versions say, by process."""
    newest = (
        select(definition.c.process, definition.c.name)
        .ext(distinct_on(definition.c.process))
        .order_by(definition.c.process, definition.c.version.desc())
    )
    return {row["process"]: row["name"] for row in uow.all(newest)}
