"""Cases: lists, the file of one case, and the verbs on it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Response, jsonify, make_response
from marshmallow import fields

from api.bodies import Blueprint
from api.conditional import expected_revision, with_revision
from api.house import acting, idempotent
from api.paging import PageRequest, list_arguments, page_of, place, with_links
from api.shapes import (
    CaseFileOut,
    CaseOut,
    CorrectIn,
    MessageIn,
    MigrateIn,
    MigrationIn,
    MomentOut,
    OpenCaseIn,
    PreviewOut,
    ReasonIn,
    SubmissionIn,
)
from engine import cases, definitions, kernel, replay, worklist
from engine.access import authorize
from engine.cases import Act, Case, Opening
from engine.errors import NotAllowed, NotFound
from engine.history import EventKind
from engine.store import cases as rows
from engine.store import events, queue
from engine.store.cases import CaseFilter
from recruitment import messages

bp = Blueprint("cases", __name__, url_prefix="/api/v1/cases", description="Running and ended cases")

FILTERS: Mapping[str, fields.Field[Any]] = {
    "process": fields.String(),
    "parent": fields.UUID(),
    "key": fields.String(),
    "outcome": fields.String(),
    "ended": fields.Boolean(),
    "opened_from": fields.AwareDateTime(),
    "opened_before": fields.AwareDateTime(),
}


@bp.route("/")
@bp.arguments(
    list_arguments("Cases", sortable=["-opened_at", "-changed_at"], filters=FILTERS),
    location="query",
)
@bp.response(200, CaseOut(many=True))
def search(asked: PageRequest) -> Response:
    """List cases; whoever may not read all sees those with a task of theirs."""
    with acting() as act:
        after = place(asked)
        narrowed = CaseFilter(**asked.filters, offered_to=only_theirs(act))
        found = rows.search(
            act.uow,
            narrowed,
            sort=asked.sort,
            after=after,
            limit=asked.limit + 1,
        )
        page = page_of(
            found, asked, key=lambda one: getattr(one, asked.field), row_id=lambda one: str(one.id)
        )
        items = CaseOut(many=True).dump(page.items)
    return with_links(jsonify(items), page)


@bp.route("/", methods=["POST"])
@bp.arguments(OpenCaseIn)
@bp.response(201, CaseOut)
@idempotent
def open_case(body: dict[str, object]) -> Response:
    """Open a case on the newest version of its process."""
    with acting() as act:
        variables = body.pop("variables")
        opening = Opening(**{"id": uuid4(), **body})  # type: ignore[arg-type]  # checked by schema
        case = cases.open_case(act, opening, variables)  # type: ignore[arg-type]  # a Dict field
        return _answer(CaseOut().dump(case), case, 201)


@bp.route("/<uuid:case_id>")
@bp.response(200, CaseFileOut)
def read(case_id: UUID) -> Response:
    """Show a case: tokens, open tasks, deadlines, variables. The reading is recorded."""
    with acting() as act:
        case = visible_case(act, case_id)
        record_reading(act, case, "case file")
        return _answer(CaseFileOut().dump(_file(act, case)), case, 200)


@bp.route("/<uuid:case_id>/at/<instant>")
@bp.response(200, MomentOut)
def at(case_id: UUID, instant: str) -> object:
    """Show a case as it was at an instant (RFC 3339), computed from its history."""
    when = fields.AwareDateTime().deserialize(instant)
    with acting() as act:
        case = visible_case(act, case_id)
        record_reading(act, case, f"case file as of {instant}")
        moment = replay.at(act.uow, case_id, when)
        definition = definitions.find(act.uow, moment.definition)
        view = kernel.inspect(definition, moment.state)
        hidden = not sees_variables(act)
        return {
            "seq": moment.seq,
            "at": moment.at,
            "definition": moment.definition,
            "tasks": [
                {"id": one.id, "element": one.element, "name": one.name, "due_at": _iso(one.due_at)}
                for one in moment.step.tasks
            ],
            "timers": [
                {"id": one.id, "element": one.element, "due_at": _iso(one.due_at)}
                for one in moment.step.timers
            ],
            "variables": {} if hidden else moment.step.variables,
            "tokens": view.tokens,
            "completed": view.completed,
            "flows": view.flows,
            "outcome": _outcome(view.ended),
        }


@bp.route("/<uuid:case_id>/messages", methods=["POST"])
@bp.arguments(MessageIn)
@bp.response(200, CaseOut)
@idempotent
def receive(body: dict[str, object], case_id: UUID) -> Response:
    """Deliver a message to a case that waits for it."""
    with acting() as act:
        cases.receive(
            act,
            case_id,
            str(body["message"]),
            body["variables"],  # type: ignore[arg-type]  # a Dict field
            correlation=body["correlation"],  # type: ignore[arg-type]  # a String field
        )
        return _case(act, case_id)


@bp.route("/<uuid:case_id>/messages/<name>", methods=["POST"])
@bp.arguments(SubmissionIn)
@bp.response(200, CaseOut)
@idempotent
def record(body: dict[str, object], case_id: UUID, name: str) -> Response:
    """Deliver a message that a person wrote down, judged by the form of this message."""
    with acting() as act:
        messages.record(act, case_id, name, body["variables"])  # type: ignore[arg-type]  # a Dict field
        return _case(act, case_id)


@bp.route("/<uuid:case_id>/withdraw", methods=["POST"])
@bp.arguments(ReasonIn)
@bp.response(200, CaseOut)
@idempotent
def withdraw(body: dict[str, str], case_id: UUID) -> Response:
    """Record the candidate's withdrawal."""
    with acting() as act:
        cases.receive(act, case_id, "withdrawal", {"withdrawal": {"reason": body["reason"]}})
        return _case(act, case_id)


@bp.route("/<uuid:case_id>/cancel", methods=["POST"])
@bp.arguments(ReasonIn)
@bp.response(200, CaseOut)
@idempotent
def cancel(body: dict[str, str], case_id: UUID) -> Response:
    """End a case before its time."""
    expected = expected_revision()
    with acting() as act:
        cases.cancel(act, case_id, reason=body["reason"], expected_revision=expected)
        return _case(act, case_id)


@bp.route("/<uuid:case_id>/suspend", methods=["POST"])
@bp.arguments(ReasonIn)
@bp.response(200, CaseOut)
@idempotent
def suspend(body: dict[str, str], case_id: UUID) -> Response:
    """Stop a case for a while."""
    with acting() as act:
        cases.suspend(act, case_id, reason=body["reason"])
        return _case(act, case_id)


@bp.route("/<uuid:case_id>/resume", methods=["POST"])
@bp.arguments(ReasonIn)
@bp.response(200, CaseOut)
@idempotent
def resume(body: dict[str, str], case_id: UUID) -> Response:
    """Let a suspended case go on."""
    with acting() as act:
        cases.resume(act, case_id, reason=body["reason"])
        return _case(act, case_id)


@bp.route("/<uuid:case_id>/variables", methods=["PATCH"])
@bp.arguments(CorrectIn)
@bp.response(200, CaseOut)
@idempotent
def correct(body: dict[str, object], case_id: UUID) -> Response:
    """Correct variables of a case, with a reason."""
    expected = expected_revision()
    with acting() as act:
        cases.correct(
            act,
            case_id,
            body["variables"],  # type: ignore[arg-type]  # a Dict field
            reason=str(body["reason"]),
            expected_revision=expected,
        )
        return _case(act, case_id)


@bp.route("/<uuid:case_id>/migration-preview", methods=["POST"])
@bp.arguments(MigrationIn)
@bp.response(200, PreviewOut)
def preview(body: dict[str, object], case_id: UUID) -> object:
    """Say what migrating the case would do, changing nothing."""
    with acting() as act:
        return cases.preview_migration(act, case_id, **body)  # type: ignore[arg-type]  # by schema


@bp.route("/<uuid:case_id>/migrate", methods=["POST"])
@bp.arguments(MigrateIn)
@bp.response(200, CaseOut)
@idempotent
def migrate(body: dict[str, object], case_id: UUID) -> Response:
    """Move a running case to another version of its process."""
    expected = expected_revision()
    with acting() as act:
        cases.migrate(act, case_id, expected_revision=expected, **body)  # type: ignore[arg-type]  # by schema
        return _case(act, case_id)


def visible_case(act: Act, case_id: UUID) -> Case:
    """Return a case that the actor may read; NotFound otherwise, so that ids cannot be probed."""
    try:
        case = cases.get(act.uow, case_id)
        authorize(act.actor, "case:read", act.shell.policy)
    except NotAllowed as error:
        whom = worklist.offered_to(act.actor)
        if not rows.is_offered(act.uow, case_id, whom):
            raise NotFound("There is no such case", where=str(case_id)) from error
    return case


def record_reading(act: Act, case: Case, what: str) -> None:
    """Write who read what of a case, in a stream beside the case's own."""
    events.append(
        act.uow,
        f"read:{case.id}",
        kind=EventKind.RECORD_READ,
        actor=act.actor,
        definition=case.definition,
        payload={"what": what},
    )


def only_theirs(act: Act) -> tuple[str, ...] | None:
    """Return whose open tasks narrow a list of cases; None for who may read all."""
    if act.shell.policy.allows(act.actor.roles, "case:read"):
        return None
    return tuple(worklist.offered_to(act.actor))


def sees_variables(act: Act) -> bool:
    """Say whether the actor may see the variables of a case at all."""
    return act.shell.policy.allows(act.actor.roles, "case:read")


def _file(act: Act, case: Case) -> dict[str, object]:
    definition = definitions.find(act.uow, case.definition)
    view = kernel.inspect(definition, case.state)
    names = CaseOut._declared_fields  # marshmallow's public list of names
    return {
        **{name: getattr(case, name) for name in names},
        "version": definitions.get(act.uow, case.definition)["version"],
        "tasks": worklist.of_case(act.uow, case.id),
        "timers": queue.timers(act.uow, case_id=case.id),
        "messages": sorted({r["message"] for r in queue.subscriptions(act.uow, case.id)}),
        "tokens": view.tokens,
        "completed": view.completed,
        "flows": view.flows,
        "scopes": open_scopes(definition, view.scopes) if sees_variables(act) else [],
    }


def open_scopes(
    definition: kernel.Definition, scopes: Iterable[kernel.ScopeView]
) -> list[kernel.ScopeView]:
    """Leave out the scopes of confidential elements."""
    return [
        one
        for one in scopes
        if one.element is None or not definition.elements[one.element].confidential
    ]


def _outcome(ended: kernel.Ended | None) -> str | None:
    return (ended.outcome or ended.element or "cancelled") if ended else None


def _iso(when: object) -> str | None:
    return when.isoformat() if hasattr(when, "isoformat") else None


def _case(act: Act, case_id: UUID) -> Response:
    case = cases.get(act.uow, case_id)
    return _answer(CaseOut().dump(case), case, 200)


def _answer(content: object, case: Case, status: int) -> Response:
    return with_revision(make_response(jsonify(content), status), case.revision)
