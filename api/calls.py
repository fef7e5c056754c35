"""Calls for expression of interest, their applications and documents."""

import base64

from flask import Response, jsonify, make_response
from marshmallow import Schema, fields, validate

from api.bodies import Blueprint
from api.frame import accepts_upload
from api.house import acting, idempotent
from api.shapes import CaseOut, Instant
from engine.access import authorize
from engine.errors import Invalid, NotFound
from engine.history import EventKind
from engine.store import cases as case_rows
from engine.store import events
from recruitment import intake
from recruitment.store import records

calls = Blueprint("calls", __name__, url_prefix="/api/v1/calls", description="Calls")
applications = Blueprint(
    "applications", __name__, url_prefix="/api/v1/applications", description="Applications"
)


class CallIn(Schema):
    """A call as its cases see it; further keys are kept."""

    class Meta:
        """Keep what the call says beyond these fields."""

        unknown = "include"

    id = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9._-]{1,64}$"))
    reference = fields.String(required=True, validate=validate.Length(min=1, max=100))
    title = fields.String(required=True, validate=validate.Length(min=1, max=300))
    deadline = fields.String(required=True, metadata={"example": "2025-05-26T12:00:00+02:00"})
    site = fields.String(required=True, validate=validate.OneOf(["LUX", "BRU"]))
    function_group = fields.String(required=True, validate=validate.OneOf(["II", "III", "IV"]))


class CallOut(Schema):
    """A call."""

    id = fields.String()
    reference = fields.String()
    title = fields.String()
    deadline = Instant()
    content = fields.Dict()
    case = fields.UUID(attribute="case_id")
    published_at = Instant(allow_none=True)
    frozen_at = Instant(allow_none=True)
    frozen_digest = fields.String(allow_none=True)
    applications = fields.Integer()


class BoardRow(Schema):
    """How many open tasks of one element the applications of a call have."""

    element = fields.String()
    tasks = fields.Integer()


class CandidateIn(Schema):
    """A person who applies; further keys are kept."""

    class Meta:
        """Keep what is known of the person beyond these fields."""

        unknown = "include"

    name = fields.String(required=True, validate=validate.Length(min=1, max=300))
    email = fields.Email(required=True)


class ApplicationIn(Schema):
    """An expression of interest as it arrived by mail."""

    candidate = fields.Nested(CandidateIn, required=True)
    received_at = fields.String(required=True, metadata={"description": "at the mailbox"})
    message_id = fields.String(load_default=None)
    subject = fields.String(load_default="")
    in_order = fields.Boolean(load_default=False)
    one_pdf = fields.Boolean(load_default=True)
    attachment = fields.String(load_default=None, metadata={"description": "base64"})


class ApplicationOut(Schema):
    """An application with the outcome of its case."""

    id = fields.String()
    call = fields.String()
    candidate = fields.String()
    name = fields.String()
    received_at = Instant()
    digest = fields.String(allow_none=True)
    score = fields.Float(allow_none=True)
    case = fields.UUID(attribute="case_id")
    ended_at = Instant(allow_none=True)
    outcome = fields.String(allow_none=True)


class DocumentIn(Schema):
    """A document of an application."""

    kind = fields.String(required=True, validate=validate.Length(min=1, max=100))
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    content = fields.String(required=True, metadata={"description": "base64"})


class DocumentOut(Schema):
    """A stored document."""

    id = fields.String()
    kind = fields.String()
    name = fields.String()
    media_type = fields.String()
    sha256 = fields.String()
    size = fields.Integer()
    received_at = Instant()
    serial = fields.Integer(allow_none=True)


class LetterOut(Schema):
    """A letter of a case."""

    id = fields.UUID()
    to = fields.String(attribute="to_address")
    template = fields.String()
    subject = fields.String()
    body = fields.String()
    written_at = Instant()
    sent_at = Instant(allow_none=True)


@calls.route("/")
@calls.response(200, CallOut(many=True))
def list_calls() -> object:
    """List calls, the latest deadline first, with the number of applications."""
    with acting() as act:
        authorize(act.actor, "call:read", act.shell.policy)
        return records.calls(act.uow)


@calls.route("/", methods=["POST"])
@calls.arguments(CallIn)
@calls.response(201, CaseOut)
@idempotent
def create(body: dict[str, object]) -> Response:
    """Record a call and open its case."""
    with acting() as act:
        case = intake.open_call(act, body)
        return make_response(jsonify(CaseOut().dump(case)), 201)


@calls.route("/<key>")
@calls.response(200, CallOut)
def read(key: str) -> object:
    """Show a call by its id."""
    with acting() as act:
        authorize(act.actor, "call:read", act.shell.policy)
        row = records.get_call(act.uow, key)
        if row is None:
            raise NotFound("There is no such call", where=key)
        return row


@calls.route("/<key>/board")
@calls.response(200, BoardRow(many=True))
def board(key: str) -> object:
    """Count the open tasks of the call's applications by element, in one query."""
    with acting() as act:
        authorize(act.actor, "call:read", act.shell.policy)
        row = records.get_call(act.uow, key)
        if row is None:
            raise NotFound("There is no such call", where=key)
        return case_rows.count_open_tasks(act.uow, row["case_id"])


@calls.route("/<key>/applications")
@calls.response(200, ApplicationOut(many=True))
def list_applications(key: str) -> object:
    """List the applications of a call in the order they arrived."""
    with acting() as act:
        authorize(act.actor, "call:read", act.shell.policy)
        return records.applications(act.uow, key)


@calls.route("/<key>/applications", methods=["POST"])
@accepts_upload
@calls.arguments(ApplicationIn)
@calls.response(201, CaseOut)
@idempotent
def register(body: dict[str, object], key: str) -> Response:
    """Register an application by mail; a late one is registered and answered, never dropped."""
    attachment = decoded(body.pop("attachment"), "attachment")
    candidate = body.pop("candidate")
    with acting() as act:
        case = intake.register_application(
            act,
            key,
            candidate,  # type: ignore[arg-type]  # a Nested field
            body,
            attachment=attachment,
        )
        return make_response(jsonify(CaseOut().dump(case)), 201)


@applications.route("/<key>/documents")
@applications.response(200, DocumentOut(many=True))
def documents(key: str) -> object:
    """List the documents of an application. The reading is recorded."""
    with acting() as act:
        who = authorize(act.actor, "document:read", act.shell.policy)
        found = records.documents(act.uow, key)
        payload = {"what": "list of documents"}
        events.append(
            act.uow, f"read:{key}", kind=EventKind.RECORD_READ, actor=who, payload=payload
        )
        return found


@applications.route("/<key>/documents", methods=["POST"])
@accepts_upload
@applications.arguments(DocumentIn)
@applications.response(201, DocumentOut)
@idempotent
def upload(body: dict[str, str], key: str) -> Response:
    """Store a document and tell the case that waits for it."""
    content = decoded(body["content"], "content") or b""
    with acting() as act:
        kept = intake.store_document(
            act, key, kind=body["kind"], name=body["name"], content=content
        )
        row = records.get_document(act.uow, str(kept["id"]))
        return make_response(jsonify(DocumentOut().dump(row)), 201)


@applications.route("/documents/<document_id>")
@applications.response(200)
def download(document_id: str) -> Response:
    """Return a document as it arrived. The reading is recorded."""
    with acting() as act:
        who = authorize(act.actor, "document:read", act.shell.policy)
        row = records.get_document(act.uow, document_id)
        if row is None:
            raise NotFound("There is no such document", where=document_id)
        payload = {"what": "document", "document": document_id}
        stream = f"read:{row['application'] or row['case_id']}"
        events.append(act.uow, stream, kind=EventKind.RECORD_READ, actor=who, payload=payload)
        content, kind = bytes(row["content"]), row["media_type"]
    disposition = f'attachment; filename="{document_id}"'
    return Response(content, content_type=kind, headers={"Content-Disposition": disposition})


@applications.route("/<key>/letters")
@applications.response(200, LetterOut(many=True))
def letters(key: str) -> object:
    """List the letters written in the case of an application."""
    with acting() as act:
        authorize(act.actor, "case:read", act.shell.policy)
        case = case_rows.by_key(act.uow, "recruitment_case", key)
        if case is None:
            raise NotFound("There is no such application", where=key)
        return records.letters(act.uow, case.id)


def decoded(text: object, where: str) -> bytes | None:
    """Return the bytes of a base64 text; raise Invalid."""
    if text is None:
        return None
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError as error:  # binascii.Error is one
        raise Invalid("This is not base64", where=where) from error
