"""What every request and answer has: an id, limits on the body, headers that close the browser."""

import re

from flask import Flask, Response, current_app, g, request

from api import identity, problems
from api.bodies import SIZE
from engine.errors import Invalid

UPLOAD_SIZE = 25_000_000
_ID = re.compile(r"\A[\w-]{8,64}\Z", re.ASCII)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class MalformedAddress(Invalid):
    """The address holds the character U+0000, which no name has."""

    code = "malformed-address"


def install(app: Flask, directory: identity.Directory) -> None:
    """Give an application its frame: ids, limits, problem documents, identity, headers."""
    app.config["MAX_CONTENT_LENGTH"] = SIZE
    app.config["MAX_FORM_MEMORY_SIZE"] = SIZE
    app.before_request(_accept)
    problems.install(app)
    identity.install(app, directory)
    app.after_request(_finish)


def accepts_upload(view: identity.View) -> identity.View:
    """Let a view (or a MethodView class) receive a document instead of a small JSON body."""
    view.accepts_upload = True  # type: ignore[attr-defined]  # a mark on the function
    return view


def _accept() -> None:
    if "\0" in request.path or any("\0" in one for one in request.args.values()):
        raise MalformedAddress(where="address")
    given = request.headers.get("X-Request-ID", "")
    if _ID.match(given):
        g.request_id = given
    view = current_app.view_functions.get(request.endpoint or "")
    marked = getattr(view, "accepts_upload", False)
    if marked or getattr(getattr(view, "view_class", None), "accepts_upload", False):
        request.max_content_length = UPLOAD_SIZE


def _finish(response: Response) -> Response:
    for change in g.pop("after", []):
        response = change(response)
    response.headers["X-Request-ID"] = problems.request_id()
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
