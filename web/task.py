"""A task: its form, the case's facts beside it, and the verbs on it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, definitions, kernel, worklist
from engine.cases import Act, comments
from engine.cases.comments import Comment
from engine.errors import Invalid, TaskNotOpen
from engine.kernel import Element
from engine.store import tasks as rows
from engine.store import users
from engine.worklist import Task
from recruitment.store import records
from recruitment.store.screening import DESK
from web import finished, labels
from web.deliberation import Agreed, agreed
from web.finished import Finished
from web.language import ZONE
from web.pages import Pages, done
from web.panel import home_of
from web.reasons import is_theirs, step_in_words, why_mine

pages = Pages("task", __name__)
#: Tasks that have a page of their own, which takes the place of their form.
DESKS: Mapping[str, str] = {
    "score_candidate": "/scores/{task.id}",
    "record_consensus": "/deliberation/{task.id}",
    "confirm_ranking": "/calls/{task.case_key}/deliberation",
}
pages.add_app_template_filter(step_in_words)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that the page of a task shows."""

    task: Task
    element: Element
    why: str | None
    #: whether whoever reads it may do it: nothing bars them and it is open
    is_mine: bool
    #: what the form's script needs; None when it is not theirs or has a page of its own
    form: dict[str, Any] | None
    #: people whom it may be handed to
    candidates: list[dict[str, str]]
    #: where the case goes from here
    ahead: tuple[kernel.Ahead, ...] = ()
    #: what a fork in the road waits for, by its id
    waits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: why it is due when it is
    reasons: tuple[kernel.Reason, ...] = ()
    said: Sequence[Comment] = ()
    #: why the task is not for this person after all: four eyes
    barred: str | None = None
    #: what became of it, once it is closed
    over: Finished | None = None
    #: the address of a page that is made for this step
    desk: str | None = None
    #: what the panel agreed, for whoever confirms it
    agreed: Agreed | None = None


@pages.get("/tasks/<uuid:task_id>")
def show(task_id: UUID) -> ResponseReturnValue:
    """Show a task; a closed one says who did it and when."""
    with acting() as act:
        task = worklist.get(act.uow, task_id)
        finished.ensure_concerned(act, task)
        sheet = _sheet(act, task)
        return render("task.html", sheet=sheet, task=task)


@pages.errorhandler(TaskNotOpen)
def came_late(_error: TaskNotOpen) -> ResponseReturnValue:
    """Say who finished the task before, how long ago and with what result."""
    task_id = (request.view_args or {})["task_id"]
    with acting() as act:
        task = worklist.get(act.uow, task_id)
        page = render("task_over.html", task=task, over=finished.of(act, task))
    return page, 409


@pages.post("/tasks/<uuid:task_id>/claim")
def claim(task_id: UUID) -> ResponseReturnValue:
    """Take the task."""
    with acting() as act:
        cases.claim(act, task_id, expected_revision=_revision())
    return done(f"/tasks/{task_id}", "claimed")


@pages.post("/tasks/<uuid:task_id>/unclaim")
def unclaim(task_id: UUID) -> ResponseReturnValue:
    """Give the task back."""
    with acting() as act:
        cases.unclaim(act, task_id, expected_revision=_revision())
    return done(f"/tasks/{task_id}", "unclaimed")


@pages.post("/tasks/<uuid:task_id>/assign")
def assign(task_id: UUID) -> ResponseReturnValue:
    """Give the task to a named person."""
    to, reason = request.form.get("to", ""), request.form.get("reason", "")
    with acting() as act:
        cases.assign(act, task_id, to=to, reason=reason, expected_revision=_revision())
    return done(f"/tasks/{task_id}", "assigned")


@pages.post("/tasks/<uuid:task_id>/delegate")
def delegate(task_id: UUID) -> ResponseReturnValue:
    """Hand one's own task over."""
    to, reason = request.form.get("to", ""), request.form.get("reason", "")
    with acting() as act:
        cases.delegate(act, task_id, to=to, reason=reason, expected_revision=_revision())
    return done("/work", "delegated")


@pages.post("/tasks/<uuid:task_id>/reschedule")
def reschedule(task_id: UUID) -> ResponseReturnValue:
    """Change follow-up date, due date or priority, with a reason."""
    changes: dict[str, object] = {}
    for name in ("due_at", "follow_up_at"):
        if request.form.get(name):
            changes[name] = _instant(request.form[name], name)
    if request.form.get("priority"):
        changes["priority"] = _number(request.form["priority"])
    reason = request.form.get("reason", "")
    with acting() as act:
        cases.reschedule(act, task_id, changes, reason=reason, expected_revision=_revision())
    return done(f"/tasks/{task_id}", "rescheduled")


@pages.post("/tasks/<uuid:task_id>/send-back")
def send_back(task_id: UUID) -> ResponseReturnValue:
    """Withdraw the open task and open an earlier one anew."""
    to, reason = request.form.get("to_element", ""), request.form.get("reason", "")
    with acting() as act:
        cases.send_back(act, task_id, to_element=to, reason=reason, expected_revision=_revision())
    return done("/work", "sent-back")


@pages.post("/tasks/<uuid:task_id>/comments")
def comment(task_id: UUID) -> ResponseReturnValue:
    """Write a comment at the task."""
    with acting() as act:
        task = worklist.get(act.uow, task_id)
        comments.write(act, task.case_id, request.form.get("text", ""), task_id=task_id)
    return done(f"/tasks/{task_id}", "commented")


def _sheet(act: Act, task: Task) -> Sheet:
    definition = definitions.find(act.uow, task.definition)
    desk = desk_of(act, task)
    ahead = kernel.ahead(definition, task.element)
    barred = cases.four_eyes_bar(act, task) if task.closed_at is None else None
    is_mine = task.closed_at is None and not barred and is_theirs(act, task)
    seen: dict[str, object] = {}
    if task.closed_at is None:
        case = cases.get(act.uow, task.case_id)
        seen = kernel.task_variables(definition, case.state, str(task.id))
    return Sheet(
        task=task,
        element=definition.elements[task.element],
        why=why_mine(act.actor, task),
        is_mine=is_mine,
        form=_form(act, task, definition, seen) if is_mine and not desk else None,
        candidates=_candidates(act, task),
        ahead=ahead,
        waits={one.element.id: _awaited(definition, one.element.id) for one in ahead},
        said=comments.of_case(act, task.case_id),
        barred=barred,
        over=finished.of(act, task),
        desk=desk if is_mine else None,
        agreed=agreed(act, task) if is_mine else None,
        reasons=kernel.reasons(definition, seen, task.element, opened_at=task.opened_at),
    )


def desk_of(act: Act, task: Task) -> str | None:
    """Return the address of the page that is made for this task; None where its form is used."""
    if task.element in DESKS:
        return DESKS[task.element].format(task=task)
    if task.element not in DESK:
        return None
    row = records.get_application(act.uow, task.case_key or "")
    return f"/calls/{row['call']}/screening/{task.id}" if row else None


def _awaited(definition: kernel.Definition, gateway: str) -> tuple[str, ...]:
    node = definition.graph.nodes[gateway]
    if node.kind != "eventBasedGateway":
        return ()
    targets = [definition.flows[flow].target for flow in node.outgoing]
    return tuple(definition.elements[one].name or one for one in targets)


def _form(
    act: Act, task: Task, definition: kernel.Definition, seen: Mapping[str, object]
) -> dict[str, Any]:
    schema = definition.forms.get(task.form or "")
    draft = rows.get_draft(act.uow, task.id)
    return {
        "task": str(task.id),
        "revision": task.revision,
        "application": task.case_key,
        "schema": labels.form(json.loads(schema)) if schema else None,
        "variables": seen,
        "draft": draft["content"] if draft else None,
        "saved_at": draft["saved_at"].isoformat() if draft else None,
        "home": home_of(task),
    }


def _candidates(act: Act, task: Task) -> list[dict[str, str]]:
    names = {*task.candidate_users}
    for role in task.candidate_groups:
        names |= set(users.with_role(act.uow, role))
    everybody = users.every(act.uow)
    return [
        {"name": row["name"], "full_name": row["full_name"]}
        for row in everybody
        if row["active"] and row["name"] in names and row["name"] != act.actor.name
    ]


def _revision() -> int:
    """Return the revision that the person saw when the page was made."""
    given = request.form.get("revision", "")
    if not given.isdigit():
        raise Invalid(
            "The page did not say what it showed", where="revision", remedy="load it again"
        )
    return int(given)


def _instant(text: str, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("This is no date", where=where, remedy="choose a day") from error
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _number(text: str) -> int:
    if not text.isdigit() or int(text) > 100:  # noqa: PLR2004  # priorities run from 0 to 100
        raise Invalid("A priority is a number from 0 to 100", where="priority")
    return int(text)
