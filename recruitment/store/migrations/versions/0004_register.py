"""The register: what an extract changed, files that wait, what is searched."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, columns and indexes of the register."""
    _uploads()
    _changes()
    for name in ("added", "changed", "unchanged", "refused"):
        op.add_column(
            "cast_extract", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )
    op.create_index(
        op.f("ix_cast_extract_taken_on_cast_extract_sha256"),
        "cast_extract",
        ["taken_on", "sha256"],
        unique=True,
    )
    op.add_column("cast_record", sa.Column("folded", sa.Text(), server_default="", nullable=False))
    op.create_index(
        op.f("ix_cast_record_folded_cast_record_candidate_cast_record_profile"),
        "cast_record",
        ["folded", "candidate", "profile"],
        unique=False,
    )
    op.create_index(
        "ix_candidate_lower_email", "candidate", [sa.literal_column("lower(email)")], unique=False
    )


def _uploads() -> None:
    op.create_table(
        "cast_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cast_upload")),
    )


def _changes() -> None:
    op.create_table(
        "cast_change",
        sa.Column("extract", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["extract"], ["cast_extract.id"], name=op.f("fk_cast_change_extract")
        ),
        sa.PrimaryKeyConstraint("extract", "number", name=op.f("pk_cast_change")),
    )
    op.create_index(op.f("ix_cast_change_candidate"), "cast_change", ["candidate"], unique=False)


def downgrade() -> None:
    """Refuse: a history is never taken back."""
    raise NotImplementedError("restore a backup instead")
