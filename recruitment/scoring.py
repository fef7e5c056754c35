"""Rounds of individual scores: who has submitted, what may be read of it, a reminder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import orjson

from engine.access import Actor, authorize
from engine.cases import Act, Case
from engine.errors import Conflict, NotAllowed, NotFound
from engine.history import EventKind
from engine.store import UnitOfWork, events, users
from engine.store import cases as case_rows
from recruitment.correspondence import compose
from recruitment.deliberation import Change, Criterion, Rating, Sheet
from recruitment.store import panels, records

ZONE = ZoneInfo("Europe/Brussels")
#: Letters of reminders have ids of their own, so that a day holds one for each member.
NAMESPACE = UUID("4d9e7f0a-52a5-5f0e-8d39-6f6f0c0a7b21")
#: The template of the reminder.
REMINDER = "scores_due"


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A member in a round: the task, and what came of it."""

    member: str
    task: UUID
    is_chair: bool
    due_at: datetime | None
    submitted_at: datetime | None
    #: None until it is submitted, and as long as the reader may not see it
    sheet: Sheet | None = None
    remark: str | None = None


@dataclass(frozen=True, kw_only=True)
class Consensus:
    """What the panel agreed, as it was last submitted."""

    signed_by: str
    signed_at: datetime
    score: Decimal
    is_suitable: bool
    changes: tuple[Change, ...]
    minutes: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Round:
    """The latest round of a case, as far as the reader may see it."""

    case_id: UUID
    criteria: tuple[Criterion, ...]
    seats: tuple[Seat, ...]
    #: everybody who was ever set up as a member, by account
    members: Mapping[str, Mapping[str, Any]]
    is_open: bool
    consensus: Consensus | None = None

    @property
    def submitted(self) -> tuple[Seat, ...]:
        """The seats whose sheet is in."""
        return tuple(one for one in self.seats if one.submitted_at)

    @property
    def missing(self) -> tuple[Seat, ...]:
        """The seats whose sheet is not in."""
        return tuple(one for one in self.seats if not one.submitted_at)

    @property
    def is_complete(self) -> bool:
        """Whether all have submitted."""
        return bool(self.seats) and not self.missing

    @property
    def people(self) -> int:
        """How many people submitted: one who took over a second seat counts once."""
        return len({one.member for one in self.submitted})

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets that the reader may see."""
        return tuple(one.sheet for one in self.seats if one.sheet)

    @property
    def chair(self) -> str | None:
        """The account of the chair."""
        found = [one.member for one in self.seats if one.is_chair]
        found += [name for name, row in self.members.items() if row.get("chair") is True]
        return found[0] if found else None


def rounds(uow: UnitOfWork, cases: Sequence[UUID], *, reader: str) -> dict[UUID, Round]:
    """Return the latest round of each case that has one; scores as the reader may see them."""
    rows: dict[UUID, list[panels.Found]] = {}
    for row in panels.sheets(uow, cases, reader=reader):
        rows.setdefault(row["case_id"], []).append(row)
    told: dict[str, list[panels.Found]] = {}
    elements = (panels.SET_UP, panels.REPLACE, panels.CONSENSUS)
    for row in panels.completions(uow, list(rows), elements):
        told.setdefault(row["stream"], []).append(row)
    return {
        case_id: _round(case_id, some, told.get(f"case:{case_id}", ()))
        for case_id, some in rows.items()
    }


def read(act: Act, case_id: UUID) -> Round:
    """Return the round of a case and record the reading.

    For its members and for whoever may read deliberations; for anybody else, or where nobody
    scores yet, there is none. Raises NotFound.
    """
    found = rounds(act.uow, [case_id], reader=act.actor.name).get(case_id)
    case = case_rows.get(act.uow, case_id)
    if found is None or case is None or not may_read(act, found):
        raise NotFound("There are no scores of this case", where=str(case_id))
    events.append(
        act.uow,
        f"read:{case_id}",
        kind=EventKind.RECORD_READ,
        actor=act.actor,
        definition=case.definition,
        payload={"what": "scores of the panel"},
    )
    return found


def may_read(act: Act, found: Round) -> bool:
    """Say whether the actor is of this panel or may read deliberations."""
    if any(one.member == act.actor.name for one in found.seats):
        return True
    try:
        authorize(act.actor, "deliberation:read", act.shell.policy)
    except NotAllowed:
        return False
    return True


def remind(act: Act, case_id: UUID) -> tuple[str, ...]:
    """Write to exactly those members whose scores are missing; return them.

    For the chair and for whoever may remind panels; once a day. Raises NotAllowed, NotFound,
    Conflict.
    """
    case = case_rows.lock(act.uow, case_id)
    found = rounds(act.uow, [case_id], reader=act.actor.name).get(case_id)
    if case is None or found is None or not may_read(act, found):
        raise NotFound("There are no scores of this case", where=str(case_id))
    who = _reminder(act, found)
    if not found.is_open:
        raise Conflict("All scores are in", remedy="load the page again")
    return _remind(act, case, who, [one.member for one in found.missing])


def reminded_today(uow: UnitOfWork, found: Sequence[Round]) -> frozenset[UUID]:
    """Return the cases of those rounds whose members somebody reminded today, in Brussels."""
    day = _day(uow.now)
    ids = {
        _letter_id(one.case_id, seat.member, day): one.case_id
        for one in found
        for seat in one.seats
    }
    return frozenset(ids[one] for one in panels.letters_among(uow, list(ids)))


def _letter_id(case_id: UUID, member: str, day: str) -> UUID:
    return uuid5(NAMESPACE, f"{case_id}:{member}:{day}")


def _reminder(act: Act, found: Round) -> Actor:
    if act.actor.name == found.chair:
        return act.actor
    return authorize(act.actor, "panel:remind", act.shell.policy)


def _remind(act: Act, case: Case, who: Actor, missing: Sequence[str]) -> tuple[str, ...]:
    day = _day(act.uow.now)
    ids = {name: _letter_id(case.id, name, day) for name in missing}
    written = {row["id"] for row in records.letters(act.uow, case.id)}
    fresh = [name for name in missing if ids[name] not in written]
    if not fresh:
        raise Conflict("They were reminded today", remedy="a reminder goes out once a day")
    for name in fresh:
        _write(act, case, name, ids[name])
    events.append(
        act.uow,
        case.stream,
        kind=EventKind.REMINDER_SENT,
        actor=who,
        element=panels.SCORE,
        definition=case.definition,
        payload={"template": REMINDER, "to": ", ".join(fresh)},
    )
    return tuple(fresh)


def _write(act: Act, case: Case, name: str, key: UUID) -> None:
    person = users.get(act.uow, name)
    if person is None or not person["email"]:
        raise Conflict(f"{name} has no mail address", remedy="tell them by other means")
    call = _reference(act.uow, case)
    letter = compose(REMINDER, {"call": call, "application": case.key}, to=str(person["email"]))
    row = {
        "id": key,
        "case_id": case.id,
        "to_address": person["email"],
        "template": REMINDER,
        "subject": letter.subject,
        "body": letter.body,
        "written_at": act.uow.now,
    }
    records.add_letter(act.uow, row)


def _reference(uow: UnitOfWork, case: Case) -> str | None:
    row = records.get_application(uow, case.key or "")
    call = records.get_call(uow, row["call"]) if row else None
    return str(call["reference"]) if call else None


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


def _round(case_id: UUID, rows: Sequence[panels.Found], told: Sequence[panels.Found]) -> Round:
    members, criteria = _set_up(told)
    return Round(
        case_id=case_id,
        criteria=criteria,
        members=members,
        seats=tuple(_seat(row, members) for row in rows),
        is_open=any(row["closed_at"] is None for row in rows),
        consensus=_consensus(told, since=rows[0]["opened_at"]),
    )


def _seat(row: panels.Found, members: Mapping[str, Mapping[str, Any]]) -> Seat:
    # whoever submitted it holds the seat: a sheet that was handed over is theirs
    member = str(row["closed_by"] if row["submitted_at"] else row["assignee"])
    given = variables(row["payload"])
    return Seat(
        member=member,
        task=row["id"],
        is_chair=members.get(member, {}).get("chair") is True,
        due_at=row["due_at"],
        submitted_at=row["submitted_at"],
        sheet=sheet_of(member, given) if row["payload"] is not None else None,
        remark=given.get("remark"),
    )


def variables(payload: bytes | None) -> dict[str, Any]:
    """Return what was submitted with a completion; empty where it may not be read."""
    if payload is None:
        return {}
    found = (orjson.loads(bytes(payload)).get("command") or {}).get("variables")
    return found if isinstance(found, dict) else {}


def sheet_of(member: str, given: Mapping[str, Any]) -> Sheet:
    """Read a submission of the form score_candidate."""
    return Sheet(
        member=member,
        ratings=tuple(
            Rating(
                criterion=str(one["criterion"]),
                points=Decimal(str(one["points"])),
                evidence=str(one.get("evidence") or ""),
            )
            for one in given.get("ratings") or ()
            if one.get("points") is not None
        ),
    )


def criteria_of(rows: object) -> tuple[Criterion, ...]:
    """Read the criteria as the set-up of the panel names them."""
    if not isinstance(rows, list):
        return ()
    return tuple(
        Criterion(
            name=str(one["criterion"]),
            question=str(one.get("question") or ""),
            weight=Decimal(str(one.get("weight") or 1)),
        )
        for one in rows
        if isinstance(one, Mapping) and one.get("criterion")
    )


def _set_up(
    told: Sequence[panels.Found],
) -> tuple[dict[str, Mapping[str, Any]], tuple[Criterion, ...]]:
    members: dict[str, Mapping[str, Any]] = {}
    criteria: tuple[Criterion, ...] = ()
    for row in told:
        given = variables(row["payload"])
        if row["element"] == panels.SET_UP:
            members = {}
            criteria = criteria_of(given.get("criteria"))
        for one in given.get("leaves") or ():
            members.pop(str(one.get("person")), None)
        for one in given.get("members") or given.get("joins") or ():
            members[str(one.get("person"))] = one
    return members, criteria


def _consensus(told: Sequence[panels.Found], *, since: datetime) -> Consensus | None:
    # one of an earlier round says nothing of this one
    found = [one for one in told if one["element"] == panels.CONSENSUS and one["at"] >= since]
    given = variables(found[-1]["payload"]) if found else {}
    if not given:
        return None
    return Consensus(
        signed_by=found[-1]["on_behalf_of"] or found[-1]["actor"],
        signed_at=found[-1]["at"],
        score=Decimal(str(given["score"])),
        is_suitable=given.get("suitable") == "yes",
        changes=changes_of(given.get("changes")),
        minutes=str(given.get("minutes") or ""),
        reason=str(given.get("reason") or ""),
    )


def changes_of(rows: object) -> tuple[Change, ...]:
    """Read the changed scores of the form record_consensus."""
    if not isinstance(rows, list):
        return ()
    return tuple(
        Change(
            member=str(one.get("person") or ""),
            criterion=str(one.get("criterion") or ""),
            points=Decimal(str(one["points"])),
            reason=str(one.get("reason") or ""),
        )
        for one in rows
        if isinstance(one, Mapping) and one.get("points") is not None
    )
