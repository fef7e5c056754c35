"""The built files, under an address that changes with their content."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory, url_for

from api.identity import public

STATIC = Path(__file__).parent / "static"
#: The address names the content, so a browser may keep it for good.
A_YEAR = 31_536_000

blueprint = Blueprint("assets", __name__)


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Return the SHA-256 of every built file by its name."""
    found: dict[str, str] = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    return found


def address(name: str) -> str:
    """Return the address of a built file."""
    return url_for("assets.asset", name=name, v=manifest()[name][:12])


@blueprint.get("/assets/<path:name>")
@public
def asset(name: str) -> Response:
    """Serve a built file."""
    if name not in manifest():
        abort(404)
    response = send_from_directory(STATIC, name, max_age=A_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
