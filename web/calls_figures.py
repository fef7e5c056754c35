"""Figures of a call: how far its applications came, how long it took, how they ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine.cases import Act
from engine.store import boards
from engine.store import figures as store
from recruitment.store import listing
from recruitment.store.listing import Narrowed
from web.calls_board import Plan, plan_of
from web.calls_frame import PROCESS, Head, head_of, pages
from web.language import _, day, label

Rows = Sequence[Mapping[str, Any]]
#: The width of the longest bar, in the units of the picture.
WIDTH = 300


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a chart and one row of the table beside it."""

    label: str
    value: float
    #: what the table says in its further columns
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart with the words around it."""

    id: str
    title: str
    hint: str
    #: the headings of label, value and notes
    headings: tuple[str, ...]
    bars: Sequence[Bar]
    empty: str

    @property
    def most(self) -> float:
        """The value of the longest bar."""
        return max((one.value for one in self.bars), default=0) or 1

    def width(self, bar: Bar) -> float:
        """Return the width of a bar in the picture."""
        return round(WIDTH * bar.value / self.most, 1)


@pages.get("/calls/<key>/figures")
def figures(key: str) -> ResponseReturnValue:
    """Show the figures of a call, each chart with the table of its numbers."""
    with acting() as act:
        head = head_of(act, key)
        plan = plan_of(act, head)
        found = _found(act, head, plan)
        counts = found["counts"]
        total = sum(one["cases"] for one in counts)
        charts = [
            _funnel(plan, found["reached"], total),
            _durations(plan, found["stage_times"]),
            _standing_now(plan, counts),
            _stopped(plan, found["last_worked"]),
            _outcomes(act, head, plan),
            _arrivals(act, head),
        ]
        return render(
            "call_figures.html",
            head=head,
            tab="figures",
            charts=charts,
            total=total,
            late=sum(one["late"] for one in counts),
            overdue=sum(one["overdue"] for one in counts),
        )


def _found(act: Act, head: Head, plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Ask in one go what is built on where each application stands."""
    position = boards.positions(head.case.id, PROCESS, plan.ranks)
    stay = store.stays(head.case.id, PROCESS, plan.ranks, act.uow.now)
    return act.uow.gathered(
        counts=listing.counted(head.call, position, Narrowed(), act.uow.now),
        reached=store.reached(stay, position),
        stage_times=store.stage_times(stay),
        last_worked=store.last_worked(position),
    )


def _funnel(plan: Plan, rows: Rows, total: int) -> Chart:
    been = {one["rank"]: one["cases"] for one in rows}
    bars = [Bar(label=_("Registered"), value=total, notes=(_share(total, total),))]
    bars += [
        Bar(
            label=label(stage.name),
            value=been.get(rank, 0),
            notes=(_share(been.get(rank, 0), total),),
        )
        for rank, stage in enumerate(plan.stages)
        if stage.is_called
    ]
    return Chart(
        id="funnel",
        title=_("How far the applications came"),
        hint=_("An application counts in every stage in which it had a task or waited."),
        headings=(_("Stage"), _("Applications"), _("Of all")),
        bars=bars if total else [],
        empty=_("No application is registered yet."),
    )


def _durations(plan: Plan, rows: Rows) -> Chart:
    bars = [
        Bar(
            label=plan.stage_title(one["rank"]),
            value=round(float(one["median_days"]), 1),
            notes=(
                f"{float(one['longest_days']):.1f}",
                str(one["over"]),
                str(one["overdue"] or 0),
            ),
        )
        for one in sorted(rows, key=lambda one: int(one["rank"]))
        if one["median_days"] is not None
    ]
    return Chart(
        id="durations",
        title=_("Time in each stage, in days"),
        hint=_(
            "From the first task that opened to the last one that was completed; the median of"
            " the applications that have no open task there."
        ),
        headings=(_("Stage"), _("Median"), _("Longest"), _("Applications"), _("Tasks overdue")),
        bars=bars,
        empty=_("No stage is completed yet."),
    )


def _standing_now(plan: Plan, counts: Rows) -> Chart:
    by_column = {plan.column_of(one): one for one in counts}
    bars = [
        Bar(
            label=plan.title(name),
            value=by_column[name]["cases"],
            notes=(str(by_column[name]["late"]), str(by_column[name]["overdue"])),
        )
        for name in plan.order(by_column)
        if name in by_column
    ]
    return Chart(
        id="now",
        title=_("Where they stand now"),
        hint=_("The columns of the board."),
        headings=(_("Place"), _("Applications"), _("Received late"), _("With a task overdue")),
        bars=bars,
        empty=_("No application is registered yet."),
    )


def _stopped(plan: Plan, rows: Rows) -> Chart:
    names = {one.calls: label(one.name) for one in plan.stages}
    bars = [
        Bar(
            label=names.get(one["process"]) or one["process"],
            value=one["cases"],
            notes=(plan.stage_title(one["rank"]),),
        )
        for one in rows
        if not plan.stages[one["rank"]].is_called
    ]
    return Chart(
        id="stopped",
        title=_("The last stage of those that only wait"),
        hint=_("Where a person last worked on the applications that are in no stage any more."),
        headings=(_("Last stage"), _("Applications"), _("Now")),
        bars=bars,
        empty=_("Every application is in a stage or has ended."),
    )


def _outcomes(act: Act, head: Head, plan: Plan) -> Chart:
    rows = boards.endings(act.uow, head.case.id, PROCESS)
    bars = [
        Bar(
            label=plan.end_title(one["ended_element"] or listing.CANCELLED),
            value=one["cases"],
            notes=(one["outcome"] or "",),
        )
        for one in rows
    ]
    return Chart(
        id="outcomes",
        title=_("Outcomes"),
        hint=_("The cases that have ended, with the retention of their data."),
        headings=(_("End"), _("Cases"), _("Outcome")),
        bars=bars,
        empty=_("No case has ended yet: a case ends when the retention of its data is over."),
    )


def _arrivals(act: Act, head: Head) -> Chart:
    rows = listing.arrivals(act.uow, head.call["id"])
    return Chart(
        id="arrivals",
        title=_("Applications by day"),
        hint=_("The day of receipt at the mailbox, in Brussels."),
        headings=(_("Day"), _("Applications")),
        bars=[Bar(label=day(one["day"]), value=one["applications"]) for one in rows],
        empty=_("No application is registered yet."),
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""
