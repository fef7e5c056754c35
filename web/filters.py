"""Filters that people keep: any list page shows them with `{% include "filters.html" %}`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from api.house import acting
from engine import filters
from engine.cases import Act
from engine.errors import Invalid
from engine.store.filters import SavedFilter
from web.pages import Pages, done

#: What stands in an address and narrows nothing.
_PASSING = frozenset({"after", "said"})
#: Counts stop here: beyond, "more than" is said.
COUNTED = 100
#: How many filters of a page are counted.
_COUNTS = 8
#: Returns None where counting would take long.
Count = Callable[[Act, Mapping[str, str]], int | None]
_counts: dict[str, Count] = {}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A kept filter as a list page shows it."""

    id: UUID
    name: str
    address: str
    is_current: bool
    is_mine: bool
    shared: bool
    owner: str
    #: how many rows it shows, where the page can count them cheaply
    count: int | None


def counted(page: str) -> Callable[[Count], Count]:
    """Register the function that counts the rows of a list page, up to COUNTED."""

    def register(count: Count) -> Count:
        _counts[page] = count
        return count

    return register


def install(pages: Pages) -> None:
    """Add the views and what templates need."""
    pages.post("/filters")(save)
    pages.post("/filters/<uuid:filter_id>/remove")(remove)
    pages.record(_into_templates)


def _into_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(saved_filters=shown, filter_query=query)


def query() -> str:
    """Return what this page is narrowed to, as it stands in the address, in one order."""
    return _normal(request.query_string.decode("utf-8", "replace"))


def shown(page: str) -> Sequence[Shown]:
    """Return the filters kept of a list page, one's own first."""
    with acting() as act:
        kept = filters.of_page(act, page)
        return [_shown(act, one, at) for at, one in enumerate(kept)]


def _shown(act: Act, one: SavedFilter, at: int) -> Shown:
    count = _counts.get(one.page) if at < _COUNTS else None
    return Shown(
        id=one.id,
        name=one.name,
        address=f"{one.page}?{one.query}",
        is_current=one.query == query(),
        is_mine=one.owner == act.actor.name,
        shared=one.shared,
        owner=one.owner,
        count=count(act, dict(parse_qsl(one.query))) if count else None,
    )


def save() -> ResponseReturnValue:
    """Keep the filters that a list page shows."""
    page, given = _page(request.form.get("page", "")), _normal(request.form.get("query", ""))
    name, shared = request.form.get("name", ""), request.form.get("shared") == "yes"
    with acting() as act:
        filters.save(act, page, name=name, query=given, shared=shared)
    return done(f"{page}?{given}", "filter-saved")


def remove(filter_id: UUID) -> ResponseReturnValue:
    """Forget one's own filter."""
    with acting() as act:
        kept = filters.remove(act, filter_id)
    return done(kept.page, "filter-removed")


def _normal(given: str) -> str:
    pairs = [(name, value) for name, value in parse_qsl(given) if name not in _PASSING]
    return urlencode(sorted(pairs))


def _page(address: str) -> str:
    """Return the address of a list of ours; raise Invalid for any other."""
    if not address.startswith("/") or address.startswith("//") or len(address) > filters.QUERY:
        raise Invalid("There is no such list", where="page")
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None  # noqa: S101  # inside a request there is one
    try:
        adapter.match(address, method="GET")
    except HTTPException as error:
        raise Invalid("There is no such list", where="page") from error
    return address
