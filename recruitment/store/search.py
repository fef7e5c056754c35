"""Search in the register: who matches, how many, and how many without each criterion."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from engine.finding import fold
from engine.store import UnitOfWork
from engine.store.unit_of_work import Row
from recruitment.cast.figures import Figures, earliest, last_unlocked
from recruitment.cast.query import Criterion, Query
from recruitment.cast.words import DIPLOMAS, GROUPS, LEVELS, at_least, up_to
from recruitment.store.tables import cast_extract, cast_record

#: Counting stops here: beyond, "more than" is said.
COUNTED = 1_000
#: Where a value is missing, it stands after all others in either order.
_LONG_AGO, _NONE = date(1900, 1, 1), -1
SORTS = ("name", "result_date", "refreshed", "experience_years")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A page of a search: its order, where it begins and how long it is."""

    #: one of SORTS; a leading "-" turns the order round
    sort: str
    #: the sort key and the id of the last row before
    after: tuple[object, str] | None
    limit: int
    #: few match: to sort them is faster than to walk everybody in the order of names
    few: bool = False


def search(
    uow: UnitOfWork, query: Query, figures: Figures, on: date, wanted: Wanted
) -> list[dict[str, Any]]:
    """Return a page of those who match, each with `key` (its sort key) and `id`."""
    column = _sort(wanted.sort.removeprefix("-"))
    if wanted.few:
        # no index has this expression
        column = func.coalesce(column, column)
    statement = (
        select(cast_record, column.label("key"), cast_extract.c.taken_on)
        .outerjoin(cast_extract, cast_extract.c.id == cast_record.c.extract)
        .where(*_conditions(query, figures, on))
    )
    order = (column, cast_record.c.candidate, cast_record.c.profile)
    backwards = wanted.sort.startswith("-")
    if wanted.after is not None:
        place = tuple_(*(literal(one) for one in (wanted.after[0], *split(wanted.after[1]))))
        statement = statement.where(tuple_(*order) < place if backwards else tuple_(*order) > place)
    ordered = [one.desc() for one in order] if backwards else order
    rows = uow.all(statement.order_by(*ordered).limit(wanted.limit))
    return [_found(row) for row in rows]


def _found(row: Row) -> dict[str, Any]:
    key = row["key"]
    # a place in a list is written as JSON, which has no decimals
    plain = float(key) if isinstance(key, Decimal) else key
    return {**row, "key": plain, "id": joined(row["candidate"], row["profile"])}


def joined(person: str, profile: str) -> str:
    """Return the id of a row: its candidate and its profile."""
    return json.dumps([person, profile])


def split(row_id: str) -> tuple[str, str]:
    """Return candidate and profile of a row's id; raise ValueError."""
    found = json.loads(row_id)
    if not isinstance(found, list) or [type(one) for one in found] != [str, str]:
        raise ValueError(row_id)
    return found[0], found[1]


def count(uow: UnitOfWork, query: Query, figures: Figures, on: date, *, most: int = COUNTED) -> int:
    """Count those who match, no further than one beyond `most`."""
    found = select(literal(1)).select_from(cast_record).where(*_conditions(query, figures, on))
    return int(uow.scalar(select(func.count()).select_from(found.limit(most + 1).subquery())) or 0)


def without_each(uow: UnitOfWork, query: Query, figures: Figures, on: date) -> list[int]:
    """Count, in one query, who would match without each single criterion."""
    met = [_condition(one, query, figures, on) for one in query.criteria()]
    if not met:
        return []
    # who misses one at most meets all of one half: most rows are done with after two or three
    half = len(met) // 2
    halves = or_(and_(true(), *met[:half]), and_(true(), *met[half:]))
    near = (
        select(*(one.label(f"m{at}") for at, one in enumerate(met)))
        .where(cast_record.c.registered, halves)
        .subquery()
    )
    columns = [near.c[f"m{at}"] for at in range(len(met))]
    counts = [
        func.count().filter(and_(true(), *columns[:at], *columns[at + 1 :])).label(f"n{at}")
        for at in range(len(columns))
    ]
    row = uow.one(select(*counts).select_from(near))
    return [row[f"n{at}"] for at in range(len(counts))] if row else []


def _sort(field: str) -> ColumnElement[Any]:
    columns: Mapping[str, ColumnElement[Any]] = {
        "name": cast_record.c.folded,
        "result_date": func.coalesce(cast_record.c.result_date, literal(_LONG_AGO)),
        "refreshed": func.coalesce(cast_record.c.refreshed, literal(_LONG_AGO)),
        "experience_years": func.coalesce(cast_record.c.experience_years, literal(_NONE)),
    }
    return columns[field]


def _conditions(query: Query, figures: Figures, on: date) -> Iterator[ColumnElement[bool]]:
    yield cast_record.c.registered
    for one in query.criteria():
        yield _condition(one, query, figures, on)


def _condition(one: Criterion, query: Query, figures: Figures, on: date) -> ColumnElement[bool]:
    row = cast_record.c
    if one.kind == "invite":
        return _may_be_invited(one.value, query.valid_on or on, figures, on)
    conditions: Mapping[str, Callable[[], ColumnElement[bool]]] = {
        "profile": lambda: row.profile == one.value,
        "group": lambda: _covers(one.value),
        "valid": lambda: row.result_date >= earliest(one.value, figures.validity),
        "language": lambda: row.languages[one.language].astext.in_(at_least(one.value, LEVELS)),
        "diploma": lambda: row.diploma_level.in_(at_least(one.value, DIPLOMAS)),
        "experience": lambda: row.experience_years >= one.value,
        "refreshed": lambda: row.refreshed >= earliest(on, figures.refresh),
        "text": lambda: and_(
            true(),
            *(row.folded.contains(word, autoescape=True) for word in fold(one.value).split()),
        ),
    }
    return func.coalesce(conditions[one.kind](), False)


def _covers(group: str) -> ColumnElement[bool]:
    """Hold a pass, valid for the group tested and lower ones."""
    return cast_record.c.passed & cast_record.c.passed_group.in_(at_least(group, GROUPS))


def _may_be_invited(group: str, valid_on: date, figures: Figures, on: date) -> ColumnElement[bool]:
    """No valid pass covers the group, and no failed test of it or a lower one locks it."""
    row = cast_record.c
    passed = _covers(group) & (row.result_date >= earliest(valid_on, figures.validity))
    is_late = row.test_date >= figures.lock_changed_on
    locked = row.failed_group.in_(up_to(group, GROUPS)) & or_(
        is_late & (row.test_date > last_unlocked(on, figures.lock)),
        not_(is_late) & (row.test_date > last_unlocked(on, figures.lock_before_change)),
    )
    return not_(func.coalesce(passed, False)) & not_(func.coalesce(locked, False))
