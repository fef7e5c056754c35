"""The rules for the date of an interview: clashes, office hours, notice, panel, clock change.

Pure: everything that a rule looks at is handed over. Clashes refuse; the rest warns, and a person
decides. The numbers are parameters of policy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from engine.timelimits import ZONE, Site, is_working_day, latest_before
from recruitment import wording

Severity = Literal["refuses", "warns"]
Code = Literal[
    "room", "member", "candidate", "notice", "past", "hours", "day", "quorum", "chair",
    "declaration", "clock",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of the panel."""

    person: str
    name: str
    is_chair: bool = False


@dataclass(frozen=True, kw_only=True)
class Slot:
    """When and where an interview is; the end is not part of it any more."""

    starts_at: datetime
    minutes: int
    place: str
    language: str = ""

    @property
    def ends_at(self) -> datetime:
        """Return the first instant after the interview."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def day(self) -> date:
        """Return its day in Brussels."""
        return self.starts_at.astimezone(ZONE).date()

    def overlaps(self, other: "Slot") -> bool:
        """Say whether both go on at some instant; one may begin when the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An interview that stands in somebody's calendar: booked, or placed and not sent yet."""

    application: str
    candidate: str
    candidate_name: str
    #: the reference of its call
    call: str
    slot: Slot
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An interview that is to be: what the rules judge."""

    application: str
    candidate: str
    candidate_name: str
    slot: Slot
    members: tuple[Member, ...]
    #: members who have not declared their links to the candidate yet
    undeclared: tuple[str, ...] = ()
    #: a date that is already agreed and moves: then the notice warns and does not refuse
    is_move: bool = False


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The parameters that the institution sets."""

    #: an ISO 8601 period before the interview
    notice: str = "P10D"
    minutes: int = 45
    opens: str = "09:00"
    closes: str = "18:00"
    quorum: int = 3


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Days on which a person is away, both included."""

    person: str
    first_day: date
    last_day: date


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule says of a wish, with people and slot; `facts` fill the sentence of a page."""

    code: Code
    severity: Severity
    #: may be kept in the candidate's file: it names no other candidate
    text: str
    #: the slot that it speaks of: the other one's where two clash
    slot: Slot
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the rules look at beside the wish."""

    site: Site
    now: datetime
    policy: Policy = Policy()
    taken: Sequence[Taken] = ()
    absences: Sequence[Absence] = ()


def judge(wish: Wish, ground: Ground) -> list[Finding]:
    """Return all that the rules have to say, refusals first."""
    found = [
        *clashes(wish, ground.taken),
        *_notice(wish, ground),
        *_office(wish.slot, ground),
        *_panel(wish, ground),
        *_clock_change(wish.slot),
    ]
    return sorted(found, key=lambda one: one.severity != "refuses")


def refusals(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that nobody can confirm away."""
    return [one for one in findings if one.severity == "refuses"]


def clashes(wish: Wish, taken: Iterable[Taken]) -> list[Finding]:
    """Return who or what is taken at that time, in any call."""
    found: list[Finding] = []
    for other in taken:
        if other.application != wish.application and other.slot.overlaps(wish.slot):
            found += _clash(wish, other)
    return found


def _clash(wish: Wish, other: Taken) -> list[Finding]:
    facts = {"call": other.call, "other": other.candidate_name, "place": other.slot.place}
    when = f"{span(other.slot)} ({other.call})"
    found = []
    if room(other.slot.place) == room(wish.slot.place):
        text = f"{wish.slot.place} is taken {when}"
        found.append(_refusal("room", text, other.slot, facts))
    theirs = {one.person for one in other.members}
    for one in wish.members:
        if one.person in theirs:
            text = f"{one.name} is taken {when}, {other.slot.place}"
            found.append(_refusal("member", text, other.slot, {**facts, "name": one.name}))
    if other.candidate == wish.candidate:
        text = f"{wish.candidate_name} has another interview {when}"
        named = {**facts, "name": wish.candidate_name}
        found.append(_refusal("candidate", text, other.slot, named))
    return found


def _refusal(code: Code, text: str, slot: Slot, facts: dict[str, str]) -> Finding:
    return Finding(code=code, severity="refuses", text=text, slot=slot, facts=facts)


def _warning(code: Code, text: str, slot: Slot, facts: dict[str, str]) -> Finding:
    return Finding(code=code, severity="warns", text=text, slot=slot, facts=facts)


def room(place: str) -> str:
    """Return a place as it is compared: neither case nor spaces make another room."""
    return " ".join(place.split()).casefold()


def earliest(now: datetime, notice: str, site: Site) -> date:
    """Return the first day that leaves the candidate the notice of policy."""
    return _earliest(now.astimezone(ZONE).date(), notice, site)


@lru_cache(maxsize=64)
def _earliest(today: date, notice: str, site: Site) -> date:
    # one day for all candidates of a page
    day = today
    while latest_before(day, notice, site).day < today:
        day += timedelta(days=1)
    return day


def _notice(wish: Wish, ground: Ground) -> list[Finding]:
    slot, notice = wish.slot, ground.policy.notice
    facts = {"name": wish.candidate_name}
    if slot.starts_at <= ground.now:
        text = f"{wish.candidate_name}: {span(slot)} is over"
        return [_refusal("past", text, slot, facts)]
    first = earliest(ground.now, notice, ground.site)
    if slot.day >= first:
        return []
    facts |= {"first": first.isoformat(), "notice": notice}
    asked = f"{wording.period(notice)}; first day {wording.day(first)}"
    text = f"{wish.candidate_name}: {span(slot)} leaves less than {asked}"
    say = _warning if wish.is_move else _refusal
    return [say("notice", text, slot, facts)]


def _office(slot: Slot, ground: Ground) -> list[Finding]:
    found, opens, closes = [], ground.policy.opens, ground.policy.closes
    if not is_working_day(slot.day, ground.site):
        text = f"{span(slot)} is no working day in {ground.site}"
        found.append(_warning("day", text, slot, {"site": ground.site}))
    if not _is_within(slot, opens, closes):
        text = f"{span(slot)} is outside office hours ({opens} to {closes})"
        found.append(_warning("hours", text, slot, {"opens": opens, "closes": closes}))
    return found


def _is_within(slot: Slot, opens: str, closes: str) -> bool:
    first, last = slot.starts_at.astimezone(ZONE), slot.ends_at.astimezone(ZONE)
    same_day = first.date() == last.date()
    return (
        same_day
        and time.fromisoformat(opens) <= first.time()
        and last.time() <= time.fromisoformat(closes)
    )


def _panel(wish: Wish, ground: Ground) -> list[Finding]:
    slot, quorum = wish.slot, ground.policy.quorum
    away = {one.person for one in ground.absences if one.first_day <= slot.day <= one.last_day}
    absent = ", ".join(one.name for one in wish.members if one.person in away)
    present = [one for one in wish.members if one.person not in away]
    facts = {"absent": absent, "present": str(len(present)), "quorum": str(quorum)}
    why = f"; absent: {absent}" if absent else ""
    found = []
    if len(present) < quorum:
        text = f"{span(slot)}: {len(present)} of {quorum} members can sit{why}"
        found.append(_warning("quorum", text, slot, facts))
    if not any(one.is_chair for one in present):
        text = f"{span(slot)}: the chair cannot sit{why}"
        found.append(_warning("chair", text, slot, facts))
    if wish.undeclared:
        names = {"names": ", ".join(wish.undeclared), "name": wish.candidate_name}
        text = f"{names['names']}: no declaration of links to {wish.candidate_name}"
        found.append(_refusal("declaration", text, slot, names))
    return found


def _clock_change(slot: Slot) -> list[Finding]:
    if not is_clock_change(slot.day):
        return []
    offset = slot.starts_at.astimezone(ZONE).strftime("%z")
    text = f"The clock changes on the day of {span(slot)}: this is UTC{offset}"
    return [_warning("clock", text, slot, {"offset": f"UTC{offset[:3]}:{offset[3:]}"})]


def is_clock_change(day: date) -> bool:
    """Say whether the offset from UTC differs between the ends of a day in Brussels."""
    first = datetime.combine(day, time(), tzinfo=ZONE)
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)
    return first.utcoffset() != following.utcoffset()


def span(slot: Slot) -> str:
    """Write a slot: 16 June 2026, 10:00 to 10:45."""
    first, last = slot.starts_at.astimezone(ZONE), slot.ends_at.astimezone(ZONE)
    return f"{wording.day(first.date())}, {first:%H:%M} to {last:%H:%M}"
