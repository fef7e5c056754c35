"""The deliberation of a whole call: merit order, ties, cut-off, who is missing; sign and freeze."""

from dataclasses import dataclass
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, timelimits, worklist
from engine.access import authorize_task
from engine.cases import Act
from engine.errors import (
    FormRejected,
    FourEyes,
    Invalid,
    NotFound,
    NotYourTask,
    PeriodRefused,
    StaleCase,
)
from engine.worklist import Task
from recruitment import merit, scoring
from recruitment.merit import MeritList
from web.calls_frame import Head, head_of, pages
from web.language import _, ngettext
from web.pages import done

LEAST_REASON, MOST_REASON = 10, 5000


@dataclass(frozen=True, kw_only=True)
class Signing:
    """The task by which the list is frozen, and what stands against it."""

    task: Task
    is_theirs: bool
    #: four eyes: why somebody else has to do it
    barred: str | None


@pages.get("/calls/<key>/deliberation")
def deliberation(key: str) -> ResponseReturnValue:
    """Show the list of a call as it stands. The reading is recorded."""
    with acting() as act:
        return _page(act, head_of(act, key), {}, {})


@pages.post("/calls/<key>/deliberation")
def freeze(key: str) -> ResponseReturnValue:
    """Sign and freeze the list, or send it back."""
    given = {name: value.strip() for name, value in request.form.items()}
    with acting() as act:
        head = head_of(act, key)
        found = merit.of_call(act, head.call)
        task = _signing(act, head)
        faults = judge(given, found)
        if task is None:
            raise NotFound(_("The list does not wait for a signature"), where=key)
        if faults:
            return _page(act, head, given, faults), 422
    if found.drawn is None or given.get("digest") != found.drawn.digest:
        raise StaleCase(
            _("The list was drawn up anew since you opened the page"), remedy=_("look at it again")
        )
    return _freeze(head, task.task, given)


@pages.post("/calls/<key>/deliberation/remind")
def remind_panel(key: str) -> ResponseReturnValue:
    """Write to those members of a panel of this call whose scores are missing."""
    with acting() as act:
        head = head_of(act, key)
        case = cases.get(act.uow, _id(request.form.get("case", "")))
        if case.parent != head.case.id:
            raise NotFound(_("This candidate is of another call"), where="case")
        scoring.remind(act, case.id)
    return done(f"/calls/{head.call['id']}/deliberation", "reminded")


def judge(given: dict[str, str], found: MeritList) -> dict[str, str]:
    """Return the faults by the id of the field."""
    decision, faults = given.get("decision"), {}
    if decision not in ("confirm", "send_back"):
        faults["decision"] = _("Sign the list, or send it back.")
    needed = {"confirm": "tie_reason" if found.tied else None, "send_back": "reason"}
    name = needed.get(decision or "")
    if name and not LEAST_REASON <= len(given.get(name, "")) <= MOST_REASON:
        faults[name] = _(
            "Give the reasons, %(least)s to %(most)s characters.",
            least=LEAST_REASON, most=MOST_REASON,
        )  # fmt: skip
    if decision == "confirm" and found.below_quorum:
        faults["decision"] = _("Below the quorum: the list cannot be frozen.")
    return faults


def _page(act: Act, head: Head, given: dict[str, str], faults: dict[str, str]) -> str:
    found = merit.of_call(act, head.call)
    rounds = [one.round for one in found.unscored if one.round and one.round.is_open]
    return render(
        "call_deliberation.html",
        head=head,
        tab="deliberation",
        found=found,
        names={one.application: one.name for one in found.scored},
        signing=_signing(act, head),
        given=given,
        faults=faults,
        validity=_period(str(head.call["content"].get("list_validity") or "")),
        reminded=scoring.reminded_today(act.uow, rounds),
    )


def _period(text: str) -> str:
    """Write a period in words; what is none stays as it is."""
    try:
        found = timelimits.parse_period(text)
    except PeriodRefused:
        return text
    parts = (
        (found.months, ngettext("%(n)s month", "%(n)s months", found.months)),
        (found.weeks, ngettext("%(n)s week", "%(n)s weeks", found.weeks)),
        (found.days, ngettext("%(n)s day", "%(n)s days", found.days)),
    )
    return ", ".join(part % {"n": number} for number, part in parts if number) or text


def _signing(act: Act, head: Head) -> Signing | None:
    open_tasks = worklist.of_case(act.uow, head.case.id)
    task = next((one for one in open_tasks if one.element == merit.CONFIRM), None)
    if task is None:
        return None
    try:
        authorize_task(act.actor, task)
    except NotYourTask:
        return Signing(task=task, is_theirs=False, barred=None)
    return Signing(task=task, is_theirs=True, barred=cases.four_eyes_bar(act, task))


def _freeze(head: Head, task: Task, given: dict[str, str]) -> ResponseReturnValue:
    submission: dict[str, object] = {"decision": given["decision"]}
    submission |= {name: given[name] for name in ("tie_reason", "reason") if given.get(name)}
    revision = given.get("revision", "")
    if not revision.isdigit():
        raise Invalid(_("The page did not say what it showed"), where="revision")
    try:
        with acting() as act:
            cases.complete(act, task.id, submission, expected_revision=int(revision))
    except (FormRejected, FourEyes) as error:
        with acting() as act:
            return _page(act, head, given, {"decision": _told(error)}), 422
    said = "list-frozen" if given["decision"] == "confirm" else "list-sent-back"
    return done(f"/calls/{head.call['id']}/deliberation", said)


def _told(error: FormRejected | FourEyes) -> str:
    if isinstance(error, FormRejected):
        errors = error.facts.get("errors")
        found = list(errors.values()) if isinstance(errors, dict) else []
        return " ".join(text for some in found for text in _texts(some)) or str(error)
    return error.detail or str(error)


def _texts(found: object) -> list[str]:
    if isinstance(found, str):
        return [found]
    return [str(one) for one in found] if isinstance(found, list) else []


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(_("There is no such candidate"), where="case") from error
