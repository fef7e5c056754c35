"""Act on several cards of the board: each is told its result, the refused can be retried."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import redirect, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, worklist
from engine.cases import Act
from engine.errors import CursusError, Invalid, NotFound
from engine.store import cases as case_rows
from engine.store import users
from engine.worklist import Task
from web.calls_board import is_theirs, shown_name
from web.calls_frame import Head, head_of, pages
from web.language import _
from web.sentences import sentence

#: Cards that one action takes at most.
MOST = 200
VERBS = ("claim", "assign", "complete")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One task that was chosen, with the revision of its case that the person saw."""

    id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one of several."""

    id: UUID
    who: str
    what: str
    #: the revision now, for another attempt
    revision: int
    refused: str | None = None
    remedy: str | None = None


@pages.post("/calls/<key>/together")
def together(key: str) -> ResponseReturnValue:
    """Do one thing with several cards, each in a transaction of its own."""
    verb = request.form.get("verb", "")
    if verb not in VERBS:
        raise Invalid(_("Choose what is to be done"), where="verb")
    chosen = _chosen(request.form.getlist("task"))
    with acting() as act:
        head = head_of(act, key)
        tasks = [_task_of(act, head, one) for one in chosen]
        if verb == "assign" and not request.form.get("to"):
            return _ask_whom(act, head, chosen, tasks)
        has_form = any(one.form for one in tasks)
    if verb == "complete" and has_form:
        # one form for all of them, if it is the same one
        return redirect(f"/work/together?{urlencode([('task', str(one.id)) for one in chosen])}")
    results = [_one(verb, head, one) for one in chosen]
    return render("call_together.html", head=head, verb=verb, results=results)


def _one(verb: str, head: Head, chosen: Chosen) -> Result:
    refused = remedy = None
    try:
        with acting() as act:
            _task_of(act, head, chosen)
            _do(act, verb, chosen)
    except CursusError as error:
        refused, remedy = sentence(error.detail), sentence(error.remedy)
    with acting() as act:
        task = worklist.get(act.uow, chosen.id)
        return Result(
            id=task.id,
            who=task.case_title,
            what=shown_name(task, is_mine=is_theirs(act, task)),
            revision=task.revision,
            refused=refused,
            remedy=remedy,
        )


def _do(act: Act, verb: str, chosen: Chosen) -> None:
    if verb == "claim":
        cases.claim(act, chosen.id, expected_revision=chosen.revision)
    elif verb == "assign":
        to, reason = request.form.get("to", ""), request.form.get("reason") or None
        cases.assign(act, chosen.id, to=to, reason=reason, expected_revision=chosen.revision)
    else:
        cases.complete_task(act, chosen.id, {}, expected_revision=chosen.revision)


def _chosen(given: Sequence[str]) -> list[Chosen]:
    found = []
    for one in dict.fromkeys(given):
        task_id, _mark, revision = one.partition(":")
        try:
            found.append(Chosen(id=UUID(task_id), revision=int(revision)))
        except ValueError as error:
            raise Invalid(_("This is no task"), where="task") from error
    if not found:
        raise Invalid(_("No card was chosen"), where="task", remedy=_("tick at least one"))
    if len(found) > MOST:
        raise Invalid(_("Choose at most %(most)s cards", most=MOST), where="task")
    return found


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
    able = [_able(act, one) for one in tasks]
    everybody = [one for one in users.every(act.uow) if one["active"]]
    return render(
        "call_assign.html",
        head=head,
        chosen=chosen,
        tasks=tasks,
        people=[one for one in everybody if all(one["name"] in some for some in able)],
    )


def _able(act: Act, task: Task) -> frozenset[str]:
    names = set(task.candidate_users)
    for role in task.candidate_groups:
        names |= set(users.with_role(act.uow, role))
    return frozenset(names)
