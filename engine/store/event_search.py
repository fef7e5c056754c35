"""Search the events of all streams; each way of narrowing has an index or stops early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    FromClause,
    Select,
    Text,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from engine.history import Sealed
from engine.store.events import sealed
from engine.store.tables import event, event_payload
from engine.store.unit_of_work import UnitOfWork

#: The place of an event in the order of all events.
Place = tuple[datetime, str, int]
_KEY = (event.c.at, event.c.stream, event.c.seq)


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """What a search of the history is narrowed to; None means any."""

    stream: str | None = None
    #: any of these streams
    streams: tuple[str, ...] | None = None
    actor: str | None = None
    #: who acted or on whose behalf
    anybody: str | None = None
    kind: str | None = None
    element: str | None = None
    #: any of these pairs of version (its digest) and element
    places: tuple[tuple[str, str], ...] | None = None
    at_from: datetime | None = None
    at_before: datetime | None = None


def search(
    uow: UnitOfWork,
    narrowed: EventFilter,
    *,
    after: Place | None,
    limit: int,
    newest_first: bool = False,
) -> list[Sealed]:
    """Return events of all streams, oldest first unless asked otherwise."""
    whole = _narrowed(narrowed, after, newest_first)
    # two searches of one index each: an OR would read every event there is
    parts = [whole.where(one) for one in _whose(narrowed)] or [whole]
    order = _order(event, newest_first)
    firsts = [select(part.order_by(*order).limit(limit).subquery()) for part in parts]
    picked = union(*firsts).subquery()
    same = (picked.c.stream == event_payload.c.stream) & (picked.c.seq == event_payload.c.seq)
    content = event_payload.c
    statement = select(
        picked, content.salt, content.payload, content.erased_at, content.erased_under
    ).outerjoin(event_payload, same)
    statement = statement.order_by(*_order(picked, newest_first)).limit(limit)
    return [sealed(row) for row in uow.all(statement)]


def _whose(narrowed: EventFilter) -> list[Any]:
    if narrowed.anybody is None:
        return []
    return [event.c.actor == narrowed.anybody, event.c.on_behalf_of == narrowed.anybody]


def _order(rows: FromClause, newest_first: bool) -> list[Any]:
    key = (rows.c.at, rows.c.stream, rows.c.seq)
    return [one.desc() for one in key] if newest_first else list(key)


def _narrowed(narrowed: EventFilter, after: Place | None, newest_first: bool) -> Select[Any]:
    statement = select(event).where(*_equal(narrowed))
    if narrowed.streams is not None:
        statement = statement.where(event.c.stream.in_(narrowed.streams))
    if narrowed.places is not None:
        statement = _at_places(statement, narrowed.places)
    if narrowed.at_from is not None:
        statement = statement.where(event.c.at >= narrowed.at_from)
    if narrowed.at_before is not None:
        statement = statement.where(event.c.at < narrowed.at_before)
    if after is None:
        return statement
    here, there = tuple_(*_KEY), tuple_(*map(literal, after))
    return statement.where(here < there if newest_first else here > there)


def _equal(narrowed: EventFilter) -> list[Any]:
    equal = {
        event.c.stream: narrowed.stream,
        event.c.actor: narrowed.actor,
        event.c.kind: narrowed.kind,
        event.c.element: narrowed.element,
    }
    return [known == value for known, value in equal.items() if value is not None]


def _at_places(statement: Select[Any], places: Sequence[tuple[str, str]]) -> Select[Any]:
    elements = sorted({element for _, element in places})
    pairs = select(
        func.unnest(_texts("digests", [digest for digest, _ in places])),
        func.unnest(_texts("elements", [element for _, element in places])),
    )
    return statement.where(
        event.c.element == func.any(_texts("any_element", elements)),
        tuple_(event.c.definition, event.c.element).in_(pairs),
    )


def _texts(name: str, values: Sequence[str]) -> Any:  # noqa: ANN401  # an array parameter
    return bindparam(name, list(values), type_=ARRAY(Text), unique=True)
