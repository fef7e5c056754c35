"""The tables of the engine; what an open task or a timer is, is said by the kernel."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Instant = DateTime(timezone=True)

app_user = Table(
    "app_user",
    metadata,
    #: the sign-in name, also the actor in the history
    Column("name", Text, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("email", Text),
    #: argon2id, or null for a person who cannot sign in
    Column("password_hash", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

api_token = Table(
    "api_token",
    metadata,
    #: SHA-256 of the token in hex; the token itself is shown once and never stored
    Column("digest", Text, primary_key=True),
    Column("user_name", Text, ForeignKey("app_user.name"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    #: narrows the roles of its owner; null for all of them
    Column("roles", ARRAY(Text)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
)

session = Table(
    "session",
    metadata,
    #: SHA-256 of the cookie's value in hex
    Column("digest", Text, primary_key=True),
    Column("user_name", Text, ForeignKey("app_user.name"), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

#: Attempts to sign in, for throttling and for the auditor.
sign_in = Table(
    "sign_in",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index(None, "name", "at"),
    Index(None, "address", "at"),
)

deputy = Table(
    "deputy",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("absent", Text, ForeignKey("app_user.name"), nullable=False),
    Column("deputy", Text, ForeignKey("app_user.name"), nullable=False, index=True),
    #: both days included, in the institution's zone
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("appointed_by", Text, nullable=False),
    Column("appointed_at", Instant, nullable=False),
    CheckConstraint("absent <> deputy", name="not_oneself"),
    CheckConstraint("first_day <= last_day", name="days_in_order"),
)

definition = Table(
    "definition",
    metadata,
    #: SHA-256 over the names and bytes of the bundle
    Column("digest", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("published_by", Text, nullable=False),
    UniqueConstraint("process", "version"),
)

definition_file = Table(
    "definition_file",
    metadata,
    Column("digest", Text, ForeignKey("definition.digest"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

case = Table(
    "case",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("process", Text, nullable=False),
    Column("definition", Text, ForeignKey("definition.digest"), nullable=False, index=True),
    #: rises by one with each change; the ETag
    Column("revision", Integer, nullable=False),
    #: the kernel's own bytes
    Column("state", LargeBinary, nullable=False),
    #: what people call it: a call's reference, a candidate's name
    Column("title", Text, nullable=False),
    #: the business key that messages from outside may carry
    Column("key", Text, index=True),
    #: the case it belongs to: an application to its call
    Column("parent", Uuid, ForeignKey("case.id"), index=True),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("ended_at", Instant),
    #: the end event and its outcome, copied from the step that ended the case
    Column("ended_element", Text),
    Column("outcome", Text),
    Column("suspended_at", Instant),
    Index(None, "opened_at", "id"),
    Index(None, "process", "opened_at", "id"),
    Index(None, "changed_at", "id"),
)

task = Table(
    "task",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case.id"), nullable=False),
    Column("element", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("form", Text),
    Column("assignee", Text),
    Column("candidate_groups", ARRAY(Text), nullable=False),
    Column("candidate_users", ARRAY(Text), nullable=False),
    Column("due_at", Instant),
    Column("follow_up_at", Instant),
    Column("priority", Integer, nullable=False),
    Column("lane", Text),
    Column("legal_basis", Text),
    Column("differs_from", ARRAY(Text), nullable=False),
    #: whether no deputy can do it
    Column("in_person", Boolean, nullable=False, server_default=false()),
    Column("confidential", Boolean, nullable=False),
    #: position in a multi-instance activity, from 1
    Column("instance", Integer),
    Column("opened_at", Instant, nullable=False),
    #: set while the case is suspended: shown, not workable
    Column("suspended", Boolean, nullable=False, server_default="false"),
    #: a closed task stays, so that whoever comes late is told who did it and when
    Column("closed_at", Instant),
    Column("closed_by", Text),
    # with the columns by which a board finds the place of every case in the index alone
    Index(
        "ix_task_open",
        "case_id",
        postgresql_include=["element", "due_at"],
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_task_opened", "opened_at", "id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_task_element", "element", "case_id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_task_closed", "case_id", "closed_at"),
    # what is set aside until a day: a few of very many
    Index(
        "ix_task_aside",
        "follow_up_at",
        postgresql_where=text("closed_at IS NULL AND follow_up_at IS NOT NULL"),
    ),
)

draft = Table(
    "draft",
    metadata,
    Column("task_id", Uuid, ForeignKey("task.id", ondelete="CASCADE"), primary_key=True),
    #: the unsubmitted form, kept as one types
    Column("content", JSONB, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", Text, nullable=False),
)

#: One row per open task and per person or role it is offered to, in the order of the inbox. It
#: keeps the inbox one index range per role however many tasks are open.
offer = Table(
    "offer",
    metadata,
    #: "user:ana" or "group:hr_officer"; with "in-person:" before it where no deputy can do it
    Column("to_whom", Text, primary_key=True),
    #: the due instant, or the far future for a task without one
    Column("due_at", Instant, primary_key=True),
    Column("task_id", Uuid, ForeignKey("task.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "task_id"),
)

#: Messages that a case threw, on their way to the related cases that wait for them.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("variables", JSONB, nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

timer = Table(
    "timer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case.id"), nullable=False, index=True),
    Column("element", Text, nullable=False),
    Column("attached_to", Text),
    Column("due_at", Instant, nullable=False),
    #: set while an incident keeps it from firing
    Column("held_at", Instant),
    Index("ix_timer_due", "due_at", "id", postgresql_where=text("held_at IS NULL")),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case.id"), nullable=False),
    Column("element", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("correlation", Text),
    Index(None, "case_id", "element"),
    Index(None, "message", "correlation"),
)

effect = Table(
    "effect",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case.id"), nullable=False, index=True),
    Column("element", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("input", JSONB, nullable=False),
    #: attempts allowed in all
    Column("retries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    #: null while an incident keeps it from running
    Column("next_attempt_at", Instant),
    Column("error", Text),
    Column("created_at", Instant, nullable=False),
    Index(
        "ix_effect_next",
        "next_attempt_at",
        "id",
        postgresql_where=text("next_attempt_at IS NOT NULL"),
    ),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case.id"), nullable=False, index=True),
    Column("element", Text),
    #: "effect" or "timer", and which one
    Column("subject", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("message", Text, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("note", Text),
    Column("resolved_at", Instant),
    Column("resolved_by", Text),
    Index("ix_incident_open", "raised_at", "id", postgresql_where=text("resolved_at IS NULL")),
)

event = Table(
    "event",
    metadata,
    #: "case:<id>", "definition:<process>", "administration"
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("kind", Text, nullable=False),
    Column("element", Text),
    Column("definition", Text),
    Column("commitment", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index(None, "at", "stream", "seq"),
    Index(None, "actor", "at"),
    Index(None, "kind", "at"),
    # who did which step of a case: what must be done by another, what is done already
    Index(
        "ix_event_completed",
        "stream",
        "element",
        postgresql_where=text("kind = 'task:completed'"),
    ),
)

event_payload = Table(
    "event_payload",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    #: null once erased; the chain stays verifiable through the commitment
    Column("salt", LargeBinary),
    Column("payload", LargeBinary),
    Column("erased_at", Instant),
    Column("erased_under", Text),
)

stream_head = Table(
    "stream_head",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
    #: the heads it covers: [[stream, seq, hash in hex], ...], sorted by stream
    Column("heads", JSONB, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    #: SHA-256 of method, path and body in hex
    Column("request", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case.id"), nullable=False),
    #: the task it was written at, if any
    Column("task_id", Uuid, ForeignKey("task.id")),
    Column("author", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "case_id", "written_at"),
)

#: Filters of a list that a person keeps or shares; the query is that of the page's address.
saved_filter = Table(
    "saved_filter",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", Text, ForeignKey("app_user.name"), nullable=False, index=True),
    #: the path of the list
    Column("page", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    #: seen by everybody who may see the list
    Column("shared", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("owner", "page", "name"),
)

#: The version that new cases take, where it is not the newest one.
definition_in_force = Table(
    "definition_in_force",
    metadata,
    Column("process", Text, primary_key=True),
    Column("digest", Text, ForeignKey("definition.digest"), nullable=False),
    Column("since", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
)

#: Files that a process owner edits, apart from every version.
definition_draft = Table(
    "definition_draft",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("process", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    #: the version it was taken from
    Column("base", Text, ForeignKey("definition.digest")),
    #: rises by one with each saved file; the ETag
    Column("revision", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    #: set when it was published or put away
    Column("closed_at", Instant),
)

definition_draft_file = Table(
    "definition_draft_file",
    metadata,
    Column(
        "draft_id",
        Uuid,
        ForeignKey("definition_draft.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

#: A draft put forward for publication; a second person decides.
definition_proposal = Table(
    "definition_proposal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("draft_id", Uuid, ForeignKey("definition_draft.id"), nullable=False, index=True),
    #: what was looked at: a later change of the draft needs a new proposal
    Column("draft_revision", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", Text),
    #: approved, rejected or withdrawn
    Column("decision", Text),
    Column("reason", Text),
    #: the version it became
    Column("digest", Text, ForeignKey("definition.digest")),
)

#: The scenarios that tell what a version does. They run in no case: its digest leaves them out.
definition_scenario = Table(
    "definition_scenario",
    metadata,
    Column("digest", Text, ForeignKey("definition.digest"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

#: What the scenarios of some files showed; the same files always show the same.
definition_trial = Table(
    "definition_trial",
    metadata,
    #: SHA-256 over the files, the scenarios and the release that played them
    Column("key", Text, primary_key=True),
    Column("result", JSONB, nullable=False),
    Column("made_at", Instant, nullable=False),
)

#: A case that somebody plays to see what a diagram does: only what was done, never what came of it.
rehearsal = Table(
    "rehearsal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", Text, ForeignKey("app_user.name"), nullable=False, index=True),
    Column("process", Text, nullable=False),
    #: the draft or the version that is played
    Column("draft_id", Uuid, ForeignKey("definition_draft.id")),
    Column("digest", Text, ForeignKey("definition.digest")),
    #: where it begins: instant, variables, answers of the operations
    Column("given", JSONB, nullable=False),
    #: what was done since, in order
    Column("steps", JSONB, nullable=False),
    Column("changed_at", Instant, nullable=False),
    CheckConstraint("(draft_id IS NULL) <> (digest IS NULL)", name="of_one"),
)

#: When each worker was last seen, for its health.
worker_beat = Table(
    "worker_beat",
    metadata,
    Column("worker", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    #: what it has done since it started
    Column("timers", BigInteger, nullable=False),
    Column("effects", BigInteger, nullable=False),
    Column("deliveries", BigInteger, nullable=False),
)

#: Changes to these need no event: they hold no fact about a person's career.
UNRECORDED = frozenset(
    {
        "session",
        "draft",
        "idempotency",
        "checkpoint",
        "event",
        "event_payload",
        "stream_head",
        "saved_filter",
        "definition_draft",
        "definition_draft_file",
        "definition_trial",
        "rehearsal",
        "worker_beat",
    }
)
