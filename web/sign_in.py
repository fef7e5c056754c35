"""The door: sign in, sign out, choose a language."""

from flask import redirect, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api import identity
from api.identity import public
from engine.errors import NotSignedIn, TooManyAttempts
from web.language import COOKIE, LANGUAGES
from web.navigation import actor, home
from web.pages import Pages, done, local
from web.sentences import sentence

pages = Pages("sign_in", __name__)
A_YEAR = 31_536_000


@pages.get("/")
@public
def start() -> ResponseReturnValue:
    """Lead to one's work, or to the door."""
    if actor() is None:
        return render("sign_in.html", next="")
    return redirect(home(), 303)


@pages.get("/sign-in")
@public
def door() -> ResponseReturnValue:
    """Show the door."""
    return render("sign_in.html", next=local(request.args.get("next"), ""))


@pages.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Let in whoever knows the password."""
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    wanted = local(request.form.get("next"), "")
    try:
        identity.sign_in(name, password)
    except (NotSignedIn, TooManyAttempts) as error:
        status = 429 if isinstance(error, TooManyAttempts) else 401
        return render("sign_in.html", next=wanted, name=name, fault=sentence(error.detail)), status
    # the start knows, with the next request, whose day begins
    return redirect(wanted or "/", 303)


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Close the session."""
    identity.refuse_foreign_origin()
    identity.sign_out()
    return done("/sign-in", "signed-out")


@pages.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Keep the language for this browser."""
    chosen = request.form.get("language", "")
    response = redirect(local(request.form.get("next"), "/"), 303)
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response
