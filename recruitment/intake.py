"""Calls, applications and documents come in: store the record, open or tell its case."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from engine import cases, worklist
from engine.access import authorize, authorize_task
from engine.cases import Act, Case, Opening
from engine.errors import Conflict, Invalid, NotFound, TaskNotOpen
from engine.finding import fold
from engine.history import EventKind
from engine.store import cases as engine_cases
from engine.store import events
from engine.store.unit_of_work import Row
from recruitment.inspection import Inspection, inspect_pdf
from recruitment.mailbox.relays import is_shared
from recruitment.store import extracts, records

#: The largest document that is kept at all.
MAX_BYTES = 20_000_000
#: Case ids derive from the business key, so that a repeated request opens no second case.
NAMESPACE = UUID("6b1f1d6e-2c0a-5c58-9a3b-1c7f0a8f3a11")


def open_call(act: Act, content: Mapping[str, object]) -> Case:
    """Record a call for expression of interest and open its case.

    `content` is what cases see as `call`: id, reference, title, deadline (instant with offset),
    site, function_group and the rest of `processes/VARIABLES.md`. Raises Invalid, Conflict.
    """
    authorize(act.actor, "call:create", act.shell.policy)
    call_id = str(content["id"])
    if records.get_call(act.uow, call_id) or records.get_call(act.uow, str(content["reference"])):
        raise Conflict("There is a call with this id or reference already", where="reference")
    case_id = uuid5(NAMESPACE, f"call:{call_id}")
    row = {
        "id": call_id,
        "reference": content["reference"],
        "title": content["title"],
        "deadline": _instant(content.get("deadline"), "deadline"),
        "content": dict(content),
        "case_id": case_id,
        "created_at": act.uow.now,
    }
    records.add_call(act.uow, row)
    opening = Opening(
        id=case_id, process="call_for_interest", title=str(content["title"]), key=call_id
    )
    return cases.open_case(act, opening, {"call": dict(content)})


def register_application(
    act: Act,
    call_key: str,
    candidate: Mapping[str, object],
    mail: Mapping[str, object],
    *,
    attachment: bytes | None = None,
) -> Case:
    """Record an application by mail and open its case; late ones are registered all the same.

    `mail` holds received_at (instant at the mailbox), message_id, subject, whether that names the
    call and whether CV and form stand in order. The same Message-ID twice is one application.
    """
    authorize(act.actor, "application:register", act.shell.policy)
    call = records.get_call(act.uow, call_key)
    if call is None:
        raise NotFound("There is no such call", where=call_key)
    message_id = str(mail.get("message_id") or "")
    known = records.application_by_message(act.uow, message_id) if message_id else None
    if known is not None:
        return _case_of(act, known["id"])
    person = _candidate(act, candidate)
    application_id = str(uuid5(NAMESPACE, f"application:{call['id']}:{message_id or person['id']}"))
    received = _instant(mail.get("received_at"), "received_at")
    inspected = inspect_pdf(attachment) if attachment is not None else None
    content = content_of(application_id, call, mail, inspected)
    records.add_application(
        act.uow,
        {
            "id": application_id,
            "call": call["id"],
            "candidate": person["id"],
            "received_at": received,
            "message_id": message_id or None,
            "digest": content["digest"],
            "content": content,
        },
    )
    if attachment is not None:
        keep_paper(act, application_id, attachment)
    opening = Opening(
        id=uuid5(NAMESPACE, f"case:{application_id}"),
        process="recruitment_case",
        title=f"{person['name']} / {call['reference']}",
        key=application_id,
        parent=call["case_id"],
    )
    variables = {
        "call": call["content"],
        "candidate": person["content"],
        "application": content,
    }
    return cases.open_case(act, opening, variables)


def store_document(  # noqa: PLR0913  # a document has these parts
    act: Act,
    application_id: str,
    *,
    kind: str,
    name: str,
    content: bytes,
    number: int | None = None,
) -> dict[str, object]:
    """Keep a document and tell the case that waits for it; nothing that arrives is dropped.

    The case gets `document_uploaded` with its id, kind, number (the period it proves, from 1),
    name and instant, never the content.
    """
    authorize(act.actor, "case:message", act.shell.policy)
    if records.get_application(act.uow, application_id) is None:
        raise NotFound("There is no such application", where=application_id)
    _ensure_size(content)
    document = {**_keep(act, application_id, kind, name, content), "number": number}
    case = _case_of(act, application_id)
    cases.deliver(act.uow, case.id, "document_uploaded", {"document": document})
    return document


def attach(act: Act, task_id: UUID, *, kind: str, name: str, content: bytes) -> dict[str, object]:
    """Keep a document that somebody adds to the form of a task of theirs.

    The form's answer names it; the case hears of it when the task is completed. Raises NotYourTask,
    TaskNotOpen, Invalid when it is too large.
    """
    task = worklist.get(act.uow, task_id)
    who = authorize_task(act.actor, task)
    if task.closed_at is not None:
        raise TaskNotOpen(where=task.element)
    _ensure_size(content)
    application = task.case_key or ""
    if records.get_application(act.uow, application) is not None:
        return _keep(replace(act, actor=who), application, kind, name, content)
    return _keep(replace(act, actor=who), None, kind, name, content, case_id=task.case_id)


def keep_paper(act: Act, application_id: str, content: bytes) -> dict[str, object]:
    """Keep the file that came with an application."""
    return _keep(act, application_id, "application", "application.pdf", content)


def import_cast(act: Act, row: Mapping[str, object]) -> None:
    """Record what the EPSO database says of a person and a profile."""
    who = authorize(act.actor, "cast:import", act.shell.policy)
    records.import_cast(act.uow, {"extract": None, **row, **_named(act, row)})
    events.append(
        act.uow,
        f"candidate:{row['candidate']}",
        kind=EventKind.RECORD_CHANGED,
        actor=who,
        payload={"cast": {key: _plain(value) for key, value in row.items()}},
    )


def _named(act: Act, row: Mapping[str, object]) -> dict[str, object]:
    """Return how a row is found in a search: a person who applied has a name and an address."""
    known = records.get_candidate(act.uow, str(row["candidate"]))
    named = {name: row.get(name) or (known[name] if known else None) for name in ("name", "email")}
    return {**named, "folded": fold(" ".join(str(one) for one in named.values() if one))}


def _case_of(act: Act, key: str) -> Case:
    found = engine_cases.by_key(act.uow, "recruitment_case", key)
    if found is None:
        raise NotFound("There is no case for this application", where=key)
    return found


def known_candidate(act: Act, content: Mapping[str, object]) -> Row | None:
    """Return who is known by this address; at a shared one, by the name as well."""
    email, name = str(content["email"]), str(content["name"])
    return records.candidate_by_email(act.uow, email, name=name if is_shared(email) else None)


def letter_id(*parts: str) -> UUID:
    """Return the id of a letter that is written once for these parts."""
    return uuid5(NAMESPACE, f"letter:{':'.join(parts)}")


def _candidate(act: Act, content: Mapping[str, object]) -> Row:
    email = str(content["email"])
    known = known_candidate(act, content)
    if known is not None:
        return known
    # whom the register knows keeps that id, so that the case finds what it says of them
    known_key = None if is_shared(email) else extracts.key_of(act.uow, email)
    who = f"{email} {content['name']}" if is_shared(email) else email
    key = str(content.get("id") or known_key or uuid5(NAMESPACE, f"candidate:{who.lower()}"))
    row = {
        "id": key,
        "name": content["name"],
        "email": email,
        "content": {**content, "id": key},
        "created_at": act.uow.now,
    }
    records.add_candidate(act.uow, row)
    found = records.get_candidate(act.uow, key)
    if found is None:
        raise Conflict("This candidate id belongs to somebody else", where="candidate")
    return found


def content_of(
    key: str, call: Row, mail: Mapping[str, object], inspected: Inspection | None
) -> dict[str, object]:
    """Return what a case sees as `application`; raises Invalid."""
    received = _instant(mail.get("received_at"), "received_at")
    subject = str(mail.get("subject") or "")
    is_pdf = inspected is not None and inspected.verdict != "ask"
    return {
        "id": key,
        "received_at": received.isoformat(),
        "message_id": mail.get("message_id"),
        "digest": inspected.sha256 if inspected else mail.get("digest"),
        "one_pdf": bool(mail.get("one_pdf", is_pdf)) and (inspected is None or is_pdf),
        "in_order": bool(mail.get("in_order", False)),
        "reference_in_subject": bool(
            mail.get("reference_in_subject", call["reference"] in subject)
        ),
        "defects": list(inspected.defects) if inspected else [],
    }


def _ensure_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise Invalid(f"A document has at most {MAX_BYTES // 1_000_000} MB", where="content")


def _keep(  # noqa: PLR0913  # a document has these parts
    act: Act,
    application_id: str | None,
    kind: str,
    name: str,
    content: bytes,
    *,
    case_id: UUID | None = None,
) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    owner = application_id or str(case_id)
    key = str(uuid5(NAMESPACE, f"document:{owner}:{kind}:{digest}"))
    is_pdf = b"%PDF-" in content[:1024]
    row = {
        "id": key,
        "application": application_id,
        "case_id": case_id,
        "kind": kind,
        "name": name,
        "media_type": "application/pdf" if is_pdf else "application/octet-stream",
        "sha256": digest,
        "size": len(content),
        "content": content,
        "received_at": act.uow.now,
    }
    records.add_document(act.uow, row)
    events.append(
        act.uow,
        f"application:{application_id}" if application_id else f"papers:{case_id}",
        kind=EventKind.DOCUMENT_STORED,
        actor=act.actor,
        payload={"document": key, "kind": kind, "name": name, "sha256": digest},
    )
    return {
        "id": key,
        "kind": kind,
        "name": name,
        "sha256": digest,
        "received_at": act.uow.now.isoformat(),
    }


def _instant(value: object, where: str) -> datetime:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(
            f"{value!r} is no instant", where=where, remedy="2025-05-26T12:00:00+02:00"
        ) from error
    if found.tzinfo is None:
        raise Invalid("The instant needs an offset", where=where, remedy="add +02:00 or Z")
    return found


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value
