"""My work: what waits for me, what is late, and why it is mine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import g, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import place
from engine import cases, clock, definitions, kernel, worklist
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import CursusError, Invalid
from engine.worklist import Task, TaskFilter
from web import filters, labels, lists
from web.language import ZONE, _
from web.pages import Pages
from web.reasons import why_mine
from web.sentences import sentence

pages = Pages("work", __name__)
#: In an inbox of so many tasks, those of a kept filter are not counted.
LARGE = 500


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time that the inbox is divided into."""

    name: str
    title: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A task in the inbox with the reason why it is mine and the span it falls into."""

    task: Task
    why: str
    span: str
    #: why it is not for this person after all: four eyes
    barred: str | None = None


def spans(now: datetime) -> tuple[Span, ...]:
    """Divide time at now, midnight and midnight in a week, in the institution's zone."""
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, week = midnight + timedelta(days=1), midnight + timedelta(days=8)
    return (
        Span(name="overdue", title=_("Overdue"), start=None, end=now),
        Span(name="today", title=_("Today"), start=now, end=tomorrow),
        Span(name="week", title=_("Next seven days"), start=tomorrow, end=week),
        Span(name="later", title=_("Later, or without a deadline"), start=week, end=None),
    )


@pages.get("/work")
def mine() -> ResponseReturnValue:
    """List my tasks, due first, under overdue, today, the next seven days and later."""
    given = lists.given("span", "element", "process", "key", "whose")
    divided = spans(clock.now())
    with acting() as act:
        narrowed = _narrowed(act, given, divided)
        asked = lists.asked(["due_at"])
        found = worklist.mine(
            act.uow, act.actor, narrowed, after=place(asked), limit=lists.SIZE + 1
        )
        shown = lists.shown(
            found, asked, key=lambda one: one.sort_due_at, row_id=lambda one: str(one.id)
        )
        rows = [_row(act, one, divided) for one in shown.items]
        counts = worklist.counts(act.uow, act.actor, [(one.start, one.end) for one in divided])
    return render(
        "work.html",
        rows=rows,
        shown=shown,
        given=given,
        spans=divided,
        counts=dict(zip([one.name for one in divided], counts, strict=True)),
    )


def _narrowed(act: Act, given: dict[str, str], divided: tuple[Span, ...]) -> TaskFilter:
    span = next((one for one in divided if one.name == given.get("span")), None)
    return TaskFilter(
        element=given.get("element"),
        process=given.get("process"),
        case_key=given.get("key"),
        assignee=act.actor.name if given.get("whose") == "me" else None,
        due_from=span.start if span else None,
        due_before=span.end if span else None,
    )


def _row(act: Act, task: Task, divided: tuple[Span, ...]) -> Row:
    at = task.sort_due_at
    span = next(one.name for one in divided if one.end is None or at < one.end)
    barred = cases.four_eyes_bar(act, task)
    return Row(task=task, why=why_mine(act.actor, task), span=span, barred=barred)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one of several tasks."""

    task: Task
    #: why it was not done; None when it was
    refused: str | None = None


@pages.post("/work/claim")
def claim_several() -> ResponseReturnValue:
    """Take several tasks, each on its own: what is refused does not stop the others."""
    with acting() as act:
        wanted = [worklist.get(act.uow, one) for one in _chosen(request.form.getlist("task"))]
    outcomes = [_claim(task) for task in wanted]
    return render("work_claimed.html", outcomes=outcomes)


def _claim(task: Task) -> Outcome:
    try:
        with acting() as act:
            cases.claim(act, task.id)
    except CursusError as error:
        return Outcome(task=task, refused=sentence(error.detail))
    return Outcome(task=task)


@pages.get("/work/together")
def together() -> ResponseReturnValue:
    """Show one form for several tasks of the same kind, to complete them together."""
    with acting() as act:
        wanted = [worklist.get(act.uow, one) for one in _chosen(request.args.getlist("task"))]
        for task in wanted:
            authorize_task(act.actor, task)
        first = wanted[0]
        if any(
            (one.element, one.definition) != (first.element, first.definition) for one in wanted
        ):
            raise Invalid(
                _("These tasks are not of the same kind"),
                where="task",
                remedy=_("choose tasks with the same name, of cases on the same version"),
            )
        definition = definitions.find(act.uow, first.definition)
        schema = definition.forms.get(first.form or "")
        case = cases.get(act.uow, first.case_id)
        data = {
            "schema": labels.form(json.loads(schema)) if schema else None,
            "variables": kernel.task_variables(definition, case.state, str(first.id)),
            "tasks": [{"id": str(one.id), "revision": one.revision} for one in wanted],
        }
    return render("work_together.html", tasks=wanted, first=first, data=data)


def _chosen(given: list[str]) -> list[UUID]:
    try:
        found = [UUID(one) for one in dict.fromkeys(given)]
    except ValueError as error:
        raise Invalid(_("This is no task"), where="task") from error
    if not found:
        raise Invalid(_("No task was chosen"), where="task", remedy=_("tick at least one"))
    if len(found) > lists.SIZE:
        raise Invalid(_("Choose at most %(most)s tasks", most=lists.SIZE), where="task")
    return found


@filters.counted("/work")
def count(act: Act, given: Mapping[str, str]) -> int | None:
    """Count what the inbox shows with these filters; None in an inbox too large to look through."""
    if "inbox" not in g:
        (g.inbox,) = worklist.counts(act.uow, act.actor, [(None, None)])
    if g.inbox >= LARGE:
        return None
    narrowed = _narrowed(act, dict(given), spans(clock.now()))
    return len(worklist.mine(act.uow, act.actor, narrowed, limit=filters.COUNTED))
