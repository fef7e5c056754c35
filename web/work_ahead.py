"""What will happen by itself in the cases that the reader may see: deadlines that run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.cases import only_theirs
from api.house import acting
from api.paging import place
from engine import definitions, kernel
from engine.cases import Act
from engine.store import coming
from web import lists
from web.cases_overview import place_in_words
from web.language import _, label
from web.lists import Shown
from web.pages import Pages

#: How far "soon" reaches.
SOON = timedelta(hours=48)
#: What the inbox shows of it at once, and where counting stops.
FEW, MOST = 6, 1000
#: Where a deadline may lead in more ways than these, the case file says which.
_WAYS = 2


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A deadline that will pass, and what follows then."""

    id: UUID
    at: datetime
    name: str
    case_id: UUID
    case_title: str
    then: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Soon:
    """The deadlines of the next 48 hours, or the next one after them."""

    shown: Sequence[Coming]
    count: int
    #: the next deadline, however far; None where none runs
    next: Coming | None


def add_to(pages: Pages) -> None:
    """Add these views to the pages of work."""
    pages.add_url_rule("/work/ahead", view_func=ahead)


def ahead() -> ResponseReturnValue:
    """List what will happen by itself, the next first."""
    asked = lists.asked(["due_at"])
    with acting() as act:
        found = coming.coming(
            act.uow, offered_to=only_theirs(act), after=place(asked), limit=lists.SIZE + 1
        )
        shown: Shown[Any] = lists.shown(
            found, asked, key=lambda one: one["due_at"], row_id=lambda one: str(one["id"])
        )
        rows = [_coming(act, one) for one in shown.items]
    return render("work_ahead.html", rows=rows, shown=shown)


def soon(act: Act) -> Soon:
    """Return what will happen by itself in the next 48 hours."""
    whom, until = only_theirs(act), act.uow.now + SOON
    found = [_coming(act, one) for one in coming.coming(act.uow, offered_to=whom, limit=FEW)]
    near = [one for one in found if one.at < until]
    count = len(near)
    if count == FEW:
        count = coming.count_coming(act.uow, offered_to=whom, before=until, most=MOST)
    return Soon(shown=near, count=count, next=found[0] if found else None)


def _coming(act: Act, row: Mapping[str, Any]) -> Coming:
    definition = definitions.find(act.uow, row["definition"])
    element = definition.elements[row["element"]]
    then = kernel.ahead(definition, element.id)
    return Coming(
        id=row["id"],
        at=row["due_at"],
        name=_("A confidential step")
        if element.confidential
        else label(element.name) or element.id,
        case_id=row["case_id"],
        case_title=row["case_title"],
        then=tuple(place_in_words(one) for one in then) if len(then) <= _WAYS else (),
    )
