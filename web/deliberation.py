"""The deliberation on one candidate: the matrix, the agreed score, minutes drawn up and signed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, worklist
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import FormRejected, Invalid, NotFound, TaskNotOpen
from engine.store import cases as case_rows
from engine.store import tasks as rows
from engine.worklist import Task
from recruitment import deliberation, intake, merit, minutes, policy, scoring
from recruitment.anchors import anchors
from recruitment.deliberation import Change, Matrix
from recruitment.inspection import inspect_pdf
from recruitment.scoring import Consensus, Round
from recruitment.store import panels, records
from web.language import _
from web.pages import Pages, done
from web.papers import picture_of
from web.reasons import is_theirs

pages = Pages("deliberation", __name__)
#: Rows for changed scores that are taken at most.
MOST_ROWS = 60
LEAST_REASON, MOST_REASON, MOST_CHANGE = 10, 5000, 500
_SCORE = re.compile(r"\A[0-5]([.,][0-9]{1,2})?\Z", re.ASCII)
_DOCUMENT = re.compile(r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
Given = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All that the page of a deliberation shows."""

    task: Task
    round: Round
    matrix: Matrix
    #: whether who reads it is the one who signs
    is_chair: bool
    given: Given
    faults: Mapping[str, str]
    saved_at: datetime | None
    quorum: int | None
    #: the document of the signed minutes
    minutes: str | None = None
    #: the task of whoever confirms what was agreed, while it waits for the reader
    result: Task | None = None
    #: empty rows for changed scores that were asked for
    extra_rows: int = 0

    @property
    def change_rows(self) -> list[Given]:
        """The rows for changed scores, at least an empty one."""
        rows = list(self.given.get("changes") or ())
        return [*rows, *[{}] * self.extra_rows] or [{}]

    @property
    def lacks(self) -> int:
        """How many members are missing to the quorum."""
        return deliberation.lacking(self.round.people, self.quorum or 0)


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What a panel agreed, with the page of its scores and minutes."""

    consensus: Consensus
    address: str


@pages.get("/deliberation/<uuid:task_id>")
def show(task_id: UUID) -> ResponseReturnValue:
    """Show the scores of all members side by side, and the form of the chair or what was signed."""
    with acting() as act:
        desk = _desk(act, _task(act, task_id))
        return render("deliberation.html", desk=desk, task=desk.task, anchors=anchors())


@pages.post("/deliberation/<uuid:task_id>")
def post(task_id: UUID) -> ResponseReturnValue:
    """Keep the draft, add a row, draw up the minutes, go back, or sign."""
    step = request.form.get("step", "check")
    with acting() as act:
        task = _task(act, task_id)
        if task.closed_at is not None:
            raise TaskNotOpen(_("These minutes were signed already"), where=task.element)
        authorize_task(act.actor, task)
        given = read_form(request.form)
        cases.save_draft(act, task.id, given)
        desk = _desk(act, task, given)
        desk = replace(desk, faults=judge(given, desk) if step in ("check", "sign") else {})
    if step == "save":
        return done(f"/deliberation/{task_id}", "saved")
    if step in ("row", "edit") or desk.faults:
        desk = replace(desk, extra_rows=1 if step == "row" else 0)
        status = 422 if desk.faults else 200
        return render("deliberation.html", desk=desk, task=task, anchors=anchors()), status
    if step == "sign":
        return _sign(desk)
    pages_of = _pages_of(desk)
    return render("deliberation_check.html", desk=desk, task=task, pages=pages_of)


@pages.get("/deliberation/<uuid:task_id>/minutes.pdf")
def minutes_pdf(task_id: UUID) -> Response:
    """Return the minutes: as signed, or the draft of the chair."""
    content = _content(task_id)
    headers = {"Content-Disposition": 'inline; filename="minutes.pdf"', "Cache-Control": "no-store"}
    return Response(content, content_type="application/pdf", headers=headers)


@pages.get("/deliberation/<uuid:task_id>/minutes/pages/<int:page>.png")
def minutes_page(task_id: UUID, page: int) -> Response:
    """Return a page of the minutes as a picture."""
    answer = picture_of(_content(task_id), page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def agreed(act: Act, task: Task) -> Agreed | None:
    """Return what is to be confirmed in this task, as far as the actor may read it."""
    if task.element != panels.RESULT:
        return None
    try:
        found = scoring.read(act, task.case_id)
    except NotFound:
        return None
    signed = [one for one in _agreements(act, task) if one["closed_at"]]
    if found.consensus is None or not signed:
        return None
    return Agreed(consensus=found.consensus, address=f"/deliberation/{signed[-1]['id']}")


def _agreements(act: Act, task: Task) -> Sequence[panels.Found]:
    return panels.tasks_of(act.uow, [task.case_id], [panels.CONSENSUS])


def _task(act: Act, task_id: UUID) -> Task:
    task = worklist.get(act.uow, task_id)
    if task.element != panels.CONSENSUS:
        raise NotFound(_("There is no such deliberation"), where=str(task_id))
    return task


def _desk(act: Act, task: Task, given: Given | None = None) -> Desk:
    found = scoring.read(act, task.case_id)
    is_chair = task.closed_at is None and is_theirs(act, task)
    draft = rows.get_draft(act.uow, task.id) if is_chair else None
    kept = given if given is not None else dict(draft["content"]) if draft else {}
    signed = found.consensus if task.closed_at is not None else None
    changes = signed.changes if signed else scoring.changes_of(kept.get("changes"))
    case = case_rows.get(act.uow, task.case_id)
    return Desk(
        task=task,
        round=found,
        matrix=_matrix(found, changes),
        is_chair=is_chair,
        given=kept,
        faults={},
        saved_at=draft["saved_at"] if draft else None,
        quorum=policy.quorum(act.uow, case.definition if case else None),
        minutes=_document(signed.minutes) if signed else None,
        result=_result(act, task),
    )


def _result(act: Act, task: Task) -> Task | None:
    found = worklist.of_case(act.uow, task.case_id)
    return next((o for o in found if o.element == panels.RESULT and is_theirs(act, o)), None)


def _matrix(found: Round, changes: Sequence[Change]) -> Matrix:
    sheets = () if found.is_open else found.sheets
    return deliberation.matrix(found.criteria, sheets, changes, outlier=anchors().outlier)


def _document(reference: str) -> str | None:
    found = _DOCUMENT.search(reference)
    return found.group(1) if found else None


# --- the form of the chair -------------------------------------------------------------------


def read_form(form: Mapping[str, str]) -> Given:
    """Read what was typed as a submission of the form record_consensus; gaps stay gaps."""
    score = form.get("score", "").strip().replace(",", ".")
    changes = []
    for number in range(MOST_ROWS):
        names = ("person", "criterion", "points", "reason")
        row = {one: form.get(f"change-{number}-{one}", "").strip() for one in names}
        if any(row.values()):
            changes.append({**row, "points": _points(row["points"])})
    return {
        "score": float(score) if _SCORE.match(score) else score or None,
        "suitable": form.get("suitable") or None,
        "changes": changes,
        "reason": form.get("reason", "").strip(),
    }


def _points(text: str) -> int | None:
    known = {str(one): one for one in anchors().words}
    return known.get(text)


def judge(given: Given, desk: Desk) -> dict[str, str]:
    """Return the faults by the id of the field."""
    faults: dict[str, str] = {}
    score = given.get("score")
    if not isinstance(score, float | int) or not 0 <= score <= anchors().most:
        faults["score"] = _("A score from 0 to 5 with at most two places, for example 3.75.")
    if given.get("suitable") not in ("yes", "no"):
        faults["suitable-yes"] = _("Say whether the candidate is suitable.")
    if not LEAST_REASON <= len(given.get("reason") or "") <= MOST_REASON:
        faults["reason"] = _(
            "Give the reasons of the panel, %(least)s to %(most)s characters.",
            least=LEAST_REASON, most=MOST_REASON,
        )  # fmt: skip
    changes = given.get("changes") or []
    for number, row in enumerate(changes):
        fault = _judge_change(row, changes[:number], desk)
        if fault:
            faults[f"change-{number}-{fault[0]}"] = fault[1]
    return faults


def _judge_change(row: Given, before: Sequence[Given], desk: Desk) -> tuple[str, str] | None:
    cells = {
        (cell.member, line.criterion.name): cell for line in desk.matrix.rows for cell in line.cells
    }
    place = (str(row.get("person")), str(row.get("criterion")))
    cell = cells.get(place)
    if cell is None:
        missing = "person" if row.get("person") not in desk.matrix.members else "criterion"
        return missing, _("Choose the member and the criterion.")
    if row.get("points") is None:
        return "points", _("Choose the new points.")
    if cell.rating and cell.rating.points == Decimal(row["points"]):
        return "points", _("These are the points that stand there already.")
    if any((str(one.get("person")), str(one.get("criterion"))) == place for one in before):
        return "criterion", _("This score is changed in a row above already.")
    if not row.get("reason") or len(row["reason"]) > MOST_CHANGE:
        return "reason", _(
            "A changed score needs a reason, at most %(n)s characters.", n=MOST_CHANGE
        )
    return None


# --- minutes and signature -------------------------------------------------------------------


def _content(task_id: UUID) -> bytes:
    with acting() as act:
        task = _task(act, task_id)
        desk = _desk(act, task)
        if task.closed_at is not None:
            return _signed_minutes(act, desk)
        if not desk.is_chair:
            raise NotFound(_("The minutes are not signed yet"), where=str(task_id))
        if judge(desk.given, desk):
            raise Invalid(_("The minutes are not complete yet"), where="minutes")
        return minutes.pdf(_minutes(act, desk), now=act.uow.now)


def _signed_minutes(act: Act, desk: Desk) -> bytes:
    row = records.get_document(act.uow, desk.minutes) if desk.minutes else None
    if row is None or row["application"] != desk.task.case_key or row["kind"] != minutes.KIND:
        raise NotFound(_("The signed minutes are not kept here"), where=str(desk.task.id))
    return bytes(row["content"])


def _pages_of(desk: Desk) -> int:
    with acting() as act:
        content = minutes.pdf(_minutes(act, desk), now=act.uow.now)
    return inspect_pdf(content).pages


def _sign(desk: Desk) -> ResponseReturnValue:
    revision = request.form.get("revision", "")
    try:
        with acting() as act:
            kept = _file_minutes(act, desk)
            reference = f"Minutes of {act.uow.now.date().isoformat()}, document {kept['id']}"
            submission = {**desk.given, "minutes": reference}
            cases.complete(
                act,
                desk.task.id,
                submission,
                expected_revision=int(revision) if revision.isdigit() else None,
            )
    except FormRejected as error:
        shown = replace(desk, faults={"form": error.detail or str(error)})
        return render("deliberation.html", desk=shown, task=desk.task, anchors=anchors()), 422
    return done(f"/deliberation/{desk.task.id}", "minutes-signed")


def _file_minutes(act: Act, desk: Desk) -> Mapping[str, object]:
    drawn = replace(_minutes(act, desk), signed_by=act.actor.name, signed_at=act.uow.now)
    content = minutes.pdf(drawn, now=act.uow.now)
    return intake.attach(act, desk.task.id, kind=minutes.KIND, name="minutes.pdf", content=content)


def _minutes(act: Act, desk: Desk) -> minutes.Minutes:
    key = desk.task.case_key or ""
    application = records.get_application(act.uow, key)
    call = records.get_call(act.uow, application["call"]) if application else None
    held = panels.interview_of(act.uow, key)
    return minutes.Minutes(
        call=str(call["reference"]) if call else "",
        call_title=str(call["title"]) if call else "",
        candidate=str(application["name"]) if application else desk.task.case_title,
        application=key,
        interview_at=held["starts_at"] if held else None,
        place=str(held["place"]) if held else "",
        members=_members(act, desk.round),
        matrix=desk.matrix,
        score=Decimal(str(desk.given["score"])),
        is_suitable=desk.given["suitable"] == "yes",
        reason=str(desk.given["reason"]),
    )


def _members(act: Act, found: Round) -> list[minutes.Member]:
    names = merit.names(act)
    return [
        minutes.Member(
            account=one.member,
            name=names.get(one.member, one.member),
            unit=str(found.members.get(one.member, {}).get("unit") or ""),
            grade=str(found.members.get(one.member, {}).get("grade") or ""),
            is_chair=one.is_chair,
            submitted_at=one.submitted_at,
        )
        for one in found.seats
    ]


@pages.app_template_filter("points")
def written(value: Decimal | None) -> str:
    """Write points: whole ones without places."""
    if value is None:
        return ""
    return str(int(value)) if value == value.to_integral_value() else str(value)


@pages.app_template_filter("mean")
def in_hundredths(value: Decimal | None) -> str:
    """Write a mean, a score or a spread with its two places, so that a column of them lines up."""
    return "" if value is None else str(deliberation.rounded(value))
