"""What the panels of a call did: rounds of individual scores, set-ups, consensus, interviews.

Independence stands in the query: while a sheet of a round is open, the content of the others is
not read at all, whoever asks. Only one's own comes out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select, true
from sqlalchemy import case as either

from engine.history import EventKind
from engine.store import UnitOfWork
from engine.store.tables import case, draft, event, event_payload, task
from recruitment.store.tables import application, candidate, interview, letter

SCORE = "score_candidate"
CONSENSUS = "record_consensus"
RESULT = "confirm_panel_result"
SET_UP = "set_up_panel"
REPLACE = "replace_panel_member"
DECLARE = "declare_member_conflict"
#: A list on a page is cut here; a panel sees some dozens of candidates.
MOST = 200
_DONE = EventKind.TASK_COMPLETED.value

Found = dict[str, Any]


def is_under_way(uow: UnitOfWork, case_id: UUID) -> bool:
    """Say whether a score sheet of the case is still open."""
    return uow.scalar(select(literal(1)).where(_open_of(literal(case_id))).limit(1)) is not None


def sheets(uow: UnitOfWork, cases: Sequence[UUID], *, reader: str) -> list[Found]:
    """Return the sheets of the latest round of each case, in the order of the panel.

    `payload` is what was submitted; it is null before that, and for everybody but its author while
    another sheet of the round is open.
    """
    last = _last_round(cases)
    is_own = or_(last.c.closed_by == reader, event.c.actor == reader)
    is_shown = or_(is_own, last.c.open_sheets == 0)
    statement = (
        select(
            last,
            event.c.at.label("submitted_at"),
            event.c.actor.label("submitted_by"),
            either((is_shown, event_payload.c.payload), else_=None).label("payload"),
        )
        .outerjoin(event, _completion(last))
        .outerjoin(event_payload, _same_event())
        .order_by(last.c.case_id, last.c.instance)
    )
    return [dict(row) for row in uow.all(statement)]


def _last_round(cases: Sequence[UUID]) -> Any:  # noqa: ANN401  # a subquery
    of_case: dict[str, Any] = {"partition_by": task.c.case_id}
    latest = func.max(task.c.opened_at).over(**of_case).label("latest")
    is_open = func.count().filter(task.c.closed_at.is_(None)).over(**of_case).label("open_sheets")
    found = (
        select(
            task.c.id,
            task.c.case_id,
            task.c.assignee,
            task.c.instance,
            task.c.opened_at,
            task.c.due_at,
            task.c.closed_at,
            task.c.closed_by,
            latest,
            is_open,
        )
        .where(task.c.case_id.in_(cases), task.c.element == SCORE)
        .subquery()
    )
    return select(found).where(found.c.opened_at == found.c.latest).subquery()


def _completion(of: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a subquery
    """Join a task with the event of its completion: a withdrawn task has none."""
    return and_(
        event.c.stream == func.concat("case:", cast(of.c.case_id, Text)),
        event.c.element == SCORE,
        event.c.kind == _DONE,
        event.c.at == of.c.closed_at,
        func.coalesce(event.c.on_behalf_of, event.c.actor) == of.c.closed_by,
    )


def _same_event() -> ColumnElement[bool]:
    return and_(event_payload.c.stream == event.c.stream, event_payload.c.seq == event.c.seq)


def _open_of(case_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column or a literal
    return and_(task.c.case_id == case_id, task.c.element == SCORE, task.c.closed_at.is_(None))


def completions(uow: UnitOfWork, cases: Sequence[UUID], elements: Sequence[str]) -> list[Found]:
    """Return what was submitted for these elements, oldest first in each case.

    Score sheets do not come out here: `sheets` knows when they may be read.
    """
    wanted = [one for one in elements if one != SCORE]
    statement = (
        select(
            event.c.stream,
            event.c.seq,
            event.c.at,
            event.c.actor,
            event.c.on_behalf_of,
            event.c.element,
            event_payload.c.payload,
        )
        .join(event_payload, _same_event())
        .where(
            event.c.stream.in_([f"case:{one}" for one in cases]),
            event.c.kind == _DONE,
            event.c.element.in_(wanted),
        )
        .order_by(event.c.stream, event.c.seq)
    )
    return [dict(row) for row in uow.all(statement)]


def last_event(uow: UnitOfWork, case_id: UUID, element: str, kind: EventKind) -> Found | None:
    """Return the last event of this kind of an element of a case, with its content."""
    statement = (
        select(
            event.c.seq, event.c.at, event.c.actor, event.c.on_behalf_of, event_payload.c.payload
        )
        .join(event_payload, _same_event())
        .where(
            event.c.stream == f"case:{case_id}",
            event.c.element == element,
            event.c.kind == kind.value,
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    row = None if element == SCORE else uow.one(statement)
    return dict(row) if row else None


def tasks_of(uow: UnitOfWork, cases: Sequence[UUID], elements: Sequence[str]) -> list[Found]:
    """Return the tasks of these elements, open or closed, the oldest first."""
    statement = select(
        task.c.id,
        task.c.case_id,
        task.c.element,
        task.c.assignee,
        task.c.closed_at,
        task.c.closed_by,
    ).where(task.c.case_id.in_(cases), task.c.element.in_(elements))
    return [dict(row) for row in uow.all(statement.order_by(task.c.opened_at, task.c.id))]


def assessed(uow: UnitOfWork, call_row: Found) -> list[Found]:
    """Return the applications of a call that a panel has scored or is scoring, as they arrived."""
    waits = (
        select(literal(1))
        .where(
            task.c.case_id == case.c.id,
            task.c.closed_at.is_(None),
            task.c.element.in_((SCORE, CONSENSUS, RESULT)),
        )
        .exists()
    )
    statement = (
        select(
            application.c.id,
            application.c.score,
            application.c.suitable,
            application.c.received_at,
            application.c.offered_at,
            candidate.c.name,
            case.c.id.label("case_id"),
            case.c.ended_at,
            case.c.outcome,
        )
        .join(candidate, candidate.c.id == application.c.candidate)
        .join(case, case.c.key == application.c.id)
        .where(
            application.c.call == call_row["id"],
            case.c.parent == call_row["case_id"],
            or_(application.c.score.is_not(None), waits),
        )
        .order_by(application.c.received_at, application.c.id)
    )
    return [dict(row) for row in uow.all(statement)]


def submitters(uow: UnitOfWork, call_row: Found) -> dict[str, int]:
    """Count the people who submitted a sheet in the latest round of each scored application."""
    scored = (
        select(case.c.id)
        .join(application, application.c.id == case.c.key)
        .where(application.c.call == call_row["id"], application.c.score.is_not(None))
    )
    ids = [row["id"] for row in uow.all(scored)]
    last = _last_round(ids)
    people = func.count(func.distinct(last.c.closed_by)).filter(event.c.at.is_not(None))
    statement = (
        select(case.c.key, people.label("people"))
        .join(last, last.c.case_id == case.c.id)
        .outerjoin(event, _completion(last))
        .group_by(case.c.key)
    )
    return {row["key"]: int(row["people"]) for row in uow.all(statement)}


def letters_among(uow: UnitOfWork, ids: Sequence[UUID]) -> list[UUID]:
    """Return which of these letters were written."""
    return [row["id"] for row in uow.all(select(letter.c.id).where(letter.c.id.in_(ids)))]


def drafts(uow: UnitOfWork, tasks: Sequence[UUID]) -> dict[UUID, datetime]:
    """Say when a draft of each of these tasks was saved, where there is one."""
    statement = select(draft.c.task_id, draft.c.saved_at).where(draft.c.task_id.in_(tasks))
    return {row["task_id"]: row["saved_at"] for row in uow.all(statement)}


def interviews(uow: UnitOfWork, member: str, *, since: datetime, limit: int = MOST) -> list[Found]:
    """Return a member's interviews from an instant on, the next first, with the candidate."""
    statement = (
        select(
            interview.c.application,
            interview.c.starts_at,
            interview.c.ends_at,
            interview.c.place,
            interview.c.language,
            candidate.c.name,
        )
        .join(application, application.c.id == interview.c.application)
        .join(candidate, candidate.c.id == application.c.candidate)
        .where(
            interview.c.starts_at >= since,
            interview.c.cancelled_at.is_(None),
            interview.c.members.contains([member]),
        )
        .order_by(interview.c.starts_at, interview.c.application)
        .limit(limit)
    )
    return [dict(row) for row in uow.all(statement)]


def interview_of(uow: UnitOfWork, application_id: str) -> Found | None:
    """Return the interview of an application as the calendar has it."""
    row = uow.one(select(interview).where(interview.c.application == application_id))
    return dict(row) if row else None


def done_by(uow: UnitOfWork, person: str, *, limit: int = 50) -> list[Found]:
    """Return the sheets and minutes that a person submitted, the latest first, with their tasks."""
    latest = (
        select(event.c.stream, event.c.at, event.c.element)
        .where(
            event.c.actor == person,
            event.c.kind == _DONE,
            event.c.element.in_((SCORE, CONSENSUS)),
        )
        .order_by(event.c.at.desc())
        .limit(limit)
    )
    rows = uow.all(latest)
    ids = {UUID(row["stream"].removeprefix("case:")) for row in rows}
    at = {(row["stream"], row["element"], row["at"]) for row in rows}
    statement = (
        select(task.c.id, task.c.element, task.c.closed_at, task.c.case_id, case.c.title)
        .join(case, case.c.id == task.c.case_id)
        .where(task.c.case_id.in_(ids), task.c.element.in_((SCORE, CONSENSUS)), true())
        .where(or_(task.c.closed_by == person, task.c.assignee == person))
        .order_by(task.c.closed_at.desc(), task.c.id)
    )
    return [
        dict(row)
        for row in uow.all(statement)
        if (f"case:{row['case_id']}", row["element"], row["closed_at"]) in at
    ]
