"""Who is asking: passwords, sessions in a cookie, API tokens; closed unless said otherwise.

Secrets are kept only as digests: a password as argon2id, a session or token (256 random bits) as
SHA-256. Wrong name and wrong password take the same time and get the same answer.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Response, current_app, g, request

from engine import clock
from engine.access import Actor
from engine.errors import Invalid, NotAllowed, NotSignedIn, TooManyAttempts

TOKEN_PREFIX = "cursus_"  # noqa: S105  # marks a leaked token, is none
SESSION_IDLE = timedelta(hours=2)
SESSION_LIFE = timedelta(hours=12)
PASSWORD_LETTERS = range(12, 1001)
#: Failed sign-ins are counted over this window.
WINDOW = timedelta(minutes=15)
#: Failures in the window after which the next attempt waits: for one name from one address, for
#: one name from anywhere (a guesser with many addresses), for one address (many names).
ALLOWED = {"pair": 5, "name": 20, "address": 50}
_TOKEN = re.compile(r"\Acursus_[\w-]{43}\Z", re.ASCII)
#: Views of flask-smorest that cannot carry the mark: the description of the API.
_OPEN = frozenset({"api-docs.openapi_json"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, kw_only=True)
class User:
    """A person who may sign in; `principals` are those whose deputy the person is today."""

    name: str
    password_hash: str | None
    roles: frozenset[str]
    principals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser, found by the SHA-256 of its cookie."""

    digest: str
    user: str
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Token:
    """An API token, found by its SHA-256; `roles` may narrow those of its user."""

    digest: str
    user: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    roles: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt to sign in, kept for throttling and for the auditor."""

    name: str
    address: str
    at: datetime
    succeeded: bool


class Directory(Protocol):
    """Where users, sessions, tokens and attempts are kept."""

    def find_user(self, name: str) -> User | None:
        """Return the user of this name, today's deputyships included."""

    def replace_password(self, name: str, password_hash: str) -> None:
        """Keep a hash made with the present parameters."""

    def find_session(self, digest: str) -> tuple[Session, User] | None:
        """Return the session of this digest and whose it is, today's deputyships included."""

    def open_session(self, session: Session) -> None:
        """Keep a new session."""

    def touch_session(self, digest: str, seen_at: datetime) -> None:
        """Note that the session was used."""

    def close_session(self, digest: str) -> None:
        """Forget the session."""

    def find_token(self, digest: str) -> tuple[Token, User] | None:
        """Return the token of this digest and whose it is, today's deputyships included."""

    def record_sign_in(self, attempt: Attempt) -> None:
        """Keep an attempt, in a transaction of its own: a refusal must not undo it."""

    def count_failures(
        self, *, name: str | None, address: str | None, since: datetime
    ) -> tuple[int, datetime | None]:
        """Count failures since then, and after the last success of the name; with the latest."""


def hash_password(password: str) -> str:
    """Hash a new password with argon2id; raise Invalid when it is too short or too long."""
    if len(password) not in PASSWORD_LETTERS:
        raise Invalid(
            f"A password has {PASSWORD_LETTERS[0]} to {PASSWORD_LETTERS[-1]} characters.",
            where="password",
        )
    return _hasher().hash(password)


def new_token() -> tuple[str, str]:
    """Draw an API token; return it, to be shown once, and its digest, to be kept."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    return token, digest_of(token)


def digest_of(secret: str) -> str:
    """Return the digest under which a session or token is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def public(view: View) -> View:
    """Open a view (or a MethodView class) to people who have not signed in."""
    view.is_public = True  # type: ignore[attr-defined]  # a mark on the function
    return view


def passive(view: View) -> View:
    """Keep a view that pages ask by themselves from keeping the session alive."""
    view.is_passive = True  # type: ignore[attr-defined]  # a mark on the function
    return view


def ask_again() -> Actor:
    """Ask once more, amid a long answer, who it goes to; raise NotSignedIn when nobody now."""
    g.actor = _actor()
    return current_actor()


def install(app: Flask, directory: Directory) -> None:
    """Ask every request who it is from; refuse it unless the view is public."""
    app.extensions["cursus.directory"] = directory
    app.before_request(_identify)


def current_actor() -> Actor:
    """Return who is asking; raise NotSignedIn when nobody has signed in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise NotSignedIn(remedy="sign in, or send a token: Authorization: Bearer cursus_...")
    return actor


def sign_in(name: str, password: str) -> Session:
    """Open a session for whoever knows the password and let the answer carry its cookie.

    Raises TooManyAttempts (with `retry_after`, seconds) and NotSignedIn.
    """
    refuse_foreign_origin(strictly=False)
    now, address = clock.now(), request.remote_addr or ""
    _refuse_when_throttled(name, address, now)
    user = _directory().find_user(name)
    is_right = _verify(user, password)
    attempt = Attempt(name=name, address=address, at=now, succeeded=is_right)
    _directory().record_sign_in(attempt)
    if user is None or not is_right:
        raise NotSignedIn("The name or the password is wrong.")
    _refresh_hash(user, password)
    return _open_session(user, now)


def sign_out() -> None:
    """Close the session of this request, if any, and let the answer clear its cookie."""
    cookie = request.cookies.get(cookie_name())
    if cookie:
        _directory().close_session(digest_of(cookie))
    _set_cookie("", max_age=0)


def confirm(password: str) -> None:
    """Ask once more for the password of who is signed in, before something grave.

    Wrong ones count like failed sign-ins. Raises TooManyAttempts and Invalid. Call it before a
    transaction is opened: the attempt is recorded in one of its own.
    """
    now, address, name = clock.now(), request.remote_addr or "", current_actor().name
    _refuse_when_throttled(name, address, now)
    is_right = _verify(_directory().find_user(name), password)
    if not is_right:
        attempt = Attempt(name=name, address=address, at=now, succeeded=False)
        _directory().record_sign_in(attempt)
        raise Invalid("This is not your present password.", where="old")


def session_digest() -> str | None:
    """Return the digest of the session that this request came with, if it came with a cookie."""
    cookie = request.cookies.get(cookie_name())
    return digest_of(cookie) if cookie and "Authorization" not in request.headers else None


def cookie_name() -> str:
    """Name the session cookie; over https the browser itself guards its origin (`__Host-`)."""
    return "__Host-cursus" if request.is_secure else "cursus"


def refuse_foreign_origin(*, strictly: bool = True) -> None:
    """Refuse a request that another site made the browser send; raise NotAllowed.

    A browser says where a request comes from (Sec-Fetch-Site, or Origin in older ones). One that
    says nothing is refused when the cookie is all that speaks for it (`strictly`).
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        is_own = site in ("same-origin", "none")
    elif origin is not None:
        is_own = _is_own_origin(origin)
    else:
        is_own = not strictly
    if not is_own:
        raise NotAllowed(
            "This request was sent by another site.",
            remedy="use the pages of Cursus, or an API token",
        )


def _is_own_origin(origin: str) -> bool:
    given, own = urlsplit(origin), urlsplit(request.host_url)
    return (given.scheme, given.netloc) == (own.scheme, own.netloc)


def _identify() -> None:
    g.actor = _actor()
    if not _is_public():
        current_actor()


def _is_public() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    marked = getattr(view, "is_public", False) or getattr(
        getattr(view, "view_class", None), "is_public", False
    )
    return view is None or marked or request.endpoint in _OPEN or request.method == "OPTIONS"


def _is_passive() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_passive", False)


def _actor() -> Actor | None:
    if "Authorization" in request.headers:
        return _actor_of_token(request.headers["Authorization"])
    cookie = request.cookies.get(cookie_name())
    return _actor_of_session(cookie) if cookie else None


def _actor_of_token(header: str) -> Actor:
    scheme, _, secret = header.partition(" ")
    found = None
    if scheme.lower() == "bearer" and _TOKEN.match(secret.strip()):
        found = _directory().find_token(digest_of(secret.strip()))
    if found is None or not _is_valid(found[0]) or not found[1].is_active:
        raise NotSignedIn("The token is unknown, expired or revoked.", where="Authorization")
    token, user = found
    roles = user.roles if token.roles is None else user.roles & token.roles
    principals = user.principals if token.roles is None else {}
    return Actor(name=user.name, roles=roles, principals=principals)


def _is_valid(token: Token) -> bool:
    is_over = token.expires_at is not None and token.expires_at <= clock.now()
    return token.revoked_at is None and not is_over


def _actor_of_session(cookie: str) -> Actor | None:
    found, now = _directory().find_session(digest_of(cookie)), clock.now()
    if found is None:
        return None
    session, user = found
    if not _is_alive(session, now) or not user.is_active:
        return None
    if request.method not in _SAFE and not _is_public():
        refuse_foreign_origin()
    if now - session.seen_at > timedelta(minutes=1) and not _is_passive():
        _directory().touch_session(session.digest, now)
    return Actor(name=user.name, roles=user.roles, principals=user.principals)


def _is_alive(session: Session, now: datetime) -> bool:
    return now - session.seen_at < SESSION_IDLE and now - session.opened_at < SESSION_LIFE


def _open_session(user: User, now: datetime) -> Session:
    secret = secrets.token_urlsafe(32)
    session = Session(digest=digest_of(secret), user=user.name, opened_at=now, seen_at=now)
    before = request.cookies.get(cookie_name())
    if before:
        _directory().close_session(digest_of(before))
    _directory().open_session(session)
    _set_cookie(secret, max_age=int(SESSION_LIFE.total_seconds()))
    return session


def _set_cookie(value: str, *, max_age: int) -> None:
    name, secure = cookie_name(), request.is_secure

    def into(response: Response) -> Response:
        response.set_cookie(
            name, value, max_age=max_age, path="/", httponly=True, samesite="Lax", secure=secure
        )
        return response

    g.setdefault("after", []).append(into)


def _refuse_when_throttled(name: str, address: str, now: datetime) -> None:
    since = now - WINDOW
    counts = {
        "pair": _directory().count_failures(name=name, address=address, since=since),
        "name": _directory().count_failures(name=name, address=None, since=since),
        "address": _directory().count_failures(name=None, address=address, since=since),
    }
    wait = max(_wait(*counts[kind], allowed=ALLOWED[kind], now=now) for kind in ALLOWED)
    if wait > 0:
        raise TooManyAttempts(
            f"Too many failed sign-ins. Try again in {wait} seconds.", retry_after=wait
        )


def _wait(failures: int, latest: datetime | None, *, allowed: int, now: datetime) -> int:
    if failures < allowed or latest is None:
        return 0
    pause = min(timedelta(seconds=2 ** min(failures - allowed + 4, 20)), WINDOW)
    return max(0, -int((now - latest - pause).total_seconds() // 1))


def _verify(user: User | None, password: str) -> bool:
    usable = user is not None and user.is_active and user.password_hash is not None
    known = user.password_hash if user is not None and usable else None
    try:
        matches = _hasher().verify(known or _nobody(), password[: PASSWORD_LETTERS[-1]])
    except (VerificationError, InvalidHashError):
        return False
    return usable and matches


def _refresh_hash(user: User, password: str) -> None:
    if user.password_hash and _hasher().check_needs_rehash(user.password_hash):
        _directory().replace_password(user.name, _hasher().hash(password))


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    """Argon2id with 19 MiB, two passes, one lane: OWASP's minimum, about 20 ms here."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Hash nobody's password, so that an unknown name takes as long as a known one."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _directory() -> Directory:
    directory: Directory = current_app.extensions["cursus.directory"]
    return directory
