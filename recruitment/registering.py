"""Register the application that a mail brings: a new case, or the newer version of one.

The last one received in time counts. A person is known by the address, unless several people read
it (recruitment.mailbox.relays).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine import cases
from engine.access import Actor
from engine.cases import Act, Case, comments
from engine.history import EventKind
from engine.store import cases as engine_cases
from engine.store import events, queue
from engine.store.unit_of_work import Row
from recruitment import correspondence, intake
from recruitment.inspection import inspect_pdf
from recruitment.mailbox.message import Attachment, Unreadable, take_apart
from recruitment.sorting import Mail, call_row, decide, is_late, names_its_call, waiting
from recruitment.store import listing, mails, records

#: registered: a case of its own; newer: it takes the place of an earlier one; unused: a later
#: one, received in time, counts; too_late: an earlier one, received in time, counts.
What = Literal["registered", "newer", "unused", "too_late"]
_PROCESS = "recruitment_case"
_MESSAGE = "application_received"


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """What the officer says when a mail is registered."""

    name: str
    email: str
    language: str | None
    #: which file of the mail is the application, from 0; None for none
    file: int | None
    #: CV and form stand in the order that the call asks for
    in_order: bool


@dataclass(frozen=True, kw_only=True)
class Registered:
    """What became of a mail."""

    what: What
    application: str


def register(act: Act, sha256: str, said: Acceptance) -> Registered:
    """Register a mail, in time or late; raises AlreadySorted, Invalid, NotFound."""
    row, who = waiting(act, sha256)
    call = call_row(act, row["call"])
    files = _files(act, row)
    person = _person(said)
    earlier = _earlier(act, call, person)
    if earlier is None:
        done = _open(act, row, call, person, said, files)
    else:
        done = _join(act, who, row, call, earlier, said, files)
    as_what = "late" if is_late(row, call) else "accepted"
    decide(act, who, sha256, as_what, {"application": done.application})
    return done


def _person(said: Acceptance) -> dict[str, object]:
    person: dict[str, object] = {"name": said.name.strip(), "email": said.email.strip()}
    return {**person, "language": said.language} if said.language else person


def _files(act: Act, row: Mail) -> Sequence[Attachment]:
    """Return the files that may leave the mail: what a scanner named stays in it."""
    raw = mails.raw(act.uow, row["sha256"]) or b""
    try:
        found = take_apart(raw).files
    except Unreadable:
        return ()
    looked = row["findings"]["files"]
    return tuple(
        Attachment(name=one.name, media_type=one.media_type, content=b"")
        if place >= len(looked) or _is_infected(looked[place])
        else one
        for place, one in enumerate(found)
    )


def _is_infected(looked: Mapping[str, Any]) -> bool:
    return any(one["code"] == "scan-found" for one in looked["checks"])


# --- a case of its own -------------------------------------------------------------------------


def _open(  # noqa: PLR0913, PLR0917, RUF100  # a mail, a call, a person, files
    act: Act,
    row: Mail,
    call: Row,
    person: Mapping[str, object],
    said: Acceptance,
    files: Sequence[Attachment],
) -> Registered:
    content = _chosen(files, said)
    facts = _facts(act, row, said, content)
    case = intake.register_application(act, call["id"], person, facts, attachment=content)
    application = str(case.key)
    _keep_others(act, application, said, files)
    return Registered(what="registered", application=application)


def _chosen(files: Sequence[Attachment], said: Acceptance) -> bytes | None:
    if said.file is None or not 0 <= said.file < len(files):
        return None
    return files[said.file].content or None


def _keep_others(act: Act, application: str, said: Acceptance, files: Sequence[Attachment]) -> None:
    """Keep whatever else came with the mail: nothing that arrives is dropped."""
    for place, one in enumerate(files):
        if place != said.file and 0 < len(one.content) <= intake.MAX_BYTES:
            intake.store_document(
                act,
                application,
                kind="application_annex",
                name=one.name or f"file-{place + 1}",
                content=one.content,
            )


def _facts(act: Act, row: Mail, said: Acceptance, content: bytes | None) -> dict[str, object]:
    """Return what the case is told of the mail."""
    looked = row["findings"]["files"]
    chosen = looked[said.file] if said.file is not None and said.file < len(looked) else None
    inner = row["findings"]["inner"]
    return {
        "received_at": row["received_at"].isoformat(),
        "message_id": _message_id(act, row),
        "subject": row["subject"] or (inner["subject"] if inner else ""),
        "reference_in_subject": names_its_call(row),
        "in_order": said.in_order,
        "one_pdf": len(looked) == 1 and content is not None,
        "digest": chosen["sha256"] if chosen else None,
    }


def _message_id(act: Act, row: Mail) -> str:
    """Return the Message-ID, or the digest of the mail where it is missing or another mail's."""
    own = f"sha256:{row['sha256']}"
    if not row["message_id"]:
        return own
    known = records.application_by_message(act.uow, row["message_id"])
    return own if known is not None else str(row["message_id"])


# --- the same person once more -----------------------------------------------------------------


def _earlier(act: Act, call: Row, person: Mapping[str, object]) -> Mapping[str, Any] | None:
    """Return the application of the same person to this call that counts, received in time."""
    known = intake.known_candidate(act, person)
    if known is None:
        return None
    found = list(_counting(act, call, str(known["id"])))
    return found[-1] if found else None


def _counting(act: Act, call: Row, candidate: str) -> Iterator[Mapping[str, Any]]:
    for one in listing.same_person(act.uow, call["id"], candidate):
        case = engine_cases.by_key(act.uow, _PROCESS, one["id"])
        if case and case.ended_at is None and one["received_at"] <= call["deadline"]:
            yield {**one, "case": case}


def _join(  # noqa: PLR0913, PLR0917, RUF100  # two mails, a call, files
    act: Act,
    who: Actor,
    row: Mail,
    call: Row,
    earlier: Mapping[str, Any],
    said: Acceptance,
    files: Sequence[Attachment],
) -> Registered:
    application, case = str(earlier["id"]), earlier["case"]
    if is_late(row, call):
        facts = {"call": call["reference"], "received_at": row["received_at"].isoformat(),
                 "deadline": call["deadline"].isoformat(),
                 "counts": earlier["received_at"].isoformat()}  # fmt: skip
        _write(act, case, "newer_not_used", facts)
        return Registered(what="too_late", application=application)
    if row["received_at"] < earlier["received_at"]:
        return Registered(what="unused", application=application)
    content = _chosen(files, said)
    if content is not None:
        intake.keep_paper(act, application, content)
    _keep_others(act, application, said, files)
    facts = _facts(act, row, said, content)
    inspected = inspect_pdf(content) if content is not None else None
    newer = intake.content_of(application, call, facts, inspected)
    _replace(act, who, application, newer, row)
    _tell(act, case, newer, call)
    return Registered(what="newer", application=application)


def _replace(
    act: Act, who: Actor, application: str, newer: Mapping[str, object], row: Mail
) -> None:
    changes = {
        "received_at": row["received_at"],
        "message_id": newer["message_id"],
        "digest": newer["digest"],
        "content": newer,
    }
    records.change_application(act.uow, application, changes)
    events.append(
        act.uow,
        f"application:{application}",
        kind=EventKind.RECORD_CHANGED,
        actor=who,
        payload={"newer": {"mail": row["sha256"], "digest": newer["digest"]}},
    )


def _tell(act: Act, case: Case, newer: Mapping[str, object], call: Row) -> None:
    """Let the case take the newer one; past its check, tell whoever works on it, and the person."""
    awaited = {one["message"] for one in queue.subscriptions(act.uow, case.id)}
    if _MESSAGE in awaited and not case.suspended_at:
        received = {name: value for name, value in newer.items() if name not in ("id", "defects")}
        cases.receive(act, case.id, _MESSAGE, {"received": received})
        return
    comments.write(
        act,
        case.id,
        "A newer application of the same person was received in time and is kept with the papers: "
        f"received {newer['received_at']}, SHA-256 {newer['digest']}. The last one in time counts.",
    )
    facts = {"call": call["reference"], "received_at": newer["received_at"],
             "digest": newer["digest"]}  # fmt: skip
    _write(act, case, "acknowledgement", facts)


def _write(act: Act, case: Case, template: str, facts: Mapping[str, object]) -> None:
    from_row = records.get_application(act.uow, str(case.key))
    if from_row is None:
        return
    to = str(from_row["email"])
    letter = correspondence.compose(template, facts, to=to)
    key = intake.letter_id(str(case.id), template, str(facts["received_at"]))
    records.add_letter(
        act.uow,
        {
            "id": key,
            "case_id": case.id,
            "to_address": to,
            "template": template,
            "subject": letter.subject,
            "body": letter.body,
            "written_at": act.uow.now,
        },
    )
    payload = {"letter": str(key)}
    events.append(
        act.uow,
        f"letter:{key}",
        kind=EventKind.LETTER_WRITTEN,
        actor=act.actor,
        payload=payload,
    )
