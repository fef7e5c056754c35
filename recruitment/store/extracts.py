"""Extracts of the EPSO database: files that wait, rows as they were and become, their changes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    any_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store import UnitOfWork
from engine.store.unit_of_work import Row
from recruitment.store.tables import (
    candidate,
    cast_change,
    cast_extract,
    cast_record,
    cast_upload,
)

#: The advisory lock of whoever imports: two at once would compare with rows that change.
_IMPORTING = 0x43415354
#: What an extract says of a person and a profile, beside its key.
FIELDS: Mapping[str, Any] = {
    "name": Text,
    "email": Text,
    "registered": Boolean,
    "passed": Boolean,
    "passed_group": Text,
    "result_date": Date,
    "failed_group": Text,
    "test_date": Date,
    "refreshed": Date,
    "languages": JSONB,
    "diploma_level": Text,
    "experience_years": Numeric,
}
_WRITTEN: Mapping[str, Any] = {"candidate": Text, "profile": Text, "folded": Text, **FIELDS}


def keep_upload(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Keep a file until its import is confirmed; the same file again is the same one."""
    uow.write(upsert(cast_upload).values(row).on_conflict_do_nothing())


def upload(uow: UnitOfWork, key: UUID) -> Row | None:
    """Return a file that waits, with its content."""
    return uow.one(select(cast_upload).where(cast_upload.c.id == key))


def uploads(uow: UnitOfWork) -> Sequence[Row]:
    """Return the files that wait, without their content, the latest first."""
    columns = [one for one in cast_upload.columns if one.name != "content"]
    return uow.all(select(*columns).order_by(cast_upload.c.uploaded_at.desc()))


def forget_upload(uow: UnitOfWork, key: UUID) -> None:
    """Destroy a file that waits."""
    uow.write(delete(cast_upload).where(cast_upload.c.id == key))


def note_progress(uow: UnitOfWork, key: UUID, done: int, total: int) -> None:
    """Say how far an import is, in a transaction of its own; no event, for it is no fact."""
    here = update(cast_upload).where(cast_upload.c.id == key)
    uow.connection.execute(here.values(done=done, total=total))


def may_import(uow: UnitOfWork) -> bool:
    """Take the right to import until the transaction ends; False if another import runs."""
    held = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(uow.connection.execute(held, {"key": _IMPORTING}).scalar())


def add_extract(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store what is known of an extract as a whole."""
    uow.write(insert(cast_extract).values(row))


def extracts(uow: UnitOfWork, *, limit: int) -> Sequence[Row]:
    """Return the extracts that were imported, the latest import first."""
    return uow.all(
        select(cast_extract)
        .order_by(cast_extract.c.imported_at.desc(), cast_extract.c.id)
        .limit(limit)
    )


def find_extract(uow: UnitOfWork, taken_on: object, sha256: str) -> Row | None:
    """Return the extract that came from this very file with this date, if it was imported."""
    here = (cast_extract.c.taken_on == taken_on) & (cast_extract.c.sha256 == sha256)
    return uow.one(select(cast_extract).where(here))


def get_extract(uow: UnitOfWork, key: UUID) -> Row | None:
    """Return an extract."""
    return uow.one(select(cast_extract).where(cast_extract.c.id == key))


def candidates_by_email(uow: UnitOfWork, emails: Sequence[str]) -> dict[str, str]:
    """Return the ids of people who applied, by their address in small letters."""
    lowered = func.lower(candidate.c.email)
    statement = select(lowered.label("email"), candidate.c.id).where(lowered == _any(emails))
    # the one who came first with an address keeps it
    rows = uow.all(statement.order_by(candidate.c.created_at.desc()))
    return {row["email"]: row["id"] for row in rows}


def emails_of_candidates(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, str]:
    """Return the addresses, in small letters, of people who applied, by their ids."""
    statement = select(candidate.c.id, func.lower(candidate.c.email).label("email"))
    return {
        row["id"]: row["email"] for row in uow.all(statement.where(candidate.c.id == _any(ids)))
    }


def registered_by_email(uow: UnitOfWork, emails: Sequence[str]) -> dict[str, str]:
    """Return the ids under which the register knows people, by their address in small letters."""
    lowered = func.lower(cast_record.c.email)
    statement = select(lowered.label("email"), cast_record.c.candidate).where(
        lowered == _any(emails)
    )
    rows = uow.all(statement.order_by(cast_record.c.imported_at))
    return {row["email"]: row["candidate"] for row in rows}


def registered_ids(uow: UnitOfWork, ids: Sequence[str]) -> frozenset[str]:
    """Return which of these ids the register knows."""
    statement = select(cast_record.c.candidate).where(cast_record.c.candidate == _any(ids))
    return frozenset(row["candidate"] for row in uow.all(statement))


def rows_of(uow: UnitOfWork, ids: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the rows of these people with the date of their extract, by id and profile."""
    statement = (
        select(cast_record, cast_extract.c.taken_on)
        .outerjoin(cast_extract, cast_extract.c.id == cast_record.c.extract)
        .where(cast_record.c.candidate == _any(ids))
    )
    return {(row["candidate"], row["profile"]): {**row} for row in uow.all(statement)}


def write_rows(uow: UnitOfWork, extract: UUID, rows: Sequence[Mapping[str, object]]) -> None:
    """Store rows as an extract has them, in one statement; JSON values by the names of columns."""
    given = func.jsonb_to_recordset(bindparam("rows", rows, JSONB)).table_valued(
        *(column(name, kind) for name, kind in _WRITTEN.items())
    )
    given = given.render_derived(name="given", with_types=True)
    values = [given.c[name] for name in _WRITTEN]
    source = select(
        *values, literal(extract).label("extract"), literal(uow.now).label("imported_at")
    )
    names = [*_WRITTEN, "extract", "imported_at"]
    statement = upsert(cast_record).from_select(names, source)
    uow.write(
        statement.on_conflict_do_update(
            index_elements=["candidate", "profile"],
            set_={name: statement.excluded[name] for name in names[2:]},
        )
    )


def seen_again(uow: UnitOfWork, extract: UUID, keys: Sequence[tuple[str, str]]) -> None:
    """Say of rows that stay as they are that this extract has them too."""
    ids, profiles = zip(*keys, strict=True)
    known = func.unnest(literal(list(ids), ARRAY(Text)), literal(list(profiles), ARRAY(Text)))
    seen = known.table_valued("candidate", "profile").render_derived(name="seen")
    same = (cast_record.c.candidate == seen.c.candidate) & (cast_record.c.profile == seen.c.profile)
    uow.write(update(cast_record).where(same).values(extract=extract))


def add_changes(uow: UnitOfWork, extract: UUID, rows: Sequence[Mapping[str, object]]) -> None:
    """Store what an extract changed, one leaf for each row, in one statement."""
    columns = {"number": Integer, "candidate": Text, "leaf": LargeBinary, "salt": LargeBinary}
    columns["content"] = LargeBinary
    arrays: list[Any] = [
        literal([row[name] for row in rows], ARRAY(kind)) for name, kind in columns.items()
    ]
    given = func.unnest(*arrays).table_valued(*columns).render_derived(name="given")
    values = [literal(extract).label("extract"), *(given.c[name] for name in columns)]
    uow.write(insert(cast_change).from_select(["extract", *columns], select(*values)))


def changes_of(uow: UnitOfWork, person: str) -> list[dict[str, Any]]:
    """Return every change of a person's rows, the first first."""
    statement = (
        select(cast_change, cast_extract.c.taken_on, cast_extract.c.imported_at)
        .join(cast_extract, cast_extract.c.id == cast_change.c.extract)
        .where(cast_change.c.candidate == person)
    )
    ordered = statement.order_by(cast_extract.c.imported_at, cast_change.c.number)
    return [{**row} for row in uow.all(ordered)]


def leaves(uow: UnitOfWork, extract: UUID) -> list[bytes]:
    """Return the leaves of an extract's tree in their order."""
    statement = select(cast_change.c.leaf).where(cast_change.c.extract == extract)
    return [bytes(row["leaf"]) for row in uow.all(statement.order_by(cast_change.c.number))]


def measure(uow: UnitOfWork) -> None:
    """Let the planner know at once that the register has another size."""
    uow.connection.execute(text("ANALYZE cast_record"))


def key_of(uow: UnitOfWork, email: str) -> str | None:
    """Return the id under which the register knows the person with this address."""
    here = func.lower(cast_record.c.email) == email.lower()
    statement = select(cast_record.c.candidate).where(here)
    found: str | None = uow.scalar(statement.order_by(cast_record.c.imported_at.desc()).limit(1))
    return found


def _any(values: Sequence[str]) -> Any:  # noqa: ANN401  # an operand of SQLAlchemy's
    return any_(literal(list(values), ARRAY(Text)))
