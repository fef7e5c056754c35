"""Tasks that are set aside until a later day."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what is set aside."""
    op.create_index(
        "ix_task_aside",
        "task",
        ["follow_up_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND follow_up_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Refuse: a history is never taken back."""
    raise NotImplementedError("restore a backup instead")
