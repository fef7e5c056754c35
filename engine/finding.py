"""Find anything: words of any accent or case, cases and open tasks that the searcher may see."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.cases import Act
from engine.store import finding
from engine.store.cases import Case
from engine.store.tasks import Task
from engine.worklist import offered_to

#: How much of a search is read, and how many of each kind are found.
LETTERS, WORDS, MOST = 100, 6, 8
#: How many matching cases are looked into for their tasks.
_WITHIN = 50
#: Letters that are no plain letter with an accent.
_ALIKE = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
_ALIKE |= {"ı": "i", "ħ": "h", "ŧ": "t"}  # noqa: RUF001  # a letter of Turkish names
#: How German, French and Danish letters are written where a keyboard lacks them.
_WRITTEN_OUT = {"ae": "äæ", "oe": "öœø", "ue": "ü", "ss": "ß", "aa": "å"}
_ACCENT = "[\u0300-\u036f]?"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found in the engine."""

    cases: Sequence[Case]
    tasks: Sequence[Task]


def fold(text: str) -> str:
    """Return the text without accents and capitals: "Łukasz Müller" is "lukasz muller"."""
    plain = "".join(_ALIKE.get(letter, letter) for letter in text.lower())
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words(searched: str) -> tuple[str, ...]:
    """Return the folded words of a search; punctuation divides them."""
    return tuple(re.findall(r"\w+", fold(searched[:LETTERS]))[:WORDS])


def pattern(word: str) -> str:
    """Return the regular expression that a title matches where one of its words begins so.

    It names every form of every letter, and so asks nothing of the database's locale.
    """
    return r"\m" + "".join(map(_forms, re.findall("ae|oe|ue|ss|aa|.", word)))


def matches(said: str, wanted: Sequence[str]) -> bool:
    """Say whether each wanted word begins one of the words of a text."""
    own = re.findall(r"\w+", fold(said))
    return all(any(word.startswith(one) for word in own) for one in wanted)


def find(act: Act, wanted: Sequence[str]) -> Found:
    """Return the cases and open tasks that match all words and that the actor may see."""
    if not wanted:
        return Found(cases=[], tasks=[])
    sees_all = act.shell.policy.allows(act.actor.roles, "case:read")
    found = _cases(act, wanted, sees_all=sees_all)
    return Found(cases=found, tasks=_tasks(act, wanted, found, sees_all=sees_all))


def _cases(act: Act, wanted: Sequence[str], *, sees_all: bool) -> list[Case]:
    if not wanted:
        return []
    whom = None if sees_all else offered_to(act.actor)
    return finding.cases(act.uow, [pattern(one) for one in wanted], whom=whom, limit=_WITHIN)


def _tasks(
    act: Act, wanted: Sequence[str], in_title: Sequence[Case], *, sees_all: bool
) -> list[Task]:
    """Find tasks by the words of their names and, for the other words, of their case's title."""
    by_rest: dict[tuple[str, ...], list[str]] = {}
    for element, name in finding.elements(act.uow):
        rest = tuple(one for one in wanted if not matches(name, [one]))
        by_rest.setdefault(rest, []).append(element)
    visible = (offered_to(act.actor), sees_all)
    found: list[Task] = []
    # the more words the name itself explains, the better the task fits
    for rest, named in sorted(by_rest.items(), key=lambda one: len(one[0]))[:3]:
        if len(found) >= MOST:
            break
        titled = in_title if rest == tuple(wanted) else _cases(act, rest, sees_all=sees_all)
        within = [one.id for one in titled] if rest else None
        found += finding.open_tasks(
            act.uow, named=named, within=within, visible=visible, limit=MOST - len(found)
        )
    return found


@lru_cache(maxsize=256)
def _forms(letters: str) -> str:
    if len(letters) > 1:
        plain = "".join(map(_forms, letters))
        written = "".join(one + one.upper() for one in _WRITTEN_OUT[letters] if one != "ß")
        written += "ß" if "ß" in _WRITTEN_OUT[letters] else ""
        return f"(?:{plain}|[{written}])"
    forms = _alike().get(letters, set()) | {letters, *_capital(letters)}
    return f"[{''.join(sorted(forms))}]{_ACCENT}"


def _capital(letter: str) -> set[str]:
    return {one for one in (letter.upper(),) if len(one) == 1}


@lru_cache(maxsize=1)
def _alike() -> dict[str, set[str]]:
    """Return the Latin letters by the plain letter that they fold to."""
    found: dict[str, set[str]] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = fold(chr(code))
        if len(plain) == 1 and chr(code).isalpha():
            found.setdefault(plain, set()).add(chr(code))
    return found
