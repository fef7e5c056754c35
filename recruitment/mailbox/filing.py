"""What the machine puts aside by itself: the same mail once more, and reports on our own letters.

Both stay in the list and an officer can put them back; nobody who applied is put aside.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.access import Actor
from engine.history import EventKind
from engine.store import UnitOfWork, events
from recruitment.checks import Check
from recruitment.store import mails, outbox

Row = Mapping[str, Any]
_POSTMAN = Actor(name="engine", roles=frozenset())


def file_away(uow: UnitOfWork, sha256: str) -> None:
    """Put a mail aside when it is known already or tells of a letter of ours."""
    row = mails.get(uow, sha256)
    if row is None:
        return
    report = row["findings"]["report"]
    if report and report["letter"]:
        _join(uow, row, report)
    elif row["message_id"]:
        _compare(uow, row)


def _join(uow: UnitOfWork, row: Row, report: Row) -> None:
    """Set what became of our letter; a report on a letter that is not ours waits for an officer."""
    letter = outbox.get(uow, UUID(report["letter"]))
    if letter is None:
        return
    if report["action"] == "failed" and letter["bounced_at"] is None:
        why = report["reason"] or report["recipient"]
        outbox.change(uow, letter["id"], {"bounced_at": row["received_at"], "bounce": why})
        events.append(
            uow,
            f"letter:{letter['id']}",
            kind=EventKind.LETTER_BOUNCED,
            actor=_POSTMAN,
            payload={"letter": str(letter["id"]), "mail": row["sha256"], "reason": why},
        )
    call = row["call"] or outbox.call_of_case(uow, letter["case_id"])
    check = Check(code="report-ours", verdict="none").as_json()
    changes = {"letter": letter["id"], "call": call}
    _put_aside(uow, row, "report", {**changes, "findings": _with(row, check)})


def _compare(uow: UnitOfWork, row: Row) -> None:
    """Look for the same Message-ID: the same mail once more, or something to look at."""
    others = [
        one
        for one in mails.with_message_id(uow, row["message_id"])
        if one["sha256"] != row["sha256"]
    ]
    if not others:
        return
    first = others[0]
    if _content(first) == _content(row) and first["received_at"] <= row["received_at"]:
        _put_aside(uow, row, "duplicate", {"reason": first["sha256"]})
        return
    check = Check(code="same-id", verdict="flag", facts={"sha256": first["sha256"][:12]})
    verdict = "flag" if row["verdict"] == "accept" else row["verdict"]
    changes = {"findings": _with(row, check.as_json()), "verdict": verdict}
    mails.change(uow, row["sha256"], changes)


def _content(row: Row) -> tuple[object, ...]:
    """Return what makes two copies the same mail: everything that a server does not add."""
    files = tuple(one["sha256"] for one in row["findings"]["files"])
    return row["sender"], row["subject"], row["findings"]["text"], files


def _with(row: Row, check: Mapping[str, object]) -> dict[str, Any]:
    findings = row["findings"]
    return {**findings, "checks": [*findings["checks"], check]}


def _put_aside(uow: UnitOfWork, row: Row, as_what: str, changes: Mapping[str, object]) -> None:
    decided = {"sorted_as": as_what, "sorted_by": _POSTMAN.name, "sorted_at": uow.now}
    mails.change(uow, row["sha256"], {**changes, **decided})
    events.append(
        uow,
        f"mail:{row['sha256']}",
        kind=EventKind.MAIL_SORTED,
        actor=_POSTMAN,
        payload={"as": as_what, "reason": changes.get("reason")},
    )
