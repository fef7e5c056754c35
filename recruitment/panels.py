"""Who sits in the panels of many cases, without reading the state of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from engine.store import UnitOfWork
from engine.store.submissions import Submission, of_elements
from recruitment.booked import members_of
from recruitment.planning import Member

#: The tasks that make a panel, and change it.
SET_UP, CHANGE = "set_up_panel", "replace_panel_member"


def of_cases(uow: UnitOfWork, cases: Sequence[UUID]) -> dict[UUID, tuple[Member, ...]]:
    """Return the members of the panel of each case that has one."""
    found = of_elements(uow, cases, (SET_UP, CHANGE))
    return {case: fold(given) for case, given in found.items()}


def fold(given: Iterable[Submission]) -> tuple[Member, ...]:
    """Return who sits after all that was submitted: set up, left, joined, corrected."""
    members: tuple[Member, ...] = ()
    for one in given:
        if one.element == SET_UP:
            members = members_of(one.variables)
        elif one.element == CHANGE:
            members = _changed(members, one.variables)
        elif isinstance(one.variables.get("panel"), Mapping):
            members = members_of(one.variables["panel"])
    return members


def _changed(members: tuple[Member, ...], given: Mapping[str, Any]) -> tuple[Member, ...]:
    leaves = {str(one["person"]) for one in given.get("leaves") or ()}
    joins = members_of({"members": given.get("joins") or ()})
    return (*(one for one in members if one.person not in leaves), *joins)
