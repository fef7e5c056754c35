"""The tables of recruitment; the course of a case is the engine's and stands nowhere here."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from engine.store.tables import metadata as engine_metadata

metadata = MetaData(naming_convention=engine_metadata.naming_convention)
Instant = DateTime(timezone=True)

call = Table(
    "call",
    metadata,
    #: also the business key of its case
    Column("id", Text, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    #: a message at this very instant is in time
    Column("deadline", Instant, nullable=False),
    #: what its cases see as `call`
    Column("content", JSONB, nullable=False),
    Column("case_id", Uuid),
    Column("published_at", Instant),
    #: when the list of applications was frozen, and the SHA-256 of their ids
    Column("frozen_at", Instant),
    Column("frozen_digest", Text),
    Column("created_at", Instant, nullable=False),
)

candidate = Table(
    "candidate",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, index=True),
    #: what a case sees as `candidate`
    Column("content", JSONB, nullable=False),
    Column("created_at", Instant, nullable=False),
)

#: The extract of the EPSO database (CAST permanent): one row per person and profile.
cast_record = Table(
    "cast_record",
    metadata,
    Column("candidate", Text, primary_key=True),
    Column("profile", Text, primary_key=True),
    Column("registered", Boolean, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("passed_group", Text),
    Column("result_date", Date),
    Column("failed_group", Text),
    Column("test_date", Date),
    #: when the profile was last refreshed; searchable for six months
    Column("refreshed", Date),
    Column("imported_at", Instant, nullable=False),
)

application = Table(
    "application",
    metadata,
    #: also the business key of its case
    Column("id", Text, primary_key=True),
    Column("call", Text, ForeignKey("call.id"), nullable=False, index=True),
    Column("candidate", Text, ForeignKey("candidate.id"), nullable=False, index=True),
    Column("received_at", Instant, nullable=False),
    #: RFC 5322 Message-ID of the mail it came with
    Column("message_id", Text),
    Column("digest", Text),
    Column("content", JSONB, nullable=False),
    Column("score", Numeric),
    Column("suitable", Boolean),
    Column("offered_at", Instant),
    #: set when the offer came to nothing
    Column("released_at", Instant),
)

document = Table(
    "document",
    metadata,
    Column("id", Text, primary_key=True),
    Column("application", Text, ForeignKey("application.id"), index=True),
    #: the case whose task brought it, where it belongs to no application
    Column("case_id", Uuid, index=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
    #: position in the personal file (Staff Regulations Art. 26), from 1
    Column("serial", Integer),
)

letter = Table(
    "letter",
    metadata,
    #: the effect that wrote it, so that a repeated attempt writes no second one
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("to_address", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    #: null while it waits for the mail server, or for ever where none is configured
    Column("sent_at", Instant),
    Index(None, "written_at", "id"),
    Index("ix_letter_waiting", "written_at", postgresql_where=text("sent_at IS NULL")),
)

personal_file = Table(
    "personal_file",
    metadata,
    Column("serial", BigInteger, Identity(always=True), primary_key=True),
    Column("application", Text, ForeignKey("application.id"), nullable=False, unique=True),
    Column("opened_at", Instant, nullable=False),
)
