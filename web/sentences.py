"""What the engine says, in the language of the reader: refusals, findings, derivations.

The engine knows nothing of languages. Its sentences stand in a catalogue as patterns with places,
`There is no user {name}`; a sentence is recognised by its pattern, what stands in the places is
taken out, put into words itself where it can be, and set into the sentence of the other language.
What no pattern knows stays as the engine said it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.lists import format_list
from babel.units import format_unit
from flask import Blueprint, Response, jsonify

from api.identity import public
from engine.errors import CursusError
from web.language import ENGINE, SOURCE, catalogue, current, instant, known_role, label, locale

PLACE = re.compile(r"\{(\w+)\}")
#: As engine.timelimits writes a day: Mon 02.03.2026.
_DAY = re.compile(r"[A-Z][a-z]{2} (\d\d)\.(\d\d)\.(\d{4})", re.ASCII)
#: As engine.timelimits writes a period of the calendar: P20D, P1Y6M, P4.5M.
_PERIOD = re.compile(
    r"\bP(?=\d)(?:(?P<year>\d+)Y)?(?:(?P<month>\d+(?:\.\d+)?)M)?(?:(?P<week>\d+)W)?"
    r"(?:(?P<day>\d+)D)?\b",
    re.ASCII,
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[0-9:.]*(Z|[+-]\d\d:\d\d)", re.ASCII)
#: A sentence in a place of a sentence in a place: enough for what the engine says.
_DEEPEST = 3
QUOTES = {"fr": "«\u00a0{}\u00a0»", "de": "„{}“"}

blueprint = Blueprint("words", __name__)


def sentence(text: str | None, depth: int = 0) -> str:
    """Return what the engine said, as the reader would say it."""
    if not text or current() == SOURCE:
        return text or ""
    told = catalogue(current(), ENGINE).gettext(text)
    if told != text:
        return told
    found = _recognised(text)
    if found is None or depth > _DEEPEST:
        return _valued(text)
    message, values = found
    return PLACE.sub(lambda place: _told(values[place[1]], depth + 1), message)


def derived(text: str | None) -> str:
    """Return a line of a derivation as the reader would say it, its periods and days in words."""
    if current() == SOURCE:
        return _DAY.sub(_day, _PERIOD.sub(_period, text or ""))
    return sentence(text)


def refusal(error: CursusError) -> str:
    """Return what a refusal says in one line: where, what, what to do."""
    place = f"{error.where}: " if error.where else ""
    remedy = f" ({sentence(error.remedy)})" if error.remedy else ""
    return f"{place}{sentence(error.detail)}{remedy}"


def _told(value: str, depth: int) -> str:
    """Return what stands in a place; quotes of the engine become those of the language."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return QUOTES.get(current(), "{}").format(sentence(value[1:-1], depth))
    return sentence(value, depth)


def _valued(text: str) -> str:
    """Return a value as people write it: a day, an instant, roles, a name of the process."""
    if day := _DAY.match(text):
        # a remark may follow at once: it has a place of its own
        return f"{_day(day)}{sentence(text[day.end() :])}"
    if period := _PERIOD.fullmatch(text):
        return _period(period)
    if _INSTANT.fullmatch(text):
        return str(instant(datetime.fromisoformat(text)).striptags())
    roles = [known_role(one) for one in text.split(", ")]
    return ", ".join(str(one) for one in roles) if all(roles) else label(text)


def _day(found: re.Match[str]) -> str:
    at = date(int(found[3]), int(found[2]), int(found[1]))
    return format_date(at, "EEE d MMM y", locale=locale(current()))


def _period(found: re.Match[str]) -> str:
    """Return a period in words: "1 year and 6 months"."""
    at = locale(current())
    parts = [
        format_unit(Decimal(number), f"duration-{unit}", locale=at)
        for unit, number in found.groupdict().items()
        if number
    ]
    return format_list(parts, locale=at)


def _recognised(text: str) -> tuple[str, dict[str, str]] | None:
    for pattern, message in _patterns(current()):
        if found := pattern.fullmatch(text):
            return message, found.groupdict()
    return None


@lru_cache(maxsize=8)
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns, those that say most before those that say less."""
    found = [(one, told) for one, told in _told_in(language) if PLACE.search(one)]
    found.sort(key=lambda pair: -len(PLACE.sub("", pair[0])))
    return tuple((_pattern(one), told) for one, told in found)


def _told_in(language: str) -> Iterator[tuple[str, str]]:
    for one, told in catalogue(language, ENGINE)._catalog.items():  # type: ignore[attr-defined]  # gettext gives no other way
        if isinstance(one, str) and one and told:
            yield one, told


def _pattern(text: str) -> re.Pattern[str]:
    parts = PLACE.split(text)
    written = "".join(
        f"(?P<{part}>.*?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
    return re.compile(written, re.DOTALL)


@blueprint.get("/words/engine.json")
@public
def engine() -> Response:
    """Give the scripts all sentences of the engine in the reader's language."""
    told = dict(_told_in(current())) if current() != SOURCE else {}
    answer = jsonify({"language": current(), "quotes": QUOTES.get(current()), "sentences": told})
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.headers["Vary"] = "Cookie, Accept-Language"
    return answer
