"""Definitions: check, publish, versions, files, differences."""

from flask import Response, jsonify, make_response

from api.bodies import Blueprint
from api.frame import accepts_upload
from api.house import acting, house, idempotent
from api.shapes import DifferenceOut, FilesIn, FindingOut, PublishIn, VersionOut
from engine import definitions, trials
from engine.access import authorize

bp = Blueprint(
    "definitions", __name__, url_prefix="/api/v1/definitions", description="Published processes"
)


@bp.route("/")
@bp.response(200, VersionOut(many=True))
def versions() -> object:
    """List all versions of all processes with their running and ended cases."""
    with acting() as act:
        return definitions.versions(act.uow)


@bp.route("/<digest>")
@bp.response(200, VersionOut)
def read(digest: str) -> object:
    """Show one version."""
    with acting() as act:
        return definitions.get(act.uow, digest)


@bp.route("/<digest>/files/<name>")
@bp.response(200)
def read_file(digest: str, name: str) -> Response:
    """Return a file of a version as it was published."""
    with acting() as act:
        content = definitions.file(act.uow, digest, name)
    kind = "application/json" if name.endswith(".form") else "application/xml"
    return Response(content, content_type=f"{kind}; charset=utf-8")


@bp.route("/<digest>/files")
@bp.response(200)
def list_files(digest: str) -> Response:
    """List the files of a version with their sizes in bytes."""
    with acting() as act:
        files = definitions.files(act.uow, digest)
    return jsonify([{"name": name, "size": len(data)} for name, data in sorted(files.items())])


@bp.route("/<old>/difference/<new>")
@bp.response(200, DifferenceOut)
def compare(old: str, new: str) -> object:
    """Say which elements of two versions differ in what they do."""
    with acting() as act:
        return definitions.compare(act.uow, old, new)


@bp.route("/check", methods=["POST"])
@accepts_upload
@bp.arguments(FilesIn)
@bp.response(200, FindingOut(many=True))
def check(body: dict[str, dict[str, str]]) -> object:
    """Say what the gate finds in these files, publishing nothing."""
    with acting() as act:
        authorize(act.actor, "definition:check", act.shell.policy)
        return list(definitions.check(_with_shipped(body["files"]), act.shell.for_gate()))


@bp.route("/", methods=["POST"])
@accepts_upload
@bp.arguments(PublishIn)
@bp.response(201, VersionOut)
@idempotent
def publish(body: dict[str, object]) -> Response:
    """Publish a process with its files as its next version; running cases keep theirs."""
    with acting() as act:
        row = trials.publish(
            act.uow,
            act.actor,
            str(body["process"]),
            _with_shipped(body["files"]),  # type: ignore[arg-type]  # a Dict field
            comment=str(body["comment"]),
            catalogue=act.shell.for_gate(),
            policy=act.shell.policy,
        )
        return make_response(jsonify(VersionOut().dump(row)), 201)


def _with_shipped(files: dict[str, str]) -> dict[str, bytes]:
    """Complete the files sent with the shipped ones they may refer to."""
    return {**(house().shipped or {}), **{name: text.encode() for name, text in files.items()}}
