"""Tasks: the inbox, one task, and the verbs on it."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response
from marshmallow import fields

from api.bodies import Blueprint
from api.calls import DocumentIn, DocumentOut, decoded
from api.conditional import expected_revision, with_revision
from api.frame import accepts_upload
from api.house import acting, idempotent
from api.paging import PageRequest, list_arguments, page_of, place, with_links
from api.shapes import (
    AssignIn,
    DelegateIn,
    DraftOut,
    RescheduleIn,
    SendBackIn,
    SubmissionIn,
    TaskFileOut,
    TaskOut,
)
from engine import cases, definitions, worklist
from engine.access import authorize, authorize_task
from engine.cases import Act
from engine.errors import NotYourTask
from engine.kernel import task_variables
from engine.store import tasks as rows
from engine.worklist import Task, TaskFilter
from recruitment import intake
from recruitment.store import records

bp = Blueprint("tasks", __name__, url_prefix="/api/v1/tasks", description="What waits for a person")

FILTERS: Mapping[str, fields.Field[Any]] = {
    "element": fields.String(),
    "process": fields.String(),
    "case_id": fields.UUID(data_key="case"),
    "case_key": fields.String(),
    "assignee": fields.String(),
    "due_before": fields.AwareDateTime(),
    "due_from": fields.AwareDateTime(),
}


@bp.route("/mine")
@bp.arguments(list_arguments("Mine", sortable=["due_at"], filters=FILTERS), location="query")
@bp.response(200, TaskOut(many=True))
def mine(asked: PageRequest) -> Response:
    """List the tasks that you may work on, due first, each with the reason why it is yours."""
    with acting() as act:
        after = place(asked)
        found = worklist.mine(
            act.uow,
            act.actor,
            TaskFilter(**asked.filters),
            after=after,
            limit=asked.limit + 1,
        )
        page = page_of(
            found, asked, key=lambda one: one.sort_due_at, row_id=lambda one: str(one.id)
        )
        items = [_with_reason(act, one) for one in page.items]
    return with_links(jsonify(items), page)


@bp.route("/")
@bp.arguments(
    list_arguments("Tasks", sortable=["due_at", "opened_at"], filters=FILTERS), location="query"
)
@bp.response(200, TaskOut(many=True))
def everywhere(asked: PageRequest) -> Response:
    """List the open tasks of all people."""
    with acting() as act:
        authorize(act.actor, "task:list", act.shell.policy)
        after = place(asked)
        found = worklist.everywhere(
            act.uow,
            TaskFilter(**asked.filters),
            sort=asked.sort,
            after=after,
            limit=asked.limit + 1,
        )
        page = page_of(
            found,
            asked,
            key=lambda one: one.opened_at if asked.field == "opened_at" else one.sort_due_at,
            row_id=lambda one: str(one.id),
        )
        items = TaskOut(many=True).dump(page.items)
    return with_links(jsonify(items), page)


@bp.route("/<uuid:task_id>")
@bp.response(200, TaskFileOut)
def read(task_id: UUID) -> Response:
    """Show a task with its form, what the form sees and your draft."""
    with acting() as act:
        task = worklist.get(act.uow, task_id)
        ensure_visible(act, task)
        return _answer(TaskFileOut().dump(_file(act, task)), task)


@bp.route("/<uuid:task_id>/complete", methods=["POST"])
@bp.arguments(SubmissionIn)
@bp.response(200, TaskOut)
@idempotent
def complete(body: dict[str, object], task_id: UUID) -> Response:
    """Complete a task with its filled form."""
    expected = expected_revision()
    with acting() as act:
        submission = body["variables"]
        _, closed = cases.complete(act, task_id, submission, expected_revision=expected)  # type: ignore[arg-type]  # a Dict field
        return _answer(_shape().dump(closed), closed)


@bp.route("/<uuid:task_id>/claim", methods=["POST"])
@bp.response(200, TaskOut)
@idempotent
def claim(task_id: UUID) -> Response:
    """Take a task; it leaves everybody else's inbox."""
    expected = expected_revision()
    with acting() as act:
        cases.claim(act, task_id, expected_revision=expected)
        return _task(act, task_id)


@bp.route("/<uuid:task_id>/unclaim", methods=["POST"])
@bp.response(200, TaskOut)
@idempotent
def unclaim(task_id: UUID) -> Response:
    """Give a claimed task back."""
    expected = expected_revision()
    with acting() as act:
        cases.unclaim(act, task_id, expected_revision=expected)
        return _task(act, task_id)


@bp.route("/<uuid:task_id>/assign", methods=["POST"])
@bp.arguments(AssignIn)
@bp.response(200, TaskOut)
@idempotent
def assign(body: dict[str, str], task_id: UUID) -> Response:
    """Give a task to a named person."""
    expected = expected_revision()
    with acting() as act:
        cases.assign(act, task_id, to=body["to"], reason=body["reason"], expected_revision=expected)
        return _task(act, task_id)


@bp.route("/<uuid:task_id>/delegate", methods=["POST"])
@bp.arguments(DelegateIn)
@bp.response(200, TaskOut)
@idempotent
def delegate(body: dict[str, str], task_id: UUID) -> Response:
    """Hand your task to a colleague."""
    expected = expected_revision()
    with acting() as act:
        cases.delegate(
            act, task_id, to=body["to"], reason=body["reason"], expected_revision=expected
        )
        return _task(act, task_id)


@bp.route("/<uuid:task_id>/send-back", methods=["POST"])
@bp.arguments(SendBackIn)
@bp.response(200, TaskOut)
@idempotent
def send_back(body: dict[str, str], task_id: UUID) -> Response:
    """Withdraw an open task and open an earlier one anew."""
    expected = expected_revision()
    with acting() as act:
        cases.send_back(
            act,
            task_id,
            to_element=body["to_element"],
            reason=body["reason"],
            expected_revision=expected,
        )
        return _task(act, task_id)


@bp.route("/<uuid:task_id>", methods=["PATCH"])
@bp.arguments(RescheduleIn)
@bp.response(200, TaskOut)
@idempotent
def reschedule(body: dict[str, object], task_id: UUID) -> Response:
    """Change due date, follow-up date or priority, with a reason."""
    expected = expected_revision()
    reason = str(body.pop("reason"))
    with acting() as act:
        cases.reschedule(act, task_id, body, reason=reason, expected_revision=expected)
        return _task(act, task_id)


@bp.route("/<uuid:task_id>/draft", methods=["PUT"])
@bp.arguments(SubmissionIn)
@bp.response(200, DraftOut)
def save_draft(body: dict[str, object], task_id: UUID) -> object:
    """Keep an unsubmitted form; nothing is validated yet."""
    with acting() as act:
        cases.save_draft(act, task_id, body["variables"])  # type: ignore[arg-type]  # a Dict field
        return rows.get_draft(act.uow, task_id)


@bp.route("/<uuid:task_id>/documents", methods=["POST"])
@accepts_upload
@bp.arguments(DocumentIn)
@bp.response(201, DocumentOut)
@idempotent
def attach(body: dict[str, str], task_id: UUID) -> Response:
    """Store a document for the form of a task of yours; its answer then names the id."""
    content = decoded(body["content"], "content") or b""
    with acting() as act:
        kept = intake.attach(act, task_id, kind=body["kind"], name=body["name"], content=content)
        row = records.get_document(act.uow, str(kept["id"]))
        return make_response(jsonify(DocumentOut().dump(row)), 201)


def _task(act: Act, task_id: UUID) -> Response:
    task = worklist.get(act.uow, task_id)
    return _answer(_shape().dump(task), task)


def _answer(content: object, task: Task) -> Response:
    return with_revision(make_response(jsonify(content)), task.revision)


@lru_cache(maxsize=1)
def _shape() -> TaskOut:
    """Return the one schema of all tasks: to build it takes longer than to dump a task."""
    return TaskOut()


def _with_reason(act: Act, task: Task) -> dict[str, object]:
    shown: dict[str, object] = _shape().dump(task)
    return {**shown, "why": worklist.why_mine(act.actor, task)}


def ensure_visible(act: Act, task: Task) -> None:
    """Raise NotYourTask unless the task is the actor's, or the actor may read the case."""
    if not task.confidential and act.shell.policy.allows(act.actor.roles, "case:read"):
        return
    authorize_task(act.actor, task)


def _file(act: Act, task: Task) -> dict[str, object]:
    shown = {**vars_of(task), "why": worklist.why_mine(act.actor, task)}
    if task.closed_at is not None:
        return {**shown, "form_schema": None, "variables": {}, "draft": None}
    definition = definitions.find(act.uow, task.definition)
    case = cases.get(act.uow, task.case_id)
    form = definition.forms.get(task.form or "")
    return {
        **shown,
        "form_schema": json.loads(form) if form else None,
        "variables": task_variables(definition, case.state, str(task.id)),
        "draft": _draft(act, task),
    }


def vars_of(task: Task) -> dict[str, object]:
    """Return the fields of a task, for a schema to dump."""
    return {name: getattr(task, name) for name in Task.__dataclass_fields__}


def _draft(act: Act, task: Task) -> object:
    try:
        authorize_task(act.actor, task)
    except NotYourTask:
        return None
    return rows.get_draft(act.uow, task.id)
