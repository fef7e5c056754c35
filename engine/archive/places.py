"""Where articles and elements are in the diagrams: pairs of version and element to search for."""

import re
from dataclasses import dataclass

from engine import definitions
from engine.store import audit
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Place:
    """An element of a version: what it is called and which article it rests on."""

    digest: str
    element: str
    name: str
    legal_basis: str


#: A version never changes, so its places are read once; some tens of kB each.
_kept: dict[str, tuple[Place, ...]] = {}


def find(
    uow: UnitOfWork, *, article: str | None = None, element: str | None = None
) -> tuple[tuple[str, str], ...]:
    """Return the (version, element) pairs with this article and this name or id."""
    return tuple(
        (one.digest, one.element)
        for digest in audit.digests(uow)
        for one in _of(uow, digest)
        if (article is None or rests_on(one.legal_basis, article))
        and (element is None or _is_called(one, element))
    )


def articles(uow: UnitOfWork) -> list[str]:
    """Return every article that an element of any version rests on."""
    found = {
        part.strip()
        for digest in audit.digests(uow)
        for one in _of(uow, digest)
        for part in one.legal_basis.split(";")
    }
    return sorted(found - {""})


def rests_on(legal_basis: str, article: str) -> bool:
    """Say whether one of the articles, divided by semicolons, has all the words of the query.

    "CEOS 84" finds "CEOS 84(1)" and neither "CEOS 841" nor "SR 84".
    """
    words = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in article.casefold().split()]
    parts = legal_basis.casefold().split(";")
    return any(all(word.search(part) for word in words) for part in parts)


def _is_called(place: Place, text: str) -> bool:
    wanted = text.casefold()
    return wanted == place.element.casefold() or wanted in place.name.casefold()


def _of(uow: UnitOfWork, digest: str) -> tuple[Place, ...]:
    if digest not in _kept:
        _kept[digest] = _read(uow, digest)
    return _kept[digest]


def _read(uow: UnitOfWork, digest: str) -> tuple[Place, ...]:
    found = definitions.find(uow, digest).elements.items()
    return tuple(
        Place(digest=digest, element=key, name=one.name or "", legal_basis=one.legal_basis or "")
        for key, one in found
    )
