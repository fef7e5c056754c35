"""The diagram of a call's applications with heat: how many stand at each element, and how long."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from statistics import median
from typing import Any

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import definitions
from engine.cases import Act
from engine.kernel import Definition, Element
from engine.store import boards
from web import labels
from web.calls_board import Plan, plan_of
from web.calls_frame import PROCESS, Head, head_of, pages
from web.cases_diagram import address, called_from, kind_in_words
from web.language import SOURCE, _, current, label

#: Steps of heat, the last for the element where most applications stand.
STEPS = 5
_DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Spot:
    """One element where applications stand now."""

    element: str
    name: str
    kind: str
    stage: str
    #: the column of the board, to list those who stand there; None for an end
    column: str | None
    cases: int
    overdue: int
    #: median of the days that they have been waiting, where a person's task tells
    days: float | None
    #: applications in which this task was done before
    before: int
    heat: int
    #: whether only applications on older versions have it
    is_older: bool

    @property
    def word(self) -> str:
        """The heat in a word."""
        return heat_words()[self.heat - 1]


@dataclass(frozen=True, kw_only=True)
class Level:
    """One diagram: the application as a whole or a stage of it."""

    process: str
    name: str
    cases: int


def heat_words() -> tuple[str, ...]:
    """Return the steps of heat in words, the coolest first."""
    return (_("very few"), _("few"), _("some"), _("many"), _("most"))


@pages.get("/calls/<key>/diagram")
def heat(key: str) -> ResponseReturnValue:
    """Show how many applications of a call stand at each element, drawn and as a table."""
    with acting() as act:
        head = head_of(act, key)
        plan = plan_of(act, head)
        found = _Found(act, head, plan)
        wanted = request.args.get("process")
        level = next((one for one in found.levels if one.process == wanted), found.levels[0])
        return render(
            "call_diagram.html",
            head=head,
            tab="diagram",
            levels=found.levels,
            level=level,
            spots=found.spots,
            closed=found.closed,
            total=len(found.everybody),
            words=heat_words(),
            marks={**found.marks(level.process), "words": _words(act, plan, level.process)},
        )


def _words(act: Act, plan: Plan, process: str) -> dict[str, str]:
    """Return what the drawing says in another language than its file."""
    if current() == SOURCE:
        return {}
    newest = definitions.find(act.uow, next(iter(plan.courses)))
    file = newest.processes[process].file
    return labels.drawing(definitions.file(act.uow, newest.digest, file))


class _Found:
    """All that stands somewhere, by element."""

    def __init__(self, act: Act, head: Head, plan: Plan) -> None:
        self._plan, self._now = plan, act.uow.now
        self._versions = [definitions.find(act.uow, one) for one in plan.courses]
        waiting: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in boards.waiting(act.uow, head.case.id, PROCESS, plan.ranks):
            waiting[row["element"]].append(row)
        self._rows = {name: rows for name, rows in waiting.items() if self._is_place(name)}
        self._before = boards.worked(act.uow, head.case.id, PROCESS)
        self._ended = {
            one["ended_element"]: one["cases"]
            for one in boards.endings(act.uow, head.case.id, PROCESS)
            if one["ended_element"]
        }

    @property
    def _newest(self) -> Definition:
        return self._versions[0]

    @cached_property
    def everybody(self) -> frozenset[str]:
        """The applications that stand somewhere."""
        return frozenset(row["case_id"] for rows in self._rows.values() for row in rows)

    @cached_property
    def levels(self) -> list[Level]:
        """The diagrams that may be opened, each with how many applications stand in it."""
        return [
            Level(
                process=name,
                name=label(self._newest.processes[name].name) or name,
                cases=len(self._inside(name)),
            )
            for name in called_from(self._newest, self._newest.root)
            if not self._is_closed(name)
        ]

    @property
    def closed(self) -> list[str]:
        """The diagrams that are not opened here."""
        every = called_from(self._newest, self._newest.root)
        return [
            label(self._newest.processes[one].name) or one for one in every if self._is_closed(one)
        ]

    @cached_property
    def spots(self) -> list[Spot]:
        """Every element where somebody stands, in the order of the flow."""
        known = [(name, self._element(name)) for name in self._rows]
        open_ones = [one for name, one in known if one and not self._is_closed(one.process)]
        holders = [one for one in self._callers() if self._is_closed(str(one.calls))]
        places = [(one, self._rows[one.id]) for one in open_ones]
        places += [(one, rows) for one in holders if (rows := self._rows_inside(str(one.calls)))]
        most = max((_count(rows) for _one, rows in places), default=1)
        found = [self._spot(one, rows, most) for one, rows in places]
        return sorted(found, key=self._order) + self._ends(most)

    def marks(self, process: str) -> dict[str, object]:
        """Return what the script draws on one diagram."""
        heat = {one.element: (one.heat, one.cases, one.overdue) for one in self.spots}
        most = max((one.cases for one in self.spots), default=1)
        for one in self._callers():
            cases = len(self._inside(str(one.calls)))
            if cases and one.process == process:
                late = {
                    row["case_id"] for row in self._rows_inside(str(one.calls)) if row["is_overdue"]
                }
                heat[one.id] = (_heat(cases, max(most, cases)), cases, len(late))
        return {
            "address": address(self._newest, process),
            "heat": {
                name: {"heat": step, "cases": cases, "overdue": overdue}
                for name, (step, cases, overdue) in heat.items()
            },
        }

    def _is_place(self, name: str) -> bool:
        """Leave out boundary events, which wait beside the activity where the case stands."""
        element = self._element(name)
        return element is not None and element.kind != "boundaryEvent"

    def _callers(self) -> Iterable[Element]:
        return (one for one in self._newest.elements.values() if one.calls)

    def _is_closed(self, process: str) -> bool:
        """Say whether a diagram has confidential steps."""
        # a number of one at a step of it would tell what became of that person
        elements = self._newest.elements.values()
        return any(one.confidential for one in elements if one.process == process)

    def _element(self, name: str) -> Element | None:
        return next((one.elements[name] for one in self._versions if name in one.elements), None)

    def _rows_inside(self, process: str) -> list[Mapping[str, Any]]:
        inside = set(called_from(self._newest, process))
        return [
            row
            for name, rows in self._rows.items()
            if (one := self._element(name)) and one.process in inside
            for row in rows
        ]

    def _inside(self, process: str) -> frozenset[str]:
        return frozenset(row["case_id"] for row in self._rows_inside(process))

    def _spot(self, element: Element, rows: Sequence[Mapping[str, Any]], most: int) -> Spot:
        rank = self._plan.ranks.get(element.id)
        days = [(self._now - row["since"]).total_seconds() / _DAY for row in rows if row["since"]]
        return Spot(
            element=element.id,
            name=label(element.name) or kind_in_words(element),
            kind=kind_in_words(element),
            stage=self._plan.stage_title(rank) if rank is not None else "",
            column=self._plan.stages[rank].id if rank is not None else None,
            cases=_count(rows),
            overdue=len({row["case_id"] for row in rows if row["is_overdue"]}),
            days=round(median(days), 1) if days else None,
            before=self._before.get(element.id, 0),
            heat=_heat(_count(rows), most),
            is_older=element.id not in self._newest.elements,
        )

    def _order(self, spot: Spot) -> tuple[int, int]:
        names = list(self._newest.elements)
        rank = self._plan.ranks.get(spot.element, len(self._plan.ranks))
        return rank, names.index(spot.element) if spot.element in names else len(names)

    def _ends(self, most: int) -> list[Spot]:
        return [
            Spot(
                element=name,
                name=self._plan.ends.get(name, name),
                kind=_("end"),
                stage=_("Ended"),
                column=None,
                cases=cases,
                overdue=0,
                days=None,
                before=0,
                heat=_heat(cases, max(most, cases)),
                is_older=name not in self._newest.elements,
            )
            for name, cases in self._ended.items()
        ]


def _count(rows: Sequence[Mapping[str, Any]]) -> int:
    return len({row["case_id"] for row in rows})


def _heat(cases: int, most: int) -> int:
    return max(1, ceil(STEPS * cases / most))
