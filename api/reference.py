"""The API reference: one page served from this package, under a policy that allows nothing else."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from api.identity import public

STATIC = Path(__file__).parent / "static"
ASSETS = frozenset(
    {
        "reference.css",
        "reference.js",
        "swagger-ui-bundle.js",
        "swagger-ui-bundle.js.LICENSE.txt",
        "swagger-ui.css",
    }
)
#: Swagger UI keeps to it without a violation (RapiDoc and Redoc need inline styles); its icons
#: are data addresses. Nothing is loaded from anywhere but here.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

blueprint = Blueprint("reference", __name__)


@blueprint.get("/api/")
@public
def page() -> Response:
    """Show the reference."""
    return _closed(send_from_directory(STATIC, "reference.html", max_age=0))


@blueprint.get("/reference/<name>")
@public
def asset(name: str) -> Response:
    """Serve a part of the page."""
    found = name if name in ASSETS else "missing"
    return _closed(send_from_directory(STATIC, found, max_age=86_400))


def _closed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
