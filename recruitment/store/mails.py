"""Mails as they arrived, what was decided about them, and the mailboxes they came from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store import UnitOfWork
from engine.store.unit_of_work import Row
from recruitment.store.tables import call, candidate, cast_record, long_list, mail, mail_place
from recruitment.store.tables import mailbox as mailbox_table

#: Where a mail stands: waiting, or what was decided.
WAITING = "waiting"
#: What a list needs; the raw message and the findings are long.
_LISTED = (
    mail.c.sha256, mail.c.received_at, mail.c.read_at, mail.c.source, mail.c.sender,
    mail.c.sender_name, mail.c.subject, mail.c.verdict, mail.c.call, mail.c.sorted_as,
    mail.c.sorted_by, mail.c.sorted_at, mail.c.application,
)  # fmt: skip
_SHOWN = tuple(column for column in mail.columns if column.name != "raw")


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What a list of mails is narrowed to; None means any."""

    #: the call; None for the mails that name none
    call: str | None
    #: WAITING, or what was decided
    state: str | None = WAITING
    verdict: str | None = None
    #: whether it came after the deadline
    late: bool | None = None
    #: part of the sender or the subject
    words: str | None = None


def add(uow: UnitOfWork, row: Mapping[str, object]) -> bool:
    """Store a mail; False when it is known already."""
    statement = upsert(mail).values(row).on_conflict_do_nothing().returning(mail.c.sha256)
    return uow.one(statement) is not None


def get(uow: UnitOfWork, sha256: str) -> Row | None:
    """Return a mail without its raw message."""
    return uow.one(select(*_SHOWN).where(mail.c.sha256 == sha256))


def lock(uow: UnitOfWork, sha256: str) -> Row | None:
    """Return a mail without its raw message; nobody else decides until the transaction ends."""
    return uow.one(select(*_SHOWN).where(mail.c.sha256 == sha256).with_for_update())


def raw(uow: UnitOfWork, sha256: str) -> bytes | None:
    """Return the message byte for byte."""
    row = uow.one(select(mail.c.raw).where(mail.c.sha256 == sha256))
    return bytes(row["raw"]) if row else None


def with_message_id(uow: UnitOfWork, message_id: str) -> Sequence[Row]:
    """Return the mails with this Message-ID, the first first."""
    statement = select(*_SHOWN).where(mail.c.message_id == message_id)
    return uow.all(statement.order_by(mail.c.received_at, mail.c.sha256))


def of_application(uow: UnitOfWork, application: str) -> Sequence[Row]:
    """Return the mails that belong to an application, the first first."""
    statement = select(*_LISTED).where(mail.c.application == application)
    return uow.all(statement.order_by(mail.c.received_at, mail.c.sha256))


def change(uow: UnitOfWork, sha256: str, changes: Mapping[str, object]) -> None:
    """Change columns of a mail."""
    uow.write(update(mail).where(mail.c.sha256 == sha256).values(changes))


def page(
    uow: UnitOfWork,
    narrowed: Narrowed,
    *,
    backwards: bool,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return a page of mails by receipt, with whether each is late."""
    place = tuple_(mail.c.received_at, mail.c.sha256)
    statement = _narrow(select(*_LISTED, _late().label("late")), narrowed)
    if after is not None:
        statement = statement.where(place < after if backwards else place > after)
    order = [one.desc() if backwards else one for one in (mail.c.received_at, mail.c.sha256)]
    return [dict(row) for row in uow.all(statement.order_by(*order).limit(limit))]


def counts(uow: UnitOfWork, call_id: str | None) -> dict[str, int]:
    """Count the mails of a call by where they stand."""
    state = func.coalesce(mail.c.sorted_as, text(f"'{WAITING}'"))
    statement = select(state.label("state"), func.count().label("mails")).where(_of(call_id))
    return {row["state"]: row["mails"] for row in uow.all(statement.group_by(state))}


def waiting_beside(uow: UnitOfWork, row: Mapping[str, Any], *, before: bool) -> Row | None:
    """Return the waiting mail of the same queue that stands before this one, or after it."""
    place = tuple_(mail.c.received_at, mail.c.sha256)
    here = (row["received_at"], row["sha256"])
    statement = select(mail.c.sha256, mail.c.subject).where(
        _of(row["call"]), mail.c.sorted_as.is_(None), place < here if before else place > here
    )
    order = [one.desc() if before else one for one in (mail.c.received_at, mail.c.sha256)]
    return uow.one(statement.order_by(*order).limit(1))


def _narrow(statement: Select[Any], narrowed: Narrowed) -> Select[Any]:
    found: list[ColumnElement[bool]] = [_of(narrowed.call)]
    if narrowed.state == WAITING:
        found.append(mail.c.sorted_as.is_(None))
    elif narrowed.state:
        found.append(mail.c.sorted_as == narrowed.state)
    if narrowed.verdict:
        found.append(mail.c.verdict == narrowed.verdict)
    if narrowed.late is not None:
        found.append(func.coalesce(_late(), False) == narrowed.late)
    if narrowed.words:
        said = mail.c.sender_name + " " + mail.c.sender + " " + mail.c.subject
        found.append(func.strpos(func.lower(said), narrowed.words.lower()) > 0)
    return statement.outerjoin(call, call.c.id == mail.c.call).where(and_(*found))


def _of(call_id: str | None) -> ColumnElement[bool]:
    return mail.c.call.is_(None) if call_id is None else mail.c.call == call_id


def _late() -> ColumnElement[bool]:
    """Whether it came after the deadline; null for a mail of no call."""
    return mail.c.received_at > call.c.deadline


# --- what is known of a sender -----------------------------------------------------------------


def references(uow: UnitOfWork) -> dict[str, str]:
    """Return the id of every call by its reference."""
    return {row["reference"]: row["id"] for row in uow.all(select(call.c.reference, call.c.id))}


def known_by(uow: UnitOfWork, address: str, call_id: str | None) -> list[dict[str, Any]]:
    """Return where an address is known: as a candidate, on the long list, in the extract."""
    said, found = address.lower(), []
    for kind, table, narrower in (
        ("candidate", candidate, None),
        ("long_list", long_list, long_list.c.call == call_id),
        ("cast", cast_record, None),
    ):
        statement = select(table.c.name).where(func.lower(table.c.email) == said)
        if narrower is not None:
            statement = statement.where(narrower)
        row = uow.all(statement.limit(1))
        found += [{"kind": kind, "name": one["name"]} for one in row]
    return found


# --- mailboxes ---------------------------------------------------------------------------------


def hold_mailbox(uow: UnitOfWork, name: str) -> bool:
    """Say whether this transaction alone reads the mailbox now."""
    lock_it = select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"mailbox:{name}", 0)))
    return bool(uow.scalar(lock_it))


def places_read(uow: UnitOfWork, name: str, places: Collection[str]) -> Collection[str]:
    """Return which of these places of a mailbox have been read."""
    here = (mail_place.c.mailbox == name) & mail_place.c.place.in_(places)
    return {row["place"] for row in uow.all(select(mail_place.c.place).where(here))}


def last_place(uow: UnitOfWork, name: str, prefix: str) -> str:
    """Return the last place of a mailbox that begins so; empty for none."""
    here = (mail_place.c.mailbox == name) & mail_place.c.place.startswith(prefix)
    return str(uow.scalar(select(func.max(mail_place.c.place)).where(here)) or "")


def add_place(uow: UnitOfWork, name: str, place: str, sha256: str) -> None:
    """Remember that a message was read; where it lies is no fact about a person."""
    row = {"mailbox": name, "place": place, "mail": sha256, "read_at": uow.now}
    uow.write(upsert(mail_place).values(row).on_conflict_do_nothing())
    uow.changed.discard("mail_place")


def note_mailbox(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Write down when a mailbox was read and what went wrong: no fact about a person."""
    statement = upsert(mailbox_table).values(row)
    uow.write(statement.on_conflict_do_update(index_elements=["name"], set_=dict(row)))
    uow.changed.discard("mailbox")


def forget_mailbox(uow: UnitOfWork, name: str) -> None:
    """Forget a mailbox, or a fault that is mended."""
    uow.write(delete(mailbox_table).where(mailbox_table.c.name == name))
    uow.changed.discard("mailbox")


def mailboxes(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Return the mailboxes with their last reading."""
    return [dict(row) for row in uow.all(select(mailbox_table).order_by(mailbox_table.c.name))]
