"""The search form of the register: read from the address, and put into words again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale

from recruitment.cast.query import MOST_LANGUAGES, Criterion, Match, Query
from recruitment.cast.words import DIPLOMAS, GROUPS, LANGUAGES, LEVELS
from recruitment.register.search import Flag
from web.language import _, current, day
from web.register_frame import diploma_word

MOST_YEARS, MOST_TEXT = 60, 100
ROWS = range(1, MOST_LANGUAGES + 1)
#: What the address of a search may say.
FIELDS = (
    "text", "profile", "group", "test", "valid_on",
    *(f"{part}_{row}" for row in ROWS for part in ("language", "level")),
    "diploma", "experience", "refreshed",
)  # fmt: skip
_EARLIEST, _LATEST = date(1990, 1, 1), date(2999, 12, 31)
Given = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Read:
    """What an address asks for: the search, and the faults by field."""

    query: Query
    faults: Mapping[str, str]


def read(given: Given) -> Read:
    """Read the form; what is wrong narrows nothing and has its fault."""
    faults: dict[str, str] = {}
    group = _one_of(given, "group", GROUPS, faults)
    query = Query(
        profile=given.get("profile", "")[:300],
        group=group,
        test="invite" if given.get("test") == "invite" else "passed",
        valid_on=_day(given, faults),
        languages=_languages(given, faults),
        diploma=_one_of(given, "diploma", DIPLOMAS, faults),
        experience=_years(given, faults),
        refreshed=given.get("refreshed") == "yes",
        text=given.get("text", "")[:MOST_TEXT],
    )
    if query.test == "invite" and not group:
        faults["group"] = _("Choose the group to which people could be invited.")
    return Read(query=query, faults=faults)


def _one_of(given: Given, name: str, known: tuple[str, ...], faults: dict[str, str]) -> str:
    found = given.get(name, "")
    if found and found not in known:
        faults[name] = _("Choose one of the list.")
        return ""
    return found


def _day(given: Given, faults: dict[str, str]) -> date | None:
    text = given.get("valid_on", "")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not _EARLIEST <= found <= _LATEST:
        faults["valid_on"] = _("This is no day.")
        return None
    return found


def _years(given: Given, faults: dict[str, str]) -> Decimal | None:
    text = given.get("experience", "")
    if not text:
        return None
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found <= MOST_YEARS:
        faults["experience"] = _("A number of years from 0 to %(most)s.", most=MOST_YEARS)
        return None
    return found


def _languages(given: Given, faults: dict[str, str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for row in ROWS:
        language = _one_of(given, f"language_{row}", LANGUAGES, faults)
        level = _one_of(given, f"level_{row}", LEVELS, faults)
        if level and not language:
            faults.setdefault(f"language_{row}", _("Choose the language of this level."))
        elif language in found:
            faults[f"language_{row}"] = _("This language stands there twice.")
        elif language:
            # without a level, whoever speaks it at all
            found[language] = level or LEVELS[0]
    return tuple(found.items())


def language_name(code: str) -> str:
    """Return the name of a language in the reader's own."""
    return f"{code} {_locale(current()).languages.get(code.lower(), code)}"


@lru_cache(maxsize=8)
def _locale(code: str) -> Locale:
    return Locale.parse(code)


def criterion_words(one: Criterion) -> str:
    """Name a criterion as short as a button: C1 FR."""
    if one.kind == "language":
        return f"{one.value} {one.language}"
    return {
        "profile": lambda: _("profile %(profile)s", profile=one.value),
        "group": lambda: _("a pass for FG %(group)s", group=one.value),
        "invite": lambda: _("“could be invited to a test for FG %(group)s”", group=one.value),
        "valid": lambda: _("“valid on %(day)s”", day=day(one.value)),
        "diploma": lambda: _("diploma: %(level)s", level=diploma_word(one.value)),
        "experience": lambda: _("%(years)s years of experience", years=one.value),
        "refreshed": lambda: _("“refreshed in time”"),
        "text": lambda: _("“%(text)s”", text=one.value),
    }[one.kind]()


def why_words(match: Match) -> str:
    """Say which value of a person meets a criterion."""
    one, found = match.criterion, match.found
    if one.kind == "language":
        return _(
            "%(language)s %(level)s, at least %(wanted)s asked for",
            language=one.language, level=found, wanted=one.value,
        )  # fmt: skip
    return {
        "profile": lambda: _("profile %(profile)s", profile=found),
        "group": lambda: _(
            "passed FG %(passed)s, which covers FG %(wanted)s", passed=found, wanted=one.value
        ),
        "invite": lambda: _(
            "no valid pass for FG %(group)s and no lock: can be invited to a test",
            group=one.value,
        ),
        "valid": lambda: _("result of %(day)s, still valid then", day=day(found)),
        "diploma": lambda: _("diploma: %(level)s", level=diploma_word(found)),
        "experience": lambda: _(
            "%(years)s years, at least %(wanted)s asked for",
            years=number(found), wanted=one.value,
        ),
        "refreshed": lambda: _("refreshed on %(day)s", day=day(found)),
        "text": lambda: _("“%(text)s” stands in name or address", text=one.value),
    }[one.kind]()  # fmt: skip


def number(value: object) -> str:
    """Write a number of years without needless zeros."""
    return format(Decimal(str(value)).normalize(), "f") if value is not None else ""


def flag_words(flag: Flag) -> str:
    """Say what to mind about a person."""
    when = day(flag.day)
    if flag.kind == "not-refreshed":
        return _("not refreshed since %(day)s", day=when) if flag.day else _("never refreshed")
    return {
        "expires": _("result valid only until %(day)s", day=when),
        "expired": _("result expired on %(day)s", day=when),
        "locked": _("locked until %(day)s after a failed test", day=when),
        "older-extract": _("from an older extract, of %(day)s", day=when),
    }[flag.kind]


def of_json(kept: Mapping[str, Any]) -> list[str]:
    """Return the criteria of a search that was kept, in words."""
    valid_on, experience = kept.get("valid_on"), kept.get("experience")
    query = Query(
        profile=kept.get("profile", ""),
        group=kept.get("group", ""),
        test=kept.get("test") or "passed",
        valid_on=date.fromisoformat(valid_on) if valid_on else None,
        languages=tuple((kept.get("languages") or {}).items()),
        diploma=kept.get("diploma", ""),
        experience=Decimal(experience) if experience else None,
        refreshed=bool(kept.get("refreshed")),
        text=kept.get("text", ""),
    )
    return [criterion_words(one) for one in query.criteria()]
