"""Mask what tells who a candidate is in the text of a paper: a pure function, with its limits.

It hides what the house knows of the person (name, address, birth date, nationality) and what a
paper says under the usual labels. It cannot hide what it does not recognise: a nickname, a school,
a photograph described in words. Whoever shows masked text has to say so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from recruitment.blinding_words import LABELS, birth_dates, nationality_words
from recruitment.folding import fold, plain

#: Shorter parts of a name are words of their own too often: they count only with a capital.
_LONG = 4
#: How Germanic names are written without their accents.
_SPELT = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
Span = tuple[int, int, str]


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of a candidate and is to be hidden; None where it is not known."""

    name: str
    email: str | None = None
    birth_date: date | None = None
    #: code of the State, as the EU writes it
    nationality: str | None = None


def masked(text: str, person: Person) -> str:
    """Return the text with what tells who the person is replaced by words in square brackets."""
    folded, places = _folded(text)
    kept = []
    at = 0
    for start, end, what in _merged(_found(folded, text, places, person)):
        kept += [text[at : places[start]], f"[{what}]"]
        at = places[end]
    return "".join([*kept, text[at:]])


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text in small plain letters, and for each of them its place in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        folded = fold(letter)
        letters.append(folded)
        places += [place] * len(folded)
    return "".join(letters), [*places, len(text)]


def _merged(spans: Iterator[Span]) -> list[Span]:
    """Return the spans in order, those that overlap as one, named by the longest that begins it."""
    found: list[Span] = []
    for start, end, what in sorted(spans, key=lambda one: (one[0], -one[1])):
        if found and start < found[-1][1]:
            first, last, word = found[-1]
            found[-1] = (first, max(last, end), word)
        elif end > start:
            found.append((start, end, what))
    return found


def _found(folded: str, text: str, places: list[int], person: Person) -> Iterator[Span]:
    yield from _all(_EMAIL, folded, "e-mail")
    yield from _all(_PROFILE, folded, "profile")
    yield from _named(folded, text, places, person.name)
    if person.email:
        yield from _all(_whole(re.escape(plain(person.email.partition("@")[0]))), folded, "name")
    if person.birth_date:
        yield from _all(birth_dates(person.birth_date), folded, "birth date")
    if person.nationality:
        yield from _all(nationality_words(person.nationality), folded, "nationality")
    yield from _labelled(folded)
    yield from _all(_AGE, folded, "age")
    yield from _all(_TITLE, folded, "title")
    yield from _all(_PRONOUN, folded, "pronoun")
    yield from _phones(folded)


def _all(pattern: re.Pattern[str], folded: str, what: str) -> Iterator[Span]:
    for hit in pattern.finditer(folded):
        yield (*hit.span(1 if pattern.groups else 0), what)


def _whole(inside: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{inside})(?![^\W_])")


# --- names -----------------------------------------------------------------------------------


def _named(folded: str, text: str, places: list[int], name: str) -> Iterator[Span]:
    for part, pattern in _name_patterns(name):
        for hit in pattern.finditer(folded):
            begins = text[places[hit.start()]]
            if len(part) >= _LONG or not begins.islower():
                yield (*hit.span(), "name")


@lru_cache(maxsize=256)
def _name_patterns(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    parts = _parts(plain(name))
    wanted = {*parts, *_parts(plain("".join(_SPELT.get(one, one) for one in name.casefold())))}
    # an address of a profile or a mailbox writes the names together
    wanted |= {"".join(parts), "".join(reversed(parts))} if parts else set()
    return tuple((one, _whole(_loosely(one))) for one in sorted(wanted, key=len, reverse=True))


def _parts(name: str) -> list[str]:
    return [one for one in name.split() if len(one.strip(".-'")) > 1]


def _loosely(part: str) -> str:
    """Return a pattern for a name broken over two lines or written with a space between letters."""
    letters = [re.escape(one) for one in part if one not in "-'. "]
    joined = r"[-'. ]?(?:-?\n)?".join(letters)
    return rf"{joined}|{' '.join(letters)}"


# --- what papers say under labels, and by itself -----------------------------------------------


_EMAIL = re.compile(r"[\w.+'-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+")
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:linkedin|xing|facebook|github|x|twitter)\.\w+/\S+"
)
_AGE = re.compile(
    r"(?<!\w)(?:aged?|age[e]?|alter)\s*:?\s*\d{2}(?!\d)"
    r"|(?<!\d)[1-9]\d\s?-?(?:years?[ -]old|jahre alt)\b|\bage de [1-9]\d ans\b"
)
_TITLE = re.compile(
    r"(?<!\w)(?:mr|mrs|ms|miss|mister|madam|sir|mme|mlle|mademoiselle|madame|monsieur|herrn?|frau"
    r"|sra|srta|senora?|signora?|sig\.ra|dott\.ssa|pani|pan)(?!\w)\.?"
    r"|(?<!\w)(?:m|sr)\.(?=\s?\w)"
)
_PRONOUN = re.compile(r"(?<!\w)(?:she|he|him|his|her|hers|himself|herself)(?!\w)")


def _labelled(folded: str) -> Iterator[Span]:
    """Mask what follows a label up to the end of its line; an address may need the next one."""
    for what, pattern in LABELS.items():
        for hit in pattern.finditer(folded):
            yield (*hit.span("value"), what)


# --- telephone numbers -------------------------------------------------------------------------


_DAY = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}(?:[./-]\d{1,2})?|\d{1,2}[./-]\d{4}"
    r"|(?<!\d[./-])\d{1,2}[./-]\d{1,2}[./-]\d{2}(?![./-]\d))(?!\d)"
)
_PHONE = re.compile(r"(?<![\w/])\(?(?:\+|0)[\d ().\t/-]{6,22}\d(?![\w/])")
_LEAST, _MOST = 8, 15


def _phones(folded: str) -> Iterator[Span]:
    # two dates with a dash between them look like a number; nothing of a date is one
    without_days = _DAY.sub(lambda hit: "x" * len(hit.group()), folded)
    for hit in _PHONE.finditer(without_days):
        if _LEAST <= sum(one.isdigit() for one in hit.group()) <= _MOST:
            yield (*hit.span(), "telephone")


def known(candidate: Mapping[str, object]) -> Person:
    """Return what a case knows of its candidate and a blind reader must not see."""
    born = str(candidate.get("birth_date") or "")
    nationality = candidate.get("nationality")
    return Person(
        name=str(candidate.get("name") or ""),
        email=str(candidate["email"]) if candidate.get("email") else None,
        birth_date=_day(born),
        nationality=str(nationality) if nationality else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
