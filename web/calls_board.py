"""The board of a call: its applications in columns, which are the stages of their diagram."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import Cursor, decode
from engine import definitions
from engine.cases import Act
from engine.errors import Invalid, NotFound
from engine.kernel.stages import Course, Stage, course
from engine.store import boards
from engine.worklist import Task
from recruitment.store import listing
from recruitment.store.listing import CANCELLED, NOWHERE, Narrowed, Wanted
from web import lists
from web.calls_frame import PROCESS, Head, head_of, pages
from web.language import _, label, words
from web.navigation import may, person
from web.reasons import is_theirs, shown_name

#: Cards that a column shows at once, and those that all columns of a fresh board share.
EACH, SHARED, LEAST = 30, 60, 8
#: The mark in front of the end event in the name of a column.
END = "end."
BETWEEN = "between"

Row = Mapping[str, Any]


class Plan:
    """The stages of a call's applications, over all versions that they run on."""

    def __init__(self, courses: Mapping[str, Course]) -> None:
        """Keep the courses by version, the newest first."""
        self.courses = courses

    @cached_property
    def stages(self) -> list[Stage]:
        """The stages in flow order, those that only older versions have at the end."""
        found: dict[str, Stage] = {}
        for one in self.courses.values():
            for stage in one.stages:
                found.setdefault(stage.id, stage)
        return list(found.values())

    @cached_property
    def ranks(self) -> dict[str, int]:
        """The rank of the stage of every element where a case can wait."""
        order = {stage.id: rank for rank, stage in enumerate(self.stages)}
        found: dict[str, int] = {}
        for one in self.courses.values():
            for element, stage in one.places.items():
                found.setdefault(element, order[stage])
        return found

    @cached_property
    def ends(self) -> dict[str, str]:
        """The end events and their names."""
        found: dict[str, str] = {}
        for one in self.courses.values():
            for element, name in one.ends.items():
                found.setdefault(element, name)
        return found

    def stage_title(self, rank: int) -> str:
        """Name a place, in the words of the diagram."""
        if rank == NOWHERE:
            return _("Between two steps")
        stage = self.stages[rank]
        name = label(stage.name)
        return name if stage.is_called else _("Waiting: %(what)s", what=name)

    def end_title(self, element: str) -> str:
        """Name the end of a case."""
        if element == CANCELLED:
            return _("Ended: cancelled")
        return _("Ended: %(how)s", how=label(self.ends.get(element, element)))

    def title(self, column: str) -> str:
        """Name a column."""
        if column == BETWEEN:
            return self.stage_title(NOWHERE)
        if column.startswith(END):
            return self.end_title(column.removeprefix(END))
        return self.stage_title(self.rank_of(column))

    def rank_of(self, column: str) -> int:
        """Return the rank of a column that is no end; raise NotFound."""
        for rank, stage in enumerate(self.stages):
            if stage.id == column:
                return rank
        raise NotFound(_("There is no such column"), where=column)

    def order(self, filled: Iterable[str]) -> list[str]:
        """Return every stage, and the waits and ends where something stands."""
        there = set(filled)
        found = [one.id for one in self.stages if one.is_called or one.id in there]
        found += [BETWEEN] if BETWEEN in there else []
        ends = [f"{END}{one}" for one in (*self.ends, CANCELLED)]
        return found + [one for one in ends if one in there] + sorted(there - {*found, *ends})

    def column_of(self, row: Row) -> str:
        """Return the name of the column that an application stands in."""
        if row["ended"] is not None:
            return f"{END}{row['ended']}"
        return BETWEEN if row["rank"] == NOWHERE else self.stages[row["rank"]].id

    def narrowed(self, column: str, narrowed: Narrowed) -> Narrowed:
        """Narrow a list of applications to one column."""
        kept = {"late": narrowed.late, "name": narrowed.name}
        if column.startswith(END):
            return Narrowed(ended=column.removeprefix(END), **kept)  # type: ignore[arg-type]  # two fields of the same class
        rank = NOWHERE if column == BETWEEN else self.rank_of(column)
        return Narrowed(rank=rank, **kept)  # type: ignore[arg-type]  # two fields of the same class

    def leads_to(self, task: Task) -> frozenset[str]:
        """Return the columns where a case may stand after this task."""
        found = self.courses[task.definition].reach.get(task.element, frozenset())
        ends = self.courses[task.definition].ends
        return frozenset(f"{END}{one}" if one in ends else one for one in found)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One application on the board, and what may be done with it."""

    row: Row
    column: str
    #: the task that an action on the card means, with its name for this reader
    task: Task | None
    task_name: str | None
    #: how many other tasks are open
    others: int
    #: further places where the case waits at the same time
    beside: tuple[str, ...]
    is_troubled: bool
    is_overdue: bool
    #: what was done last, where nothing waits for a person
    last: str | None
    may_claim: bool
    may_assign: bool
    may_complete: bool
    #: the columns where the card may go
    leads_to: frozenset[str]
    #: why it cannot be moved at all
    blocked: str | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column with its first cards."""

    id: str
    title: str
    #: "stage", "wait" or "end"
    kind: str
    count: int
    late: int
    overdue: int
    cards: Sequence[Card]
    #: the address of the next cards
    more: str | None


def plan_of(act: Act, head: Head) -> Plan:
    """Return the stages of the applications of a call."""
    versions = boards.definitions(act.uow, head.case.id, PROCESS)
    if not versions:
        versions = [definitions.latest(act.uow, PROCESS)["digest"]]
    return Plan({one: course(definitions.find(act.uow, one)) for one in versions})


@pages.get("/calls/<key>")
def board(key: str) -> ResponseReturnValue:
    """Show the applications of a call in columns: the stages of their diagram."""
    given = lists.given("name", "late")
    with acting() as act:
        head = head_of(act, key)
        plan = plan_of(act, head)
        columns = _columns(act, head, plan, narrowed_by(given))
        return render(
            "call_board.html",
            head=head,
            tab="board",
            columns=columns,
            total=sum(one.count for one in columns),
            given=given,
            words_for_moving=_moving_words(columns),
        )


@pages.get("/calls/<key>/column/<name>")
def column(key: str, name: str) -> ResponseReturnValue:
    """Return the next cards of one column."""
    given = lists.given("name", "late")
    with acting() as act:
        head = head_of(act, key)
        plan = plan_of(act, head)
        narrowed = plan.narrowed(name, narrowed_by(given))
        wanted = Wanted(sort="due_at", after=_after(), limit=EACH + 1)
        position = boards.positions(head.case.id, PROCESS, plan.ranks)
        rows = listing.applications(act.uow, head.call, position, narrowed, wanted)
        cards = _cards(act, plan, rows[:EACH])
        more = _more(head, name, rows[EACH - 1], given) if len(rows) > EACH else None
        return render("call_column.html", cards=cards, more=more, head=head, title=plan.title(name))


def narrowed_by(given: Mapping[str, str]) -> Narrowed:
    """Return the filters of the address that all lists of applications have."""
    late = {"yes": True, "no": False}.get(given.get("late", ""))
    return Narrowed(name=given.get("name"), late=late)


def _columns(act: Act, head: Head, plan: Plan, narrowed: Narrowed) -> list[Column]:
    position = boards.positions(head.case.id, PROCESS, plan.ranks)
    rows = listing.first(act.uow, head.call, position, narrowed, each=EACH + 1)
    held: dict[str, list[Row]] = {}
    for row in rows:
        held.setdefault(plan.column_of(row), []).append(row)
    nothing = {"cases": 0, "cases_late": 0, "cases_overdue": 0}
    counts = {name: some[0] for name, some in held.items()}
    each = max(LEAST, min(EACH, SHARED // max(len(held), 1)))
    cards: dict[str, list[Card]] = {}
    for card in _cards(act, plan, [row for some in held.values() for row in some[:each]]):
        cards.setdefault(card.column, []).append(card)
    given = lists.given("name", "late")
    return [
        Column(
            id=name,
            title=plan.title(name),
            kind=_kind(plan, name),
            count=counts.get(name, nothing)["cases"],
            late=counts.get(name, nothing)["cases_late"],
            overdue=counts.get(name, nothing)["cases_overdue"],
            cards=cards.get(name, []),
            more=_more(head, name, held[name][each - 1], given)
            if len(held.get(name, [])) > each
            else None,
        )
        for name in plan.order(counts)
    ]


def _kind(plan: Plan, name: str) -> str:
    if name.startswith(END):
        return "end"
    if name == BETWEEN:
        return "wait"
    return "stage" if plan.stages[plan.rank_of(name)].is_called else "wait"


def _after() -> tuple[object, str] | None:
    given = request.args.get("after")
    if not given:
        return None
    found = decode(given, sort="due_at")
    if not hasattr(found.key, "tzinfo"):
        raise Invalid(_("This is no place in this list"), where="after")
    return found.key, found.id


def _more(head: Head, name: str, last: Row, given: Mapping[str, str]) -> str:
    after = Cursor(sort="due_at", key=last["due_at"], id=last["id"]).encode()
    query = urlencode({**given, "after": after})
    return f"/calls/{head.call['id']}/column/{name}?{query}"


def _cards(act: Act, plan: Plan, rows: Sequence[Row]) -> list[Card]:
    ids = [row["case_id"] for row in rows]
    if not ids:
        return []
    tasks = boards.open_tasks(act.uow, ids)
    troubled = boards.troubled(act.uow, ids)
    idle = [one for one in ids if not tasks[one]]
    last = boards.last_done(act.uow, idle) if idle else {}
    may_assign = may("task:assign")
    return [
        _card(act, plan, row, tasks[row["case_id"]], row["case_id"] in troubled, last, may_assign)
        for row in rows
    ]


def _card(  # noqa: PLR0913, PLR0917  # what was read for all cards at once
    act: Act,
    plan: Plan,
    row: Row,
    tasks: Sequence[Task],
    is_troubled: bool,
    last: Mapping[Any, Row],
    may_assign: bool,
) -> Card:
    theirs = [one for one in tasks if is_theirs(act, one)]
    task = next(iter(theirs or tasks), None)
    name = plan.column_of(row)
    done = last.get(row["case_id"])
    is_free = task is not None and not task.suspended
    is_mine = task is not None and task in theirs
    return Card(
        row=row,
        column=name,
        task=task,
        task_name=shown_name(task, is_mine=is_mine) if task else None,
        others=max(len(tasks) - 1, 0),
        beside=tuple(
            plan.stage_title(one) for one in (row["ranks_open"] or []) if one != row["rank"]
        ),
        is_troubled=is_troubled,
        is_overdue=row["due_at"] < act.uow.now,
        last=None if done is None or done["confidential"] else label(done["name"]),
        may_claim=is_free and is_mine and task is not None and task.assignee is None,
        may_assign=is_free and may_assign,
        may_complete=is_free and is_mine,
        leads_to=plan.leads_to(task) - {name} if task and is_mine else frozenset(),
        blocked=_blocked(task, is_mine=is_mine),
    )


def _blocked(task: Task | None, *, is_mine: bool) -> str | None:
    if task is None:
        return _("It waits for an event, not for a person.")
    if task.suspended:
        return _("The case is suspended.")
    if not is_mine:
        return _("The task belongs to %(whom)s.", whom=holder(task))
    return None


def holder(task: Task) -> str:
    """Say in words whose task it is."""
    if task.assignee:
        return person(task.assignee)
    names = [words(one) for one in task.candidate_groups]
    return ", ".join(names or [person(one) for one in task.candidate_users])


def _moving_words(columns: Sequence[Column]) -> dict[str, object]:
    """Return what the script that moves cards says and knows."""
    return {
        "columns": [{"id": one.id, "title": one.title} for one in columns],
        "here": _("It is there already."),
        "refused": _("The task “{task}” does not lead there."),
        "form": _("The task has a form: it opens, and its answer decides."),
        "done": _("Done."),
        "failed": _("This was not done: {why}"),
        "selected": _("{n} selected"),
        "nothing": _("Nothing is selected"),
        "not_claim": _("{n} of them cannot be claimed: not yours to take, or taken already."),
        "not_assign": _("{n} of them have no task that you may assign."),
        "not_complete": _("{n} of them have no task of yours."),
        "not_same": _("They wait for different tasks."),
    }
