"""Filters of lists that people keep and share."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store.tables import app_user, saved_filter
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SavedFilter:
    """A kept filter of a list, and whose it is."""

    id: UUID
    owner: str
    page: str
    name: str
    query: str
    shared: bool


_COLUMNS = [
    column for column in saved_filter.columns if column.name in SavedFilter.__dataclass_fields__
]


def of_page(uow: UnitOfWork, page: str, owner: str) -> Sequence[SavedFilter]:
    """Return the filters of a list that this person keeps, then those that others share."""
    mine = saved_filter.c.owner == owner
    statement = (
        select(*_COLUMNS)
        .join(app_user, app_user.c.name == saved_filter.c.owner)
        .where(saved_filter.c.page == page)
        .where(or_(mine, saved_filter.c.shared & app_user.c.active))
        .order_by(mine.desc(), saved_filter.c.name, saved_filter.c.owner)
    )
    return [SavedFilter(**row) for row in uow.all(statement)]


def save(uow: UnitOfWork, kept: SavedFilter) -> None:
    """Keep a filter; the same name of the same person on the same list is replaced."""
    changes = {"query": kept.query, "shared": kept.shared}
    row = {
        "id": kept.id,
        "owner": kept.owner,
        "page": kept.page,
        "name": kept.name,
        "created_at": uow.now,
        **changes,
    }
    statement = upsert(saved_filter).values(row)
    key = ["owner", "page", "name"]
    uow.write(statement.on_conflict_do_update(index_elements=key, set_=changes))


def get(uow: UnitOfWork, filter_id: UUID) -> SavedFilter | None:
    """Return a filter."""
    row = uow.one(select(*_COLUMNS).where(saved_filter.c.id == filter_id))
    return SavedFilter(**row) if row else None


def remove(uow: UnitOfWork, filter_id: UUID) -> None:
    """Forget a filter."""
    uow.write(delete(saved_filter).where(saved_filter.c.id == filter_id))
