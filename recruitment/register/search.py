"""The verb that searches the register: who matches, why, and what to mind about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from engine.access import authorize
from engine.cases import Act
from engine.errors import Invalid
from engine.history import EventKind
from engine.store import events
from engine.store.unit_of_work import Row
from recruitment.cast import figures
from recruitment.cast.figures import Figures
from recruitment.cast.query import Criterion, Match, Query, why
from recruitment.register.extracts import today
from recruitment.store import register
from recruitment.store import search as rows
from recruitment.store.search import COUNTED, Wanted

__all__ = ["COUNTED", "Flag", "Found", "Hint", "Person", "Wanted", "count", "hints", "place", "run"]


@dataclass(frozen=True, kw_only=True)
class Flag:
    """What to mind about a person, with its day."""

    kind: Literal["not-refreshed", "expires", "expired", "locked", "older-extract"]
    day: date | None


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person and a profile that match."""

    id: str
    row: Mapping[str, Any]
    why: Sequence[Match]
    flags: Sequence[Flag]


@dataclass(frozen=True, kw_only=True)
class Hint:
    """How many would match without one criterion."""

    criterion: Criterion
    number: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of a search, and how many match in all: COUNTED + 1 stands for more."""

    people: Sequence[Person]
    #: one person more than asked for says that there is another page
    number: int
    hints: Sequence[Hint]
    #: the extract with the latest date, and whether it is older than the figure allows
    extract: Row | None
    is_old: bool


def run(act: Act, query: Query, wanted: Wanted) -> Found:
    """Search the register. The reading is recorded once: the search, and how many were shown."""
    who = authorize(act.actor, "candidate:search", act.shell.policy)
    known, day = figures.in_force(act.uow), today(act.uow.now)
    number = rows.count(act.uow, query, known, day)
    few = Wanted(sort=wanted.sort, after=wanted.after, limit=wanted.limit, few=number <= COUNTED)
    found = rows.search(act.uow, query, known, day, few) if number else []
    extract = register.newest_extract(act.uow)
    shown = min(len(found), wanted.limit - 1)
    if shown:
        payload = {"what": "search of the register", "search": query.as_json(), "shown": shown}
        events.append(
            act.uow, "read:register", kind=EventKind.RECORD_READ, actor=who, payload=payload
        )
    return Found(
        people=[_person(one, query, known, day, extract) for one in found],
        number=number,
        hints=() if number else hints(act, query),
        extract=extract,
        is_old=_is_old(extract, known, day),
    )


def place(field: str, key: object, row_id: str) -> tuple[object, str]:
    """Return where a page of a search begins; raise Invalid for what no page ends with."""
    kinds: Mapping[str, tuple[type, ...]] = {
        "name": (str,),
        "result_date": (date,),
        "refreshed": (date,),
        "experience_years": (int, float),
    }
    try:
        rows.split(row_id)
    except ValueError as error:
        raise Invalid("This is no place in this list", where="after") from error
    if isinstance(key, bool | datetime) or not isinstance(key, kinds[field]):
        raise Invalid("This is no place in this list", where="after")
    return key, row_id


def count(act: Act, query: Query, *, most: int = COUNTED) -> int:
    """Count who matches, no further than one beyond `most`; nobody is shown."""
    authorize(act.actor, "candidate:search", act.shell.policy)
    known = figures.in_force(act.uow)
    return rows.count(act.uow, query, known, today(act.uow.now), most=most)


def hints(act: Act, query: Query) -> list[Hint]:
    """Say how many would match without each single criterion, where somebody would."""
    authorize(act.actor, "candidate:search", act.shell.policy)
    known = figures.in_force(act.uow)
    numbers = rows.without_each(act.uow, query, known, today(act.uow.now))
    pairs = zip(query.criteria(), numbers, strict=True)
    return [Hint(criterion=one, number=number) for one, number in pairs if number]


def _is_old(extract: Row | None, known: Figures, day: date) -> bool:
    if extract is None or known.extract_age is None:
        return False
    age: int = (day - extract["taken_on"]).days
    return age > known.extract_age


def _person(
    row: Mapping[str, Any], query: Query, known: Figures, day: date, newest: Row | None
) -> Person:
    flags = [*_tests(row, known, day), *_profile(row, known, day)]
    if newest is not None and row["taken_on"] and row["taken_on"] < newest["taken_on"]:
        flags.append(Flag(kind="older-extract", day=row["taken_on"]))
    return Person(id=row["id"], row=row, why=why(query, row), flags=flags)


def _tests(row: Mapping[str, Any], known: Figures, day: date) -> list[Flag]:
    found = []
    if row["passed"] and row["result_date"]:
        last = figures.later(row["result_date"], known.validity)
        if last < day:
            found.append(Flag(kind="expired", day=last))
        elif known.expiry_warning and last <= figures.later(day, known.expiry_warning):
            found.append(Flag(kind="expires", day=last))
    if row["failed_group"] and row["test_date"]:
        until = figures.locked_until(known, row["test_date"])
        if day < until:
            found.append(Flag(kind="locked", day=until))
    return found


def _profile(row: Mapping[str, Any], known: Figures, day: date) -> list[Flag]:
    at = row["refreshed"]
    is_searchable = at is not None and figures.later(at, known.refresh) >= day
    return [] if is_searchable else [Flag(kind="not-refreshed", day=at)]
