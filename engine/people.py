"""Add people, change their roles, appoint deputies, issue tokens; each with its event."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from engine.access import Actor, authorize
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.history import EventKind
from engine.store import events, users
from engine.store.unit_of_work import Row, UnitOfWork

#: The stream of everything that is about the house and not about a case.
STREAM = "administration"


def add(
    uow: UnitOfWork, actor: Actor, person: Mapping[str, object], *, known: frozenset[str]
) -> Row:
    """Add a person; `known` are the roles there are. The caller has authorised the actor."""
    name, roles = str(person["name"]), _roles(person["roles"], known)
    if users.get(uow, name) is not None:
        raise Conflict(f"There is a user {name!r} already", where="name")
    row = {
        "name": name,
        "full_name": person["full_name"],
        "email": person.get("email"),
        "password_hash": person.get("password_hash"),
        "roles": roles,
        "active": True,
        "created_at": uow.now,
    }
    users.add(uow, row)
    facts = {"name": name, "full_name": person["full_name"], "roles": roles}
    events.append(uow, STREAM, kind=EventKind.USER_ADDED, actor=actor, payload=facts)
    return get(uow, name)


def change(act: Act, name: str, changes: Mapping[str, object], *, known: frozenset[str]) -> Row:
    """Change a person's name, address, roles or whether the account is in use."""
    who = authorize(act.actor, "user:change", act.shell.policy)
    before = get(act.uow, name)
    wanted = dict(changes)
    if not wanted:
        fields = "full_name, email, roles or active"
        raise Invalid("Nothing is to change", where=name, remedy=fields)
    if "roles" in wanted:
        wanted["roles"] = _roles(wanted["roles"], known)
    _ensure_somebody_is_left(act, before, wanted)
    users.change(act.uow, name, wanted)
    if wanted.get("active") is False:
        users.remove_sessions(act.uow, name)
    facts = {"name": name, "before": {key: before[key] for key in wanted}, "after": wanted}
    events.append(act.uow, STREAM, kind=EventKind.USER_CHANGED, actor=who, payload=facts)
    return get(act.uow, name)


def set_password(act: Act, name: str, password_hash: str, *, keep: str | None = None) -> None:
    """Give a person a new password and close the person's sessions, but the one of digest `keep`.

    One may change one's own; for somebody else it takes a permission.
    """
    is_own = act.actor.name == name
    who = act.actor if is_own else authorize(act.actor, "user:change", act.shell.policy)
    get(act.uow, name)
    users.change(act.uow, name, {"password_hash": password_hash})
    closed = users.remove_sessions(act.uow, name, but=keep)
    facts = {"name": name, "sessions_closed": closed}
    events.append(act.uow, STREAM, kind=EventKind.USER_PASSWORD_SET, actor=who, payload=facts)


def sign_out_elsewhere(act: Act, *, keep: str | None) -> int:
    """Close one's own sessions but the one of digest `keep`; return how many."""
    return users.remove_sessions(act.uow, act.actor.name, but=keep)


def get(uow: UnitOfWork, name: str) -> Row:
    """Return a person; raise NotFound."""
    row = users.get(uow, name)
    if row is None:
        raise NotFound(f"There is no user {name!r}", where=name)
    return row


def appoint_deputy(act: Act, *, absent: str, deputy: str, first_day: date, last_day: date) -> Row:
    """Let a colleague act for an absent person on these days, both included.

    One may appoint one's own deputy; for somebody else it takes a permission.
    """
    if act.actor.name != absent:
        authorize(act.actor, "deputy:appoint", act.shell.policy)
    if absent == deputy:
        raise Invalid("Nobody is their own deputy", where="deputy")
    if last_day < first_day:
        raise Invalid("The last day is before the first", where="last_day")
    for field, name in (("absent", absent), ("deputy", deputy)):
        if not get(act.uow, name)["active"]:
            raise Invalid(f"The account of {name} is closed", where=field)
    key = uuid4()
    row = {
        "id": key,
        "absent": absent,
        "deputy": deputy,
        "first_day": first_day,
        "last_day": last_day,
        "appointed_by": act.actor.name,
        "appointed_at": act.uow.now,
    }
    users.add_deputy(act.uow, row)
    facts = {
        "deputyship": str(key),
        "absent": absent,
        "deputy": deputy,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
    }
    events.append(act.uow, STREAM, kind=EventKind.DEPUTY_APPOINTED, actor=act.actor, payload=facts)
    return _deputyship(act.uow, key)


def dismiss_deputy(act: Act, deputyship: UUID) -> None:
    """End a deputyship before its time."""
    row = _deputyship(act.uow, deputyship)
    if act.actor.name not in (row["absent"], row["deputy"]):
        authorize(act.actor, "deputy:appoint", act.shell.policy)
    users.remove_deputy(act.uow, deputyship)
    facts = {"deputyship": str(deputyship), "absent": row["absent"], "deputy": row["deputy"]}
    events.append(act.uow, STREAM, kind=EventKind.DEPUTY_DISMISSED, actor=act.actor, payload=facts)


def issue_token(
    act: Act, *, digest: str, label: str, expires_at: datetime | None, roles: list[str] | None
) -> None:
    """Keep the digest of a token that its owner is shown once; it may narrow the owner's roles."""
    if roles is not None and not frozenset(roles) <= act.actor.roles:
        raise NotAllowed("A token cannot have more roles than its owner", where="roles")
    if roles is None and frozenset(get(act.uow, act.actor.name)["roles"]) != act.actor.roles:
        # asked for with a token that has fewer roles: the new one has no more than that
        roles = sorted(act.actor.roles)
    row: dict[str, object] = {
        "digest": digest,
        "user_name": act.actor.name,
        "label": label,
        "roles": roles,
        "created_at": act.uow.now,
        "expires_at": expires_at,
    }
    users.add_token(act.uow, row)
    facts = {"label": label, "token": digest[:12], "roles": roles}
    events.append(act.uow, STREAM, kind=EventKind.TOKEN_ISSUED, actor=act.actor, payload=facts)


def revoke_token(act: Act, digest: str) -> None:
    """Make a token useless; its owner may, and whoever administers users."""
    row = users.get_token(act.uow, digest)
    if row is None:
        raise NotFound("There is no such token")
    if row["user_name"] != act.actor.name:
        authorize(act.actor, "user:change", act.shell.policy)
    users.revoke_token(act.uow, digest)
    facts = {"token": digest[:12], "owner": row["user_name"]}
    events.append(act.uow, STREAM, kind=EventKind.TOKEN_REVOKED, actor=act.actor, payload=facts)


def _ensure_somebody_is_left(act: Act, before: Row, wanted: Mapping[str, object]) -> None:
    keepers = act.shell.policy.permissions.get("user:change", frozenset())
    after = {**before, **wanted}
    if not keepers & set(before["roles"]) or (after["active"] and keepers & set(after["roles"])):
        return
    others = {name for role in keepers for name in users.with_role(act.uow, role)}
    if not others - {before["name"]}:
        raise Conflict(
            "Nobody would be left who may change accounts",
            where=before["name"],
            remedy=f"give somebody else the role {', '.join(sorted(keepers))} first",
        )


def _roles(given: object, known: frozenset[str]) -> list[str]:
    roles = sorted(str(one) for one in given) if isinstance(given, list | tuple | set) else []
    unknown = [one for one in roles if one not in known]
    if unknown:
        raise Invalid(
            f"There is no role {unknown[0]!r}", where="roles", remedy=", ".join(sorted(known))
        )
    return roles


def _deputyship(uow: UnitOfWork, key: UUID) -> Row:
    row = users.get_deputy(uow, key)
    if row is None:
        raise NotFound("There is no such deputyship", where=str(key))
    return row
