"""The selection: mail as it arrives, the extract of the EPSO database, the panel's calendar."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns of the selection."""
    _tables()
    _columns()


def _tables() -> None:
    """Add what is new."""
    op.create_table(
        "cast_extract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cast_extract")),
    )
    op.create_index(
        op.f("ix_cast_extract_imported_at"), "cast_extract", ["imported_at"], unique=False
    )
    op.create_table(
        "mailbox",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "long_list",
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("search", postgresql.JSONB(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letter", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["call"], ["call.id"], name=op.f("fk_long_list_call")),
        sa.PrimaryKeyConstraint("call", "candidate", name=op.f("pk_long_list")),
    )
    op.create_table(
        "interview",
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("members", postgresql.JSONB(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application"], ["application.id"], name=op.f("fk_interview_application")
        ),
        sa.ForeignKeyConstraint(["call"], ["call.id"], name=op.f("fk_interview_call")),
        sa.PrimaryKeyConstraint("application", name=op.f("pk_interview")),
    )
    op.create_index(op.f("ix_interview_call"), "interview", ["call"], unique=False)
    op.create_index(op.f("ix_interview_starts_at"), "interview", ["starts_at"], unique=False)
    op.create_table(
        "mail",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("call", sa.Text(), nullable=True),
        sa.Column("sorted_as", sa.Text(), nullable=True),
        sa.Column("sorted_by", sa.Text(), nullable=True),
        sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("application", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application"], ["application.id"], name=op.f("fk_mail_application")
        ),
        sa.ForeignKeyConstraint(["call"], ["call.id"], name=op.f("fk_mail_call")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_call"), "mail", ["call"], unique=False)
    op.create_index(op.f("ix_mail_message_id"), "mail", ["message_id"], unique=False)
    op.create_index(
        op.f("ix_mail_received_at_mail_sha256"), "mail", ["received_at", "sha256"], unique=False
    )
    op.create_index(
        "ix_mail_waiting",
        "mail",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("sorted_as IS NULL"),
    )


def _columns() -> None:
    """Add the columns of rows that were there before."""
    op.add_column("cast_record", sa.Column("extract", sa.Uuid(), nullable=True))
    op.add_column("cast_record", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("cast_record", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("cast_record", sa.Column("languages", postgresql.JSONB(), nullable=True))
    op.add_column("cast_record", sa.Column("diploma_level", sa.Text(), nullable=True))
    op.add_column("cast_record", sa.Column("experience_years", sa.Numeric(), nullable=True))
    op.create_index(
        "ix_cast_record_email", "cast_record", [sa.literal_column("lower(email)")], unique=False
    )
    op.create_index(
        op.f("ix_cast_record_profile_cast_record_candidate"),
        "cast_record",
        ["profile", "candidate"],
        unique=False,
    )
    op.create_foreign_key(
        op.f("fk_cast_record_extract"), "cast_record", "cast_extract", ["extract"], ["id"]
    )
    op.add_column("letter", sa.Column("calendar", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("bounce", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("letter", sa.Column("fault", sa.Text(), nullable=True))


def downgrade() -> None:
    """Refuse: a history is never taken back."""
    raise NotImplementedError("restore a backup instead")
