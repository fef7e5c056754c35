"""Scenarios with a version, what they showed, and rehearsals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "definition_scenario",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["definition.digest"], name=op.f("fk_definition_scenario_digest")
        ),
        sa.PrimaryKeyConstraint("digest", "name", name=op.f("pk_definition_scenario")),
    )
    op.create_table(
        "definition_trial",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definition_trial")),
    )
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("given", postgresql.JSONB(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(draft_id IS NULL) <> (digest IS NULL)", name=op.f("ck_rehearsal_of_one")
        ),
        sa.ForeignKeyConstraint(["owner"], ["app_user.name"], name=op.f("fk_rehearsal_owner")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["definition_draft.id"], name=op.f("fk_rehearsal_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["definition.digest"], name=op.f("fk_rehearsal_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal")),
    )
    op.create_index(op.f("ix_rehearsal_owner"), "rehearsal", ["owner"])


def downgrade() -> None:
    """Refuse: a history is never taken back."""
    raise NotImplementedError("restore a backup instead")
