"""People: who may sign in, with which roles; passwords and tokens."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from api import identity
from api.house import acting
from api.paging import MalformedCursor, PageRequest
from api.shapes import UserChangeIn, UserIn
from engine import people
from engine.access import authorize
from engine.cases import Act
from engine.errors import CursusError
from engine.store import users
from engine.store.users import UserFilter
from web import lists
from web.administration import pages
from web.administration_deputies import current_deputies
from web.language import _
from web.pages import done
from web.sentences import sentence

#: Attempts to sign in that a person's page shows.
LATEST = 10


@pages.get("/administration/users")
def user_list() -> ResponseReturnValue:
    """List people by name, narrowed by text, role and whether the account is open."""
    given, asked = lists.given("q", "role", "state"), lists.asked(["name"])
    narrowed = UserFilter(
        text=given.get("q"),
        role=given.get("role"),
        active={"open": True, "closed": False}.get(given.get("state", "")),
    )
    with acting() as act:
        authorize(act.actor, "user:list", act.shell.policy)
        found = users.search(act.uow, narrowed, after=_after(asked), limit=lists.SIZE + 1)
        roles = sorted(act.shell.roles)
    shown = lists.shown(
        found, asked, key=lambda one: str(one["name"]), row_id=lambda one: str(one["name"])
    )
    return render("administration_users.html", shown=shown, given=given, roles=roles)


def _after(asked: PageRequest) -> str | None:
    if asked.after is None:
        return None
    if not isinstance(asked.after.key, str):
        raise MalformedCursor(where="after", remedy="begin with the first page")
    return asked.after.key


@pages.get("/administration/add-user")
def add_user_form() -> ResponseReturnValue:
    """Show the form for a new person."""
    with acting() as act:
        authorize(act.actor, "user:add", act.shell.policy)
        return _add_form(act, {}, {})


@pages.post("/administration/add-user")
def add_user() -> ResponseReturnValue:
    """Add a person; the password that was drawn is shown this once."""
    given = _given(UserIn)
    with acting() as act:
        who = authorize(act.actor, "user:add", act.shell.policy)
        try:
            person = _loaded(UserIn, given)
            password, drawn = _password()
            person["password_hash"] = identity.hash_password(password)
            people.add(act.uow, who, person, known=act.shell.roles)
        except ValidationError as error:
            return _add_form(act, given, _faults(error)), 422
        except CursusError as error:
            return _add_form(act, given, {error.where or "name": sentence(error.detail)}), 422
    return render(
        "administration_secret.html",
        title=_("%(name)s is added", name=person["full_name"]),
        name=person["name"],
        password=password if drawn else None,
    )


def _add_form(act: Act, given: Mapping[str, Any], faults: Mapping[str, str]) -> str:
    roles = sorted(act.shell.roles)
    return render("administration_user_add.html", given=given, faults=faults, roles=roles)


@pages.get("/administration/users/<name>")
def user(name: str) -> ResponseReturnValue:
    """Show a person: facts, roles, deputies, tokens, attempts to sign in."""
    with acting() as act:
        authorize(act.actor, "user:list", act.shell.policy)
        return _user_page(act, name, {}, {})


def _user_page(act: Act, name: str, given: Mapping[str, Any], faults: Mapping[str, str]) -> str:
    row = people.get(act.uow, name)
    return render(
        "administration_user.html",
        user=row,
        given={**row, **given},
        faults=faults,
        roles=sorted(act.shell.roles | set(row["roles"])),
        tokens=users.tokens(act.uow, name),
        deputies=current_deputies(act, name),
        sign_ins=users.sign_ins(act.uow, name, limit=LATEST),
    )


@pages.post("/administration/users/<name>")
def change_user(name: str) -> ResponseReturnValue:
    """Change a person's full name, address and roles."""
    given = _given(UserChangeIn)
    with acting() as act:
        before = people.get(act.uow, name)
        try:
            wanted = _loaded(UserChangeIn, given)
            changes = {key: value for key, value in wanted.items() if value != before[key]}
            if changes:
                people.change(act, name, changes, known=act.shell.roles)
        except ValidationError as error:
            return _user_page(act, name, given, _faults(error)), 422
    return done(f"/administration/users/{name}", "saved")


@pages.post("/administration/users/<name>/close")
def close_user(name: str) -> ResponseReturnValue:
    """Close an account: nobody signs in with it and its sessions end."""
    with acting() as act:
        people.change(act, name, {"active": False}, known=act.shell.roles)
    return done(f"/administration/users/{name}", "account-closed")


@pages.post("/administration/users/<name>/open")
def open_user(name: str) -> ResponseReturnValue:
    """Open a closed account again."""
    with acting() as act:
        people.change(act, name, {"active": True}, known=act.shell.roles)
    return done(f"/administration/users/{name}", "account-opened")


@pages.post("/administration/users/<name>/password")
def set_password(name: str) -> ResponseReturnValue:
    """Give a person a new password; one that was drawn is shown this once."""
    with acting() as act:
        authorize(act.actor, "user:change", act.shell.policy)
        password, drawn = _password()
        people.set_password(act, name, identity.hash_password(password))
        full_name = people.get(act.uow, name)["full_name"]
    if not drawn:
        return done(f"/administration/users/{name}", "password-set")
    title = _("%(name)s has a new password", name=full_name)
    return render("administration_secret.html", title=title, name=name, password=password)


@pages.post("/administration/users/<name>/tokens/<digest>/revoke")
def revoke_token(name: str, digest: str) -> ResponseReturnValue:
    """Make a person's token useless."""
    with acting() as act:
        people.revoke_token(act, digest)
    return done(f"/administration/users/{name}", "token-revoked")


def _password() -> tuple[str, bool]:
    """Return the password of the form, or one that is drawn, and whether it was drawn."""
    given = request.form.get("password", "")
    return (given, False) if given else (secrets.token_urlsafe(12), True)


def _given(shape: type[UserIn | UserChangeIn]) -> dict[str, Any]:
    names = [one for one in ("name", "full_name", "email") if one in shape().fields]
    given: dict[str, Any] = {one: request.form.get(one, "").strip() for one in names}
    return {**given, "roles": request.form.getlist("roles")}


def _loaded(shape: type[UserIn | UserChangeIn], given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {**given, "email": given["email"] or None}
    loaded: dict[str, Any] = shape().load(wanted)
    loaded.pop("password", None)
    return loaded


def _faults(error: ValidationError) -> dict[str, str]:
    words = {
        "name": _("A sign-in name has 2 to 63 small letters, digits, dots, dashes and begins "
                  "with a letter."),
        "full_name": _("Write the full name, up to 200 characters."),
        "email": _("This is not an e-mail address."),
    }  # fmt: skip
    faults = error.messages_dict
    return {name: words.get(name, str(found)) for name, found in faults.items()}
