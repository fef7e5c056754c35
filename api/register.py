"""The register of CAST: extracts imported, people searched, the long lists of calls."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, make_response
from marshmallow import Schema, fields, validate

from api.bodies import Blueprint
from api.calls import decoded
from api.frame import accepts_upload
from api.house import acting, idempotent
from api.paging import PageRequest, list_arguments, page_of, with_links
from api.shapes import Instant
from engine.access import authorize
from engine.errors import Invalid
from recruitment.cast.query import MOST_LANGUAGES, Query
from recruitment.cast.words import DIPLOMAS, GROUPS, LANGUAGES, LEVELS
from recruitment.register import extracts, long_list, proof, search
from recruitment.store import extracts as extract_rows
from recruitment.store import register
from recruitment.store.search import SORTS

bp = Blueprint("register", __name__, url_prefix="/api/v1/register", description="CAST register")
#: Extracts are listed no further back than this.
EXTRACTS = 200
_SPEAKS = rf"^({'|'.join(LANGUAGES)}):({'|'.join(LEVELS)})$"


class ExtractIn(Schema):
    """An extract of the EPSO database as a CSV file."""

    taken_on = fields.Date(required=True, metadata={"description": "the day EPSO made it"})
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    content = fields.String(required=True, metadata={"description": "base64 of the file"})
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "say what would change, and change nothing"}
    )


class FaultOut(Schema):
    """Why a row is not taken."""

    row = fields.Integer(metadata={"description": "the header is row 1"})
    column = fields.String()
    code = fields.String()
    value = fields.String()


class ExtractOut(Schema):
    """What an extract changed, or would change."""

    added = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()
    faults = fields.List(fields.Nested(FaultOut))
    unused = fields.List(fields.String(), metadata={"description": "columns nobody reads"})
    is_known = fields.Boolean(metadata={"description": "this very file was imported before"})


class ImportedOut(Schema):
    """An extract that was imported."""

    id = fields.UUID()
    taken_on = fields.Date()
    name = fields.String()
    sha256 = fields.String()
    rows = fields.Integer()
    added = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()
    imported_by = fields.String()
    imported_at = Instant()


class FlagOut(Schema):
    """What to mind about a person."""

    kind = fields.String()
    day = fields.Date(allow_none=True)


class PersonOut(Schema):
    """A person and a profile that match a search."""

    candidate = fields.String()
    profile = fields.String()
    name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    passed = fields.Boolean()
    passed_group = fields.String(allow_none=True)
    result_date = fields.Date(allow_none=True)
    failed_group = fields.String(allow_none=True)
    test_date = fields.Date(allow_none=True)
    refreshed = fields.Date(allow_none=True)
    languages = fields.Dict(allow_none=True)
    diploma_level = fields.String(allow_none=True)
    experience_years = fields.Float(allow_none=True)
    extract_of = fields.Date(attribute="taken_on", allow_none=True)
    why = fields.List(fields.Dict())
    flags = fields.List(fields.Nested(FlagOut))


class ListedIn(Schema):
    """People to be put on the long list of a call."""

    candidates = fields.List(
        fields.String(validate=validate.Length(min=1, max=300)),
        required=True,
        validate=validate.Length(min=1, max=200),
    )
    reason = fields.String(
        required=True, validate=validate.Length(min=1, max=long_list.MOST_REASON)
    )


class RemovalIn(Schema):
    """Who is taken off a long list, and why."""

    person = fields.String(required=True, validate=validate.Length(min=1, max=300))
    reason = fields.String(
        required=True, validate=validate.Length(min=1, max=long_list.MOST_REASON)
    )


class ListedOut(Schema):
    """A person on the long list of a call."""

    candidate = fields.String()
    name = fields.String()
    email = fields.String(allow_none=True)
    reason = fields.String()
    search = fields.Dict(allow_none=True)
    added_by = fields.String()
    added_at = Instant()
    application = fields.String(allow_none=True)
    letter = fields.UUID(allow_none=True)


class ProvedOut(Schema):
    """A change of a person's row, and whether the sealed history bears it out."""

    extract = fields.UUID()
    taken_on = fields.Date()
    imported_at = Instant()
    content = fields.Dict(allow_none=True)
    number = fields.Integer()
    size = fields.Integer()
    path = fields.List(fields.String())
    root = fields.String()
    holds = fields.Boolean()


SearchArguments = list_arguments(
    "Register",
    sortable=list(SORTS),
    filters={
        "profile": fields.String(load_default=""),
        "group": fields.String(load_default="", validate=validate.OneOf(GROUPS)),
        "test": fields.String(load_default="passed", validate=validate.OneOf(["passed", "invite"])),
        "valid_on": fields.Date(load_default=None),
        "language": fields.List(
            fields.String(validate=validate.Regexp(_SPEAKS)),
            load_default=[],
            validate=validate.Length(max=MOST_LANGUAGES),
            metadata={"description": "with its lowest level: FR:C1"},
        ),
        "diploma": fields.String(load_default="", validate=validate.OneOf(DIPLOMAS)),
        "experience": fields.Decimal(
            load_default=None, places=2, allow_nan=False, validate=validate.Range(0, 60)
        ),
        "refreshed": fields.Boolean(load_default=False),
        "text": fields.String(load_default="", validate=validate.Length(max=100)),
    },
)


@bp.route("/extracts")
@bp.response(200, ImportedOut(many=True))
def list_extracts() -> object:
    """List the extracts that were imported, the latest first."""
    with acting() as act:
        authorize(act.actor, "cast:import", act.shell.policy)
        return extract_rows.extracts(act.uow, limit=EXTRACTS)


@bp.route("/extracts", methods=["POST"])
@accepts_upload
@bp.arguments(ExtractIn)
@bp.response(201, ExtractOut)
@idempotent
def import_extract(body: dict[str, Any]) -> Response:
    """Import an extract in one transaction; the same file with the same date changes nothing."""
    content = decoded(body["content"], "content") or b""
    file = extracts.File(name=body["name"], taken_on=body["taken_on"], content=content)
    with acting() as act:
        done = extracts.look(act, file) if body["dry_run"] else extracts.take(act, file)
    told = ExtractOut().dump(
        {
            "added": done.added,
            "changed": done.changed,
            "unchanged": done.unchanged,
            "refused": done.refused,
            "faults": done.faults,
            "unused": done.unused,
            "is_known": done.known is not None,
        }
    )
    return make_response(jsonify(told), 200 if body["dry_run"] or done.known else 201)


@bp.route("/people")
@bp.arguments(SearchArguments, location="query")
@bp.response(200, PersonOut(many=True))
def find_people(asked: PageRequest) -> Response:
    """Search the register. The reading is recorded; `X-Total` says how many match."""
    wanted = search.Wanted(sort=asked.sort, after=_after(asked), limit=asked.limit + 1)
    with acting() as act:
        found = search.run(act, query_of(asked), wanted)
    page = page_of(found.people, asked, key=lambda one: one.row["key"], row_id=lambda one: one.id)
    response = jsonify([_person(one) for one in page.items])
    more = found.number > search.COUNTED
    response.headers["X-Total"] = f"{search.COUNTED}+" if more else str(found.number)
    return with_links(response, page)


@bp.route("/people/<path:person>/changes")
@bp.response(200, ProvedOut(many=True))
def changes(person: str) -> object:
    """Show what extracts changed about a person, each with its proof. The reading is recorded."""
    with acting() as act:
        return proof.prove(act, person)


@bp.route("/calls/<key>/long-list")
@bp.response(200, ListedOut(many=True))
def list_long_list(key: str) -> object:
    """List the people on the long list of a call, the latest first. The reading is recorded."""
    with acting() as act:
        return long_list.read(act, key, limit=long_list.MOST)


@bp.route("/calls/<key>/long-list", methods=["POST"])
@bp.arguments(ListedIn)
@bp.response(201, ListedOut(many=True))
@idempotent
def add_to_long_list(body: dict[str, Any], key: str) -> Response:
    """Put people on the long list of an open call and write to them: all of them, or nobody."""
    with acting() as act:
        for person in dict.fromkeys(body["candidates"]):
            long_list.add(act, key, person, reason=body["reason"], search=None)
        call_id = str(long_list.call_of(act, key)["id"])
        added = [register.entry(act.uow, call_id, one) for one in dict.fromkeys(body["candidates"])]
        return make_response(jsonify(ListedOut(many=True).dump(added)), 201)


@bp.route("/calls/<key>/long-list/removals", methods=["POST"])
@bp.arguments(RemovalIn)
@bp.response(204)
def remove_from_long_list(body: dict[str, str], key: str) -> Response:
    """Take a person off the long list of a call, as long as they have not applied."""
    with acting() as act:
        long_list.remove(act, key, body["person"], reason=body["reason"])
    return make_response("", 204)


def query_of(asked: PageRequest) -> Query:
    """Return the search that a client asks for; raise Invalid."""
    given = asked.filters
    spoken = [tuple(one.split(":")) for one in given["language"]]
    if len({language for language, _level in spoken}) < len(spoken):
        raise Invalid("A language is asked for twice", where="language")
    experience: Decimal | None = given["experience"]
    return Query(
        profile=given["profile"],
        group=given["group"],
        test=given["test"],
        valid_on=given["valid_on"],
        languages=tuple((language, level) for language, level in spoken),
        diploma=given["diploma"],
        experience=experience,
        refreshed=given["refreshed"],
        text=given["text"].strip(),
    )


def _after(asked: PageRequest) -> tuple[object, str] | None:
    return search.place(asked.field, asked.after.key, asked.after.id) if asked.after else None


def _person(one: search.Person) -> dict[str, Any]:
    told: dict[str, Any] = PersonOut().dump({**one.row, "flags": one.flags})
    told["why"] = [
        {
            "criterion": match.criterion.kind,
            "asked": _plain(match.criterion.value),
            **({"language": match.criterion.language} if match.criterion.language else {}),
            "found": _plain(match.found),
        }
        for match in one.why
    ]
    return told


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
