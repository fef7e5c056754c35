"""Search in titles of cases and names of open tasks.

A pattern is a regular expression of PostgreSQL. No index stands behind it on purpose: an index of
words would be written with every step of a case, and 20 000 titles are scanned in 11 ms.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    column,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from engine.store.cases import LISTED, Case
from engine.store.tables import case, offer, task
from engine.store.tasks import Task, from_row
from engine.store.unit_of_work import UnitOfWork

# from one element to the next along the index, however many tasks are open
_ELEMENTS = text(
    """
    WITH RECURSIVE one AS (
        (SELECT element, name FROM task WHERE closed_at IS NULL ORDER BY element LIMIT 1)
        UNION ALL
        SELECT following.element, following.name FROM one CROSS JOIN LATERAL (
            SELECT element, name FROM task
            WHERE closed_at IS NULL AND element > one.element ORDER BY element LIMIT 1
        ) AS following
    )
    SELECT element, name FROM one
    """
)


def cases(
    uow: UnitOfWork, patterns: Sequence[str], *, whom: Sequence[str] | None, limit: int
) -> list[Case]:
    """Return cases whose title or key matches all patterns, running ones first, newest first.

    `whom` narrows to cases with an open task offered to any of these.
    """
    said = case.c.title + " " + func.coalesce(case.c.key, "")
    found = [said.op("~")(pattern) for pattern in patterns]
    if whom is not None:
        theirs = (
            select(task.c.case_id)
            .join(offer, offer.c.task_id == task.c.id)
            .where(offer.c.to_whom.in_(whom))
        )
        found.append(case.c.id.in_(theirs))
    is_over = case.c.ended_at.is_not(None)
    statement = select(*LISTED).where(*found).order_by(is_over, case.c.changed_at.desc(), case.c.id)
    return [Case(**row) for row in uow.all(statement.limit(limit))]


def elements(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Return each element that has open tasks, with the name of one of them."""
    return [(row["element"], row["name"]) for row in uow.all(_ELEMENTS)]


def open_tasks(
    uow: UnitOfWork,
    *,
    named: Sequence[str],
    within: Collection[UUID] | None,
    visible: tuple[Sequence[str], bool],
    limit: int,
) -> list[Task]:
    """Return open tasks of these elements within these cases (None: within any), due first.

    `visible` is whom the searcher stands for and whether also tasks of others may be seen. Of more
    tasks than the limit in each element, any are returned: to sort 100 000 would take too long.
    """
    ids = select(task.c.id).where(task.c.closed_at.is_(None), _may_see(visible))
    if within is not None:
        ids = ids.where(task.c.case_id.in_(within), task.c.element.in_(named)).limit(limit)
    else:
        each = func.unnest(literal(named, ARRAY(Text))).table_valued(column("element", Text))
        each = each.render_derived()
        some = ids.where(task.c.element == each.c.element).limit(limit).lateral()
        ids = select(some.c.id).select_from(each.join(some, true()))
    statement = (
        select(
            task,
            case.c.title.label("case_title"),
            case.c.key.label("case_key"),
            case.c.revision,
            case.c.definition,
        )
        .join(case, case.c.id == task.c.case_id)
        .where(task.c.id.in_(ids))
        .order_by(task.c.due_at.asc().nulls_last(), task.c.id)
        .limit(limit)
    )
    return [from_row(row) for row in uow.all(statement)]


def _may_see(visible: tuple[Sequence[str], bool]) -> ColumnElement[bool]:
    whom, may_see_others = visible
    theirs = (
        select(offer.c.task_id)
        .where(offer.c.task_id == task.c.id, offer.c.to_whom.in_(whom))
        .correlate(task)
        .exists()
    )
    return or_(task.c.confidential.is_(False), theirs) if may_see_others else theirs
