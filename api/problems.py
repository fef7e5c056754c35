"""Every refusal as a problem document (RFC 9457); the only map from errors to HTTP statuses."""

import logging
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import flask_smorest
from flask import Flask, Response, g, json, request
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

import feel
from api.bodies import MalformedBody
from api.conditional import MalformedHeader, RevisionRequired
from api.paging import MalformedCursor
from engine import errors
from engine.errors import CursusError
from forms import FormError, FormSchemaError

MEDIA_TYPE = "application/problem+json"
FAILURE = "Something went wrong on our side. It has been recorded under the reference given here."

#: The nearest class in the ancestry of an error decides; a test walks every subclass.
STATUS: Mapping[type[CursusError], int] = {
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.TooManyAttempts: 429,
    # the submission was right, but the diagram cannot go on from here: nothing was stored
    errors.ExecutionFailed: 409,
    errors.ChainBroken: 500,
    errors.UnrecordedChange: 500,
    errors.OperationFailed: 502,
    MalformedBody: 400,
    MalformedHeader: 400,
    MalformedCursor: 400,
    RevisionRequired: 428,
}

Entry = dict[str, str]
log = logging.getLogger("cursus.api")


class ProblemEntry(Schema):
    """One field or parameter at fault."""

    pointer = fields.String(metadata={"description": "JSON Pointer into the body"})
    parameter = fields.String(metadata={"description": "name of the parameter or header"})
    detail = fields.String(required=True)


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type = fields.String(required=True, metadata={"example": "urn:cursus:problem:stale-case"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    where = fields.String(metadata={"description": "element, field or line"})
    remedy = fields.String()
    errors = fields.List(fields.Nested(ProblemEntry))
    facts = fields.Dict()
    request_id = fields.String(required=True)


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest's Api, answering problem documents and describing them."""

    ERROR_SCHEMA = Problem

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer an HTTP error as a problem document."""
        return from_http(error)


def install(app: Flask) -> None:
    """Answer every error of the application as a problem document."""
    app.register_error_handler(CursusError, from_refusal)
    app.register_error_handler(FormError, from_form)
    app.register_error_handler(FormSchemaError, from_form_schema)
    app.register_error_handler(feel.FeelError, from_feel)
    app.register_error_handler(ValidationError, from_validation)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_failure)


def status_of(kind: type[CursusError]) -> int:
    """Return the HTTP status of a class of refusals."""
    return next((STATUS[base] for base in kind.__mro__ if base in STATUS), 500)


def problem(
    status: int,
    code: str,
    *,
    title: str,
    headers: Mapping[str, str] | None = None,
    **members: Any,  # noqa: ANN401  # a problem document has any members
) -> Response:
    """Build a problem document; members that are None or empty are left out."""
    document = {
        "type": f"urn:cursus:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        **{name: value for name, value in members.items() if value not in (None, "", [], {})},
        "request_id": request_id(),
    }
    body = json.dumps(document)
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def request_id() -> str:
    """Return the id under which this request is logged."""
    if "request_id" not in g:
        g.request_id = uuid4().hex
    return str(g.request_id)


def from_refusal(error: CursusError) -> Response:
    """Answer a refusal of the engine or of a domain."""
    status = status_of(type(error))
    if status >= 500:  # noqa: PLR2004  # the class of server errors
        log.error("%s: %s", request_id(), error, exc_info=error)
    facts = {name: _plain(value) for name, value in error.facts.items() if name != "errors"}
    return problem(
        status,
        error.code,
        title=error.title,
        headers=_headers(error),
        detail=error.detail,
        where=error.where,
        remedy=error.remedy,
        facts=facts,
        errors=_field_errors(error.facts.get("errors")),
    )


def _headers(error: CursusError) -> dict[str, str]:
    if isinstance(error, errors.NotSignedIn):
        return {"WWW-Authenticate": 'Bearer realm="cursus"'}
    wait = error.facts.get("retry_after")
    return {"Retry-After": str(wait)} if isinstance(wait, int) else {}


def _field_errors(found: object) -> list[Entry]:
    if not isinstance(found, Mapping):
        return []
    return [
        {"pointer": pointer(str(path).split(".") if path else []), "detail": str(text)}
        for path, texts in found.items()
        for text in (texts if isinstance(texts, list | tuple) else [texts])
    ]


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def pointer(steps: list[Any]) -> str:
    """Write a JSON Pointer as a URI fragment (RFC 6901), as RFC 9457 shows them."""
    return "#" + "".join(f"/{str(s).replace('~', '~0').replace('/', '~1')}" for s in steps)


def from_form(error: FormError) -> Response:
    """Answer a submission with errors."""
    rejected = errors.FormRejected(where=error.form, errors=error.errors)
    return from_refusal(rejected)


def from_form_schema(error: FormSchemaError) -> Response:
    """Answer a form that cannot be used."""
    where = f"{error.file}, component {error.component}" if error.component else error.file
    return from_refusal(errors.DefinitionRefused(error.message, where=where, remedy=error.remedy))


def from_feel(error: feel.FeelError) -> Response:
    """Answer an expression that cannot be used."""
    refused = errors.ExpressionRefused(
        str(error), where=f"line {error.line}, column {error.column}", remedy=error.suggestion
    )
    return from_refusal(refused)


def from_validation(error: ValidationError) -> Response:
    """Answer a marshmallow error that no parser turned into an HTTP error."""
    return _invalid(list(_entries({"json": error.messages})))


def _invalid(found: list[Entry]) -> Response:
    first = found[0]["detail"] if found else None
    title = errors.Invalid.__doc__ or ""
    return problem(422, errors.Invalid.code, title=title, detail=first, errors=found)


def from_http(error: HTTPException) -> Response:
    """Answer an HTTP error; redirections and 304 pass as they are."""
    status = error.code or 500
    if status < 400:  # noqa: PLR2004  # not an error
        passed = error.get_response(request.environ)
        return Response(passed.get_data(), status, dict(passed.headers))
    messages = (getattr(error, "data", None) or {}).get("messages")
    if messages:
        return _invalid(list(_entries(messages)))
    name = HTTP_STATUS_CODES.get(status, "Error")
    code = name.lower().replace(" ", "-")
    kept = {key: value for key, value in error.get_headers() if key != "Content-Type"}
    return problem(status, code, title=f"{name}.", headers=kept, detail=error.description)


def _entries(messages: object) -> Iterator[Entry]:
    if not isinstance(messages, Mapping):
        yield {"detail": str(messages)}
        return
    for location, found in messages.items():
        for steps, text in _leaves(found):
            if location in ("json", "form", "files"):
                yield {"pointer": pointer(steps), "detail": text}
            else:
                yield {"parameter": ".".join(map(str, steps)), "detail": text}


def _leaves(found: object, steps: tuple[Any, ...] = ()) -> Iterator[tuple[list[Any], str]]:
    if isinstance(found, Mapping):
        for step, inner in found.items():
            yield from _leaves(inner, steps if step == "_schema" else (*steps, step))
    elif isinstance(found, list | tuple):
        for inner in found:
            yield from _leaves(inner, steps)
    else:
        yield list(steps), str(found)


def from_failure(error: Exception) -> Response:
    """Log what nobody foresaw, and say only where it is recorded."""
    log.error("%s: %s %s failed", request_id(), request.method, request.path, exc_info=error)
    return problem(500, "failure", title="This failed.", detail=FAILURE)
