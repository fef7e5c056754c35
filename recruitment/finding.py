"""Find calls and candidates: candidates are those behind the cases that a search found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.cases import Act
from engine.finding import MOST, pattern
from engine.store.cases import Case
from recruitment.store import finding


@dataclass(frozen=True, kw_only=True)
class FoundCall:
    """A call that a search found."""

    id: str
    reference: str
    title: str
    deadline: datetime


@dataclass(frozen=True, kw_only=True)
class FoundCandidate:
    """A candidate that a search found, with the case of one application."""

    name: str
    call: str
    case: Case


def calls(act: Act, wanted: Sequence[str]) -> list[FoundCall]:
    """Return the calls that match all words; the caller has authorised the actor."""
    patterns = [pattern(one) for one in wanted]
    return [FoundCall(**row) for row in finding.calls(act.uow, patterns, limit=MOST)]


def candidates(act: Act, found: Sequence[Case]) -> list[FoundCandidate]:
    """Return who stands behind those of the found cases that are applications."""
    people = finding.people(act.uow, [one.key for one in found if one.key])
    return [
        FoundCandidate(name=people[one.key]["name"], call=people[one.key]["reference"], case=one)
        for one in found
        if one.key in people
    ]
