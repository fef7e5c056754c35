"""Keyset paging: a page begins after a row, not at an offset; the tenth is as fast as the first.

A cursor is the sort key and id of the last row, readable by whoever cares to decode it: it grants
nothing, for each page is authorized again.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request
from marshmallow import Schema, fields, post_load, validate

from engine.errors import Invalid

LIMIT, MOST = 50, 200
Row = TypeVar("Row")
Key = None | str | int | float | date | datetime


class MalformedCursor(Invalid):
    """The cursor was not made by this list."""

    code = "malformed-cursor"


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The place after which a page begins: the row's sort key, and its id to break ties."""

    sort: str
    key: Key
    id: str

    def encode(self) -> str:
        """Write the cursor for an address."""
        content = [self.sort, *_tagged(self.key), self.id]
        raw = json.dumps(content, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """What the client asked for; `sort` as written, `-due_at` is descending."""

    limit: int
    sort: str
    after: Cursor | None
    filters: Mapping[str, Any]

    @property
    def field(self) -> str:
        """The field to sort by."""
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """Whether the largest comes first."""
        return self.sort.startswith("-")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """One page of rows, and the cursor of the next, None on the last."""

    items: tuple[Row, ...]
    next: Cursor | None


def decode(text: str, *, sort: str) -> Cursor:
    """Read a cursor of this list under this sorting; raise MalformedCursor."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        made_for, kind, value, row_id = json.loads(raw)
        key = _READERS[kind](value)
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as error:
        raise MalformedCursor(where="cursor", remedy="begin without a cursor") from error
    if made_for != sort or not isinstance(row_id, str):
        raise MalformedCursor(
            "The cursor belongs to another sorting.", where="cursor", remedy="begin without it"
        )
    return Cursor(sort=sort, key=key, id=row_id)


def place(asked: PageRequest) -> tuple[datetime, UUID] | None:
    """Return the instant and id after which a page of such rows begins; raise MalformedCursor."""
    if asked.after is None:
        return None
    key = asked.after.key
    if not isinstance(key, datetime):
        raise MalformedCursor(where="cursor", remedy="begin without a cursor")
    try:
        return key, UUID(asked.after.id)
    except ValueError as error:
        raise MalformedCursor(where="cursor", remedy="begin without a cursor") from error


def _tagged(key: Key) -> tuple[str, object]:
    if isinstance(key, datetime):
        return "t", key.astimezone(UTC).isoformat()
    if isinstance(key, date):
        return "d", key.isoformat()
    return "v", key


def _scalar(value: object) -> Key:
    if value is not None and not isinstance(value, str | int | float):
        raise TypeError("a sort key is a scalar")
    return value


def _instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("an instant has a zone")
    return found


_READERS: Mapping[str, Callable[[Any], Key]] = {
    "t": _instant,
    "d": date.fromisoformat,
    "v": _scalar,
}


def list_arguments(
    name: str, *, sortable: Sequence[str], filters: Mapping[str, fields.Field[Any]] | None = None
) -> type[Schema]:
    """Build the query schema of a list; it loads a PageRequest. The first sorting is the default.

    A field may be sorted both ways: `due_at`, `-due_at`.
    """
    both_ways = [way for field in sortable for way in (field, _reversed(field))]

    class Arguments(Schema):
        limit = fields.Integer(load_default=LIMIT, validate=validate.Range(min=1, max=MOST))
        cursor = fields.String(load_default=None, validate=validate.Length(max=1000))
        sort = fields.String(load_default=sortable[0], validate=validate.OneOf(both_ways))

        @post_load
        def request(self, data: dict[str, Any], **_: object) -> PageRequest:
            limit, text, sort = data.pop("limit"), data.pop("cursor"), data.pop("sort")
            after = decode(text, sort=sort) if text else None
            return PageRequest(limit=limit, sort=sort, after=after, filters=data)

    return type(f"{name}Arguments", (Arguments,), dict(filters or {}))


def _reversed(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def page_of(
    rows: Sequence[Row],
    asked: PageRequest,
    *,
    key: Callable[[Row], Key],
    row_id: Callable[[Row], str],
) -> Page[Row]:
    """Make a page of rows read with `limit + 1`; the extra row only says that there are more."""
    items = tuple(rows[: asked.limit])
    if len(rows) <= asked.limit:
        return Page(items=items, next=None)
    last = items[-1]
    return Page(items=items, next=Cursor(sort=asked.sort, key=key(last), id=row_id(last)))


def with_links(response: Response, page: Page[Any]) -> Response:
    """Add the Link header of the next page (RFC 8288), keeping the filters of this request."""
    if page.next is not None:
        kept = [(k, v) for k, v in request.args.items(multi=True) if k != "cursor"]
        query = urlencode([*kept, ("cursor", page.next.encode())])
        response.headers.add("Link", f'<{request.path}?{query}>; rel="next"')
    return response
