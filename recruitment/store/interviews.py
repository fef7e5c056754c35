"""Interviews as they stand in the panels' calendars."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store import UnitOfWork
from engine.store.tables import case, draft, effect, task
from recruitment.store.tables import application, call, candidate, interview, letter

#: Letters that carry an invitation.
INVITATIONS = ("interview_invitation", "interview_changed")
#: The operation that books; while it waits, its slot is taken already.
BOOK = "interviews.book"
#: The advisory lock of whoever books: two at once would both find the slot free.
_BOOKING = 0x494E5456


def lock(uow: UnitOfWork) -> None:
    """Let nobody else book until the transaction ends."""
    uow.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BOOKING})


def get(uow: UnitOfWork, application_id: str) -> dict[str, Any] | None:
    """Return the interview of an application."""
    row = uow.one(select(interview).where(interview.c.application == application_id))
    return dict(row) if row else None


def keep(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store an interview, replacing the date before."""
    values = {**row, "cancelled_at": None}
    statement = upsert(interview).values(values)
    uow.write(statement.on_conflict_do_update(index_elements=["application"], set_=values))


def cancel(uow: UnitOfWork, application_id: str, *, sequence: int) -> None:
    """Mark an interview as cancelled."""
    changes = {"cancelled_at": uow.now, "sequence": sequence}
    here = interview.c.application == application_id
    uow.write(update(interview).where(here).values(changes))


def between(uow: UnitOfWork, first: datetime, last: datetime) -> list[dict[str, Any]]:
    """Return the interviews of all calls that go on within a span and are not called off."""
    statement = _whole().where(
        interview.c.starts_at < last, interview.c.ends_at > first, *_stands()
    )
    return [dict(row) for row in uow.all(statement.order_by(interview.c.starts_at))]


def of_call(uow: UnitOfWork, call_id: str) -> list[dict[str, Any]]:
    """Return all interviews of a call, the earliest first."""
    statement = _whole().where(interview.c.call == call_id)
    return [
        dict(row)
        for row in uow.all(statement.order_by(interview.c.starts_at, interview.c.application))
    ]


def of_member(uow: UnitOfWork, person: str, *, since: datetime) -> list[dict[str, Any]]:
    """Return the interviews that a person sits in, from an instant on."""
    statement = _whole().where(
        interview.c.ends_at > since,
        interview.c.members.contains(cast([person], JSONB)),
        or_(case.c.ended_at.is_(None), interview.c.cancelled_at.is_not(None)),
    )
    return [dict(row) for row in uow.all(statement.order_by(interview.c.starts_at))]


def sits_in_any(uow: UnitOfWork, person: str) -> bool:
    """Say whether a person sits, or sat, in an interview."""
    theirs = interview.c.members.contains(cast([person], JSONB))
    return uow.one(select(interview.c.application).where(theirs).limit(1)) is not None


def _whole() -> Select[Any]:
    return (
        select(
            interview,
            application.c.candidate,
            candidate.c.name,
            call.c.reference,
            call.c.content["mailbox"].astext.label("mailbox"),
            case.c.id.label("case_id"),
            case.c.revision,
            case.c.ended_at,
        )
        .join(application, application.c.id == interview.c.application)
        .join(candidate, candidate.c.id == application.c.candidate)
        .join(call, call.c.id == interview.c.call)
        .outerjoin(case, case.c.key == interview.c.application)
    )


def _stands() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # a case that ended some other way keeps nobody's calendar taken
    return interview.c.cancelled_at.is_(None), case.c.ended_at.is_(None)


def waiting(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Return the bookings that wait to be written, with their input."""
    statement = (
        select(
            effect.c.input,
            case.c.id.label("case_id"),
            application.c.id.label("application"),
            application.c.candidate,
            application.c.call,
            candidate.c.name,
            call.c.reference,
        )
        .join(case, case.c.id == effect.c.case_id)
        .join(application, application.c.id == case.c.key)
        .join(candidate, candidate.c.id == application.c.candidate)
        .join(call, call.c.id == application.c.call)
        .where(effect.c.operation == BOOK)
    )
    return [dict(row) for row in uow.all(statement)]


def invitations(uow: UnitOfWork, call_id: str) -> dict[UUID, dict[str, Any]]:
    """Return the last letter that invited in each case of a call."""
    statement = (
        select(
            letter.c.case_id,
            letter.c.id,
            letter.c.to_address,
            letter.c.written_at,
            letter.c.sent_at,
            letter.c.bounced_at,
            letter.c.bounce,
        )
        .join(case, case.c.id == letter.c.case_id)
        .join(interview, interview.c.application == case.c.key)
        .where(interview.c.call == call_id, letter.c.template.in_(INVITATIONS))
        .order_by(letter.c.case_id, letter.c.written_at, letter.c.id)
    )
    return {row["case_id"]: dict(row) for row in uow.all(statement)}


def steps_since(uow: UnitOfWork, call_id: str) -> dict[UUID, list[str]]:
    """Return the steps that the cases of a call opened after the beginning of their interview."""
    statement = (
        select(case.c.id, func.array_agg(task.c.element).label("elements"))
        .join(interview, interview.c.application == case.c.key)
        .join(task, task.c.case_id == case.c.id)
        .where(interview.c.call == call_id, task.c.opened_at >= interview.c.starts_at)
        .group_by(case.c.id)
    )
    return {row["id"]: list(row["elements"]) for row in uow.all(statement)}


def places(uow: UnitOfWork, *, since: datetime) -> list[str]:
    """Return the places that interviews have had since an instant."""
    statement = select(interview.c.place).distinct().where(interview.c.starts_at >= since)
    return sorted(str(row["place"]) for row in uow.all(statement))


#: The step in which a date is fixed, and those that come before it.
SCHEDULE = "schedule_interview"
BEFORE = (
    "set_up_panel",
    "declare_member_conflict",
    "record_candidate_declaration",
    "replace_panel_member",
)


def open_steps(uow: UnitOfWork, call_case: UUID) -> list[dict[str, Any]]:
    """Return the open tasks of a call that fix a date or come before it, with their drafts."""
    statement = (
        select(
            task,
            case.c.title.label("case_title"),
            case.c.key.label("case_key"),
            case.c.revision,
            case.c.definition,
            application.c.candidate.label("sort_candidate"),
            candidate.c.name.label("sort_name"),
            draft.c.content.label("sort_content"),
            draft.c.saved_at.label("sort_saved_at"),
            draft.c.saved_by.label("sort_saved_by"),
        )
        .join(case, case.c.id == task.c.case_id)
        .join(application, application.c.id == case.c.key)
        .join(candidate, candidate.c.id == application.c.candidate)
        .outerjoin(draft, draft.c.task_id == task.c.id)
        .where(
            case.c.parent == call_case,
            task.c.closed_at.is_(None),
            task.c.element.in_((SCHEDULE, *BEFORE)),
        )
        .order_by(candidate.c.name, task.c.opened_at, task.c.id)
    )
    return [dict(row) for row in uow.all(statement)]
