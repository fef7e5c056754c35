"""The screening of a call: which requirement stands where, and what waits for whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.cases import record_reading, sees_variables
from api.house import acting
from api.paging import PageRequest
from engine import worklist
from engine.cases import Act
from engine.errors import Invalid
from engine.store import boards
from engine.worklist import Task
from recruitment.store import screening
from recruitment.store.listing import NEVER
from recruitment.store.screening import DESK, Page, Reader
from web import lists
from web.calls_board import holder
from web.calls_frame import head_of, pages
from web.language import _, label
from web.reasons import is_theirs, shown_name

SORTS = ["due_at", "received_at", "id"]
#: Who reviews is shown no name: a list that named people would make the blind view pointless.
REVIEWERS = frozenset({"line_manager", "contracting_authority"})
#: The decision tables of the general requirements, D2 to D5.
TABLES = ("general_conditions", "qualification", "languages", "cast_gate")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What stands at a requirement: a word, and the reasons behind it."""

    word: str
    #: the class of its tag; the word says the same
    style: str = ""
    who: str | None = None
    at: datetime | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One application in the grid."""

    row: Mapping[str, Any]
    number: str
    cells: Mapping[str, Cell]
    pending: Task | None
    pending_name: str | None = None
    whose: str | None = None
    #: where the reader goes on with it
    address: str | None = None
    due: datetime | None = None


#: Applications on a page: each has a cell for every requirement and step.
SIZE = 25


@dataclass
class _Told:
    """What the history says of one case, step by step."""

    steps: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)
    tables: dict[str, Mapping[str, Any]] = field(default_factory=dict)


@pages.get("/calls/<key>/screening")
def grid(key: str) -> ResponseReturnValue:
    """List the applications of a call by requirement and step. The reading is recorded."""
    with acting() as act:
        head = head_of(act, key)
        reader = reader_of(act)
        asked = lists.asked([*SORTS, "name"] if reader.names else SORTS, size=SIZE)
        show = _asked_part(act)
        wanted = Page(show=show, sort=asked.sort, after=_after(asked), limit=SIZE + 1)
        found, counts = screening.grid(act.uow, head.call, reader, wanted)
        shown = lists.shown(
            found, asked, key=lambda one: one[asked.field], row_id=lambda one: one["id"]
        )
        record_reading(act, head.case, "screening grid")
        return render(
            "call_screening.html",
            head=head,
            tab="screening",
            lines=_lines(act, head.call["id"], reader, shown.items, asked.sort),
            shown=shown,
            show=show,
            parts=parts(),
            counts=counts,
            columns=columns(),
            names=reader.names,
            sort=asked.sort,
            sorting=lists.sorting,
        )


def reader_of(act: Act) -> Reader:
    """Return for whom the lists of screening are read."""
    reads = sees_variables(act)
    return Reader(
        name=act.actor.name,
        offered_to=worklist.offered_to(act.actor),
        reads_cases=reads,
        names=reads and not act.actor.roles & REVIEWERS,
    )


def parts() -> dict[str, str]:
    """Return the parts of the list."""
    return {
        "waiting": _("Waiting for me"),
        "all": _("All"),
        "reviewed": _("Reviewed"),
        "disagreements": _("Disagreements"),
    }


def columns() -> dict[str, str]:
    """Return the requirements and steps in order."""
    return {
        "check_format": _("Format"),
        "register_application": _("Registration"),
        "general_conditions": _("General conditions (D2)"),
        "qualification": _("Qualification (D3)"),
        "languages": _("Languages (D4)"),
        "cast_gate": _("CAST gate (D5)"),
        "shortlist_candidate": _("Merit assessment"),
        "review_shortlist": _("Second review"),
        "settle_shortlist": _("Settlement"),
    }


def number_of(application: str) -> str:
    """Return the number by which an application is called where nobody is named."""
    return application[:8]


def _asked_part(act: Act) -> str:
    given = lists.given("show").get("show", "")
    if given in parts():
        return given
    roles = act.actor.roles.union(*act.actor.principals.values())
    return "waiting" if roles & (REVIEWERS | {"hr_officer"}) else "all"


def _after(asked: PageRequest) -> tuple[object, str] | None:
    if asked.after is None:
        return None
    is_text = asked.field in ("id", "name")
    if isinstance(asked.after.key, str) != is_text or asked.after.key is None:
        raise Invalid(_("This is no place in this list"), where="after")
    return asked.after.key, asked.after.id


def _lines(
    act: Act, call: str, reader: Reader, rows: Sequence[Mapping[str, Any]], sort: str
) -> list[Line]:
    ids = [row["case_id"] for row in rows]
    if not ids:
        return []
    told = _told(screening.said(act.uow, ids, reader))
    tasks = boards.open_tasks(act.uow, ids)
    return [
        _line(act, call, row, told.get(row["case_id"], _Told()), tasks[row["case_id"]], sort)
        for row in rows
    ]


def _told(events: Sequence[Mapping[str, Any]]) -> dict[UUID, _Told]:
    found: dict[UUID, _Told] = {}
    for event in events:
        told = found.setdefault(UUID(event["stream"].removeprefix("case:")), _Told())
        content = orjson.loads(event["payload"]) if event["payload"] else {}
        for decided in content.get("decisions", ()):
            if decided["decision"] in TABLES:
                told.tables[decided["decision"]] = decided
        if event["kind"] == "task:completed":
            told.steps[event["element"]] = (
                event,
                (content.get("command") or {}).get("variables") or {},
            )
    return found


def _line(  # noqa: PLR0913, PLR0917  # what was read for all lines at once
    act: Act,
    call: str,
    row: Mapping[str, Any],
    told: _Told,
    tasks: Sequence[Task],
    sort: str,
) -> Line:
    mine = [one for one in tasks if is_theirs(act, one)]
    pending = next((one for one in tasks if one.id == row["task_id"]), None)
    pending = pending or next(iter(mine or tasks), None)
    cells = {
        **{name: _table_cell(name, told.tables.get(name)) for name in TABLES},
        **{name: _step_cell(name, row, told) for name in screening.STEPS},
    }
    if pending is None:
        return Line(row=row, number=number_of(row["id"]), cells=cells, pending=None)
    is_mine = pending in mine and (pending.id != row["task_id"] or row["is_theirs"])
    desk = f"/calls/{call}/screening/{pending.id}?sort={sort}"
    address = desk if pending.element in DESK else f"/tasks/{pending.id}"
    return Line(
        row=row,
        number=number_of(row["id"]),
        cells=cells,
        pending=pending,
        pending_name=shown_name(pending, is_mine=is_mine),
        whose=holder(pending),
        address=address if is_mine else None,
        due=None if pending.due_at in (None, NEVER) else pending.due_at,
    )


def _table_cell(name: str, decided: Mapping[str, Any] | None) -> Cell:
    if decided is None:
        return Cell(word=_("not reached"), style="none")
    output = decided.get("output")
    result = str(output.get("result")) if isinstance(output, Mapping) else ""
    good = result in ("MET", "OK", "GO_INTERVIEW")
    open_ = result in ("DEROGATION", "TEST_AGAIN", "INVITE_TEST", "LOCKED")
    style = "tag--good" if good else "tag--soon" if open_ else "tag--late"
    return Cell(word=_results().get(result, result), style=style, why=tuple(_why(name, decided)))


def _results() -> dict[str, str]:
    return {
        "MET": _("met"),
        "NOT_MET": _("not met"),
        "OK": _("met"),
        "NOT_ELIGIBLE": _("not met"),
        "DEROGATION": _("derogation to be decided"),
        "GO_INTERVIEW": _("test passed"),
        "NOT_REGISTERED": _("not registered"),
        "TEST_AGAIN": _("to be tested again"),
        "INVITE_TEST": _("to be invited to the test"),
        "LOCKED": _("locked after a failed test"),
    }


def _why(name: str, decided: Mapping[str, Any]) -> Iterator[str]:
    """Say which rules fired and why; never their inputs, which tell who the person is."""
    output = decided.get("output")
    if isinstance(output, Mapping):
        if output.get("reason"):
            yield label(str(output["reason"]))
        if output.get("not_met"):
            yield _(
                "not met: %(what)s", what=", ".join(label(str(one)) for one in output["not_met"])
            )
        if output.get("legal_basis"):
            yield label(str(output["legal_basis"]))
    told = [decided] if decided.get("matched") else decided.get("required", ())
    for one in told:
        for rule in one.get("rules", ()):
            if rule["number"] in (one.get("matched") or ()):
                yield _(
                    "rule %(number)s: %(source)s",
                    number=rule["number"],
                    source=label(rule["source"]),
                )


def _step_cell(name: str, row: Mapping[str, Any], told: _Told) -> Cell:
    if row["element"] == name:
        return Cell(word=_("waits"), style="tag--soon")
    if name not in told.steps:
        # the format is looked at by a person only where the machine found a defect
        is_skipped = name == "check_format" and "register_application" in told.steps
        return Cell(word=_("not needed") if is_skipped else _("not reached"), style="none")
    event, answer = told.steps[name]
    who = event["on_behalf_of"] or event["actor"]
    if not event["is_open"]:
        why = (_("What was found stays closed until no opinion is outstanding."),)
        return Cell(word=_("done, closed"), style="tag--info", who=who, at=event["at"], why=why)
    decision = str(answer.get("decision") or "")
    reason = str(answer.get("reason") or "")
    return Cell(
        word=opinions().get(decision, _("done")),
        style="tag--late" if decision in ("not_shortlist", "disagree", "refuse") else "tag--good",
        who=who,
        at=event["at"],
        why=(reason,) if reason and name in DESK else (),
    )


def opinions() -> dict[str, str]:
    """Return in words what people decide at the steps of screening."""
    return {
        "accept": _("accepted"),
        "refuse": _("refused"),
        "shortlist": _("shortlist"),
        "not_shortlist": _("do not shortlist"),
        "agree": _("agrees"),
        "disagree": _("disagrees"),
    }
