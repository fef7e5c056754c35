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
    search = _Search(frame, ground)
    found = {one.application: search.slot_for(one) for one in wishes}
    return {key: slot for key, slot in found.items() if slot is not None}


class _Search:
    """The slots of a frame, of which each panel passes over those that it cannot use once."""

    def __init__(self, frame: Frame, ground: Ground) -> None:
        self.slots, self.ground = list(slots(frame)), ground
        self.days: dict[date, list[Taken]] = {}
        for one in ground.taken:
            self.days.setdefault(one.slot.day, []).append(one)
        #: panel and number of a slot that is of no use to it, whoever the candidate is
        self.spent: set[tuple[frozenset[str], int]] = set()

    def slot_for(self, wish: Wish) -> Slot | None:
        panel = frozenset(one.person for one in wish.members)
        for number, slot in enumerate(self.slots):
            if (panel, number) in self.spent:
                continue
            of_day = replace(self.ground, taken=self.days.get(slot.day, ()))
            found = judge(replace(wish, slot=slot), of_day)
            if not found:
                chosen = replace(slot, language=wish.slot.language)
                self.days.setdefault(slot.day, []).append(_taken(wish, chosen))
                return chosen
            if any(one.code != "candidate" for one in found):
                self.spent.add((panel, number))
        return None


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


def _taken(wish: Wish, slot: Slot) -> Taken:
    return Taken(
        application=wish.application,
        candidate=wish.candidate,
        candidate_name=wish.candidate_name,
        call="",
        slot=slot,
        members=wish.members,
    )
