"""My work: what waits for me, what is late, and why it is mine."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import place
from engine import clock, worklist
from engine.cases import Act
from engine.worklist import Task, TaskFilter
from web import lists
from web.language import ZONE, _
from web.pages import Pages
from web.reasons import why_mine

pages = Pages("work", __name__)


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
    return Row(task=task, why=why_mine(act.actor, task), span=span)


def next_of(act: Act, *, but: UUID) -> Task | None:
    """Return the task that is due next, other than this one."""
    found = worklist.mine(act.uow, act.actor, limit=2)
    return next((one for one in found if one.id != but), None)


def back() -> str:
    """Return the inbox with the filters that the person came from."""
    came = request.args.get("from", "")
    return f"/work?{came}" if came else "/work"
