"""People, sessions and tokens on PostgreSQL, as identity asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.identity import Attempt, Session, Token, User
from engine import clock, people
from engine.access import Actor
from engine.history import EventKind
from engine.store import Database, begin, events, reading, users

#: Deputyships begin and end at midnight in the institution's zone.
ZONE = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True)
class StoredDirectory:
    """Implements `api.identity.Directory`; each change is a transaction of its own."""

    database: Database

    def find_user(self, name: str) -> User | None:
        """Return the user of this name, today's deputyships included."""
        now = clock.now()
        with reading(self.database, now=now) as uow:
            row, absent = users.with_principals(uow, name, now.astimezone(ZONE).date())
        return _user(row, absent) if row else None

    def replace_password(self, name: str, password_hash: str) -> None:
        """Keep a hash made with the present parameters."""
        with begin(self.database, now=clock.now()) as uow:
            users.change(uow, name, {"password_hash": password_hash})
            # the same password under stronger parameters is no change to a person's record
            uow.changed.discard("app_user")

    def find_session(self, digest: str) -> tuple[Session, User] | None:
        """Return the session of this digest and whose it is, today's deputyships included."""
        now = clock.now()
        with reading(self.database, now=now) as uow:
            row, absent = users.of_session(uow, digest, now.astimezone(ZONE).date())
        if row is None:
            return None
        session = Session(
            digest=digest,
            user=row["name"],
            opened_at=row["opened_at"],
            seen_at=row["seen_at"],
        )
        return session, _user(row, absent)

    def open_session(self, session: Session) -> None:
        """Keep a new session."""
        with begin(self.database, now=clock.now()) as uow:
            users.add_session(
                uow,
                {
                    "digest": session.digest,
                    "user_name": session.user,
                    "opened_at": session.opened_at,
                    "seen_at": session.seen_at,
                },
            )

    def touch_session(self, digest: str, seen_at: datetime) -> None:
        """Note that the session was used."""
        with begin(self.database, now=clock.now()) as uow:
            users.touch_session(uow, digest, seen_at)

    def close_session(self, digest: str) -> None:
        """Forget the session."""
        with begin(self.database, now=clock.now()) as uow:
            users.remove_session(uow, digest)

    def find_token(self, digest: str) -> tuple[Token, User] | None:
        """Return the token of this digest and whose it is, today's deputyships included."""
        now = clock.now()
        with reading(self.database, now=now) as uow:
            row, absent = users.of_token(uow, digest, now.astimezone(ZONE).date())
        if row is None:
            return None
        token = Token(
            digest=digest,
            user=row["name"],
            expires_at=row["expires_at"],
            revoked_at=row["revoked_at"],
            roles=None if row["token_roles"] is None else frozenset(row["token_roles"]),
        )
        return token, _user(row, absent)

    def record_sign_in(self, attempt: Attempt) -> None:
        """Keep an attempt with its event, in a transaction of its own: no refusal undoes it."""
        name = attempt.name[:200]
        kind = EventKind.USER_SIGNED_IN if attempt.succeeded else EventKind.USER_SIGN_IN_FAILED
        with begin(self.database, now=clock.now()) as uow:
            users.add_sign_in(
                uow,
                {
                    "name": name,
                    "address": attempt.address,
                    "at": attempt.at,
                    "succeeded": attempt.succeeded,
                },
            )
            payload = {"name": name, "address": attempt.address}
            actor = Actor(name=name)
            events.append(uow, people.STREAM, kind=kind, actor=actor, payload=payload)

    def count_failures(
        self, *, name: str | None, address: str | None, since: datetime
    ) -> tuple[int, datetime | None]:
        """Count failures since then, and after the last success of the name; with the latest."""
        with begin(self.database, now=clock.now()) as uow:
            return users.failed_sign_ins(uow, name=name, address=address, since=since)


def _user(row: Mapping[str, Any], absent: Sequence[Mapping[str, Any]]) -> User:
    return User(
        name=row["name"],
        password_hash=row["password_hash"],
        roles=frozenset(row["roles"]),
        principals={one["name"]: frozenset(one["roles"]) for one in absent},
        is_active=row["active"],
    )
