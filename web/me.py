"""My account: name, roles, language, deputies, password, tokens and sessions."""

from datetime import datetime

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api import identity
from api.house import acting
from engine import people, timelimits
from engine.cases import Act
from engine.errors import CursusError, Invalid, NotAllowed
from engine.store import users
from web.administration_deputies import (
    appoint_from_form,
    current_deputies,
    day_from,
    today_of,
)
from web.language import _
from web.pages import Pages, done
from web.sentences import sentence

pages = Pages("me", __name__)
#: The longest label of a token.
LABEL = 200


@pages.get("/me")
def account() -> ResponseReturnValue:
    """Show my account."""
    with acting() as act:
        return _page(act)


def _page(act: Act, **more: object) -> str:
    name, today = act.actor.name, today_of(act.uow.now)
    seen_since = act.uow.now - identity.SESSION_IDLE
    opened_since = act.uow.now - identity.SESSION_LIFE
    found = users.sessions(act.uow, name, seen_since=seen_since)
    return render(
        "me.html",
        **{
            "user": people.get(act.uow, name),
            "deputies": current_deputies(act, name),
            "everybody": [one for one in users.every(act.uow) if one["name"] != name],
            "tokens": users.tokens(act.uow, name),
            "sessions": [one for one in found if one["opened_at"] > opened_since],
            "session": identity.session_digest(),
            "today": today,
            "faults": {},
            "entered": {},
            "issued": None,
            **more,
        },
    )


@pages.post("/me/deputies")
def appoint() -> ResponseReturnValue:
    """Appoint my deputy for the days of my absence."""
    with acting() as act:
        try:
            appoint_from_form(act, absent=act.actor.name)
        except CursusError as error:
            return _page(act, faults={"deputy": sentence(error.detail)}, entered=request.form), 422
    return done("/me", "deputy-appointed")


@pages.post("/me/password")
def change_password() -> ResponseReturnValue:
    """Change my password; the old one is asked and my other sessions end."""
    try:
        new = request.form.get("new", "")
        _refuse_tokens()
        if new != request.form.get("again", ""):
            raise Invalid(_("The two new passwords differ."), where="again")
        hashed = identity.hash_password(new)
        # before any transaction: a wrong one is recorded in one of its own
        identity.confirm(request.form.get("old", ""))
    except CursusError as error:
        with acting() as act:
            fault = _("Nothing was changed. %(why)s", why=sentence(error.detail))
            return _page(act, faults={"password": fault}), 422
    with acting() as act:
        people.set_password(act, act.actor.name, hashed, keep=identity.session_digest())
    return done("/me", "password-changed")


def _refuse_tokens() -> None:
    if identity.session_digest() is None:
        raise NotAllowed(_("A password is changed in the browser, not with a token."))


@pages.post("/me/tokens")
def issue_token() -> ResponseReturnValue:
    """Issue an API token for me; it is shown this once."""
    token, digest = identity.new_token()
    with acting() as act:
        try:
            label, expires_at, roles = _token(act.uow.now)
            people.issue_token(act, digest=digest, label=label, expires_at=expires_at, roles=roles)
        except CursusError as error:
            return _page(act, faults={"token": sentence(error.detail)}, entered=request.form), 422
        return _page(act, issued=token)


def _token(now: datetime) -> tuple[str, datetime | None, list[str] | None]:
    """Return label, end and roles of the form; all of one's roles are None."""
    label, last_day = request.form.get("label", "").strip(), request.form.get("last_day", "")
    if not 1 <= len(label) <= LABEL:
        raise Invalid(_("Say what the token is for, in up to 200 characters."), where="label")
    expires_at = None
    if last_day:
        expires_at = timelimits.end_of_day(day_from(last_day, _("The last day")))
        if expires_at <= now:
            raise Invalid(_("This day is over."), where="last_day")
    narrowed = request.form.get("all_roles") != "yes"
    return label, expires_at, sorted(request.form.getlist("roles")) if narrowed else None


@pages.post("/me/tokens/<digest>/revoke")
def revoke_token(digest: str) -> ResponseReturnValue:
    """Make one of my tokens useless."""
    with acting() as act:
        people.revoke_token(act, digest)
    return done("/me", "token-revoked")


@pages.post("/me/sessions/close")
def close_sessions() -> ResponseReturnValue:
    """Sign me out everywhere but here."""
    with acting() as act:
        people.sign_out_elsewhere(act, keep=identity.session_digest())
    return done("/me", "sessions-closed")
