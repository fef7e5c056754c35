"""Where the running cases of a version wait: one row for each element."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, distinct, func, literal, select, union_all

from engine.store.tables import Instant, case, effect, incident, subscription, task, timer
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The cases that wait at one element."""

    element: str
    cases: int
    #: since when the case in the middle waits; None where that is not kept
    median_since: datetime | None
    #: cases with an open incident here
    incidents: int = 0


def by_element(uow: UnitOfWork, digest: str, events: Collection[str]) -> dict[str, Waiting]:
    """Return where the running cases of a version wait.

    `events` are the elements at which a case itself waits for a message or an instant: deadlines
    and messages beside a task say nothing about where it stands. The median of the instants is the
    instant of the median wait, so the working days can be counted afterwards.
    """
    open_task = _at(task, digest, task.c.opened_at).where(task.c.closed_at.is_(None))
    called = _at(effect, digest, effect.c.created_at)
    never = literal(None, Instant)
    awaited = [
        _at(one, digest, never).where(one.c.element.in_(events)) for one in (subscription, timer)
    ]
    here = union_all(open_task, called, *awaited).subquery()
    statement = select(
        here.c.element,
        func.count(distinct(here.c.case_id)).label("cases"),
        func.percentile_disc(0.5).within_group(here.c.since).label("median_since"),
    ).group_by(here.c.element)
    incidents = _incidents(uow, digest)
    found = {row["element"]: dict(row) for row in uow.all(statement)}
    for element in incidents.keys() - found.keys():
        found[element] = {"element": element, "cases": 0, "median_since": None}
    return {key: Waiting(**row, incidents=incidents.get(key, 0)) for key, row in found.items()}


def _at(table: Table, digest: str, since: ColumnElement[Any]) -> Select[Any]:
    running = (case.c.definition == digest) & case.c.ended_at.is_(None)
    columns = (table.c.element, table.c.case_id, since.label("since"))
    return select(*columns).join(case, case.c.id == table.c.case_id).where(running)


def _incidents(uow: UnitOfWork, digest: str) -> dict[str, int]:
    statement = (
        select(incident.c.element, func.count(distinct(incident.c.case_id)).label("cases"))
        .join(case, case.c.id == incident.c.case_id)
        .where(case.c.definition == digest, incident.c.resolved_at.is_(None))
        .where(incident.c.element.is_not(None))
        .group_by(incident.c.element)
    )
    return {row["element"]: row["cases"] for row in uow.all(statement)}
