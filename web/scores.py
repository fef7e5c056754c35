"""The score sheet of one member for one candidate: drafted, looked over, submitted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, definitions, kernel, worklist
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import FormRejected, NotFound, NotYourTask, TaskNotOpen
from engine.store import tasks as rows
from engine.worklist import Task
from recruitment import deliberation, scoring
from recruitment.anchors import anchors
from recruitment.deliberation import Criterion
from recruitment.inspection import inspect_pdf
from recruitment.scoring import Round
from recruitment.store import panels, records
from web.language import _
from web.pages import Pages, done

pages = Pages("scores", __name__)
#: The longest evidence note and remark, as the form has it.
MOST, MOST_REMARK = 1000, 5000
Given = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One criterion on the sheet with what stands there."""

    number: int
    criterion: Criterion
    #: as it was typed: empty while nothing is chosen
    points: str
    evidence: str
    fault: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether points and evidence are there."""
        return bool(self.points and self.evidence.strip())


@dataclass(frozen=True, kw_only=True)
class SheetPage:
    """All that the page of a sheet shows."""

    task: Task
    lines: tuple[Line, ...]
    remark: str
    saved_at: datetime | None
    round: Round
    #: the link that the member declared, and when the panel was set up without one: None
    declared: str | None
    papers: tuple[Mapping[str, Any], ...]
    is_suspended: bool
    faults: Mapping[str, str]

    @property
    def filled(self) -> int:
        """How many criteria are done."""
        return sum(1 for one in self.lines if one.is_done)


@pages.get("/scores/<uuid:task_id>")
def show(task_id: UUID) -> ResponseReturnValue:
    """Show one's sheet: to be filled, or as it was submitted."""
    with acting() as act:
        task = _sheet_task(act, task_id)
        if task.closed_at is not None:
            return _submitted(act, task)
        draft = rows.get_draft(act.uow, task.id)
        given = dict(draft["content"]) if draft else {}
        page = _page(act, task, given, saved_at=draft["saved_at"] if draft else None)
        return render("scores_sheet.html", page=page, task=task, anchors=anchors())


@pages.post("/scores/<uuid:task_id>")
def post(task_id: UUID) -> ResponseReturnValue:
    """Keep the draft, look the sheet over, go back to it, or submit it for good."""
    step = request.form.get("step", "check")
    with acting() as act:
        task = _sheet_task(act, task_id)
        if task.closed_at is not None:
            # what was typed is not lost: the draft of the other window became the sheet
            raise TaskNotOpen(
                _("This sheet was submitted already"), where=task.element, remedy=_("load it again")
            )
        criteria = _criteria(_seen(act, task))
        given = read_form(request.form, criteria)
        cases.save_draft(act, task.id, given)
        if step == "save":
            return done(f"/scores/{task_id}", "saved")
        faults = judge(given, criteria)
        page = _page(act, task, given, saved_at=act.uow.now, faults=faults)
    if faults or step == "edit":
        status = 422 if faults and step != "edit" else 200
        return render("scores_sheet.html", page=page, task=task, anchors=anchors()), status
    if step != "submit":
        return render(
            "scores_check.html", page=page, task=task, anchors=anchors(), mean=_mean(page)
        )
    return _submit(task, page, given)


@pages.post("/scores/<uuid:task_id>/remind")
def remind(task_id: UUID) -> ResponseReturnValue:
    """Write to the members whose scores are missing."""
    with acting() as act:
        task = worklist.get(act.uow, task_id)
        scoring.remind(act, task.case_id)
    return done("/panel", "reminded")


def _submit(task: Task, page: SheetPage, given: Given) -> ResponseReturnValue:
    try:
        with acting() as act:
            # the sheets of the others raise the case's revision: one's own task is the unit here
            cases.complete(act, task.id, given)
    except FormRejected as error:
        faults = {"sheet": error.detail}
        shown = SheetPage(**{**vars(page), "faults": faults})
        return render("scores_sheet.html", page=shown, task=task, anchors=anchors()), 422
    return done("/panel", "scores-submitted")


def read_form(form: Mapping[str, str], criteria: tuple[Criterion, ...]) -> Given:
    """Read what was typed as a submission of the form score_candidate; gaps stay gaps."""
    ratings = []
    for number, one in enumerate(criteria):
        points = form.get(f"points-{number}", "")
        ratings.append(
            {
                "criterion": one.name,
                "points": int(points) if points in _allowed() else None,
                "evidence": form.get(f"evidence-{number}", ""),
            }
        )
    return {"ratings": ratings, "remark": form.get("remark", "").strip() or None}


def judge(given: Given, criteria: tuple[Criterion, ...]) -> dict[str, str]:
    """Return the faults by the id of the field."""
    faults = {}
    for number, (one, _criterion) in enumerate(zip(given["ratings"], criteria, strict=True)):
        if one["points"] is None:
            faults[f"points-{number}-0"] = _("Choose the points.")
        elif not one["evidence"].strip():
            faults[f"evidence-{number}"] = _("Say what the points rest on.")
        elif len(one["evidence"]) > MOST:
            faults[f"evidence-{number}"] = _("At most %(most)s characters.", most=MOST)
    if len(given["remark"] or "") > MOST_REMARK:
        faults["remark"] = _("At most %(most)s characters.", most=MOST_REMARK)
    return faults


def _allowed() -> frozenset[str]:
    return frozenset(str(one) for one in anchors().words)


def _sheet_task(act: Act, task_id: UUID) -> Task:
    """Return the score task of the actor; nobody else has anything to do on a sheet."""
    task = worklist.get(act.uow, task_id)
    if task.element != panels.SCORE:
        raise NotFound(_("There is no such score sheet"), where=str(task_id))
    if task.closed_at is None:
        authorize_task(act.actor, task)
    elif act.actor.name not in (task.closed_by, task.assignee):
        raise NotYourTask(_("This sheet belongs to somebody else"), where=str(task_id))
    return task


def _seen(act: Act, task: Task) -> Mapping[str, Any]:
    definition = definitions.find(act.uow, task.definition)
    case = cases.get(act.uow, task.case_id)
    return kernel.task_variables(definition, case.state, str(task.id))


def _criteria(seen: Mapping[str, Any]) -> tuple[Criterion, ...]:
    panel = seen.get("panel")
    return scoring.criteria_of(panel.get("criteria") if isinstance(panel, Mapping) else None)


def _page(
    act: Act,
    task: Task,
    given: Given,
    *,
    saved_at: datetime | None,
    faults: Mapping[str, str] | None = None,
) -> SheetPage:
    seen = _seen(act, task)
    return SheetPage(
        task=task,
        lines=_lines(_criteria(seen), given, faults or {}),
        remark=str(given.get("remark") or ""),
        saved_at=saved_at,
        round=scoring.read(act, task.case_id),
        declared=_declared(seen, task),
        papers=_papers(act, task),
        is_suspended=task.suspended,
        faults=faults or {},
    )


def _lines(
    criteria: tuple[Criterion, ...], given: Given, faults: Mapping[str, str]
) -> tuple[Line, ...]:
    known = {
        str(one.get("criterion")): one
        for one in given.get("ratings") or ()
        if isinstance(one, Mapping)
    }
    found = []
    for number, one in enumerate(criteria):
        typed = known.get(one.name, {})
        points = typed.get("points")
        fault = faults.get(f"points-{number}-0") or faults.get(f"evidence-{number}")
        found.append(
            Line(
                number=number,
                criterion=one,
                points="" if points is None else str(points),
                evidence=str(typed.get("evidence") or ""),
                fault=fault,
            )
        )
    return tuple(found)


def _declared(seen: Mapping[str, Any], task: Task) -> str | None:
    member = seen.get("member")
    found = [one for one in (seen.get("panel") or {}).get("members") or () if isinstance(one, dict)]
    person = member.get("person") if isinstance(member, Mapping) else task.assignee
    own = next((one for one in found if one.get("person") == person), {})
    return str(own.get("link") or "none") if own.get("declared") is True else None


def _papers(act: Act, task: Task) -> tuple[Mapping[str, Any], ...]:
    found = records.documents(act.uow, task.case_key or "")
    wanted = [one for one in found if one["kind"] == "application"]
    return tuple({**one, "pages": _pages_of(act, one["id"])} for one in wanted)


def _pages_of(act: Act, document: str) -> int:
    row = records.get_document(act.uow, document)
    return inspect_pdf(bytes(row["content"])).pages or 0 if row else 0


def _mean(page: SheetPage) -> object:
    points = {one.criterion.name: Decimal(one.points) for one in page.lines if one.points}
    return deliberation.weighted_mean(points, [one.criterion for one in page.lines])


def _submitted(act: Act, task: Task) -> ResponseReturnValue:
    found = scoring.read(act, task.case_id)
    own = next((one for one in found.seats if one.task == task.id), None)
    if own is None or own.sheet is None:
        raise NotFound(
            _("Nothing was submitted here"),
            where=str(task.id),
            remedy=_("the round was begun anew or the sheet was withdrawn"),
        )
    mean = deliberation.weighted_mean(
        own.sheet.points, deliberation.with_unknown(found.criteria, [own.sheet])
    )
    agreed = panels.tasks_of(act.uow, [task.case_id], [panels.CONSENSUS])
    return render(
        "scores_done.html",
        task=task,
        own=own,
        round=found,
        mean=mean,
        consensus_task=agreed[-1]["id"] if agreed and not found.is_open else None,
    )
