"""What a candidate claims in the registered application, beside the criterion it may bear on.

It finds words, it judges nothing: what it does not recognise, the reviewer reads in the paper.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from babel import Locale

from recruitment.blinding_words import LANGUAGES
from recruitment.folding import plain

Kind = Literal["language", "experience", "diploma"]
_EXPERIENCE = re.compile(r"\bexperien|\bmanagement\b|\bleadership\b|\bpractice\b|\bberufserfahrung")
_DIPLOMA = re.compile(r"\bdiplom|\bdegree\b|\bqualification|\bstudies\b|\bformation\b|\bstudium\b")
#: Languages in which a call may be written.
_WRITTEN = ("en", "fr", "de")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim: a language with its level, years of experience, or a diploma with its level."""

    kind: Kind
    #: code of the language, number of years, level of the diploma
    what: str
    #: level of the language, number of employments, year of the diploma; empty if unknown
    more: str = ""


def every(candidate: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Return all claims of a registered application."""
    return (*_diploma(candidate), *_experience(candidate), *_languages(candidate))


def about(criterion: str, candidate: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Return the claims that bear on a criterion by its words; none where nothing is recognised."""
    text = plain(criterion)
    found: list[Claim] = []
    if _DIPLOMA.search(text):
        found += _diploma(candidate)
    if _EXPERIENCE.search(text):
        found += _experience(candidate)
    named = _named_in(text)
    return (*found, *(one for one in _languages(candidate) if one.what in named))


def _languages(candidate: Mapping[str, Any]) -> Iterator[Claim]:
    for key in ("language_1", "language_2"):
        known = candidate.get(key)
        if isinstance(known, Mapping) and known.get("code"):
            level = str(known.get("level") or "")
            yield Claim(kind="language", what=str(known["code"]), more=level)


def _experience(candidate: Mapping[str, Any]) -> Iterator[Claim]:
    years = candidate.get("experience_years")
    if years is None:
        return
    posts: Sequence[object] = candidate.get("employment") or ()
    yield Claim(kind="experience", what=str(years), more=str(len(posts)) if posts else "")


def _diploma(candidate: Mapping[str, Any]) -> Iterator[Claim]:
    known = candidate.get("diploma")
    if isinstance(known, Mapping) and known.get("level"):
        year = str(known.get("date") or "")[:4]
        yield Claim(kind="diploma", what=str(known["level"]), more=year)


def _named_in(text: str) -> frozenset[str]:
    return frozenset(code for word, code in _names().items() if re.search(rf"\b{word}\b", text))


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """Return the names of the official languages, folded, with their codes in capitals."""
    return {
        re.escape(plain(str(Locale.parse(written).languages[code]))): code.upper()
        for written in _WRITTEN
        for code in LANGUAGES
    }
