"""Who stands in the register, and the long lists of calls."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Select,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store import UnitOfWork
from engine.store.unit_of_work import Row
from recruitment.store.tables import (
    application,
    candidate,
    cast_extract,
    cast_record,
    letter,
    long_list,
)


def profiles(uow: UnitOfWork) -> list[str]:
    """Return the profiles that the register holds."""
    # one step of the index for each profile, however many people have it
    first = select(func.min(cast_record.c.profile).label("profile"))
    walk = first.cte("walk", recursive=True)
    following = select(func.min(cast_record.c.profile)).where(
        cast_record.c.profile > walk.c.profile
    )
    walk = walk.union_all(select(following.scalar_subquery()).where(walk.c.profile.is_not(None)))
    rows = uow.all(select(walk.c.profile).where(walk.c.profile.is_not(None)))
    return [row["profile"] for row in rows]


def newest_extract(uow: UnitOfWork) -> Row | None:
    """Return the extract with the latest date."""
    order = (cast_extract.c.taken_on.desc(), cast_extract.c.imported_at.desc())
    return uow.one(select(cast_extract).order_by(*order).limit(1))


def is_empty(uow: UnitOfWork) -> bool:
    """Say whether nobody stands in the register."""
    return not uow.scalar(select(exists().where(cast_record.c.registered)))


def people(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, Row]:
    """Return name and address of registered people by their candidate id."""
    here = cast_record.c.candidate.in_(keys) & cast_record.c.registered
    order = (cast_record.c.candidate, cast_record.c.imported_at)
    columns = (cast_record.c.candidate, cast_record.c.name, cast_record.c.email)
    # the row that came last stands for the person
    return {row["candidate"]: row for row in uow.all(select(*columns).where(here).order_by(*order))}


def put_on_long_list(uow: UnitOfWork, row: Mapping[str, object]) -> bool:
    """Put a person on the long list of a call; False when they stand on it already."""
    known = select(long_list.c.candidate).where(
        long_list.c.call == row["call"], long_list.c.candidate == row["candidate"]
    )
    if uow.scalar(known) is not None:
        return False
    statement = upsert(long_list).values(row).on_conflict_do_nothing()
    uow.write(statement)
    # somebody else may have been quicker by a moment: then the entry is theirs
    mine = known.where(
        long_list.c.added_by == row["added_by"], long_list.c.added_at == row["added_at"]
    )
    return uow.scalar(mine) is not None


def take_off_long_list(uow: UnitOfWork, call: str, person: str) -> None:
    """Take a person off the long list of a call."""
    here = (long_list.c.call == call) & (long_list.c.candidate == person)
    uow.write(delete(long_list).where(here))


def long_listed(uow: UnitOfWork, call: str, email: str) -> Row | None:
    """Return the entry of the long list of a call for the person with this address, if any."""
    here = (long_list.c.call == call) & (func.lower(long_list.c.email) == email.lower())
    return uow.one(select(long_list).where(here).limit(1))


def entry(uow: UnitOfWork, call: str, person: str) -> Row | None:
    """Return the entry of a person on the long list of a call, with their application."""
    return uow.one(_entries(call).where(long_list.c.candidate == person))


def entries(
    uow: UnitOfWork,
    call: str,
    *,
    applied: bool | None,
    after: tuple[object, str] | None,
    limit: int,
) -> Sequence[Row]:
    """Return a page of the long list of a call, the latest entry first."""
    statement = _entries(call)
    if applied is not None:
        has = statement.selected_columns["application"].is_not(None)
        statement = statement.where(has if applied else not_(has))
    order = (long_list.c.added_at, long_list.c.candidate)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*map(literal, after)))
    return uow.all(statement.order_by(*(one.desc() for one in order)).limit(limit))


def count_entries(uow: UnitOfWork, call: str) -> int:
    """Count the people on the long list of a call."""
    return int(uow.scalar(select(func.count()).where(long_list.c.call == call)) or 0)


def _entries(call: str) -> Select[Any]:
    """Entries with the first application for the call by the same person or from their address."""
    same = or_(
        application.c.candidate == long_list.c.candidate,
        application.c.candidate.in_(
            select(candidate.c.id)
            .where(func.lower(candidate.c.email) == func.lower(long_list.c.email))
            .scalar_subquery()
        ),
    )
    applied = (
        select(application.c.id)
        .where(application.c.call == long_list.c.call, same)
        .order_by(application.c.received_at, application.c.id)
        .limit(1)
        .correlate(long_list)
        .scalar_subquery()
        .label("application")
    )
    return (
        select(long_list, applied, letter.c.sent_at, letter.c.bounced_at, letter.c.bounce)
        .outerjoin(letter, letter.c.id == long_list.c.letter)
        .where(long_list.c.call == call)
    )
