"""Where the running cases of a version wait, on its drawing and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.cases import Act
from engine.kernel import Definition, Process
from engine.store import waiting as rows
from engine.store.waiting import Waiting
from engine.timelimits import ZONE, Site, working_days_between
from web.language import _, ngettext

#: The institution's calendar by which waits are counted.
SITE: Site = "BRU"
#: The longest wait of each step of the scale, in working days; what is longer is the last step.
SCALE = (1, 5, 20)
_EVENTS = frozenset({"intermediateCatchEvent", "receiveTask"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """One element at which cases wait."""

    element: str
    name: str
    process: Process
    cases: int
    incidents: int
    #: the median of the waits in working days; None where their beginning is not kept
    days: int | None
    #: the step of the scale, from 0; None without days
    heat: int | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One drawing of a version with the places where cases wait."""

    #: the process that is drawn
    process: Process
    #: every process of the version with the number of cases that wait in it
    levels: tuple[tuple[Process, int], ...]
    #: of all processes, those where the most wait first
    places: tuple[Place, ...]
    address: str
    marks: list[dict[str, object]]
    legend: tuple[str, ...]


def standing(act: Act, definition: Definition, wanted: str | None) -> Standing:
    """Return where cases wait; the drawing asked for, else the one where the most wait."""
    events = {one.id for one in definition.elements.values() if one.kind in _EVENTS}
    found = rows.by_element(act.uow, definition.digest, events)
    today = act.uow.now.astimezone(ZONE).date()
    places = [_place(one, definition, today) for one in _known(found, definition)]
    places.sort(key=lambda one: (-one.cases, one.name))
    counts = dict.fromkeys(definition.processes, 0)
    for one in places:
        counts[one.process.id] += one.cases
    process = definition.processes[_drawn(counts, wanted, definition.root)]
    return Standing(
        process=process,
        levels=tuple((one, counts[one.id]) for one in _ordered(definition)),
        places=tuple(places),
        address=f"/api/v1/definitions/{definition.digest}/files/{process.file}",
        marks=[_mark(one) for one in places if one.process.id == process.id],
        legend=legend(),
    )


def _drawn(counts: Mapping[str, int], wanted: str | None, root: str) -> str:
    if wanted is not None and wanted in counts:
        return wanted
    return max(counts, key=lambda name: (counts[name], name == root))


def legend() -> tuple[str, ...]:
    """Return the steps of the scale in words."""
    first, second, third = SCALE
    return (
        _counted(ngettext("up to %(num)d working day", "up to %(num)d working days", first), first),
        _("up to %(number)s working days", number=second),
        _("up to %(number)s working days", number=third),
        _("more than %(number)s working days", number=third),
    )


def _ordered(definition: Definition) -> list[Process]:
    """Return the root first, the others by name."""
    others = (one for one in definition.processes.values() if one.id != definition.root)
    return [
        definition.processes[definition.root],
        *sorted(others, key=lambda one: one.name or one.id),
    ]


def _known(found: Mapping[str, Waiting], definition: Definition) -> list[Waiting]:
    return [one for key, one in found.items() if key in definition.elements]


def _place(one: Waiting, definition: Definition, today: date) -> Place:
    element = definition.elements[one.element]
    days = None
    if one.median_since is not None:
        since = one.median_since.astimezone(ZONE).date()
        days = working_days_between(since, today, SITE)
    return Place(
        element=element.id,
        name=element.name or element.id,
        process=definition.processes[element.process],
        cases=one.cases,
        incidents=one.incidents,
        days=days,
        heat=None if days is None else sum(days > most for most in SCALE),
    )


def _mark(place: Place) -> dict[str, Any]:
    cases, days, incidents = place.cases, place.days, place.incidents
    said = [_counted(ngettext("%(num)d case waits here", "%(num)d cases wait here", cases), cases)]
    if days is not None:
        median = ngettext("median %(num)d working day", "median %(num)d working days", days)
        said.append(_counted(median, days))
    if incidents:
        said.append(
            _counted(ngettext("%(num)d incident", "%(num)d incidents", incidents), incidents)
        )
    text = str(place.cases) + (f" ⚠ {place.incidents}" if place.incidents else "")
    style = "none" if place.heat is None else str(place.heat)
    return {"id": place.element, "style": f"heat-{style}", "text": text, "title": ", ".join(said)}


def _counted(text: str, number: int) -> str:
    return text % {"num": number}
