"""The applications of a call as screening sees them: what waits, for whom, and what was said.

Independence is kept here and not on a page. Until a merit assessment is settled, what somebody
found is nobody's to read in a list: `said` gives the contents of an assessment or of a review only
to who wrote it, to who may read whole cases, or once no opinion is outstanding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    LargeBinary,
    Select,
    Text,
    and_,
    any_,
    cast,
    distinct,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy import case as either
from sqlalchemy.sql.elements import CollectionAggregate

from engine.history import EventKind
from engine.store import UnitOfWork
from engine.store.tables import case, event, event_payload, offer, task
from recruitment.store.listing import NEVER
from recruitment.store.tables import application, candidate

#: What people do about an application at the desk, in the order of the diagram.
OPINIONS = ("shortlist_candidate", "review_shortlist")
DESK = (*OPINIONS, "settle_shortlist")
#: Everything that a person does about it up to the shortlist.
STEPS = ("check_format", "register_application", *DESK)
#: Canonical JSON (RFC 8785) has no other way to write that something was decided.
_DECIDED = b'"decisions":[{'
#: Written out: as a parameter it could not be matched with the index of completed steps.
_IS_COMPLETED = event.c.kind == literal_column(f"'{EventKind.TASK_COMPLETED.value}'")

Found = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """For whom a list is read."""

    name: str
    #: "user:ana", "group:line_manager": whom the reader stands for
    offered_to: Sequence[str]
    #: may read whole cases, and so what others found
    reads_cases: bool
    #: whether the names of candidates are read at all
    names: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the list: what is shown, its order, where it begins and how long it is."""

    #: "waiting", "reviewed", "disagreements" or "all"
    show: str
    #: "due_at", "received_at", "id" or "name"; a leading "-" turns the order round
    sort: str
    after: tuple[object, str] | None = None
    limit: int | None = None


def grid(
    uow: UnitOfWork, call_row: Found, reader: Reader, page: Page
) -> tuple[list[Found], dict[str, int]]:
    """Return a page of the applications of a call, and how many each part of the list shows.

    Each row says what a person has to do about the application; the numbers tell beside the
    parts how many tasks are open at the desk.
    """
    listed = _listed(call_row, reader)
    found = uow.gathered(page=_paged(listed, page), counts=_counts(listed))
    return [*found["page"]], found["counts"][0]


def at_desk(uow: UnitOfWork, call_row: Found, reader: Reader, sort: str) -> list[UUID]:
    """Return the tasks of the desk that wait for the reader, in the order of the list."""
    waiting = _paged(_listed(call_row, reader), Page(show="waiting", sort=sort))
    return [row["task_id"] for row in uow.all(waiting) if row["element"] in DESK]


def said(uow: UnitOfWork, cases: Sequence[UUID], reader: Reader) -> list[Found]:
    """Return who did which step of several cases, and what was decided, the oldest first.

    `payload` is null where it was erased and where an opinion is closed to the reader.
    """
    streams = [f"case:{one}" for one in cases]
    is_open = _is_open_to(reader, cases)
    same = (event.c.stream == event_payload.c.stream) & (event.c.seq == event_payload.c.seq)
    statement = (
        select(
            event.c.stream,
            event.c.at,
            event.c.actor,
            event.c.on_behalf_of,
            event.c.kind,
            event.c.element,
            either((is_open, event_payload.c.payload)).label("payload"),
            is_open.label("is_open"),
        )
        .outerjoin(event_payload, same)
        .where(event.c.stream.in_(streams), or_(_is_step(), _has_decided()))
        .order_by(event.c.stream, event.c.seq)
    )
    return [dict(row) for row in uow.all(statement)]


def has_lifted(uow: UnitOfWork, application_id: str, name: str) -> bool:
    """Say whether a person has had the blind view of an application lifted: it is an event."""
    same = (event.c.stream == event_payload.c.stream) & (event.c.seq == event_payload.c.seq)
    what = func.convert_from(event_payload.c.payload, "UTF8")
    found = (
        select(event.c.seq)
        .join(event_payload, same)
        .where(
            event.c.stream == f"read:{application_id}",
            event.c.kind == EventKind.RECORD_READ.value,
            event.c.actor == name,
            what.contains(f'"what":"{LIFTED}"', autoescape=True),
        )
    )
    return bool(uow.scalar(select(exists(found))))


#: What the history says of a reading without the blind view.
LIFTED = "un-blinded"


def _paged(listed: CTE, page: Page) -> Select[Any]:
    column = listed.c[page.sort.removeprefix("-")]
    backwards = page.sort.startswith("-")
    statement = select(listed).where(_shown(listed, page.show))
    if page.after is not None:
        key = tuple_(literal(page.after[0]), literal(page.after[1]))
        here = tuple_(column, listed.c.id)
        statement = statement.where(here < key if backwards else here > key)
    order = (column.desc(), listed.c.id.desc()) if backwards else (column, listed.c.id)
    return statement.order_by(*order).limit(page.limit)


def _counts(listed: CTE) -> Select[Any]:
    parts = {one: _shown(listed, one) for one in ("waiting", "reviewed", "disagreements")}
    parts |= {one: listed.c.element == one for one in OPINIONS}
    numbers = [func.count().filter(one).label(name) for name, one in parts.items()]
    statement: Select[Any] = select(func.count().label("all"))
    return statement.add_columns(*numbers).select_from(listed)


def _listed(call_row: Found, reader: Reader) -> CTE:
    done, opened = _done(call_row), _opened(call_row)
    name: ColumnElement[Any] = candidate.c.name if reader.names else cast(null(), Text)
    statement = (
        select(
            application.c.id,
            application.c.received_at,
            name.label("name"),
            case.c.id.label("case_id"),
            case.c.definition,
            case.c.ended_at,
            case.c.outcome,
            opened.c.id.label("task_id"),
            opened.c.element,
            func.coalesce(opened.c.due_at, literal(NEVER)).label("due_at"),
            func.coalesce(_is_theirs(opened, reader), False).label("is_theirs"),
            func.coalesce(done.c.elements, literal([], done.c.elements.type)).label("done"),
        )
        .join(case, case.c.key == application.c.id)
        .join(candidate, candidate.c.id == application.c.candidate)
        .outerjoin(opened, opened.c.case_id == case.c.id)
        .outerjoin(done, done.c.stream == func.concat("case:", cast(case.c.id, Text)))
        .where(application.c.call == call_row["id"], case.c.parent == call_row["case_id"])
    )
    return statement.cte("listed")


def _opened(call_row: Found) -> CTE:
    return (
        select(task.c.id, task.c.case_id, task.c.element, task.c.due_at, task.c.differs_from)
        .where(
            task.c.case_id == _any(_cases(call_row)),
            task.c.closed_at.is_(None),
            task.c.suspended.is_(False),
            task.c.element.in_(STEPS),
        )
        .cte("opened")
        .prefix_with("MATERIALIZED")
    )


def _done(call_row: Found) -> CTE:
    """Return the steps that were completed; one that was sent back is open again all the same."""
    streams = _cases(call_row).with_only_columns(func.concat("case:", cast(case.c.id, Text)))
    return (
        select(event.c.stream, func.array_agg(distinct(event.c.element)).label("elements"))
        .where(event.c.stream == _any(streams), _is_step())
        .group_by(event.c.stream)
        .cte("done")
        .prefix_with("MATERIALIZED")
    )


def _cases(call_row: Found) -> Select[Any]:
    return select(case.c.id).where(case.c.parent == call_row["case_id"])


def _any(wanted: Select[Any]) -> CollectionAggregate[Any]:
    """Compare with an array and not by a join: one probe of an index for each, nothing else."""
    return any_(func.array(wanted.scalar_subquery()))


def _is_step() -> ColumnElement[bool]:
    return and_(_IS_COMPLETED, event.c.element.in_(STEPS))


def _is_theirs(opened: CTE, reader: Reader) -> ColumnElement[bool]:
    """Offered to the reader, who took no part in a step that this one must differ from."""
    offered = select(offer.c.task_id).where(
        offer.c.task_id == opened.c.id, offer.c.to_whom.in_(list(reader.offered_to))
    )
    took_part = select(event.c.seq).where(
        event.c.stream == func.concat("case:", cast(opened.c.case_id, Text)),
        _IS_COMPLETED,
        event.c.element == func.any(opened.c.differs_from),
        or_(event.c.actor == reader.name, event.c.on_behalf_of == reader.name),
    )
    return and_(exists(offered), ~exists(took_part))


def _shown(listed: CTE, show: str) -> ColumnElement[bool]:
    if show == "waiting":
        return listed.c.is_theirs.is_(True)
    if show == "disagreements":
        return func.coalesce(listed.c.element == DESK[-1], False)
    if show == "reviewed":
        is_assessed = literal(OPINIONS[0]) == func.any(listed.c.done)
        return and_(is_assessed, func.coalesce(listed.c.element.not_in(DESK), True))
    return literal(True)


def _has_decided() -> ColumnElement[bool]:
    return func.pg_catalog.position(event_payload.c.payload, literal(_DECIDED, LargeBinary)) > 0


def _is_open_to(reader: Reader, cases: Sequence[UUID]) -> ColumnElement[bool]:
    """Say whether the reader may see the contents: independence, enforced in the query."""
    if reader.reads_cases:
        return literal(True)
    outstanding = select(func.concat("case:", cast(task.c.case_id, Text))).where(
        task.c.case_id.in_(cases), task.c.closed_at.is_(None), task.c.element.in_(DESK)
    )
    return or_(
        func.coalesce(event.c.element.not_in(OPINIONS), True),
        event.c.actor == reader.name,
        func.coalesce(event.c.on_behalf_of == reader.name, False),
        event.c.stream.not_in(outstanding),
    )
