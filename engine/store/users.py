"""People, their sign-in, tokens, sessions and deputies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
    update,
)

from engine.store.prepared import Prepared, prepared
from engine.store.tables import api_token, app_user, deputy, session, sign_in
from engine.store.unit_of_work import Row, UnitOfWork

# asked by every request, so built once
_PERSON = select(app_user).where(app_user.c.name == bindparam("name"))


def _with_principals(of: Select[Any], *known: ColumnElement[Any]) -> Prepared:
    """Return a statement for the person whose name `of` selects, and those whose deputy it is."""
    own = of.cte("own")
    absent = (
        select(deputy.c.absent)
        .join(own, deputy.c.deputy == own.c.user_name)
        .where(deputy.c.first_day <= bindparam("day"), deputy.c.last_day >= bindparam("day"))
    )
    # two index look-ups, however many people there are
    names = union(select(own.c.user_name), absent).subquery()
    is_own = app_user.c.name == own.c.user_name
    return prepared(
        select(app_user, is_own.label("is_own"), *[own.c[one.name] for one in known])
        .join_from(own, names, true())
        .join(app_user, app_user.c.name == names.c.user_name)
        .where(or_(is_own, app_user.c.active.is_(True)))
    )


# asked by every request
_BY_NAME = _with_principals(select(cast(bindparam("name"), Text).label("user_name")))
_TOKEN_COLUMNS = (
    api_token.c.expires_at, api_token.c.revoked_at, api_token.c.roles.label("token_roles"),
)  # fmt: skip
_BY_TOKEN = _with_principals(
    select(api_token.c.user_name, *_TOKEN_COLUMNS).where(api_token.c.digest == bindparam("digest")),
    *_TOKEN_COLUMNS,
)
_SESSION_COLUMNS = (session.c.opened_at, session.c.seen_at)
_BY_SESSION = _with_principals(
    select(session.c.user_name, *_SESSION_COLUMNS).where(session.c.digest == bindparam("digest")),
    *_SESSION_COLUMNS,
)
#: A row with its person's columns, and those of the people whose deputy the person is.
Found = tuple[Mapping[str, Any] | None, list[Mapping[str, Any]]]


def get(uow: UnitOfWork, name: str) -> Row | None:
    """Return the person's row."""
    return uow.one(_PERSON, name=name)


def every(uow: UnitOfWork) -> list[Row]:
    """Return all people by name."""
    return list(uow.all(select(app_user).order_by(app_user.c.name)))


def with_role(uow: UnitOfWork, role: str) -> list[str]:
    """Return the names of the active people who have the role."""
    statement = select(app_user.c.name).where(
        app_user.c.roles.contains([role]), app_user.c.active.is_(True)
    )
    return [row["name"] for row in uow.all(statement.order_by(app_user.c.name))]


def add(uow: UnitOfWork, row: dict[str, object]) -> None:
    """Store a new person."""
    uow.write(insert(app_user).values(row))


def change(uow: UnitOfWork, name: str, changes: dict[str, object]) -> None:
    """Change columns of a person's row."""
    uow.write(update(app_user).where(app_user.c.name == name).values(changes))


def with_principals(uow: UnitOfWork, name: str, day: date) -> Found:
    """Return the person, and the absent people whose deputy the person is on that day.

    Only direct appointments count: a deputy cannot pass the deputyship on.
    """
    return _apart(uow.rows(_BY_NAME, name=name, day=day))


def of_token(uow: UnitOfWork, digest: str, day: date) -> Found:
    """Return an API token with its person, and the people whose deputy that is on the day."""
    return _apart(uow.rows(_BY_TOKEN, digest=digest, day=day))


def of_session(uow: UnitOfWork, digest: str, day: date) -> Found:
    """Return a browser session with its person, and the people whose deputy that is on the day."""
    return _apart(uow.rows(_BY_SESSION, digest=digest, day=day))


def _apart(rows: Sequence[Mapping[str, Any]]) -> Found:
    own = next((row for row in rows if row["is_own"]), None)
    return own, [row for row in rows if not row["is_own"]]


def add_deputy(uow: UnitOfWork, row: dict[str, object]) -> None:
    """Store a deputyship."""
    uow.write(insert(deputy).values(row))


def get_deputy(uow: UnitOfWork, deputy_id: UUID) -> Row | None:
    """Return a deputyship."""
    return uow.one(select(deputy).where(deputy.c.id == deputy_id))


def remove_deputy(uow: UnitOfWork, deputy_id: UUID) -> None:
    """End a deputyship before its time."""
    uow.write(delete(deputy).where(deputy.c.id == deputy_id))


def deputies(uow: UnitOfWork, name: str | None = None) -> list[Row]:
    """Return the deputyships, or those that a person gave or holds."""
    statement = select(deputy).order_by(deputy.c.first_day, deputy.c.id)
    if name is not None:
        statement = statement.where(or_(deputy.c.absent == name, deputy.c.deputy == name))
    return list(uow.all(statement))


def add_token(uow: UnitOfWork, row: dict[str, object]) -> None:
    """Store the digest of an API token."""
    uow.write(insert(api_token).values(row))


def get_token(uow: UnitOfWork, digest: str) -> Row | None:
    """Return an API token by its digest."""
    return uow.one(select(api_token).where(api_token.c.digest == digest))


def revoke_token(uow: UnitOfWork, digest: str) -> None:
    """Make an API token useless."""
    here = api_token.c.digest == digest
    uow.write(update(api_token).where(here).values(revoked_at=uow.now))


def add_session(uow: UnitOfWork, row: dict[str, object]) -> None:
    """Store a browser session."""
    uow.write(insert(session).values(row))


def touch_session(uow: UnitOfWork, digest: str, seen_at: datetime) -> None:
    """Note that a session was used."""
    uow.write(update(session).where(session.c.digest == digest).values(seen_at=seen_at))


def remove_session(uow: UnitOfWork, digest: str) -> None:
    """Sign out."""
    uow.write(delete(session).where(session.c.digest == digest))


def add_sign_in(uow: UnitOfWork, row: dict[str, object]) -> None:
    """Store an attempt to sign in."""
    uow.write(insert(sign_in).values(row))


def failed_sign_ins(
    uow: UnitOfWork, *, name: str | None, address: str | None, since: datetime
) -> tuple[int, datetime | None]:
    """Count failures since then and since the last success of the name; with the latest."""
    conditions = [sign_in.c.at >= since, sign_in.c.succeeded.is_(False)]
    if address is not None:
        conditions.append(sign_in.c.address == address)
    if name is not None:
        success = select(func.max(sign_in.c.at)).where(
            sign_in.c.name == name, sign_in.c.succeeded.is_(True)
        )
        last = uow.scalar(success)
        conditions.append(sign_in.c.name == name)
        if last is not None:
            conditions.append(sign_in.c.at > last)
    row = uow.one(
        select(func.count().label("n"), func.max(sign_in.c.at).label("at")).where(*conditions)
    )
    return (row["n"], row["at"]) if row else (0, None)


# --- what an operator, and each person, looks through ----------------------------------------


@dataclass(frozen=True, kw_only=True)
class UserFilter:
    """What a list of people is narrowed to; None means any."""

    #: a part of the sign-in name, the full name or the address
    text: str | None = None
    role: str | None = None
    active: bool | None = None


def search(
    uow: UnitOfWork, narrowed: UserFilter, *, after: str | None, limit: int
) -> Sequence[Row]:
    """Return people by name."""
    statement = select(app_user).order_by(app_user.c.name).limit(limit)
    if narrowed.text is not None:
        columns = (app_user.c.name, app_user.c.full_name, app_user.c.email)
        text = narrowed.text
        statement = statement.where(or_(*[one.icontains(text, autoescape=True) for one in columns]))
    if narrowed.role is not None:
        statement = statement.where(app_user.c.roles.contains([narrowed.role]))
    if narrowed.active is not None:
        statement = statement.where(app_user.c.active.is_(narrowed.active))
    if after is not None:
        statement = statement.where(app_user.c.name > after)
    return uow.all(statement)


def tokens(uow: UnitOfWork, name: str) -> Sequence[Row]:
    """Return a person's API tokens, the newest first."""
    statement = select(api_token).where(api_token.c.user_name == name)
    return uow.all(statement.order_by(api_token.c.created_at.desc(), api_token.c.digest))


def sessions(uow: UnitOfWork, name: str, *, seen_since: datetime) -> Sequence[Row]:
    """Return a person's browser sessions used since then, the one used last first."""
    here = (session.c.user_name == name) & (session.c.seen_at > seen_since)
    statement = select(session).where(here)
    return uow.all(statement.order_by(session.c.seen_at.desc(), session.c.digest))


def remove_sessions(uow: UnitOfWork, name: str, *, but: str | None = None) -> int:
    """Sign a person out everywhere but in the session of this digest; return of how many."""
    here = session.c.user_name == name
    return uow.write(delete(session).where(here, session.c.digest != (but or "")))


def sign_ins(uow: UnitOfWork, name: str, *, limit: int) -> Sequence[Row]:
    """Return the latest attempts to sign in under a name."""
    statement = select(sign_in).where(sign_in.c.name == name)
    return uow.all(statement.order_by(sign_in.c.at.desc(), sign_in.c.id.desc()).limit(limit))


@dataclass(frozen=True, kw_only=True)
class DeputyFilter:
    """Which deputyships: those that are "now", "future" or "past" on a day, perhaps of one person.

    `name` is the absent person or the deputy.
    """

    when: str
    day: date
    name: str | None = None


def search_deputies(
    uow: UnitOfWork,
    narrowed: DeputyFilter,
    *,
    after: tuple[date, UUID] | None = None,
    limit: int = 200,
) -> Sequence[Row]:
    """Return deputyships by their first day; past ones by their last day, the latest first."""
    first, last, day = deputy.c.first_day, deputy.c.last_day, narrowed.day
    is_past = narrowed.when == "past"
    condition = {"now": (first <= day) & (last >= day), "future": first > day, "past": last < day}
    key = (last if is_past else first, deputy.c.id)
    statement = select(deputy).where(condition[narrowed.when]).limit(limit)
    if narrowed.name is not None:
        own = or_(deputy.c.absent == narrowed.name, deputy.c.deputy == narrowed.name)
        statement = statement.where(own)
    if after is not None:
        here, there = tuple_(*key), tuple_(*map(literal, after))
        statement = statement.where(here < there if is_past else here > there)
    return uow.all(statement.order_by(*[one.desc() for one in key] if is_past else key))
