"""Compare the rows of an extract with the register: who is who, and what would change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import uuid5

from engine import timelimits
from engine.store import UnitOfWork
from recruitment.cast.file import Entry, Fault
from recruitment.intake import NAMESPACE
from recruitment.store import extracts as rows

Plain = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a row of an extract would do to the register."""

    row: int
    candidate: str
    profile: str
    what: Literal["new", "changed", "unchanged"]
    #: what the register said, as JSON; None for a new row
    before: Plain | None
    after: Plain


def plan(
    uow: UnitOfWork, entries: Sequence[Entry], *, taken_on: date, batch: int
) -> Iterator[Change | Fault]:
    """Say for each entry what it would change, or why it cannot be taken."""
    taken: dict[tuple[str, str], int] = {}
    for first in range(0, len(entries), batch):
        part = entries[first : first + batch]
        known = _People.of(uow, part)
        keys = {one.row: known.key(one) for one in part}
        before = rows.rows_of(uow, list(set(keys.values())))
        for one in part:
            key = (keys[one.row], one.profile)
            found = _judge(one, key, known, before.get(key), taken_on)
            again = taken.setdefault(key, one.row)
            if again != one.row:
                found = _fault(one, "email", "same-person", again)
            yield found


@dataclass(frozen=True, kw_only=True)
class _People:
    """Who is known already, by address and by id."""

    applied: Mapping[str, str]
    addresses: Mapping[str, str]
    by_email: Mapping[str, str]
    ids: frozenset[str]

    @classmethod
    def of(cls, uow: UnitOfWork, entries: Sequence[Entry]) -> "_People":
        emails = [one.email.lower() for one in entries]
        ids = [one.id for one in entries if one.id]
        return cls(
            applied=rows.candidates_by_email(uow, emails),
            addresses=rows.emails_of_candidates(uow, ids),
            by_email=rows.registered_by_email(uow, emails),
            ids=rows.registered_ids(uow, ids),
        )

    def key(self, one: Entry) -> str:
        """Return the id of a person: whoever applied keeps theirs, so that a case finds the row."""
        email = one.email.lower()
        if email in self.applied:
            return self.applied[email]
        if one.id in self.ids:
            return str(one.id)
        return self.by_email.get(email) or one.id or key_of(email)

    def is_of_another(self, one: Entry) -> bool:
        """Say whether the id is that of somebody who applied from another address."""
        known = self.addresses.get(one.id or "")
        return known is not None and known != one.email.lower()


def key_of(email: str) -> str:
    """Return the id of a person who is known by nothing but an address."""
    return str(uuid5(NAMESPACE, f"candidate:{email.lower()}"))


def _judge(
    one: Entry, key: tuple[str, str], known: _People, before: Plain | None, taken_on: date
) -> Change | Fault:
    if known.is_of_another(one):
        return _fault(one, "id", "id-of-another", one.id)
    as_of = _as_of(before) if before is not None else None
    if as_of is not None and as_of > taken_on:
        return _fault(one, "", "newer-known", as_of)
    after = _plain({name: getattr(one, name) for name in rows.FIELDS})
    was = _plain({name: before[name] for name in rows.FIELDS}) if before is not None else None
    what: Literal["new", "changed", "unchanged"] = "changed"
    if was is None:
        what = "new"
    elif was == after:
        what = "unchanged"
    return Change(row=one.row, candidate=key[0], profile=key[1], what=what, before=was, after=after)


def _as_of(row: Plain) -> date:
    """Return the day of which a row speaks; one that a program sent speaks of its arrival."""
    found: date | None = row["taken_on"]
    arrived: datetime = row["imported_at"]
    return found or arrived.astimezone(timelimits.ZONE).date()


def _plain(values: Plain) -> dict[str, Any]:
    """Return JSON values; an empty list of languages is none."""
    return {name: _json(value) for name, value in values.items()}


def _json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return (dict(value) or None) if isinstance(value, Mapping) else value


def _fault(one: Entry, column: str, code: str, value: object) -> Fault:
    return Fault(row=one.row, column=column, code=code, value=str(value or ""))
