"""The planner of a call: candidates to place, what is booked, and what the rules say of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from engine import decisions, definitions
from engine.cases import Act
from engine.store import UnitOfWork, users
from engine.store.tasks import from_row
from engine.timelimits import FUNCTIONS, Site
from engine.worklist import Task
from recruitment import booked, panels
from recruitment.planning import (
    Absence,
    Finding,
    Ground,
    Member,
    Policy,
    Slot,
    Taken,
    Wish,
    judge,
    refusals,
)
from recruitment.store import interviews

State = Literal[
    "sending", "invited", "moved", "unrecorded", "held", "no_show", "cancelled"
]  # fmt: skip
#: Steps that open after an interview, and what each of them proves.
_HELD = frozenset({"score_candidate", "record_consensus", "confirm_panel_result"})
_MISSED = frozenset({"schedule_interview", "confirm_interview_no_show"})
#: What a date was booked for stays of interest for so long.
_AROUND = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A candidate whose date is to be fixed: the open task, its draft, what the rules say."""

    task: Task
    application: str
    candidate: str
    name: str
    members: tuple[Member, ...]
    #: None while no slot is chosen
    slot: Slot | None
    saved_at: datetime | None
    saved_by: str | None
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Say whether it cannot be sent as it is."""
        return bool(refusals(self.findings))

    @property
    def stamp(self) -> str:
        """Return what tells one version of the draft from another."""
        return str(int(self.saved_at.timestamp() * 1_000_000)) if self.saved_at else "0"


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """A candidate whose date cannot be fixed yet, and the tasks that it waits for."""

    case_id: UUID
    name: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, kw_only=True)
class Booking:
    """An interview that stands in the calendar, or is on its way there."""

    taken: Taken
    case_id: UUID
    state: State
    number: int = 1
    sequence: int = 0
    #: the delivery report of the last invitation, where it did not arrive
    bounce: str | None = None
    bounced_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Say whether it is still to come."""
        return self.state in ("sending", "invited", "moved")


@dataclass(frozen=True, kw_only=True)
class Planner:
    """All that the planner of a call knows."""

    reference: str
    placements: Sequence[Placement]
    blocked: Sequence[Blocked]
    bookings: Sequence[Booking]
    #: interviews of other calls in the same days
    elsewhere: Sequence[Taken]
    ground: Ground = field(repr=False)

    @cached_property
    def is_over(self) -> bool:
        """Say whether there were interviews and none is to come or to be planned."""
        if self.placements or self.blocked or not self.bookings:
            return False
        return not any(one.stands for one in self.bookings)

    @cached_property
    def placed(self) -> list[Placement]:
        """The placements with a slot, in the order of their slots."""
        found = [one for one in self.placements if one.slot is not None]
        return sorted(found, key=lambda one: (one.slot.starts_at, one.application))  # type: ignore[union-attr]  # just looked

    @property
    def waiting(self) -> list[Placement]:
        """The placements without a slot."""
        return [one for one in self.placements if one.slot is None]

    def placement(self, task: UUID) -> Placement | None:
        """Return the placement of an open task."""
        return next((one for one in self.placements if one.task.id == task), None)

    def booking(self, application: str) -> Booking | None:
        """Return the booking of an application."""
        return next((one for one in self.bookings if one.taken.application == application), None)


def planner_of(
    act: Act, call: Mapping[str, Any], case: UUID, *, around: Iterable[datetime] = ()
) -> Planner:
    """Read the planner of a call; `around` are instants at which other calls matter too."""
    uow = act.uow
    steps, rows = interviews.open_steps(uow, case), interviews.of_call(uow, str(call["id"]))
    sent = [row for row in interviews.waiting(uow) if row["call"] == call["id"]]
    fixing = [row for row in steps if row["element"] == interviews.SCHEDULE]
    sitting = panels.of_cases(uow, _cases(fixing, rows))
    bookings = [*_sending(sent), *_bookings(uow, call, rows, sitting, {r["case_id"] for r in sent})]
    placements = [_placement(row, sitting) for row in fixing]
    elsewhere = _elsewhere(uow, call, placements, bookings, around)
    ground = Ground(
        site=site_of(call),
        now=uow.now,
        policy=policy_of(uow),
        taken=[*elsewhere, *(one.taken for one in bookings if one.stands)],
        absences=absences(uow),
    )
    return Planner(
        reference=str(call["reference"]),
        placements=_judged(placements, ground, str(call["reference"])),
        blocked=_blocked(steps),
        bookings=bookings,
        elsewhere=elsewhere,
        ground=ground,
    )


def wish_of(one: Placement, slot: Slot) -> Wish:
    """Return what the rules judge of a placement."""
    return Wish(
        application=one.application,
        candidate=one.candidate,
        candidate_name=one.name,
        slot=slot,
        members=one.members,
    )


def with_placed(planner: Planner, *, but: str | None = None) -> Ground:
    """Return the ground with everything that is placed and not sent, but for one application."""
    placed = [_as_taken(one, planner.reference) for one in planner.placed if one.application != but]
    return replace(planner.ground, taken=[*planner.ground.taken, *placed])


def policy_of(uow: UnitOfWork) -> Policy:
    """Return the parameters in force; a version without some of them has those of the product."""
    version = definitions.latest(uow, "recruitment_case")
    models = definitions.find(uow, version["digest"]).models
    decided = decisions.decide(models, "policy", {}, functions=FUNCTIONS, now=uow.now)
    found = decided.output if isinstance(decided.output, Mapping) else {}
    wanted = {
        "notice": "interview_notice",
        "minutes": "interview_minutes",
        "opens": "interview_opens",
        "closes": "interview_closes",
        "quorum": "panel_members",
    }
    return Policy(**{name: found[key] for name, key in wanted.items() if found.get(key)})


def site_of(call: Mapping[str, Any]) -> Site:
    """Return the site of a call, whose holidays count."""
    return "BRU" if call["content"].get("site") == "BRU" else "LUX"


def absences(uow: UnitOfWork) -> list[Absence]:
    """Return the days on which people are away, as they appointed their deputies."""
    return [
        Absence(person=row["absent"], first_day=row["first_day"], last_day=row["last_day"])
        for row in users.deputies(uow)
    ]


def _cases(*rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    return list({row["case_id"] for some in rows for row in some if row["case_id"]})


def _placement(row: Mapping[str, Any], sitting: Mapping[UUID, tuple[Member, ...]]) -> Placement:
    return Placement(
        task=from_row(row),
        application=str(row["case_key"]),
        candidate=row["sort_candidate"],
        name=row["sort_name"],
        members=sitting.get(row["case_id"], ()),
        slot=draft_slot(row["sort_content"]),
        saved_at=row["sort_saved_at"],
        saved_by=row["sort_saved_by"],
    )


def draft_slot(content: Mapping[str, Any] | None) -> Slot | None:
    """Return the slot of a draft; None while it is none, also where it is half typed."""
    if not content or not content.get("interview_at") or not content.get("place"):
        return None
    try:
        return booked.slot_of(content)
    except (TypeError, ValueError):
        return None


def _judged(placements: list[Placement], ground: Ground, reference: str) -> list[Placement]:
    """Return the placements with what the rules say; each day is looked at by itself."""
    days: dict[date, list[Taken]] = {}
    placed = [_as_taken(one, reference) for one in placements if one.slot]
    for taken in (*ground.taken, *placed):
        days.setdefault(taken.slot.day, []).append(taken)
    return [_with_findings(one, ground, days) for one in placements]


def _with_findings(
    one: Placement, ground: Ground, days: Mapping[date, Sequence[Taken]]
) -> Placement:
    if one.slot is None:
        return one
    of_day = replace(ground, taken=days[one.slot.day])
    return replace(one, findings=tuple(judge(wish_of(one, one.slot), of_day)))


def _as_taken(one: Placement, reference: str) -> Taken:
    assert one.slot is not None  # noqa: S101  # the caller looked
    return Taken(
        application=one.application,
        candidate=one.candidate,
        candidate_name=one.name,
        call=reference,
        slot=one.slot,
        members=one.members,
    )


def _blocked(steps: Sequence[Mapping[str, Any]]) -> list[Blocked]:
    held: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in steps:
        if row["element"] != interviews.SCHEDULE:
            held.setdefault(row["case_id"], []).append(row)
    return [
        Blocked(case_id=case, name=rows[0]["sort_name"], tasks=tuple(from_row(one) for one in rows))
        for case, rows in held.items()
    ]


def _sending(rows: Sequence[Mapping[str, Any]]) -> list[Booking]:
    return [
        Booking(taken=booked.of_effect(row), case_id=row["case_id"], state="sending")
        for row in rows
    ]


def _bookings(
    uow: UnitOfWork,
    call: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    sitting: Mapping[UUID, tuple[Member, ...]],
    sent: set[UUID],
) -> list[Booking]:
    """Return what stands in the calendar; who is on the way to another date stands there."""
    letters = interviews.invitations(uow, str(call["id"]))
    steps = interviews.steps_since(uow, str(call["id"]))
    found = []
    for row in rows:
        if row["case_id"] in sent:
            continue
        letter = letters.get(row["case_id"], {})
        taken = booked.of_row(row)
        members = tuple(one for one in sitting.get(row["case_id"], ()))
        found.append(
            Booking(
                taken=replace(taken, members=members or taken.members),
                case_id=row["case_id"],
                state=_state(row, frozenset(steps.get(row["case_id"], ())), uow.now),
                number=row["number"],
                sequence=row["sequence"],
                bounce=letter.get("bounce"),
                bounced_at=letter.get("bounced_at"),
            )
        )
    return found


def _state(row: Mapping[str, Any], since: frozenset[str], now: datetime) -> State:
    if row["cancelled_at"] is not None:
        return "cancelled"
    if since & _HELD:
        return "held"
    if since & _MISSED:
        return "no_show"
    if row["ended_at"] is not None:
        return "cancelled"
    if row["starts_at"] <= now:
        return "unrecorded"
    return "moved" if row["sequence"] >= row["number"] else "invited"


def _elsewhere(
    uow: UnitOfWork,
    call: Mapping[str, Any],
    placements: Sequence[Placement],
    bookings: Sequence[Booking],
    around: Iterable[datetime],
) -> list[Taken]:
    at = [one.slot.starts_at for one in placements if one.slot]
    at += [one.taken.slot.starts_at for one in bookings if one.stands]
    at += list(around)
    if not at:
        return []
    first, last = min(at) - _AROUND, max(at) + _AROUND
    found = [*booked.taken(uow, first, last), *booked.waiting(uow)]
    return [one for one in found if one.call != call["reference"]]
