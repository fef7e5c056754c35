"""The forms of the planner: a slot, and where free slots are looked for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from engine.errors import Invalid
from engine.timelimits import ZONE
from recruitment.planning import Slot
from recruitment.proposing import Frame
from web.calls_interviews_words import local_time
from web.language import _

LANGUAGES = (
    "BG CS DA DE EL EN ES ET FI FR GA HR HU IT LT LV MT NL PL PT RO SK SL SV".split()  # noqa: SIM905  # a table in one line
)
#: The longest text of a place, and the least and most minutes, as the form of the task has them.
PLACE, LEAST, MOST = 200, 10, 240
#: The longest span in which slots are looked for.
_SPAN = timedelta(days=62)

Given = Mapping[str, str]
Faults = dict[str, str]


def slot_form(slot: Slot) -> dict[str, str]:
    """Return a slot as the fields of a form."""
    return {
        "date": slot.day.isoformat(),
        "time": local_time(slot),
        "place": slot.place,
        "language": slot.language,
        "minutes": str(slot.minutes),
    }


def draft_of(slot: Slot) -> dict[str, object]:
    """Return a slot as the draft of the task keeps it, and as its form is completed."""
    return {
        "interview_at": slot.starts_at.astimezone(ZONE).isoformat(),
        "place": slot.place,
        "language": slot.language,
        "minutes": slot.minutes,
    }


def frame_from(given: Given) -> tuple[Frame | None, Faults]:
    """Return the frame in which slots are looked for, and the faults of its form by field."""
    faults: Faults = {}
    first, last = day_from(given.get("first_day", "")), day_from(given.get("last_day", ""))
    if first is None:
        faults["first_day"] = _("Give a day.")
    if last is None or (first and not first <= last <= first + _SPAN):
        faults["last_day"] = _("Give a day after the first one, at most two months later.")
    rooms = tuple(dict.fromkeys(one.strip() for one in given.get("rooms", "").splitlines()))
    rooms = tuple(one[:PLACE] for one in rooms if one)
    if not rooms:
        faults["rooms"] = _("Name a room, one a line.")
    opens, closes = _clock(given.get("opens", "")), _clock(given.get("closes", ""))
    if opens is None or closes is None or opens >= closes:
        faults["opens"] = _("Give two times, the first before the second.")
    minutes, pause = _number(given.get("length", ""), LEAST, MOST), given.get("pause", "0")
    if minutes is None:
        faults["length"] = _("Between %(least)s and %(most)s minutes.", least=LEAST, most=MOST)
    if faults or first is None or last is None or minutes is None or not opens or not closes:
        return None, faults
    return Frame(
        first_day=first,
        last_day=last,
        rooms=rooms,
        opens=opens.isoformat("minutes"),
        closes=closes.isoformat("minutes"),
        minutes=minutes,
        pause=_number(pause, 0, MOST) or 0,
    ), {}


def slot_from(given: Given) -> tuple[Slot | None, Faults]:
    """Return the slot of a form in Brussels time, and its faults by field."""
    faults: Faults = {}
    day, clock = day_from(given.get("date", "")), _clock(given.get("time", ""))
    minutes = _number(given.get("minutes", ""), LEAST, MOST)
    if day is None:
        faults["date"] = _("Give a day.")
    if clock is None:
        faults["time"] = _("Give a time of day.")
    if not 1 <= len(given.get("place", "")) <= PLACE:
        faults["place"] = _("Name a room or a link, in up to %(most)s characters.", most=PLACE)
    if given.get("language") not in LANGUAGES:
        faults["language"] = _("Choose a language.")
    if minutes is None:
        faults["minutes"] = _("Between %(least)s and %(most)s minutes.", least=LEAST, most=MOST)
    if faults or day is None or clock is None or minutes is None:
        return None, faults
    at = datetime.combine(day, clock, tzinfo=ZONE)
    if at.astimezone(UTC).astimezone(ZONE).time() != clock:
        return None, {"time": _("The clock skips this hour on that day.")}
    place, language = given["place"], given["language"]
    return Slot(starts_at=at, minutes=minutes, place=place, language=language), {}


def day_from(text: str) -> date | None:
    """Read a day; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def _number(text: str, least: int, most: int) -> int | None:
    found = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(10**6)) else -1
    return found if least <= found <= most else None


def id_from(text: str) -> UUID | None:
    """Read an id; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def noon(day: date) -> datetime:
    """Return noon of a day in Brussels."""
    return datetime.combine(day, time(12), tzinfo=ZONE)


def chosen(text: str) -> tuple[UUID, int, str]:
    """Read task, revision and version of the draft of a box that was ticked; raise Invalid."""
    task, revision, stamp = (*text.split(":"), "", "")[:3]
    found = id_from(task)
    if found is None or not revision.isdigit():
        raise Invalid(_("This is no placement"), where="task")
    return found, int(revision), stamp


def fields_of(given: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a form without spaces at their ends."""
    return {name: value.strip() for name, value in given.items()}
