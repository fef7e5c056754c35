"""Calls, candidates, applications, documents and letters."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store import UnitOfWork
from engine.store.tables import case
from engine.store.unit_of_work import Row
from recruitment.store.tables import (
    application,
    call,
    candidate,
    cast_record,
    document,
    interview,
    letter,
    mail,
    personal_file,
)


def add_call(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a call."""
    uow.write(insert(call).values(row))


def get_call(uow: UnitOfWork, key: str) -> Row | None:
    """Return a call by its id or its reference."""
    return uow.one(select(call).where((call.c.id == key) | (call.c.reference == key)))


def references(uow: UnitOfWork, keys: Collection[str]) -> dict[str, str]:
    """Return the reference of each of these keys that is a call."""
    statement = select(call.c.id, call.c.reference).where(call.c.id.in_(keys))
    return {row["id"]: row["reference"] for row in uow.all(statement)}


def calls(uow: UnitOfWork) -> Sequence[Row]:
    """Return all calls, the next deadline last, with the number of applications."""
    count = func.count(application.c.id).label("applications")
    statement = select(call, count).outerjoin(application, application.c.call == call.c.id)
    return uow.all(statement.group_by(call.c.id).order_by(call.c.deadline.desc(), call.c.id))


def change_call(uow: UnitOfWork, key: str, changes: Mapping[str, object]) -> None:
    """Change columns of a call."""
    uow.write(update(call).where(call.c.id == key).values(changes))


def add_candidate(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a candidate; an address known already keeps its person."""
    uow.write(upsert(candidate).values(row).on_conflict_do_nothing())


def get_candidate(uow: UnitOfWork, key: str) -> Row | None:
    """Return a candidate."""
    return uow.one(select(candidate).where(candidate.c.id == key))


def candidate_by_email(uow: UnitOfWork, email: str, *, name: str | None = None) -> Row | None:
    """Return the candidate with this address, and with this name where several people read it."""
    found = select(candidate).where(func.lower(candidate.c.email) == email.lower())
    if name is not None:
        found = found.where(func.lower(candidate.c.name) == name.lower())
    return uow.one(found.order_by(candidate.c.created_at).limit(1))


def import_cast(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store what the EPSO database says of a person and a profile, replacing what it said."""
    values = {**row, "imported_at": uow.now}
    statement = upsert(cast_record).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["candidate", "profile"], set_=values
    )
    uow.write(statement)


def cast_of(uow: UnitOfWork, key: str, profile: str) -> Row | None:
    """Return what the EPSO database said of a person and a profile."""
    here = (cast_record.c.candidate == key) & (cast_record.c.profile == profile)
    return uow.one(select(cast_record).where(here))


def add_application(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store an application."""
    uow.write(insert(application).values(row))


def get_application(uow: UnitOfWork, key: str) -> Row | None:
    """Return an application with the name and address of its candidate."""
    statement = select(application, candidate.c.name, candidate.c.email).join(
        candidate, candidate.c.id == application.c.candidate
    )
    return uow.one(statement.where(application.c.id == key))


def application_by_message(uow: UnitOfWork, message_id: str) -> Row | None:
    """Return the application that came with this mail."""
    return uow.one(select(application).where(application.c.message_id == message_id))


def applications(uow: UnitOfWork, call_id: str) -> Sequence[Row]:
    """Return the applications of a call in the order they arrived."""
    statement = (
        select(
            application,
            candidate.c.name,
            case.c.id.label("case_id"),
            case.c.ended_at,
            case.c.outcome,
        )
        .join(candidate, candidate.c.id == application.c.candidate)
        .outerjoin(case, case.c.key == application.c.id)
        .where(application.c.call == call_id)
        .order_by(application.c.received_at, application.c.id)
    )
    return uow.all(statement)


def change_application(uow: UnitOfWork, key: str, changes: Mapping[str, object]) -> None:
    """Change columns of an application."""
    uow.write(update(application).where(application.c.id == key).values(changes))


def add_document(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a document; the same id twice is one document."""
    uow.write(upsert(document).values(row).on_conflict_do_nothing())


def get_document(uow: UnitOfWork, key: str) -> Row | None:
    """Return a document with its content."""
    return uow.one(select(document).where(document.c.id == key))


def documents(uow: UnitOfWork, application_id: str) -> Sequence[Row]:
    """Return the documents of an application, without their content."""
    columns = [column for column in document.columns if column.name != "content"]
    statement = select(*columns).where(document.c.application == application_id)
    return uow.all(statement.order_by(document.c.received_at, document.c.id))


def documents_of_case(uow: UnitOfWork, case_id: object) -> Sequence[Row]:
    """Return the documents that tasks of a case brought and that belong to no application."""
    columns = [column for column in document.columns if column.name != "content"]
    statement = select(*columns).where(document.c.case_id == case_id)
    return uow.all(statement.order_by(document.c.received_at, document.c.id))


def number_documents(uow: UnitOfWork, application_id: str) -> int:
    """Give each document of an application its serial number in order of arrival."""
    rows = documents(uow, application_id)
    for serial, row in enumerate(rows, 1):
        here = document.c.id == row["id"]
        uow.write(update(document).where(here).values(serial=serial))
    return len(rows)


def add_letter(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a letter to be sent; the same id twice is one letter."""
    uow.write(upsert(letter).values(row).on_conflict_do_nothing())


def letters(uow: UnitOfWork, case_id: object) -> Sequence[Row]:
    """Return the letters of a case in the order they were written."""
    statement = select(letter).where(letter.c.case_id == case_id)
    return uow.all(statement.order_by(letter.c.written_at, letter.c.id))


def open_personal_file(uow: UnitOfWork, application_id: str) -> int:
    """Open the one personal file of an agent and return its number (Staff Regulations Art. 26)."""
    row = {"application": application_id, "opened_at": uow.now}
    uow.write(upsert(personal_file).values(row).on_conflict_do_nothing())
    here = personal_file.c.application == application_id
    return int(uow.scalar(select(personal_file.c.serial).where(here)))


def erase_person(uow: UnitOfWork, application_id: str) -> int:
    """Destroy documents, letters, mails and the interview of an application; return how many."""
    uow.write(delete(interview).where(interview.c.application == application_id))
    of_case = select(case.c.id).where(case.c.key == application_id)
    asked = select(mail.c.letter).where(mail.c.application == application_id)
    gone = uow.write(delete(letter).where(letter.c.id.in_(asked)))
    gone += uow.write(delete(mail).where(mail.c.application == application_id))
    gone += uow.write(delete(document).where(document.c.application == application_id))
    return gone + uow.write(delete(letter).where(letter.c.case_id.in_(of_case)))
