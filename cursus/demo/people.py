"""The made-up people of the demonstration."""

from collections.abc import Callable
from dataclasses import dataclass

from api.identity import hash_password
from engine import clock, people
from engine.access import Actor
from engine.store import Database, begin, users

#: Shown openly: a demonstration never holds real data.
PASSWORD = "a-day-at-the-office"  # noqa: S105  # the password of made-up people

HOUSE = Actor(name="demonstration", roles=frozenset({"operator"}))


@dataclass(frozen=True, kw_only=True)
class Person:
    """A made-up person of the demonstration."""

    name: str
    full_name: str
    roles: tuple[str, ...]
    password: str = PASSWORD


PEOPLE = (
    Person(name="hanna", full_name="Hanna Virtanen", roles=("hr_officer",)),
    Person(name="henri", full_name="Henri Lambert", roles=("hr_officer",)),
    Person(name="luisa", full_name="Luísa Ferreira", roles=("line_manager",)),
    Person(name="lars", full_name="Lars Kask", roles=("line_manager",)),
    Person(name="pavel", full_name="Pavel Šťastný", roles=("panel_member",)),
    Person(name="petra", full_name="Petra Nowak", roles=("panel_member",)),
    Person(name="peter", full_name="Peter Byrne", roles=("panel_member",)),
    Person(name="carla", full_name="Carla Rossi", roles=("contracting_authority",)),
    Person(name="cyril", full_name="Cyril Dubois", roles=("contracting_authority",)),
    Person(name="maria", full_name="Dr Maria Παπαδοπούλου", roles=("medical_service",)),
    Person(name="mikael", full_name="Dr Mikael Sørensen", roles=("medical_service",)),
    Person(name="olga", full_name="Olga Ivanova", roles=("process_owner",)),
    Person(name="otto", full_name="Otto Berger", roles=("process_owner",)),
    Person(name="anton", full_name="Anton Huber", roles=("auditor",)),
    Person(name="oscar", full_name="Oscar Nilsson", roles=("operator",)),
)


def load(on: Database, known: frozenset[str], *, say: Callable[[str], None]) -> tuple[Person, ...]:
    """Add the people of the demonstration, once; `known` are the roles there are."""
    hashed = hash_password(PASSWORD)
    with begin(on, now=clock.now()) as uow:
        for person in PEOPLE:
            if users.get(uow, person.name) is not None:
                continue
            row = {
                "name": person.name,
                "full_name": person.full_name,
                "email": f"{person.name}@cursus.example",
                "roles": person.roles,
                "password_hash": hashed,
            }
            people.add(uow, HOUSE, row, known=known)
    say(f"{len(PEOPLE)} people of the demonstration")
    return PEOPLE
