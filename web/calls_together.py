"""Act on several cards of the board: each is told its result, the refused can be retried."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import redirect, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, worklist
from engine.cases import Act
from engine.errors import Invalid, NotFound
from engine.store import cases as case_rows
from engine.worklist import Task
from web import several
from web.calls_frame import Head, head_of, pages
from web.language import _
from web.several import Chosen

#: Cards that one action takes at most.
MOST = 200
VERBS = ("claim", "assign", "complete", "unclaim")
#: What takes an action back; a task that was completed stays completed.
UNDO = {"claim": "unclaim", "assign": "unclaim"}


@pages.post("/calls/<key>/together")
def together(key: str) -> ResponseReturnValue:
    """Do one thing with several cards, each in a transaction of its own."""
    verb = request.form.get("verb", "")
    if verb not in VERBS:
        raise Invalid(_("Choose what is to be done"), where="verb")
    chosen = several.chosen(request.form.getlist("task"), most=MOST)
    with acting() as act:
        head = head_of(act, key)
        tasks = [_task_of(act, head, one) for one in chosen]
        if verb == "assign" and not request.form.get("to"):
            return _ask_whom(act, head, chosen, tasks)
        has_form = any(one.form for one in tasks)
    if verb == "complete" and has_form:
        # one form for all of them, if it is the same one
        return redirect(f"/work/together?{urlencode([('task', str(one.id)) for one in chosen])}")

    def do(act: Act, one: Chosen) -> None:
        _task_of(act, head, one)
        _do(act, verb, one)

    results = several.each(chosen, do)
    return render("call_together.html", head=head, verb=verb, results=results, undo=UNDO.get(verb))


def _do(act: Act, verb: str, chosen: Chosen) -> None:
    if verb == "claim":
        cases.claim(act, chosen.id, expected_revision=chosen.revision)
    elif verb == "unclaim":
        cases.unclaim(act, chosen.id, expected_revision=chosen.revision)
    elif verb == "assign":
        to, reason = request.form.get("to", ""), request.form.get("reason") or None
        cases.assign(act, chosen.id, to=to, reason=reason, expected_revision=chosen.revision)
    else:
        cases.complete_task(act, chosen.id, {}, expected_revision=chosen.revision)


def _task_of(act: Act, head: Head, chosen: Chosen) -> Task:
    """Return a task of an application of this call; raise NotFound."""
    task = worklist.get(act.uow, chosen.id)
    case = case_rows.get(act.uow, task.case_id)
    if case is None or case.parent != head.case.id:
        raise NotFound(_("This task is of another call"), where=str(chosen.id))
    return task


def _ask_whom(
    act: Act, head: Head, chosen: Sequence[Chosen], tasks: Sequence[Task]
) -> ResponseReturnValue:
    """Ask for the person and the reason: whoever may do all of the tasks can be chosen."""
    return render(
        "call_assign.html",
        head=head,
        chosen=chosen,
        tasks=tasks,
        people=several.able(act, tasks),
    )
