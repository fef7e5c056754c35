"""Several tasks of one's own at once: claim, give back, hand over, set aside, complete."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, clock, definitions, kernel, worklist
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import Invalid
from engine.worklist import Task
from web import finished, labels, lists, several
from web.finished import Finished
from web.language import ZONE, _, label
from web.pages import Pages
from web.several import Chosen, Result
from web.task import desk_of

#: The hour at which what was set aside comes back.
MORNING = time(8)


def add_to(pages: Pages) -> None:
    """Add these views to the pages of work."""
    pages.add_url_rule("/work/claim", view_func=claim, methods=["POST"])
    pages.add_url_rule("/work/unclaim", view_func=unclaim, methods=["POST"])
    pages.add_url_rule("/work/hand-over", view_func=ask_whom)
    pages.add_url_rule("/work/hand-over", view_func=hand_over, methods=["POST"])
    pages.add_url_rule("/work/later", view_func=ask_when)
    pages.add_url_rule("/work/later", view_func=set_aside, methods=["POST"])
    pages.add_url_rule("/work/together", view_func=together)


def claim() -> ResponseReturnValue:
    """Take several tasks, each on its own: what is refused does not stop the others."""
    results = several.each(_chosen(request.form.getlist("task")), _claim)
    return _told("claim", results, undo="unclaim")


def unclaim() -> ResponseReturnValue:
    """Give several tasks back, each on its own."""
    results = several.each(_chosen(request.form.getlist("task")), _unclaim)
    return _told("unclaim", results, undo="claim")


def _claim(act: Act, one: Chosen) -> object:
    return cases.claim(act, one.id, expected_revision=one.revision)


def _unclaim(act: Act, one: Chosen) -> object:
    return cases.unclaim(act, one.id, expected_revision=one.revision)


def ask_whom() -> ResponseReturnValue:
    """Ask to whom several tasks go and why: whoever may do all of them can be chosen."""
    return _ask_whom({})


def hand_over() -> ResponseReturnValue:
    """Hand several tasks over to a colleague, each on its own."""
    to, reason = request.form.get("to", ""), request.form.get("reason", "").strip()
    if not reason:
        return _ask_whom({"reason": _("Give a reason.")}), 422

    def give(act: Act, one: Chosen) -> object:
        return cases.delegate(act, one.id, to=to, reason=reason, expected_revision=one.revision)

    results = several.each(_chosen(request.form.getlist("task")), give)
    return _told("hand-over", results, undo=None)


def _ask_whom(faults: dict[str, str]) -> str:
    with acting() as act:
        tasks = _open(act)
        people = [one for one in several.able(act, tasks) if one["name"] != act.actor.name]
    return render(
        "work_hand_over.html", tasks=tasks, people=people, faults=faults, given=request.form
    )


def ask_when() -> ResponseReturnValue:
    """Ask until when several tasks are set aside."""
    return _ask_when({})


def set_aside() -> ResponseReturnValue:
    """Hide several tasks until a day or until they are overdue, each on its own."""
    reason, faults = request.form.get("reason", "").strip(), {}
    until = _morning(request.form.get("until", ""))
    if until is None:
        faults["until"] = _("Choose a day.")
    elif until <= clock.now():
        faults["until"] = _("Choose a day that is still to come.")
    if not reason:
        faults["reason"] = _("Give a reason.")
    if faults or until is None:
        return _ask_when(faults), 422
    if _late(until) and request.form.get("late") != request.form["until"]:
        return _ask_when({})

    def hide(act: Act, one: Chosen) -> object:
        changes = {"follow_up_at": until}
        return cases.reschedule(act, one.id, changes, reason=reason, expected_revision=one.revision)

    results = several.each(_chosen(request.form.getlist("task")), hide)
    return _told("later", results, undo=None)


def _ask_when(faults: dict[str, str]) -> str:
    first = clock.now().astimezone(ZONE).date() + timedelta(days=1)
    with acting() as act:
        tasks = _open(act)
    until = _morning(request.form.get("until", ""))
    return render(
        "work_later.html",
        tasks=tasks,
        faults=faults,
        given=request.form,
        first=first,
        usual=_usual(tasks, first),
        late=_due_before(tasks, until) if until and "until" not in faults else 0,
    )


def _usual(tasks: Sequence[Task], first: date) -> date:
    """Propose a week from now, or the day before the first of the tasks is due if it is sooner."""
    week = first + timedelta(days=6)
    due = min((one.due_at for one in tasks if one.due_at), default=None)
    if due is None:
        return week
    # what is due at midnight is due by the end of the day before
    last = (due - timedelta(seconds=1)).astimezone(ZONE).date()
    return max(first, min(week, last - timedelta(days=1)))


def _late(until: datetime) -> int:
    """Count the chosen tasks that are due before an instant."""
    with acting() as act:
        found = [worklist.get(act.uow, one.id) for one in _chosen(request.form.getlist("task"))]
    return _due_before([one for one in found if one.closed_at is None], until)


def _due_before(tasks: Sequence[Task], until: datetime) -> int:
    return sum(1 for one in tasks if one.due_at and one.due_at < until)


def _morning(text: str) -> datetime | None:
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), MORNING, tzinfo=ZONE)
    except ValueError:
        return None


def _told(verb: str, results: Sequence[Result], *, undo: str | None) -> str:
    return render("work_results.html", verb=verb, results=results, undo=undo)


def _chosen(given: list[str]) -> list[Chosen]:
    return several.chosen(given, most=lists.SIZE)


def _open(act: Act) -> list[Task]:
    """Return the chosen tasks that are still open and the actor's."""
    found = [worklist.get(act.uow, one.id) for one in _chosen(request.values.getlist("task"))]
    for one in found:
        finished.ensure_concerned(act, one)
    open_ones = [one for one in found if one.closed_at is None]
    for one in open_ones:
        authorize_task(act.actor, one)
    return open_ones


@dataclass(frozen=True, kw_only=True)
class Over:
    """A chosen task that a colleague finished meanwhile."""

    task: Task
    finished: Finished | None


def together() -> ResponseReturnValue:
    """Show one form for several tasks of the same kind, to complete them together."""
    with acting() as act:
        wanted = _open(act)
        over = _over(act)
        data = _form(act, wanted) if wanted else None
    return render(
        "work_together.html",
        tasks=wanted,
        over=over,
        title=label((wanted or [one.task for one in over])[0].name),
        data=data,
    )


def _over(act: Act) -> list[Over]:
    every = [worklist.get(act.uow, one.id) for one in _chosen(request.args.getlist("task"))]
    return [Over(task=one, finished=finished.of(act, one)) for one in every if one.closed_at]


def _form(act: Act, wanted: Sequence[Task]) -> dict[str, Any]:
    first = wanted[0]
    if any((one.element, one.definition) != (first.element, first.definition) for one in wanted):
        raise Invalid(
            _("These tasks are not of the same kind"),
            where="task",
            remedy=_("choose tasks with the same name, of cases on the same version"),
        )
    if desk_of(act, first):
        raise Invalid(
            _("These tasks have a page of their own"),
            where="task",
            remedy=_("open each of them in My work"),
        )
    definition = definitions.find(act.uow, first.definition)
    schema = definition.forms.get(first.form or "")
    case = cases.get(act.uow, first.case_id)
    return {
        "schema": labels.form(json.loads(schema)) if schema else None,
        "variables": kernel.task_variables(definition, case.state, str(first.id)),
        "tasks": [{"id": str(one.id), "revision": one.revision} for one in wanted],
    }
