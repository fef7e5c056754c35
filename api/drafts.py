"""Drafts of processes: their files, and what the gate finds while somebody draws."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, jsonify, make_response, request
from marshmallow import Schema, fields, validate

from api.bodies import Blueprint
from api.conditional import etag_of, expected_revision, with_revision
from api.frame import accepts_upload
from api.house import acting, house, idempotent
from api.shapes import REASON, FindingOut, Instant
from engine import drafts
from engine.store import drafts as rows
from engine.store.drafts import Draft

bp = Blueprint(
    "drafts", __name__, url_prefix="/api/v1/drafts", description="Processes being edited"
)

#: A file comes and goes as it is.
RAW: Mapping[str, object] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

_KINDS = {"form": "application/json", "yaml": "application/yaml"}


class DraftFileOut(Schema):
    """A file of a draft."""

    name = fields.String()
    size = fields.Integer(metadata={"description": "in bytes"})
    kind = fields.String(metadata={"description": "bpmn, dmn, form or yaml"})


class DefinitionDraftOut(Schema):
    """A draft of a process."""

    id = fields.UUID()
    process = fields.String()
    title = fields.String()
    revision = fields.Integer()
    base = fields.String(allow_none=True, metadata={"description": "the version it was taken from"})
    changed_by = fields.String()
    changed_at = Instant()
    files = fields.List(fields.Nested(DraftFileOut))
    closed_at = Instant(allow_none=True)


class BeginDraftIn(Schema):
    """Which process to edit, and what the draft is called."""

    process = fields.String(required=True, validate=validate.Length(min=1, max=80))
    title = fields.String(required=True, validate=validate.Length(min=1, max=200))


class SavedOut(Schema):
    """The draft's revision after a change."""

    revision = fields.Integer()


class CheckFileIn(Schema):
    """A file as it would be saved."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=100))
    content = fields.String(required=True, validate=validate.Length(max=drafts.MAX_BYTES))


class ProposeDraftIn(Schema):
    """Why the draft should be published."""

    comment = fields.String(required=True, validate=REASON)


class DecideProposalIn(Schema):
    """Publish the proposal, or reject it with a reason."""

    approve = fields.Boolean(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=10_000))


class ProposalOut(Schema):
    """A draft put forward for publication."""

    id = fields.UUID()
    draft = fields.UUID(attribute="draft_id")
    draft_revision = fields.Integer()
    comment = fields.String()
    proposed_at = Instant()
    proposed_by = fields.String()
    decided_at = Instant(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decision = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    digest = fields.String(allow_none=True, metadata={"description": "the version it became"})


@bp.route("/", methods=["POST"])
@bp.arguments(BeginDraftIn)
@bp.response(201, DefinitionDraftOut)
@idempotent
def begin(body: dict[str, str]) -> Response:
    """Begin a draft with the files of the version in force."""
    with acting() as act:
        draft = drafts.begin(act, body["process"], body["title"], start=house().shipped)
        return _answer(draft, rows.listing(act.uow, draft.id), 201)


@bp.route("/<uuid:draft_id>")
@bp.response(200, DefinitionDraftOut)
def read(draft_id: UUID) -> Response:
    """Show a draft and the names of its files."""
    with acting() as act:
        draft = drafts.get(act, draft_id)
        return _answer(draft, drafts.listing(act, draft_id), 200)


@bp.route("/<uuid:draft_id>", methods=["DELETE"])
@bp.response(204)
def put_away(draft_id: UUID) -> Response:
    """Put a draft away; a waiting proposal is withdrawn."""
    expected = expected_revision()
    with acting() as act:
        drafts.put_away(act, draft_id, expected)
    return Response(status=204)


@bp.route("/<uuid:draft_id>/files/<name>")
@bp.response(200)
def read_file(draft_id: UUID, name: str) -> Response:
    """Return a file of a draft as it was saved."""
    with acting() as act:
        draft = drafts.get(act, draft_id)
        content = drafts.file(act, draft_id, name)
    kind = _KINDS.get(name.rpartition(".")[2], "application/xml")
    answer = Response(content, content_type=f"{kind}; charset=utf-8")
    answer.headers["ETag"] = etag_of(draft.revision)
    return answer


@bp.route("/<uuid:draft_id>/files/<name>", methods=["PUT"])
@bp.doc(**RAW)
@bp.response(200, SavedOut)
@accepts_upload
def save_file(draft_id: UUID, name: str) -> Response:
    """Store a file of a draft, new or changed; it need not be sound yet."""
    expected = expected_revision()
    content = request.get_data()
    with acting() as act:
        revision = drafts.save_file(act, draft_id, name, content, expected)
    return _revised(revision)


@bp.route("/<uuid:draft_id>/files/<name>", methods=["DELETE"])
@bp.response(200, SavedOut)
def remove_file(draft_id: UUID, name: str) -> Response:
    """Remove a file of a draft."""
    expected = expected_revision()
    with acting() as act:
        revision = drafts.remove_file(act, draft_id, name, expected)
    return _revised(revision)


@bp.route("/<uuid:draft_id>/findings")
@bp.response(200, FindingOut(many=True))
def findings(draft_id: UUID) -> object:
    """Say what the gate finds in a draft."""
    with acting() as act:
        return list(drafts.findings(act, draft_id))


@bp.route("/<uuid:draft_id>/check", methods=["POST"])
@accepts_upload
@bp.arguments(CheckFileIn)
@bp.response(200, FindingOut(many=True))
def check(body: dict[str, str], draft_id: UUID) -> object:
    """Say what the gate would find if a file were saved like this; nothing is stored."""
    with acting() as act:
        return list(drafts.check(act, draft_id, body["name"], body["content"].encode()))


@bp.route("/<uuid:draft_id>/propose", methods=["POST"])
@bp.arguments(ProposeDraftIn)
@bp.response(201, ProposalOut)
@idempotent
def propose(body: dict[str, str], draft_id: UUID) -> Response:
    """Put a draft forward for publication; a second person decides."""
    expected = expected_revision()
    with acting() as act:
        proposal = drafts.propose(act, draft_id, body["comment"], expected)
        return make_response(jsonify(ProposalOut().dump(proposal)), 201)


@bp.route("/proposals/<uuid:proposal_id>/decide", methods=["POST"])
@bp.arguments(DecideProposalIn)
@bp.response(200, ProposalOut)
@idempotent
def decide(body: dict[str, object], proposal_id: UUID) -> Response:
    """Publish a proposal or reject it; never by whoever proposed or drew it."""
    with acting() as act:
        proposal = drafts.decide(
            act, proposal_id, approve=bool(body["approve"]), reason=str(body["reason"])
        )
        return make_response(jsonify(ProposalOut().dump(proposal)), 200)


def _answer(draft: Draft, files: object, status: int) -> Response:
    content = DefinitionDraftOut().dump({**vars(draft), "files": files})
    return with_revision(make_response(jsonify(content), status), draft.revision)


def _revised(revision: int) -> Response:
    return with_revision(make_response(jsonify({"revision": revision})), revision)
