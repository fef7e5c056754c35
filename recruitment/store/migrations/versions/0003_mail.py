"""Mail in and out: where a message was found, what is proposed, when a letter is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the places of messages and the columns of mails and letters."""
    op.create_table(
        "mail_place",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "place", name=op.f("pk_mail_place")),
    )
    op.add_column("mail", sa.Column("verdict", sa.Text(), server_default="sort", nullable=False))
    op.add_column("mail", sa.Column("letter", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_mail_application"), "mail", ["application"], unique=False)
    op.add_column("letter", sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_letter_tried",
        "letter",
        ["written_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND attempts > 0"),
    )
    op.create_index(
        "ix_letter_bounced_at",
        "letter",
        ["bounced_at"],
        unique=False,
        postgresql_where=sa.text("bounced_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Refuse: a history is never taken back."""
    raise NotImplementedError("restore a backup instead")
