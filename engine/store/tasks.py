"""Open tasks: one by id, the inbox, lists with filters."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store.prepared import prepared
from engine.store.tables import case, draft, offer, task
from engine.store.unit_of_work import Row, UnitOfWork

#: Tasks without a due date stand at the end of the inbox.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """What a list of tasks is narrowed to; None means any."""

    element: str | None = None
    case_id: UUID | None = None
    process: str | None = None
    assignee: str | None = None
    due_before: datetime | None = None
    due_from: datetime | None = None
    case_key: str | None = None
    #: True for what is set aside until its follow-up date, False for all the rest
    set_aside: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task, open or closed, with the title, key, revision and version of its case."""

    id: UUID
    case_id: UUID
    element: str
    process: str
    name: str
    kind: str
    form: str | None
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    lane: str | None
    legal_basis: str | None
    differs_from: tuple[str, ...]
    in_person: bool
    confidential: bool
    instance: int | None
    opened_at: datetime
    suspended: bool
    closed_at: datetime | None
    closed_by: str | None
    case_title: str
    case_key: str | None
    revision: int
    definition: str

    @property
    def sort_due_at(self) -> datetime:
        """Its place in the inbox."""
        return self.due_at or NEVER


_FIELDS = tuple(one.name for one in fields(Task))
_LISTS = ("candidate_groups", "candidate_users", "differs_from")


def from_row(row: Mapping[str, Any]) -> Task:
    """Return a row of the statements below as a task."""
    values = {key: row[key] for key in _FIELDS}
    for key in _LISTS:
        values[key] = tuple(values[key])
    return Task(**values)


def get(uow: UnitOfWork, task_id: UUID) -> Task | None:
    """Return the task, open or closed."""
    rows = uow.rows(ONE, task_id=task_id)
    return from_row(rows[0]) if rows else None


def of_case(uow: UnitOfWork, case_id: UUID) -> list[Task]:
    """Return the open tasks of a case in the order they opened."""
    statement = _with_case().where(task.c.case_id == case_id, task.c.closed_at.is_(None))
    return [from_row(row) for row in uow.all(statement.order_by(task.c.opened_at, task.c.id))]


def groups(uow: UnitOfWork, case_id: UUID, element: str) -> frozenset[str]:
    """Return the roles that the tasks of an element, open or closed, were offered to."""
    statement = select(task.c.candidate_groups).where(
        task.c.case_id == case_id, task.c.element == element
    )
    return frozenset(one for row in uow.all(statement) for one in row["candidate_groups"])


def span(uow: UnitOfWork, case_id: UUID, process: str) -> tuple[datetime | None, datetime | None]:
    """Return when the first task of a process in a case opened and when the last one closed."""
    of_process = (task.c.case_id == case_id) & (task.c.process == process)
    began, ended = func.min(task.c.opened_at), func.max(task.c.closed_at)
    (row,) = uow.all(select(began.label("began"), ended.label("ended")).where(of_process))
    return row["began"], row["ended"]


def _with_case() -> Select[Any]:
    return select(
        task,
        case.c.title.label("case_title"),
        case.c.key.label("case_key"),
        case.c.revision,
        case.c.definition,
    ).join(case, case.c.id == task.c.case_id)


#: One task by `task_id`.
ONE = prepared(_with_case().where(task.c.id == bindparam("task_id")))


#: Before whom a task is offered to that no deputy can do.
IN_PERSON = "in-person:"


def offers(row: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the inbox rows of a task: its assignee's, or those of all whom it is offered to."""
    if row["assignee"]:
        whom = [f"user:{row['assignee']}"]
    else:
        whom = [f"user:{name}" for name in row["candidate_users"]]
        whom += [f"group:{name}" for name in row["candidate_groups"]]
    if row["in_person"]:
        whom = [f"{IN_PERSON}{one}" for one in whom]
    due = row["due_at"] or NEVER
    return [{"to_whom": one, "due_at": due, "task_id": row["id"]} for one in sorted(set(whom))]


def inbox(
    uow: UnitOfWork,
    whom: Sequence[str],
    narrowed: TaskFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Task]:
    """Return the tasks offered to any of these ("user:ana", "group:hr_officer"), due first.

    One index range per person or role, merged: as fast on the tenth page as on the first.
    """
    ranges = [_range(uow, one, narrowed, after, limit).subquery().select() for one in whom]
    if not ranges:
        return []
    ids = union_all(*ranges).subquery()
    page = (
        select(ids.c.due_at, ids.c.task_id)
        .distinct()
        .order_by(ids.c.due_at, ids.c.task_id)
        .limit(limit)
        .subquery()
    )
    statement = (
        _with_case().join(page, page.c.task_id == task.c.id).order_by(page.c.due_at, page.c.task_id)
    )
    return [from_row(row) for row in uow.all(statement)]


#: A count of an inbox stops here: who has more is told "more than".
COUNTED = 1000


def count_inbox(
    uow: UnitOfWork,
    whom: Sequence[str],
    spans: Sequence[tuple[datetime | None, datetime | None]],
    *,
    set_aside: bool | None = None,
) -> list[int]:
    """Count the tasks offered to any of these that are due in each span, up to COUNTED."""
    counts = [
        _count(uow, whom, TaskFilter(due_from=start, due_before=end, set_aside=set_aside)).label(
            f"n{place}"
        )
        for place, (start, end) in enumerate(spans)
    ]
    return [int(number) for number in uow.all(select(*counts))[0].values()]


def _count(uow: UnitOfWork, whom: Sequence[str], narrowed: TaskFilter) -> ScalarSelect[Any]:
    statement = select(offer.c.task_id).where(offer.c.to_whom.in_(whom), *_span(narrowed))
    if narrowed.set_aside is not None:
        statement = statement.join(task, task.c.id == offer.c.task_id)
        statement = statement.where(_aside(uow, is_aside=narrowed.set_aside))
    found = statement.distinct().limit(COUNTED).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def _span(narrowed: TaskFilter) -> list[ColumnElement[bool]]:
    found = []
    if narrowed.due_from is not None:
        found.append(offer.c.due_at >= narrowed.due_from)
    if narrowed.due_before is not None:
        found.append(offer.c.due_at < narrowed.due_before)
    return found


def _aside(uow: UnitOfWork, *, is_aside: bool) -> ColumnElement[bool]:
    """Tell whether a task waits for its follow-up date; what is overdue is never hidden."""
    if is_aside:
        # with both conditions of its index: few tasks are set aside, among very many
        waits = (task.c.follow_up_at > uow.now) & task.c.closed_at.is_(None)
        return waits & (offer.c.due_at > uow.now)
    has_come = task.c.follow_up_at.is_(None) | (task.c.follow_up_at <= uow.now)
    return has_come | (offer.c.due_at <= uow.now)


def _range(
    uow: UnitOfWork,
    whom: str,
    narrowed: TaskFilter,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Select[Any]:
    statement = select(offer.c.due_at, offer.c.task_id).where(offer.c.to_whom == whom)
    if after is not None:
        key = tuple_(literal(after[0]), literal(after[1]))
        statement = statement.where(tuple_(offer.c.due_at, offer.c.task_id) > key)
    statement = statement.where(*_span(narrowed))
    conditions = _conditions(narrowed)
    if narrowed.set_aside is not None:
        conditions.append(_aside(uow, is_aside=narrowed.set_aside))
    if conditions:
        statement = statement.join(task, task.c.id == offer.c.task_id).where(and_(*conditions))
        if narrowed.case_key is not None:
            statement = statement.join(case, case.c.id == task.c.case_id)
    return statement.order_by(offer.c.due_at, offer.c.task_id).limit(limit)


def _conditions(narrowed: TaskFilter) -> list[Any]:
    wanted = {
        task.c.element: narrowed.element,
        task.c.case_id: narrowed.case_id,
        task.c.process: narrowed.process,
        task.c.assignee: narrowed.assignee,
        case.c.key: narrowed.case_key,
    }
    return [column == value for column, value in wanted.items() if value is not None]


def everywhere(
    uow: UnitOfWork,
    narrowed: TaskFilter,
    *,
    sort: str,
    after: tuple[Any, UUID] | None,
    limit: int,
) -> list[Task]:
    """Return open tasks of all people, sorted by `due_at`, `opened_at` or their negatives.

    A leading "-" in `sort` turns the order round.
    """
    backwards = sort.startswith("-")
    columns: dict[str, ColumnElement[Any]] = {
        "due_at": func.coalesce(task.c.due_at, literal(NEVER)),
        "opened_at": task.c.opened_at,
        "priority": task.c.priority,
    }
    column = columns[sort.removeprefix("-")]
    statement = _with_case().where(task.c.closed_at.is_(None), *_conditions(narrowed))
    if narrowed.due_before is not None:
        statement = statement.where(task.c.due_at < narrowed.due_before)
    if narrowed.due_from is not None:
        statement = statement.where(task.c.due_at >= narrowed.due_from)
    if after is not None:
        key = tuple_(literal(after[0]), literal(after[1]))
        here = tuple_(column, task.c.id)
        statement = statement.where(here < key if backwards else here > key)
    order = (column.desc(), task.c.id.desc()) if backwards else (column, task.c.id)
    return [from_row(row) for row in uow.all(statement.order_by(*order).limit(limit))]


def change(uow: UnitOfWork, one: Task, changes: Mapping[str, object]) -> None:
    """Change columns of an open task and, when it moves, the inboxes it stands in."""
    uow.write(update(task).where(task.c.id == one.id).values(changes))
    uow.write(delete(offer).where(offer.c.task_id == one.id))
    uow.write(insert(offer), offers({**asdict(one), **changes}))


def save_draft(uow: UnitOfWork, task_id: UUID, content: Mapping[str, object], who: str) -> None:
    """Keep an unsubmitted form, replacing the one before."""
    row = {"content": dict(content), "saved_at": uow.now, "saved_by": who}
    statement = upsert(draft).values(task_id=task_id, **row)
    uow.write(statement.on_conflict_do_update(index_elements=["task_id"], set_=row))


def get_draft(uow: UnitOfWork, task_id: UUID) -> Row | None:
    """Return the unsubmitted form of a task."""
    return uow.one(select(draft).where(draft.c.task_id == task_id))
