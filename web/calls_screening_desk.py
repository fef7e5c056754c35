"""The screening desk: one application, the paper beside its criteria, one opinion."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from api.problems import status_of
from engine import cases, definitions, kernel, worklist
from engine.access import authorize_task
from engine.cases import Act, Case
from engine.errors import Conflict, CursusError, FormRejected, Invalid, NotFound
from engine.history import EventKind
from engine.store import cases as case_rows
from engine.store import events
from engine.store import tasks as task_rows
from engine.worklist import Task
from recruitment import blinding, claims, papers, unblinding
from recruitment.reasons import catalogue
from recruitment.store import records, screening
from recruitment.store.screening import DESK
from web.calls_frame import Head, head_of, pages
from web.calls_screening import SORTS, number_of, opinions, reader_of
from web.calls_screening_form import answers, given_of, missing
from web.language import _, ngettext, time_of_day
from web.navigation import person
from web.pages import done

#: The fields of the form in the order of the page: those of a criterion, then those of the whole.
_FIELDS = ("finding", "points", "page", "code", "evidence", "decision", "reason")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The paper as its reader may see it."""

    id: str
    pages: int
    #: the first page, masked, where the view is blind
    first: str | None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All that the desk shows of one task."""

    head: Head
    task: Task
    number: str
    sort: str
    #: criteria of the call: criterion and kind
    criteria: list[Mapping[str, Any]]
    #: the tasks that wait for the reader, in the order of the list
    queue: list[UUID]
    candidate: Mapping[str, Any] = field(default_factory=dict)
    assessment: Mapping[str, Any] | None = None
    review: Mapping[str, Any] | None = None
    assessor: str | None = None
    reviewer: str | None = None
    is_blind: bool = True
    is_lifted: bool = False
    paper: Paper | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    saved: str | None = None
    #: who else has begun, and when
    begun: tuple[str, str] | None = None
    barred: str | None = None
    refusal: CursusError | None = None
    faults: Mapping[str, str] = field(default_factory=dict)

    def beside(self, step: int) -> str | None:
        """Return the address of the next (1) or previous (-1) task of the list."""
        place = self.queue.index(self.task.id) + step if self.task.id in self.queue else -1
        return self.address(self.queue[place]) if 0 <= place < len(self.queue) else None

    def address(self, task: UUID | None = None) -> str:
        """Return the address of a task's desk, the order of the list kept."""
        return f"/calls/{self.head.call['id']}/screening/{task or self.task.id}?sort={self.sort}"

    @property
    def root(self) -> str:
        """The address under which the parts of this desk stand."""
        return f"/calls/{self.head.call['id']}/screening/{self.task.id}"


@pages.get("/calls/<key>/screening/<uuid:task_id>")
def desk(key: str, task_id: UUID) -> ResponseReturnValue:
    """Show the desk for a task. The reading is recorded."""
    with acting() as act:
        found = _found(act, key, task_id)
        if found.task.closed_at is None and not found.barred:
            found = _with_draft(act, found)
        return _page(found)


@pages.post("/calls/<key>/screening/<uuid:task_id>")
def submit(key: str, task_id: UUID) -> ResponseReturnValue:
    """Complete the task with the opinion and go to the next; a refusal keeps what was typed."""
    try:
        with acting() as act:
            head, task = _task_of(act, key, task_id)
            queue = screening.at_desk(act.uow, head.call, reader_of(act), _sort())
            _complete(act, task)
            return done(_next(head, queue, task_id), "review-submitted")
    except CursusError as refusal:
        return _refused(key, task_id, refusal)


@pages.post("/calls/<key>/screening/<uuid:task_id>/draft")
def keep(key: str, task_id: UUID) -> ResponseReturnValue:
    """Keep what is typed so far; nothing is checked and nobody else sees it."""
    with acting() as act:
        head, task = _task_of(act, key, task_id)
        _ensure_own_draft(act, task)
        at = cases.save_draft(act, task_id, answers(task.element, request.form, _criteria(head)))
    if request.accept_mimetypes.best_match(["text/html", "text/plain"]) == "text/plain":
        return _("saved %(time)s", time=time_of_day(at)), {"Content-Type": "text/plain"}
    return done(f"/calls/{key}/screening/{task_id}?sort={_sort()}", "saved")


@pages.post("/calls/<key>/screening/<uuid:task_id>/lift")
def lift(key: str, task_id: UUID) -> ResponseReturnValue:
    """Lift the blind view of this application for this reader; the history keeps it."""
    with acting() as act:
        _task_of(act, key, task_id)
        unblinding.lift(act, task_id)
    return done(f"/calls/{key}/screening/{task_id}?sort={_sort()}", "blind-lifted")


@pages.get("/calls/<key>/screening/<uuid:task_id>/pages/<int:page>")
def masked_page(key: str, task_id: UUID, page: int) -> ResponseReturnValue:
    """Return the text of a page of the application with personal details masked."""
    with acting() as act:
        _head, task = _task_of(act, key, task_id)
        authorize_task(act.actor, task)
        if cases.four_eyes_bar(act, task):
            raise NotFound(_("There is no such page"), where=str(page))
        document = _document(act, task)
        if document is None:
            raise NotFound(_("There is no such page"), where=str(page))
        what = f"text of page {page} of a document, masked"
        content = bytes(papers.open_paper(act, document, what, masked=True)["content"])
        _variables, candidate = _seen(act, task)
        text = blinding.masked(papers.text_of(content, page), blinding.known(candidate))
    return render("call_screening_text.html", text=text)


def _page(found: Desk) -> ResponseReturnValue:
    status = status_of(type(found.refusal)) if found.refusal else 200
    page = render(
        "call_screening_desk.html",
        desk=found,
        head=found.head,
        tab="screening",
        reasons=catalogue(),
        findings=_findings(),
        opinions=opinions(),
        claims_about=lambda criterion: [
            _claim(one) for one in claims.about(criterion, found.candidate)
        ],
        every_claim=[_claim(one) for one in claims.every(found.candidate)],
        progress=_progress(found),
    )
    return page, status


def _findings() -> dict[str, str]:
    return {"met": _("met"), "not_met": _("not met"), "ask": _("ask")}


def _progress(found: Desk) -> int:
    wanted = ("finding", "points", "evidence")
    return sum(
        all(found.given.get(f"{name}-{place}") for name in wanted)
        for place in range(len(found.criteria))
    )


def _claim(one: claims.Claim) -> str:
    if one.kind == "language":
        return f"{one.what} {one.more}".strip()
    if one.kind == "diploma":
        level = one.what.replace("_", " ")
        return _("diploma: %(level)s %(year)s", level=level, year=one.more).strip()
    years = _("%(years)s years of experience declared", years=one.what)
    if not one.more:
        return years
    posts = ngettext("%(num)s post", "%(num)s posts", int(one.more)) % {"num": one.more}
    return f"{years}, {posts}"


def _task_of(act: Act, key: str, task_id: UUID) -> tuple[Head, Task]:
    """Return the call and a task of its screening; raise NotFound for any other."""
    head = head_of(act, key)
    task = worklist.get(act.uow, task_id)
    case = case_rows.get(act.uow, task.case_id)
    if task.element not in DESK or case is None or case.parent != head.case.id:
        raise NotFound(_("There is no such task at this desk"), where=str(task_id))
    return head, task


def _sort() -> str:
    asked = request.values.get("sort", "")
    return asked if asked.removeprefix("-") in (*SORTS, "name") else SORTS[0]


def _criteria(head: Head) -> list[Mapping[str, Any]]:
    return list(head.call["content"].get("criteria") or [])


def _found(act: Act, key: str, task_id: UUID) -> Desk:
    head, task = _task_of(act, key, task_id)
    authorize_task(act.actor, task)
    reader, sort = reader_of(act), _sort()
    found = Desk(
        head=head,
        task=task,
        number=number_of(task.case_key or ""),
        sort=sort,
        criteria=_criteria(head),
        queue=screening.at_desk(act.uow, head.call, reader, sort),
    )
    if task.closed_at is not None:
        return found
    barred = cases.four_eyes_bar(act, task)
    return replace(found, barred=barred) if barred else _opened(act, found)


def _opened(act: Act, found: Desk) -> Desk:
    task = found.task
    variables, candidate = _seen(act, task)
    is_lifted = unblinding.is_lifted(act, task.case_key or "")
    is_blind = not is_lifted or request.args.get("blind") == "yes"
    hide = blinding.known(candidate) if is_blind else None
    events.append(
        act.uow,
        f"read:{task.case_key}",
        kind=EventKind.RECORD_READ,
        actor=authorize_task(act.actor, task),
        element=task.element,
        payload={"what": "screening desk, blind" if is_blind else "screening desk"},
    )
    steps = _performers(act, task)
    return replace(
        found,
        candidate=candidate,
        is_blind=is_blind,
        is_lifted=is_lifted,
        paper=_paper(act, task, hide),
        # the first opinion is shown to who reviews or settles it, and to nobody at an assessment
        assessment=_opinion(task, variables, "shortlist", hide),
        review=_opinion(task, variables, "review", hide),
        assessor=steps.get("shortlist_candidate"),
        reviewer=steps.get("review_shortlist"),
    )


def _seen(act: Act, task: Task) -> tuple[dict[str, Any], Mapping[str, Any]]:
    case: Case = cases.get(act.uow, task.case_id)
    definition = definitions.find(act.uow, task.definition)
    found = kernel.task_variables(definition, case.state, str(task.id))
    candidate = found.get("candidate")
    return dict(found), candidate if isinstance(candidate, Mapping) else {}


def _performers(act: Act, task: Task) -> dict[str, str]:
    found = {}
    for element in screening.OPINIONS:
        people = events.performers(act.uow, f"case:{task.case_id}", [element])
        if people:
            found[element] = ", ".join(person(one) for one in sorted(people))
    return found


def _opinion(
    task: Task, variables: Mapping[str, Any], name: str, hide: blinding.Person | None
) -> Mapping[str, Any] | None:
    shown = {"review_shortlist": ("shortlist",), "settle_shortlist": ("shortlist", "review")}
    value = variables.get(name)
    if name not in shown.get(task.element, ()) or not isinstance(value, Mapping):
        return None
    return _hidden(value, hide) if hide else value


def _hidden(value: Any, hide: blinding.Person) -> Any:  # noqa: ANN401  # JSON
    if isinstance(value, str):
        return blinding.masked(value, hide)
    if isinstance(value, Mapping):
        return {name: _hidden(one, hide) for name, one in value.items()}
    return [_hidden(one, hide) for one in value] if isinstance(value, list) else value


def _document(act: Act, task: Task) -> str | None:
    kept = records.documents(act.uow, task.case_key or "")
    found = [one["id"] for one in kept if one["kind"] == "application"]
    return str(found[-1]) if found else None


def _paper(act: Act, task: Task, hide: blinding.Person | None) -> Paper | None:
    document = _document(act, task)
    if document is None:
        return None
    what = "first page of a document, masked" if hide else "number of pages of a document"
    content = bytes(papers.open_paper(act, document, what, masked=hide is not None)["content"])
    count = papers.page_count(content)
    try:
        first = blinding.masked(papers.text_of(content, 1), hide) if hide and count else None
    except Invalid:
        first = ""
    return Paper(id=document, pages=count, first=first)


def _with_draft(act: Act, found: Desk) -> Desk:
    draft = task_rows.get_draft(act.uow, found.task.id)
    if draft is None:
        return found
    at = time_of_day(draft["saved_at"])
    if draft["saved_by"] != act.actor.name:
        # a draft is an opinion too: nobody sees another's
        return replace(found, begun=(person(draft["saved_by"]), at))
    given = given_of(draft["content"], found.criteria)
    return replace(found, given=given, saved=_("saved %(time)s", time=at))


def _ensure_own_draft(act: Act, task: Task) -> None:
    draft = task_rows.get_draft(act.uow, task.id)
    if draft is not None and draft["saved_by"] != act.actor.name:
        raise Conflict(
            _("%(who)s has begun this review", who=person(draft["saved_by"])),
            where=task.element,
            remedy=_("agree who does it; only one of you can submit"),
        )


def _complete(act: Act, task: Task) -> None:
    given = answers(task.element, request.form, _criteria_of(act, task))
    revision = request.form.get("revision", "")
    if not revision.isdigit():
        raise Invalid(
            _("The page did not say what it showed"), where="revision", remedy=_("load it again")
        )
    wanted = missing(task.element, given)
    try:
        cases.complete(act, task.id, given, expected_revision=int(revision))
    except FormRejected as refusal:
        known: Mapping[str, Any] = refusal.facts.get("errors") or {}  # type: ignore[assignment]  # any fact
        raise FormRejected(refusal.detail, errors={**known, **wanted}) from refusal
    if wanted:
        # the transaction is undone: the desk asks for a finding where older forms had none
        raise FormRejected(_("Every criterion needs a finding"), errors=wanted)


def _criteria_of(act: Act, task: Task) -> list[Mapping[str, Any]]:
    row = records.get_application(act.uow, task.case_key or "")
    call = records.get_call(act.uow, row["call"]) if row else None
    return list(call["content"].get("criteria") or []) if call else []


def _next(head: Head, queue: list[UUID], task_id: UUID) -> str:
    """Return the desk of the task after this one, of the first one after the last, or the list."""
    place = queue.index(task_id) if task_id in queue else -1
    others = [*queue[place + 1 :], *queue[: max(place, 0)]]
    root = f"/calls/{head.call['id']}/screening"
    return f"{root}/{others[0]}?sort={_sort()}" if others else f"{root}?show=waiting"


def _refused(key: str, task_id: UUID, refusal: CursusError) -> ResponseReturnValue:
    with acting() as act:
        found = replace(
            _found(act, key, task_id),
            given=dict(request.form),
            refusal=refusal,
            faults=_faults(refusal),
        )
        return _page(found)


def _faults(refusal: CursusError) -> dict[str, str]:
    """Return the faults of a form by the ids of its fields, in the order of the page.

    `merits.0.code` is `code-0`.
    """
    found = {}
    told: Mapping[str, Any] = refusal.facts.get("errors") or {}  # type: ignore[assignment]  # any fact
    for path, texts in told.items():
        steps = str(path).split(".")
        name = f"{steps[2]}-{steps[1]}" if len(steps) > 2 else steps[-1]  # noqa: PLR2004  # list, place, key
        found[name] = " ".join(texts) if isinstance(texts, list) else str(texts)
    return dict(sorted(found.items(), key=lambda one: _place_on_page(one[0])))


def _place_on_page(name: str) -> tuple[bool, int, int]:
    """Return the place of a field: criterion by criterion, then the opinion as a whole."""
    kind, _dash, criterion = name.partition("-")
    place = _FIELDS.index(kind) if kind in _FIELDS else len(_FIELDS)
    return not criterion, int(criterion or 0), place
