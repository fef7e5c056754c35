"""Lists on pages: filters and sort from the address, one page at a time by keyset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request

from api.paging import PageRequest, decode, page_of

T = TypeVar("T")
SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Shown(Generic[T]):
    """One page of a list with the addresses of its neighbours."""

    items: Sequence[T]
    next: str | None
    #: the address of the first page, where this is a later one
    first: str | None


def given(*names: str) -> dict[str, str]:
    """Return the filters of the address that say something."""
    found = {name: request.args.get(name, "").strip() for name in names}
    return {name: value for name, value in found.items() if value}


def asked(
    sortable: Sequence[str], filters: Mapping[str, Any] | None = None, *, size: int | None = None
) -> PageRequest:
    """Return what the address asks for; the first sorting is the default.

    `size` is the length of a page where it is not the usual one. A leading "-" turns the order
    round. Raises MalformedCursor.
    """
    sort = request.args.get("sort", "")
    known = {way for field in sortable for way in (field.removeprefix("-"), f"-{field}")}
    sort = sort if sort in known and not sort.startswith("--") else sortable[0]
    after = request.args.get("after")
    cursor = decode(after, sort=sort) if after else None
    return PageRequest(limit=size or SIZE, sort=sort, after=cursor, filters=filters or {})


def shown(
    rows: Sequence[T],
    wanted: PageRequest,
    *,
    key: Callable[[T], datetime | date | str | int | float | None],
    row_id: Callable[[T], str],
) -> Shown[T]:
    """Make a page of rows read with one more than it holds, which says that there are more."""
    page = page_of(rows, wanted, key=key, row_id=row_id)
    return Shown(
        items=page.items,
        next=address(after=page.next.encode()) if page.next else None,
        first=address() if wanted.after else None,
    )


def address(**changes: str | None) -> str:
    """Return this page's address with other filters, from the first page on."""
    kept = {name: value for name, value in request.args.items() if name not in ("after", "said")}
    wanted = {name: value for name, value in {**kept, **changes}.items() if value}
    return f"{request.path}?{urlencode(wanted)}" if wanted else request.path


def sorting(field: str, *, current: str) -> dict[str, str]:
    """Return address and `aria-sort` of a column's heading."""
    is_up, is_down = current == field, current == f"-{field}"
    state = "ascending" if is_up else "descending" if is_down else "none"
    return {"address": address(sort=f"-{field}" if is_up else field), "state": state}
