"""All applications of a call as a table, on pages and as a file."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.cases import record_reading
from api.house import acting
from api.paging import PageRequest
from engine.cases import Act
from engine.errors import Invalid
from engine.store import boards
from engine.worklist import Task
from recruitment.store import listing
from recruitment.store.listing import NEVER, Narrowed, Wanted
from web import lists
from web.calls_board import Plan, holder, narrowed_by, plan_of
from web.calls_frame import PROCESS, Head, head_of, pages
from web.language import ZONE, _, label
from web.reasons import is_theirs, shown_name

SORTS = ["received_at", "name", "due_at", "rank"]
FILTERS = ("name", "stage", "outcome", "late")
#: Characters at which a spreadsheet takes a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One application in the table."""

    row: Mapping[str, Any]
    stage: str
    task: Task | None
    task_name: str | None
    whose: str | None
    due: Any
    #: what was done last, where nothing waits for a person
    last: str | None


@pages.get("/calls/<key>/table")
def table(key: str) -> ResponseReturnValue:
    """List the applications of a call with filters, sorted, one page at a time."""
    given = lists.given(*FILTERS)
    asked = lists.asked(SORTS)
    with acting() as act:
        head = head_of(act, key)
        plan = plan_of(act, head)
        wanted = Wanted(sort=asked.sort, after=_after(asked), limit=lists.SIZE + 1)
        position = boards.positions(head.case.id, PROCESS, plan.ranks)
        narrowed = _narrowed(plan, given)
        found = act.uow.gathered(
            page=listing.page(head.call, position, narrowed, wanted),
            counts=listing.counted(head.call, position, narrowed, act.uow.now),
        )
        counts = found["counts"]
        shown = lists.shown(
            found["page"], asked, key=lambda one: one[asked.field], row_id=lambda one: one["id"]
        )
        return render(
            "call_table.html",
            head=head,
            tab="table",
            lines=_lines(act, plan, shown.items),
            shown=shown,
            given=given,
            sort=asked.sort,
            sorting=lists.sorting,
            stages=[(one, plan.title(one)) for one in plan.order(map(plan.column_of, counts))],
            outcomes=[one["outcome"] for one in _endings(act, head)],
            matching=sum(one["matching"] for one in counts),
            file=lists.address().replace("/table", "/table.csv", 1),
        )


@pages.get("/calls/<key>/table.csv")
def table_file(key: str) -> ResponseReturnValue:
    """Give the same list whole as a file. The reading is recorded."""
    given = lists.given(*FILTERS)
    asked = lists.asked(SORTS)
    with acting() as act:
        head = head_of(act, key)
        record_reading(act, head.case, "list of applications as a file")
        plan = plan_of(act, head)
        position = boards.positions(head.case.id, PROCESS, plan.ranks)
        wanted = Wanted(sort=asked.sort, after=None, limit=None)
        rows = listing.applications(act.uow, head.call, position, _narrowed(plan, given), wanted)
        text = _csv(_file_lines(_lines(act, plan, rows)))
    name = f"applications-{head.call['id']}.csv"
    # the mark tells spreadsheets that this is UTF-8
    return Response(
        f"\ufeff{text}",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _narrowed(plan: Plan, given: Mapping[str, str]) -> Narrowed:
    narrowed = narrowed_by(given)
    stage = plan.narrowed(given["stage"], narrowed) if given.get("stage") else narrowed
    return Narrowed(
        rank=stage.rank,
        ended=stage.ended,
        outcome=given.get("outcome"),
        late=narrowed.late,
        name=narrowed.name,
    )


def _endings(act: Act, head: Head) -> list[Mapping[str, Any]]:
    found = boards.endings(act.uow, head.case.id, PROCESS)
    return list({one["outcome"]: dict(one) for one in found}.values())


def _after(asked: PageRequest) -> tuple[object, str] | None:
    if asked.after is None:
        return None
    wanted = {"name": str, "rank": int}.get(asked.field)
    key = asked.after.key
    is_right = isinstance(key, wanted) if wanted else hasattr(key, "tzinfo")
    if not is_right:
        raise Invalid(_("This is no place in this list"), where="after")
    return key, asked.after.id


def _lines(act: Act, plan: Plan, rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    ids = [row["case_id"] for row in rows]
    tasks = boards.open_tasks(act.uow, ids) if ids else {}
    idle = [one for one in ids if not tasks[one]]
    last = boards.last_done(act.uow, idle) if idle else {}
    return [_line(act, plan, row, tasks[row["case_id"]], last.get(row["case_id"])) for row in rows]


def _line(
    act: Act,
    plan: Plan,
    row: Mapping[str, Any],
    tasks: Sequence[Task],
    last: Mapping[str, Any] | None,
) -> Line:
    task = tasks[0] if tasks else None
    return Line(
        row=row,
        stage=plan.title(plan.column_of(row)),
        task=task,
        task_name=shown_name(task, is_mine=is_theirs(act, task)) if task else None,
        whose=holder(task) if task else None,
        due=None if row["due_at"] == NEVER else row["due_at"],
        last=None if last is None or last["confidential"] else label(last["name"]),
    )


def _file_lines(lines: Sequence[Line]) -> Iterator[Sequence[object]]:
    yield (
        _("Candidate"),
        _("Application"),
        _("Received"),
        _("Late"),
        _("Stage"),
        _("Task"),
        _("Whose move"),
        _("Due"),
        _("Outcome"),
        _("Score"),
    )
    for one in lines:
        yield (
            one.row["name"],
            one.row["id"],
            one.row["received_at"].astimezone(ZONE).isoformat(timespec="seconds"),
            _("yes") if one.row["late"] else _("no"),
            one.stage,
            one.task_name or "",
            one.whose or "",
            one.due.astimezone(ZONE).isoformat(timespec="minutes") if one.due else "",
            one.row["outcome"] or "",
            "" if one.row["score"] is None else one.row["score"],
        )


def _csv(lines: Iterator[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for line in lines:
        writer.writerow([_harmless(str(cell)) for cell in line])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """Return the text so that no spreadsheet computes it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
