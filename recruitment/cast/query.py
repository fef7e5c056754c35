"""What is searched for in the register, criterion by criterion, and why a person matches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

#: "passed": a pass covers the group; "invite": none does, and no failed test locks the group.
Test = Literal["passed", "invite"]
#: A search asks for at most so many languages.
MOST_LANGUAGES = 3


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One condition of a search: `kind` names it, `value` is what is asked for."""

    kind: Literal[
        "profile", "group", "invite", "valid", "language", "diploma", "experience", "refreshed",
        "text",
    ]  # fmt: skip
    value: Any
    #: the language whose level is asked for
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A search; what is empty narrows nothing."""

    profile: str = ""
    group: str = ""
    test: Test = "passed"
    #: the day on which a pass must be valid
    valid_on: date | None = None
    #: the lowest level by language
    languages: tuple[tuple[str, str], ...] = ()
    diploma: str = ""
    experience: Decimal | None = None
    #: only profiles refreshed so lately that EPSO itself would find them
    refreshed: bool = False
    text: str = ""

    def criteria(self) -> tuple[Criterion, ...]:
        """Return the conditions, each of which can be left out alone."""
        return tuple(self._criteria())

    def _criteria(self) -> Iterator[Criterion]:
        if self.profile:
            yield Criterion(kind="profile", value=self.profile)
        yield from self._tests()
        for language, level in self.languages:
            yield Criterion(kind="language", value=level, language=language)
        if self.diploma:
            yield Criterion(kind="diploma", value=self.diploma)
        if self.experience is not None:
            yield Criterion(kind="experience", value=self.experience)
        if self.refreshed:
            yield Criterion(kind="refreshed", value=True)
        if self.text:
            yield Criterion(kind="text", value=self.text)

    def _tests(self) -> Iterator[Criterion]:
        if self.group and self.test == "invite":
            yield Criterion(kind="invite", value=self.group)
            return
        if self.group:
            yield Criterion(kind="group", value=self.group)
        if self.valid_on:
            yield Criterion(kind="valid", value=self.valid_on)

    def as_json(self) -> dict[str, object]:
        """Return the search as the history and the long list keep it."""
        given: dict[str, object] = {
            "profile": self.profile,
            "group": self.group,
            "test": self.test if self.group and self.test != "passed" else "",
            "valid_on": self.valid_on.isoformat() if self.valid_on else "",
            "languages": dict(self.languages),
            "diploma": self.diploma,
            "experience": str(self.experience) if self.experience is not None else "",
            "refreshed": self.refreshed,
            "text": self.text,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, kw_only=True)
class Match:
    """Why a person matches a criterion: what the register says, in the words of the register."""

    criterion: Criterion
    found: Any


def why(query: Query, row: Mapping[str, Any]) -> tuple[Match, ...]:
    """Return for each criterion the value of the row that meets it."""
    return tuple(Match(criterion=one, found=_found(one, row)) for one in query.criteria())


def _found(one: Criterion, row: Mapping[str, Any]) -> object:
    if one.kind == "language":
        return (row["languages"] or {}).get(one.language)
    columns = {
        "profile": "profile",
        "group": "passed_group",
        "invite": "passed_group",
        "valid": "result_date",
        "diploma": "diploma_level",
        "experience": "experience_years",
        "refreshed": "refreshed",
        "text": "name",
    }
    return row[columns[one.kind]]
