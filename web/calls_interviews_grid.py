"""The week of a planner as a table: rooms or members down, days across."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.timelimits import ZONE
from recruitment.planner import Planner, State
from recruitment.planning import Policy, Slot, earliest, room

WORKDAYS, WEEK = 5, 7
#: The start of a free slot that is offered falls on such a minute.
_STEP = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One interview in a cell."""

    slot: Slot
    #: the candidate's name; None for an interview of another call
    name: str | None
    call: str
    #: None while it is only placed
    state: State | None
    #: names of its panel's members by account
    members: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What is on one day in one room, or of one member."""

    day: date
    entries: Sequence[Entry]
    #: where a further interview could begin: "10:45"; None where nothing is free
    free: str | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A room or a member with its days."""

    title: str
    #: the room; None for a member
    place: str | None
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Week:
    """The table of one week."""

    monday: date
    days: Sequence[date]
    lines: Sequence[Line]

    @property
    def before(self) -> str:
        """Return the week before, as the address names it."""
        return (self.monday - timedelta(days=WEEK)).isoformat()

    @property
    def after(self) -> str:
        """Return the week after, as the address names it."""
        return (self.monday + timedelta(days=WEEK)).isoformat()


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def first_week(planner: Planner) -> date:
    """Return the week to begin with: of the first that is placed, to come or possible.

    Where all interviews are over it is the week of the last one.
    """
    if planner.is_over:
        return monday_of(max(one.taken.slot.day for one in planner.bookings))
    found = [one.slot.day for one in planner.placed if one.slot]
    found = found or [one.taken.slot.day for one in planner.bookings if one.stands]
    ground = planner.ground
    return monday_of(min(found, default=earliest(ground.now, ground.policy.notice, ground.site)))


def week_of(planner: Planner, monday: date, places: Sequence[str], *, by_member: bool) -> Week:
    """Lay out a week; days of a weekend are shown where something is on."""
    entries = entries_of(planner)
    busy = {one.slot.day for one in entries}
    count = range(WEEK)
    days = [monday + timedelta(days=n) for n in count]
    days = [one for n, one in enumerate(days) if n < WORKDAYS or one in busy]
    here = [one for one in entries if one.slot.day in days]
    lines = _of_members(here, days) if by_member else _of_rooms(here, days, places, planner)
    return Week(monday=monday, days=days, lines=lines)


def entries_of(planner: Planner) -> list[Entry]:
    """Return all that takes a room or a person: booked, placed, and of other calls."""
    found = [
        Entry(
            slot=one.taken.slot,
            name=one.taken.candidate_name,
            call=one.taken.call,
            state=one.state,
            members={m.person: m.name for m in one.taken.members},
        )
        for one in planner.bookings
        if one.state != "cancelled"
    ]
    found += [
        Entry(
            slot=one.slot,
            name=one.name,
            call=planner.reference,
            state=None,
            members={m.person: m.name for m in one.members},
        )
        for one in planner.placed
        if one.slot
    ]
    found += [
        Entry(
            slot=one.slot,
            name=None,
            call=one.call,
            state="invited",
            members={m.person: m.name for m in one.members},
        )
        for one in planner.elsewhere
    ]
    return sorted(found, key=lambda one: one.slot.starts_at)


def _of_rooms(
    entries: Sequence[Entry], days: Sequence[date], places: Sequence[str], planner: Planner
) -> list[Line]:
    titles: dict[str, str] = {}
    for place in (*places, *(one.slot.place for one in entries)):
        titles.setdefault(room(place), place)
    held: dict[tuple[str, date], list[Entry]] = {}
    for one in entries:
        held.setdefault((room(one.slot.place), one.slot.day), []).append(one)
    policy = planner.ground.policy
    return [
        Line(
            title=title,
            place=title,
            cells=[_cell(day, held.get((key, day), []), policy) for day in days],
        )
        for key, title in sorted(titles.items())
        if key
    ]


def _cell(day: date, entries: Sequence[Entry], policy: Policy) -> Cell:
    return Cell(day=day, entries=entries, free=free_from(day, [e.slot for e in entries], policy))


def free_from(day: date, busy: Sequence[Slot], policy: Policy) -> str | None:
    """Return the first start of a day at which an interview of policy's length is free."""
    at = datetime.combine(day, time.fromisoformat(policy.opens), tzinfo=ZONE)
    closes = datetime.combine(day, time.fromisoformat(policy.closes), tzinfo=ZONE)
    length = timedelta(minutes=policy.minutes)
    for one in sorted(busy, key=lambda one: one.starts_at):
        if at + length <= one.starts_at:
            break
        at = max(at, _rounded(one.ends_at.astimezone(ZONE)))
    return at.strftime("%H:%M") if at + length <= closes else None


def _rounded(at: datetime) -> datetime:
    """Return the next quarter of an hour, or the instant itself."""
    return at + (-timedelta(minutes=at.minute, seconds=at.second) % _STEP)


def _of_members(entries: Sequence[Entry], days: Sequence[date]) -> list[Line]:
    names = {
        person: name
        for one in entries
        if one.name is not None
        for person, name in one.members.items()
    }
    lines = []
    for person, name in sorted(names.items(), key=lambda one: one[1]):
        theirs = [one for one in entries if person in one.members]
        cells = [
            Cell(day=day, entries=[e for e in theirs if e.slot.day == day], free=None)
            for day in days
        ]
        lines.append(Line(title=name, place=None, cells=cells))
    return lines
