"""What an officer decides about a mail: register it, ask for another one, put it aside.

Each decision is sealed in the history of the mail. None can be taken twice: the second officer is
told who took it and how.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from engine.access import Actor, authorize
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotFound
from engine.history import EventKind
from engine.store import cases as engine_cases
from engine.store import events
from engine.store.unit_of_work import Row
from recruitment.mailbox.relays import takes_no_answer
from recruitment.standing import standing
from recruitment.store import mails, outbox, records

Mail = Mapping[str, Any]
#: What can be taken back: nothing has been registered for it.
RETURNABLE = frozenset({"not_application", "resend", "duplicate", "report"})
#: Checks by which the subject names a call.
_NAMED = frozenset({"reference-subject", "reference-inner"})
_MOST_TEXT, _MOST_SUBJECT = 10_000, 300


class AlreadySorted(Conflict):
    """Somebody has sorted this mail already."""

    code = "already-sorted"


def waiting(act: Act, sha256: str) -> tuple[Mail, Actor]:
    """Return a mail that waits, locked, and who acts; raises AlreadySorted, NotFound."""
    who = authorize(act.actor, "mail:sort", act.shell.policy)
    row = mails.lock(act.uow, sha256)
    if row is None:
        raise NotFound("There is no such mail", where=sha256[:12])
    if row["sorted_as"] is not None:
        raise AlreadySorted(
            where=sha256[:12],
            sorted_as=row["sorted_as"],
            by=row["sorted_by"],
            at=row["sorted_at"].isoformat(),
        )
    return {str(name): value for name, value in row.items()}, who


def for_call(act: Act, sha256: str, call_key: str) -> None:
    """Say which call a mail is for; it waits in that call's queue then."""
    row, who = waiting(act, sha256)
    call = call_row(act, call_key)
    if row["call"] == call["id"]:
        return
    mails.change(act.uow, sha256, {"call": call["id"]})
    events.append(
        act.uow,
        f"mail:{sha256}",
        kind=EventKind.RECORD_CHANGED,
        actor=who,
        payload={"call": {"before": row["call"], "after": call["id"]}},
    )


def set_aside(act: Act, sha256: str, reason: str) -> None:
    """Decide that a mail is no application; the reason stays on record."""
    _, who = waiting(act, sha256)
    text = _text(reason, "reason", _MOST_TEXT)
    decide(act, who, sha256, "not_application", {"reason": text})


def ask_to_resend(act: Act, sha256: str, *, subject: str, text: str) -> UUID:
    """Write to the sender to send the application again; only while the call is open."""
    row, who = waiting(act, sha256)
    refusal = why_no_letter(act, row)
    if refusal:
        raise Conflict(refusal, where="resend", remedy=REMEDIES[refusal])
    call = call_row(act, row["call"])
    key = uuid4()
    records.add_letter(
        act.uow,
        {
            "id": key,
            "case_id": call["case_id"],
            "to_address": answer_to(row),
            "template": "resend_asked",
            "subject": _text(subject, "subject", _MOST_SUBJECT),
            "body": _text(text, "text", _MOST_TEXT),
            "written_at": act.uow.now,
        },
    )
    facts = {"letter": str(key), "mail": sha256}
    events.append(act.uow, f"letter:{key}", kind=EventKind.LETTER_WRITTEN, actor=who, payload=facts)
    decide(act, who, sha256, "resend", {"letter": key})
    return key


NO_CALL = "It is not said which call this mail is for"
CLOSED = "The call is not open: nothing that is sent again could arrive in time"
NOBODY = "A program wrote this mail: it is never answered"
NO_ADDRESS = "There is no address that could be answered"
#: What to do instead, by refusal.
REMEDIES: Mapping[str, str] = {
    NO_CALL: "name the call first",
    CLOSED: "register it as it is: its case asks a person about the defects",
    NOBODY: "put it aside as not an application",
    NO_ADDRESS: "register it, or put it aside",
}


def why_no_letter(act: Act, row: Mail) -> str | None:
    """Return why the sender cannot be asked to send it again; None when that is possible."""
    if row["findings"]["automatic"]:
        return NOBODY
    if takes_no_answer(answer_to(row)):
        return NO_ADDRESS
    if row["call"] is None:
        return NO_CALL
    call = call_row(act, row["call"])
    case = engine_cases.get(act.uow, call["case_id"]) if call["case_id"] else None
    state = standing(
        {str(name): value for name, value in call.items()},
        ended_at=case.ended_at if case else None,
        ended_element=case.ended_element if case else None,
        now=act.uow.now,
    )
    return None if state == "open" else CLOSED


def put_back(act: Act, sha256: str) -> None:
    """Take a decision back from which nothing followed; a letter that waits is withdrawn."""
    who = authorize(act.actor, "mail:sort", act.shell.policy)
    row = mails.lock(act.uow, sha256)
    if row is None:
        raise NotFound("There is no such mail", where=sha256[:12])
    if row["sorted_as"] is None:
        return
    if row["sorted_as"] not in RETURNABLE:
        raise Conflict(
            "An application was registered for this mail",
            where=sha256[:12],
            remedy="open its case: what follows is decided there",
        )
    withdrawn = row["sorted_as"] == "resend" and _withdraw(act, who, row["letter"])
    nothing = {"sorted_as": None, "sorted_by": None, "sorted_at": None, "reason": None}
    mails.change(act.uow, sha256, {**nothing, **({"letter": None} if withdrawn else {})})
    events.append(
        act.uow,
        f"mail:{sha256}",
        kind=EventKind.MAIL_PUT_BACK,
        actor=who,
        payload={"was": row["sorted_as"], "letter_withdrawn": withdrawn},
    )


def _withdraw(act: Act, who: Actor, key: UUID | None) -> bool:
    """Take a letter out of the outbox unless it has left; say whether it was taken out."""
    letter = outbox.get(act.uow, key) if key else None
    if letter is None or letter["sent_at"] is not None:
        return False
    outbox.remove(act.uow, letter["id"])
    events.append(
        act.uow,
        f"letter:{letter['id']}",
        kind=EventKind.LETTER_WITHDRAWN,
        actor=who,
        payload={"letter": str(letter["id"])},
    )
    return True


# --- shared with registering -------------------------------------------------------------------


def decide(act: Act, who: Actor, sha256: str, as_what: str, changes: Mapping[str, object]) -> None:
    """Write a decision down and seal it."""
    decided = {"sorted_as": as_what, "sorted_by": who.name, "sorted_at": act.uow.now}
    mails.change(act.uow, sha256, {**decided, **changes})
    events.append(
        act.uow,
        f"mail:{sha256}",
        kind=EventKind.MAIL_SORTED,
        actor=who,
        payload={"as": as_what, **{name: _plain(value) for name, value in changes.items()}},
    )


def call_row(act: Act, key: object) -> Row:
    """Return a call by id or reference; raises Invalid."""
    found = records.get_call(act.uow, str(key or ""))
    if found is None:
        raise Invalid("There is no such call", where="call")
    return found


def answer_to(row: Mail) -> str:
    """Return where an answer goes: Reply-To, else the writer."""
    return str(row["findings"]["answer_to"] or row["sender"])


def names_its_call(row: Mail) -> bool:
    """Whether the subject names the call that the mail stands with."""
    return any(one["code"] in _NAMED for one in row["findings"]["checks"]) and bool(row["call"])


def is_late(row: Mail, call: Row) -> bool:
    """Say whether it came after the deadline; at the very instant it is in time."""
    received: datetime = row["received_at"]
    return bool(received > call["deadline"])


def _text(text: str, where: str, most: int) -> str:
    said = text.strip()
    if not said:
        raise Invalid(f"Give a {where}", where=where)
    if len(said) > most:
        raise Invalid(f"The {where} is longer than {most} characters", where=where)
    return said


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
