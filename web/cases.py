"""Cases: the list, the file of one case, and the verbs on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.cases import only_theirs, record_reading, visible_case
from api.house import acting
from api.paging import place as place_of
from engine import cases, definitions
from engine.access import authorize
from engine.cases import Act, Case, comments
from engine.errors import Invalid, NotFound, StaleCase
from engine.store import cases as rows
from engine.store import definitions as versions
from engine.store import queue
from engine.store.cases import CaseFilter
from engine.store.standing import Standing, standing
from web import cases_file, cases_messages, lists
from web.cases_corrections import corrected
from web.cases_head import head_of
from web.cases_overview import WITHDRAWAL
from web.language import ZONE, label
from web.pages import Pages, done, local

pages = Pages("cases", __name__)
cases_messages.add_to(pages)

FILTERS = ("process", "state", "outcome", "key", "from", "before", "parent")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case in the list with its open tasks."""

    case: Case
    stands: Standing


@pages.get("/cases")
def every() -> ResponseReturnValue:
    """List cases as the address narrows and sorts them."""
    given = lists.given(*FILTERS)
    asked = lists.asked(["-opened_at", "-changed_at"])
    with acting() as act:
        found = rows.search(
            act.uow,
            _narrowed(act, given),
            sort=asked.sort,
            after=place_of(asked),
            limit=lists.SIZE + 1,
        )
        field = asked.sort.removeprefix("-")
        shown = lists.shown(
            found, asked, key=lambda one: getattr(one, field), row_id=lambda one: str(one.id)
        )
        stands = standing(act.uow, [one.id for one in shown.items])
        processes = _processes(act)
        outcomes = _outcomes(act, given.get("process"))
    return render(
        "cases.html",
        rows=[Row(case=one, stands=stands.get(one.id, Standing())) for one in shown.items],
        shown=shown,
        given=given,
        sort=asked.sort,
        sorting=lists.sorting,
        processes=processes,
        outcomes=outcomes,
        sees_all=only_theirs(act) is None,
    )


@pages.get("/cases/<uuid:case_id>")
def show(case_id: UUID) -> ResponseReturnValue:
    """Show the file of a case, one part at a time. The reading is recorded."""
    titles = cases_file.tabs()
    asked = request.args.get("tab", "overview")
    tab = asked if asked in titles else "overview"
    with acting() as act:
        case = visible_case(act, case_id)
        record_reading(act, case, f"case file: {tab}")
        head = head_of(act, case)
        content = cases_file.content(tab, act, head)
        return render(
            f"cases_{tab.replace('-', '_')}.html", head=head, tab=tab, tabs=titles, **content
        )


@pages.post("/cases/<uuid:case_id>/comments")
def comment(case_id: UUID) -> ResponseReturnValue:
    """Write a comment, perhaps at a task, and go back to where it was written."""
    task = request.form.get("task")
    with acting() as act:
        text = request.form.get("text", "")
        comments.write(act, case_id, text, task_id=_id(task) if task else None)
    address = f"/cases/{case_id}?tab=comments"
    return done(local(request.form.get("next"), address), "commented")


@pages.post("/cases/<uuid:case_id>/withdraw")
def withdraw(case_id: UUID) -> ResponseReturnValue:
    """Record the candidate's withdrawal."""
    variables = {"withdrawal": {"reason": _reason()}}
    with acting() as act:
        visible_case(act, case_id)
        cases.receive(act, case_id, WITHDRAWAL, variables, expected_revision=_revision())
    return done(f"/cases/{case_id}", "withdrawn")


@pages.post("/cases/<uuid:case_id>/cancel")
def cancel(case_id: UUID) -> ResponseReturnValue:
    """End the case before its time."""
    with acting() as act:
        visible_case(act, case_id)
        cases.cancel(act, case_id, reason=_reason(), expected_revision=_revision())
    return done(f"/cases/{case_id}", "case-cancelled")


@pages.post("/cases/<uuid:case_id>/suspend")
def suspend(case_id: UUID) -> ResponseReturnValue:
    """Stop the case for a while."""
    with acting() as act:
        _ensure_fresh(visible_case(act, case_id))
        cases.suspend(act, case_id, reason=_reason())
    return done(f"/cases/{case_id}", "case-suspended")


@pages.post("/cases/<uuid:case_id>/resume")
def resume(case_id: UUID) -> ResponseReturnValue:
    """Let the case go on."""
    with acting() as act:
        _ensure_fresh(visible_case(act, case_id))
        cases.resume(act, case_id, reason=_reason())
    return done(f"/cases/{case_id}", "case-resumed")


@pages.post("/cases/<uuid:case_id>/correct")
def correct(case_id: UUID) -> ResponseReturnValue:
    """Correct one value; the one before stays on record."""
    place, value = request.form.get("place", ""), request.form.get("value", "")
    with acting() as act:
        case = visible_case(act, case_id)
        authorize(act.actor, "case:correct", act.shell.policy)
        variables = corrected(cases.look(act.uow, case), place, value)
        cases.correct(act, case_id, variables, reason=_reason(), expected_revision=_revision())
    return done(f"/cases/{case_id}?tab=data", "case-corrected")


@pages.post("/cases/<uuid:case_id>/extend")
def extend(case_id: UUID) -> ResponseReturnValue:
    """Move a running deadline of the case."""
    timer = _id(request.form.get("timer", ""))
    due_at = _instant(request.form.get("due_at", ""))
    with acting() as act:
        visible_case(act, case_id)
        if timer not in {row["id"] for row in queue.timers(act.uow, case_id=case_id)}:
            raise NotFound("No such deadline is running", where="timer")
        cases.extend(act, timer, due_at=due_at, reason=_reason(), expected_revision=_revision())
    return done(f"/cases/{case_id}", "deadline-moved")


@pages.post("/cases/<uuid:case_id>/send-back")
def send_back(case_id: UUID) -> ResponseReturnValue:
    """Withdraw an open task and open an earlier one anew."""
    task, _slash, element = request.form.get("task", "").partition("/")
    with acting() as act:
        visible_case(act, case_id)
        cases.send_back(
            act, _id(task), to_element=element, reason=_reason(), expected_revision=_revision()
        )
    return done(f"/cases/{case_id}", "sent-back")


def _narrowed(act: Act, given: Mapping[str, str]) -> CaseFilter:
    state = given.get("state")
    return CaseFilter(
        process=given.get("process"),
        parent=_id(given["parent"]) if "parent" in given else None,
        key=given.get("key"),
        outcome=given.get("outcome"),
        ended={"running": False, "ended": True}.get(state or ""),
        opened_from=_midnight(given["from"]) if "from" in given else None,
        opened_before=_midnight(given["before"]) if "before" in given else None,
        offered_to=only_theirs(act),
    )


def _processes(act: Act) -> dict[str, str]:
    """Return the names of the published processes."""
    return {name: label(row["name"]) for name, row in versions.all_in_force(act.uow).items()}


def _outcomes(act: Act, process: str | None) -> tuple[str, ...]:
    """Return how cases of a process may end."""
    if process is None:
        return ()
    try:
        version = definitions.latest(act.uow, process)
    except NotFound:
        return ()
    elements = definitions.find(act.uow, version["digest"]).elements.values()
    own = (one for one in elements if one.process == process and one.kind == "endEvent")
    return tuple(sorted({one.outcome for one in own if one.outcome}))


def _reason() -> str:
    return request.form.get("reason", "")


def _revision() -> int:
    given = request.form.get("revision", "")
    if not given.isdigit():
        raise Invalid(
            "The page did not say what it showed", where="revision", remedy="load it again"
        )
    return int(given)


def _ensure_fresh(case: Case) -> None:
    if _revision() != case.revision:
        raise StaleCase(
            f"{case.changed_by} changed this case at {case.changed_at.isoformat()}",
            remedy="load it again and look at the change",
        )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("This names nothing", where=text[:100]) from error


def _midnight(text: str) -> datetime:
    return datetime.combine(_instant(text).date(), time(), tzinfo=ZONE)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("This is no date", where=text[:100], remedy="choose a day") from error
    return at if at.tzinfo else at.replace(tzinfo=ZONE)
