"""The verbs on kept filters: everybody keeps their own and sees what others share."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from engine.cases import Act
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.store import filters
from engine.store.filters import SavedFilter

#: The longest name and address that are kept, and how many filters one person keeps of a list.
NAME, QUERY, MOST = 60, 2_000, 50


def of_page(act: Act, page: str) -> Sequence[SavedFilter]:
    """Return the actor's filters of a list, then those that others share."""
    return filters.of_page(act.uow, page, act.actor.name)


def save(act: Act, page: str, *, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep what a list is narrowed to under a name; the same name again replaces it."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME:
        raise Invalid(f"A filter's name has 1 to {NAME} characters", where="name")
    if not 0 < len(query) <= QUERY:
        raise Invalid(
            "There is nothing to keep, or too much",
            where="filters",
            remedy="narrow the list first, then save",
        )
    own = [one for one in of_page(act, page) if one.owner == act.actor.name]
    if len(own) >= MOST and name not in {one.name for one in own}:
        raise Conflict(f"You keep {MOST} filters of this list already", remedy="remove one first")
    kept = SavedFilter(
        id=uuid4(), owner=act.actor.name, page=page, name=name, query=query, shared=shared
    )
    filters.save(act.uow, kept)
    return kept


def remove(act: Act, filter_id: UUID) -> SavedFilter:
    """Forget one's own filter and return it; raise NotFound, NotAllowed."""
    kept = filters.get(act.uow, filter_id)
    if kept is None:
        raise NotFound("There is no such filter", remedy="somebody removed it already")
    if kept.owner != act.actor.name:
        raise NotAllowed(f"This filter belongs to {kept.owner}", where=kept.name)
    filters.remove(act.uow, filter_id)
    return kept
