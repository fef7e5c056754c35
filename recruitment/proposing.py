"""Propose free slots for interviews: the first that no rule has anything to say about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from engine.timelimits import ZONE
from recruitment.planning import Ground, Slot, Taken, Wish, judge


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where slots are looked for: days, rooms in order of preference, hours of a day."""

    first_day: date
    last_day: date
    rooms: tuple[str, ...]
    opens: str
    closes: str
    minutes: int
    #: minutes between two interviews of one day
    pause: int = 0


def propose(wishes: Sequence[Wish], frame: Frame, ground: Ground) -> Mapping[str, Slot]:
    """Return a slot by application, the earliest first; who finds none is left out.

    The slot that a wish brings along says only its language.
    """
    found: dict[str, Slot] = {}
    taken = list(ground.taken)
    for wish in wishes:
        now = replace(ground, taken=taken)
        slot = next((one for one in slots(frame) if _is_free(wish, one, now)), None)
        if slot is None:
            continue
        found[wish.application] = replace(slot, language=wish.slot.language)
        taken.append(_taken(wish, slot))
    return found


def slots(frame: Frame) -> Iterator[Slot]:
    """Yield the slots of a frame in order of time, at each time room by room."""
    day, step = frame.first_day, timedelta(minutes=frame.minutes + frame.pause)
    length = timedelta(minutes=frame.minutes)
    while day <= frame.last_day:
        at = datetime.combine(day, time.fromisoformat(frame.opens), tzinfo=ZONE)
        closes = datetime.combine(day, time.fromisoformat(frame.closes), tzinfo=ZONE)
        while at + length <= closes:
            for place in frame.rooms:
                yield Slot(starts_at=at, minutes=frame.minutes, place=place)
            at += step
        day += timedelta(days=1)


def _is_free(wish: Wish, slot: Slot, ground: Ground) -> bool:
    return not judge(replace(wish, slot=slot), ground)


def _taken(wish: Wish, slot: Slot) -> Taken:
    return Taken(
        application=wish.application,
        candidate=wish.candidate,
        candidate_name=wish.candidate_name,
        call="",
        slot=slot,
        members=wish.members,
    )
