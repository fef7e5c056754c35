"""Sixty made-up candidates and what each of them is there to show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

#: How many candidates show which ending; 60 in all.
CAST = {
    "late": 4,
    "malformed": 4,
    "ineligible": 8,
    "unregistered": 1,
    "failed_test": 4,
    "not_shortlisted": 26,
    "withdrawn": 3,
    "not_selected": 5,
    "reserve": 2,
    "declines": 1,
    "unfit": 1,
    "engaged": 1,
}
#: What the panel agrees on, 0 to 5; the order in which offers are made follows from it.
SCORES = {"declines": 4.8, "unfit": 4.6, "engaged": 4.4, "reserve": 3.6, "not_selected": 1.9}

FIRST = [
    "Ana",
    "Björn",
    "Chiara",
    "Dimitra",
    "Élise",
    "Filip",
    "Greta",
    "Hugo",
    "Ioana",
    "Jakub",
    "Katarína",
    "Luca",
    "Marta",
    "Niamh",
    "Ondřej",
    "Παναγιώτης",
    "Rasa",
    "Søren",
    "Tereza",
    "Urška",
    "Виктория",
    "Wiktor",
    "Yanis",
    "Zoltán",
    "Aoife",
    "Bram",
    "Célia",
    "Dorota",
    "Emil",
    "Francesca",
    "Gábor",
    "Hélène",
    "Ivo",
    "Jana",
    "Kristīne",
    "Liam",
    "Mónica",
    "Noémie",
    "Óscar",
    "Piotr",
]
LAST = [
    "Almeida",
    "Berg",
    "Conti",
    "Δημητρίου",
    "Egger",
    "Fischer",
    "García",
    "Horváth",
    "Ionescu",
    "Janssen",
    "Kovač",
    "Lefèvre",
    "Müller",
    "Nowak",
    "O'Brien",
    "Petrov",
    "Quinn",
    "Rossi",
    "Šťastný",
    "Tamm",
    "Urbonas",
    "Virtanen",
    "Weber",
    "Żak",
    "Ångström",
]
_STATES = [
    "AT",
    "BE",
    "BG",
    "CZ",
    "DE",
    "EE",
    "EL",
    "ES",
    "FI",
    "FR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LV",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A made-up candidate and the ending that it is there to show."""

    number: int
    kind: str
    name: str
    email: str
    nationality: str
    born: date
    #: years of full-time experience since the diploma
    experience: int

    @property
    def score(self) -> float | None:
        """What the panel agrees on; None for those who never meet it."""
        return SCORES.get(self.kind)


def plans() -> Iterator[Plan]:
    """Give the 60 candidates in the order in which they apply."""
    kinds = [kind for kind, count in CAST.items() for _ in range(count)]
    for number, kind in enumerate(kinds):
        first, last = FIRST[number * 7 % len(FIRST)], LAST[number * 11 % len(LAST)]
        outside = kind == "ineligible" and number % 2 == 0
        yield Plan(
            number=number,
            kind=kind,
            name=f"{first} {last}",
            email=f"candidate{number:02}@mail.example",
            nationality="CH" if outside else _STATES[number % len(_STATES)],
            born=date(1970 + number % 25, number % 12 + 1, number % 28 + 1),
            experience=3 + number % 20,
        )
