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
    Index("ix_candidate_lower_email", text("lower(email)")),
)

#: One extract of the EPSO database as a recruiter received it.
cast_extract = Table(
    "cast_extract",
    metadata,
    Column("id", Uuid, primary_key=True),
    #: the day on which EPSO made it; its age is shown wherever it is searched
    Column("taken_on", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("imported_at", Instant, nullable=False),
    #: how many rows were new, changed, the same as before, and not taken
    Column("added", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("refused", Integer, nullable=False, server_default="0"),
    Index(None, "imported_at"),
    Index(None, "taken_on", "sha256", unique=True),
)

#: A file that somebody handed in and has not confirmed yet; it goes when they do, or put it away.
cast_upload = Table(
    "cast_upload",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("taken_on", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    #: how far its import is, of how many rows; for whoever waits, and no fact
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
)

#: What an extract changed about one person: the leaves of the tree whose root its event seals.
cast_change = Table(
    "cast_change",
    metadata,
    Column("extract", Uuid, ForeignKey("cast_extract.id"), primary_key=True),
    #: the place of the leaf, from 0
    Column("number", Integer, primary_key=True),
    Column("candidate", Text, nullable=False, index=True),
    #: SHA-256(salt || content), which stays when both are erased
    Column("leaf", LargeBinary, nullable=False),
    Column("salt", LargeBinary),
    #: RFC 8785 JSON: candidate, profile, the row before and after
    Column("content", LargeBinary),
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
    #: the extract that brought this row; null for a row that a program sent alone
    Column("extract", Uuid, ForeignKey("cast_extract.id")),
    Column("name", Text),
    Column("email", Text),
    #: level of the Common European Framework by language code, both in capitals
    Column("languages", JSONB),
    Column("diploma_level", Text),
    #: years of experience as the person declares them
    Column("experience_years", Numeric),
    #: name and address without accents and capitals: what is searched, and the order of names
    Column("folded", Text, nullable=False, server_default=""),
    Index(None, "profile", "candidate"),
    Index(None, "folded", "candidate", "profile"),
    Index("ix_cast_record_email", text("lower(email)")),
)

#: People found in the EPSO database whom a recruiter put on the long list of a call.
long_list = Table(
    "long_list",
    metadata,
    Column("call", Text, ForeignKey("call.id"), primary_key=True),
    Column("candidate", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    #: why, in the recruiter's words, and the search that found the person
    Column("reason", Text, nullable=False),
    Column("search", JSONB),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    #: the letter that told the person of the call
    Column("letter", Uuid),
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

#: A mail as it reached the functional mailbox, kept byte for byte.
mail = Table(
    "mail",
    metadata,
    #: SHA-256 of the raw message: the same mail read twice is one mail
    Column("sha256", Text, primary_key=True),
    Column("raw", LargeBinary, nullable=False),
    #: by our own server's Received line (RFC 5321 4.4), never by the Date line
    Column("received_at", Instant, nullable=False),
    Column("read_at", Instant, nullable=False),
    #: the mailbox, or who handed the file in
    Column("source", Text, nullable=False),
    Column("message_id", Text, index=True),
    Column("sender", Text, nullable=False),
    Column("sender_name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    #: what the machine found: parts, checks with their rule, proposed call and verdict
    Column("findings", JSONB, nullable=False),
    #: the call that it is proposed for; null where the subject names none
    Column("call", Text, ForeignKey("call.id"), index=True),
    #: the machine's proposal: accept, flag, sort, ask, quarantine, none (no application)
    Column("verdict", Text, nullable=False, server_default="sort"),
    #: what a person decided: accepted, resend, late, not_application; what the machine put aside
    #: itself: duplicate, report; null while it waits
    Column("sorted_as", Text),
    Column("sorted_by", Text),
    Column("sorted_at", Instant),
    Column("reason", Text),
    Column("application", Text, ForeignKey("application.id"), index=True),
    #: the letter that asked to send it again, or that a delivery report is about
    Column("letter", Uuid),
    Index("ix_mail_waiting", "received_at", postgresql_where=text("sorted_as IS NULL")),
    Index(None, "received_at", "sha256"),
)

#: Where each message was found: what has been read once is not read again.
mail_place = Table(
    "mail_place",
    metadata,
    Column("mailbox", Text, primary_key=True),
    #: IMAP: UIDVALIDITY and UID, ten digits each; Maildir: the unique name
    Column("place", Text, primary_key=True),
    Column("mail", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
)

#: When each mailbox was read last, and what went wrong.
mailbox = Table(
    "mailbox",
    metadata,
    Column("name", Text, primary_key=True),
    Column("read_at", Instant, nullable=False),
    #: how many messages the last reading brought
    Column("messages", Integer, nullable=False),
    Column("fault", Text),
)

#: The interview of an application as it stands in the panel's calendar.
interview = Table(
    "interview",
    metadata,
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    Column("call", Text, ForeignKey("call.id"), nullable=False, index=True),
    #: 1 for the first date, 2 for the new one after a candidate did not come
    Column("number", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("place", Text, nullable=False),
    Column("language", Text, nullable=False),
    #: accounts of the panel's members
    Column("members", JSONB, nullable=False),
    #: RFC 5545 SEQUENCE: how often the date was changed
    Column("sequence", Integer, nullable=False),
    #: null once it is cancelled: the candidate withdrew, the call was cancelled
    Column("cancelled_at", Instant),
    Index(None, "starts_at"),
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
    #: an iCalendar object (RFC 5545) that goes along
    Column("calendar", Text),
    #: when a delivery report (RFC 3464) said that it did not arrive, and why
    Column("bounced_at", Instant),
    Column("bounce", Text),
    #: how often the mail server was tried, and what it said last
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fault", Text),
    #: null: at once
    Column("next_attempt_at", Instant),
    #: set when the mail server refused it for good
    Column("failed_at", Instant),
    Index(None, "written_at", "id"),
    Index("ix_letter_waiting", "written_at", postgresql_where=text("sent_at IS NULL")),
    Index(
        "ix_letter_tried",
        "written_at",
        postgresql_where=text("sent_at IS NULL AND attempts > 0"),
    ),
    Index("ix_letter_bounced_at", "bounced_at", postgresql_where=text("bounced_at IS NOT NULL")),
)

personal_file = Table(
    "personal_file",
    metadata,
    Column("serial", BigInteger, Identity(always=True), primary_key=True),
    Column("application", Text, ForeignKey("application.id"), nullable=False, unique=True),
    Column("opened_at", Instant, nullable=False),
)
