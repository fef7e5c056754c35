"""A made-up extract of the EPSO database, so that the register can be searched."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cursus.demo.candidates import FIRST, LAST
from cursus.demo.people import PEOPLE
from engine.access import Actor
from engine.cases import Act, Shell
from engine.store import Database, begin
from recruitment.cast.file import COLUMNS
from recruitment.cast.words import LEVELS
from recruitment.register import extracts
from recruitment.store import register

#: As many as one recruiter's extract might have.
MANY = 300
#: How old the extract is when the demonstration begins.
AGE = timedelta(days=12)
_PROFILES = ("ICT", "ICT", "ICT", "Project management", "Law", "Finance")
_LANGUAGES = ("FR", "DE", "IT", "ES", "PL", "EL", "NL", "RO")
_DIPLOMAS = ("university", "university", "university", "post_secondary", "secondary_access")
_GROUPS = ("IV", "IV", "III", "II")


def load(on: Database, shell: Shell, *, now: datetime) -> None:
    """Import the extract, as an HR officer would; a second start changes nothing."""
    hanna = next(one for one in PEOPLE if one.name == "hanna")
    with begin(on, now=now) as uow:
        if register.newest_extract(uow) is not None:
            return
        today = extracts.today(uow.now)
        actor = Actor(name=hanna.name, roles=frozenset(hanna.roles))
        file = extracts.File(
            name="cast-extract-made-up.csv", taken_on=today - AGE, content=content(today)
        )
        extracts.take(Act(uow=uow, shell=shell, actor=actor), file)


def content(today: date) -> bytes:
    """Return the file, the same for the same day."""
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *_rows(today - AGE)])
    return out.getvalue().encode()


def _rows(taken_on: date) -> Iterator[tuple[str, ...]]:
    """Yield people of whom every sixth was not refreshed, some failed, some passed long ago."""
    for number in range(MANY):
        first, last = FIRST[number * 7 % len(FIRST)], LAST[number * 11 % len(LAST)]
        passed, failed = number % 5 != 0, number % 10 == 0
        result = taken_on - timedelta(days=number * 41 % 3_900)
        tested = taken_on - timedelta(days=number * 3 % 200 + 1)
        refreshed = taken_on - timedelta(days=number * 13 % (260 if number % 6 == 0 else 150))
        yield (
            f"{first} {last}",
            f"cast{number:03}@mail.example",
            _PROFILES[number % len(_PROFILES)],
            "yes",
            "yes" if passed else "no",
            _GROUPS[number % len(_GROUPS)] if passed else "",
            result.isoformat() if passed else "",
            _GROUPS[number % 3] if failed else "",
            tested.isoformat() if failed else "",
            refreshed.isoformat(),
            _spoken(number),
            _DIPLOMAS[number % len(_DIPLOMAS)],
            str(number * 3 % 27),
            "",
        )


def _spoken(number: int) -> str:
    own = _LANGUAGES[number % len(_LANGUAGES)]
    other = _LANGUAGES[(number * 5 + 3) % len(_LANGUAGES)]
    spoken = {own: "C2", "EN": LEVELS[2 + number % 4]}
    spoken.setdefault(other, LEVELS[number % len(LEVELS)])
    return " ".join(f"{language}:{level}" for language, level in spoken.items())
