"""The words that tell a birth date, a nationality or a label of a curriculum vitae, as patterns.

All of them are for folded text: small letters without accents.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources

import yaml
from babel import Locale

from recruitment.folding import plain

#: The 24 official languages: a date of birth may be written with the months of any of them.
LANGUAGES = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr"),
    *("hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
)
#: A word that says that the one beside it is a nationality and not a language.
_CITIZEN = (
    r"citizens?(?:hip)?|nationals?|nationality|passport|ressortissante?|citoyenne?"
    r"|staatsburger(?:in|schaft)?|staatsangehorige?r?|staatsangehorigkeit"
)


def _among(words: Iterable[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(set(words), key=len, reverse=True))


@lru_cache(maxsize=256)
def birth_dates(born: date) -> re.Pattern[str]:
    """Return a pattern for a day in the usual spellings: figures, and months in 24 languages."""
    day, month = rf"0?{born.day}", rf"0?{born.month}"
    year = rf"(?:{born.year}|'?{born.year % 100:02})"
    names = _among(_months(born.month))
    gap = r"[\s.,/-]{0,3}(?:de |d')?"
    ways = (
        rf"{day}[./\s-]{{1,3}}{month}[./\s-]{{1,3}}{year}",
        rf"{month}/{day}/{year}",
        rf"{born.year}[./\s-]{{1,3}}{month}[./\s-]{{1,3}}{day}",
        rf"{day}(?:st|nd|rd|th|er|º|\.|-?[a-z]{{1,3}})?{gap}(?:of )?(?:{names})\.?{gap}{year}",
        rf"(?:{names})\.?{gap}{day}(?:st|nd|rd|th)?{gap}{year}",
        rf"{born.year}\.?{gap}(?:m\. |g\. |gada )?(?:{names})\.?{gap}{day}",
        rf"{born:%Y%m%d}",
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)")


@lru_cache(maxsize=12)
def _months(number: int) -> frozenset[str]:
    found = set()
    for code in LANGUAGES:
        for kinds in Locale.parse(code).months.values():
            for width in ("wide", "abbreviated"):
                name = plain(str(kinds[width][number])).strip(". ")
                if len(name) > 1 and not name.isdigit():
                    found.add(name)
    return frozenset(found)


@lru_cache(maxsize=64)
def nationality_words(state: str) -> re.Pattern[str]:
    """Return a pattern for the words for nationals of a State.

    A word that names a language as well counts only beside one that speaks of citizens: what
    languages a candidate has is what a reviewer must read.
    """
    known = _nationalities().get({"GR": "EL", "GB": "UK"}.get(state, state), {})
    both = _among(plain(one) for one in known.get("also_language", ()))
    own = _among(plain(one) for one in known.get("words", ()))
    ways = [rf"(?<!\w)(?:{own})(?!\w)"] if own else []
    if both:
        ways += [
            rf"(?<!\w)(?:{both})(?=\s(?:{_CITIZEN})\b)",
            rf"(?<=\bcitizen of )(?:{both})(?!\w)",
        ]
    return re.compile("|".join(ways) or r"(?!)")


@lru_cache(maxsize=1)
def _nationalities() -> Mapping[str, Mapping[str, list[str]]]:
    text = (resources.files("recruitment") / "nationalities.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(text)
    return found


def _label(words: str, *, more: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})\s*(?:[:=]\s*|\n\s*|\t+\s*)(?P<value>[^\n]+{more})")


_NEXT_TOWN = r"(?:\n\s*(?:[a-z]{1,2}-)?\d{4,5}\s[^\n]+)?"
#: What a paper says after a label: the whole rest of the line.
LABELS: Mapping[str, re.Pattern[str]] = {
    "name": _label(
        r"(?:full |first |last |given |family |maiden )?names?|surname|forename|nom(?: de famille)?"
        r"|prenoms?|vorname|nachname|familienname"
    ),
    "birth date": _label(
        r"date of birth|birth ?date|d\.?o\.?b\.?|born(?: on)?|date de naissance|nee? le"
        r"|geburtsdatum|geboren(?: am)?|fecha de nacimiento|data di nascita|data urodzenia"
        r"|datum narozeni|data nasterii|geboortedatum"
    ),
    "birth place": _label(r"place of birth|birth ?place|lieu de naissance|geburtsort"),
    "birth": re.compile(
        r"(?<!\w)(?:born|nee? le|geboren)\s(?P<value>(?:on|in|am)?\s?[^\n:,;]*\d{4})"
    ),
    "age": _label(r"age|alter|edad|eta"),
    "nationality": _label(
        r"nationalit(?:y|ies|e|es|at|a)|citizenships?|citoyennete|staatsangehorigkeit"
        r"|staatsburgerschaft|nacionalidad|narodowosc|obywatelstwo|cittadinanza"
    ),
    "sex": _label(r"sex|gender|sexe|genre|geschlecht|sexo|sesso"),
    "family status": _label(
        r"(?:marital|civil|family) status|etat civil|situation (?:de famille|familiale)"
        r"|familienstand|children|enfants|kinder|estado civil|stato civile"
    ),
    "telephone": _label(
        r"(?:tele)?phone(?: number)?|tel|tel\.|mobile|cell|gsm|fax|telefon|handy|telefono"
    ),
    "address": _label(
        r"(?:home |private |postal |permanent |current )?address|adresse(?: privee)?|anschrift"
        r"|wohnort|domicile|residence|direccion|indirizzo",
        more=_NEXT_TOWN,
    ),
}
