"""The verbs on the long list of a call: put a person on it and tell them, take them off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid5

from engine import timelimits
from engine.access import Actor, authorize
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotFound
from engine.history import EventKind
from engine.store import cases as case_rows
from engine.store import events
from engine.store.unit_of_work import Row
from recruitment.correspondence import compose
from recruitment.intake import NAMESPACE
from recruitment.standing import Standing, standing
from recruitment.store import records, register

TEMPLATE = "interest_invitation"
MOST_REASON = 2_000
#: A long list is given whole up to so many people.
MOST = 1_000
#: Why nobody can be added, by where the call stands.
_CLOSED: Mapping[Standing, str] = {
    "draft": "This call is not published yet",
    "closed": "The deadline of this call has passed",
    "frozen": "The list of applications of this call is frozen",
    "withdrawn": "This call was withdrawn",
}


@dataclass(frozen=True, kw_only=True)
class Added:
    """A person who was put on a long list; without an address nobody could write to them."""

    name: str
    email: str | None


def add(
    act: Act, call_key: str, person: str, *, reason: str, search: Mapping[str, object] | None
) -> Added:
    """Put a person of the register on the long list of an open call and write to them.

    Raises NotFound, Invalid without a reason, Conflict where the call is not open or the person
    stands on the list already or has applied.
    """
    who = authorize(act.actor, "candidate:search", act.shell.policy)
    reason = _reason(reason)
    call = open_call(act, call_key)
    known = register.people(act.uow, [person]).get(person)
    if known is None:
        raise NotFound("Nobody with this id stands in the register", where=person)
    name, email = str(known["name"] or person), known["email"]
    letter = uuid5(NAMESPACE, f"long-list:{call['id']}:{person}:{act.uow.now.isoformat()}")
    row = {
        "call": call["id"],
        "candidate": person,
        "name": name,
        "email": email,
        "reason": reason,
        "search": dict(search) if search else None,
        "added_by": who.name,
        "added_at": act.uow.now,
        "letter": letter if email else None,
    }
    if not register.put_on_long_list(act.uow, row):
        raise _on_it_already(act, str(call["id"]), person)
    if register.entry(act.uow, str(call["id"]), person)["application"]:  # type: ignore[index]  # just put there
        raise Conflict("This person has applied for this call already", where=name, why="applied")
    if email:
        _write(act, letter, call, str(email))
    payload = {
        "what": "put on the long list",
        "candidate": person,
        "reason": reason,
        "search": row["search"],
        "letter": str(letter) if email else None,
    }
    _record(act, call, who, payload)
    return Added(name=name, email=email)


def read(
    act: Act,
    call_key: str,
    *,
    limit: int,
    applied: bool | None = None,
    after: tuple[object, str] | None = None,
) -> Sequence[Row]:
    """Return a page of the long list of a call, the latest entry first. The reading is recorded."""
    who = authorize(act.actor, "candidate:search", act.shell.policy)
    call = call_of(act, call_key)
    found = register.entries(act.uow, str(call["id"]), applied=applied, after=after, limit=limit)
    if found:
        stream, payload = f"read:{call['id']}", {"what": "long list"}
        events.append(act.uow, stream, kind=EventKind.RECORD_READ, actor=who, payload=payload)
    return found


def remove(act: Act, call_key: str, person: str, *, reason: str) -> Row:
    """Take a person off the long list of a call and return the entry.

    Raises NotFound, Invalid without a reason, Conflict once the person has applied.
    """
    who = authorize(act.actor, "candidate:search", act.shell.policy)
    reason = _reason(reason)
    call = call_of(act, call_key)
    found = register.entry(act.uow, str(call["id"]), person)
    if found is None:
        raise NotFound(
            "This person does not stand on the long list",
            where=person,
            remedy="somebody took them off already; load the list again",
        )
    if found["application"]:
        raise Conflict("This person has applied: the entry explains the application and stays")
    register.take_off_long_list(act.uow, str(call["id"]), person)
    payload = {"what": "taken off the long list", "candidate": person, "reason": reason}
    _record(act, call, who, payload)
    return found


def call_of(act: Act, key: str) -> Row:
    """Return a call by its id or reference; raise NotFound."""
    call = records.get_call(act.uow, key)
    if call is None:
        raise NotFound("There is no such call", where=key)
    return call


def open_call(act: Act, key: str) -> Row:
    """Return a call that is published and before its deadline; raise NotFound, Conflict."""
    call = call_of(act, key)
    case = case_rows.get(act.uow, call["case_id"])
    if case is None:
        raise NotFound("There is no such call", where=key)
    found = standing(
        call,
        ended_at=case.ended_at,
        ended_element=case.ended_element,
        now=act.uow.now,
    )
    if found != "open":
        raise Conflict(_CLOSED[found], where=str(call["reference"]), standing=found)
    return call


def _write(act: Act, letter: object, call: Row, email: str) -> None:
    content = call["content"]
    facts = {
        "call": call["reference"],
        "title": call["title"],
        "function_group": content.get("function_group"),
        "CAST_profile": content.get("cast_profile"),
        "unit": content.get("unit"),
        "place": content.get("place"),
        "deadline": _written(call),
        "send_your_application_to": content.get("mailbox"),
        "subject_of_your_mail": call["reference"],
    }
    written = compose(TEMPLATE, facts, to=email)
    records.add_letter(
        act.uow,
        {
            "id": letter,
            "case_id": call["case_id"],
            "to_address": email,
            "template": TEMPLATE,
            "subject": written.subject,
            "body": written.body,
            "written_at": act.uow.now,
        },
    )


def _written(call: Row) -> str:
    local = call["deadline"].astimezone(timelimits.ZONE)
    return f"{local:%d.%m.%Y, %H:%M:%S} Brussels time"


def _on_it_already(act: Act, call: str, person: str) -> Conflict:
    found = register.entry(act.uow, call, person)
    day = found["added_at"].astimezone(timelimits.ZONE) if found else act.uow.now
    by = found["added_by"] if found else ""
    return Conflict(
        f"On the long list already: {by} added this person on {day:%d.%m.%Y}",
        where=found["name"] if found else person,
        why="listed",
        added_by=by,
        added_at=day,
    )


def _reason(given: str) -> str:
    reason = given.strip()
    if not 0 < len(reason) <= MOST_REASON:
        raise Invalid(f"Give a reason of at most {MOST_REASON} characters", where="reason")
    return reason


def _record(act: Act, call: Row, who: Actor, payload: Mapping[str, object]) -> None:
    stream = f"call:{call['id']}"
    events.append(act.uow, stream, kind=EventKind.RECORD_CHANGED, actor=who, payload=payload)
