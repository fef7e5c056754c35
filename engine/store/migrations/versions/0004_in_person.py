"""Tasks that no deputy can do."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of each task whether it is done in person; no version published before says so."""
    op.add_column(
        "task", sa.Column("in_person", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """Refuse: a history is never taken back."""
    raise NotImplementedError("restore a backup instead")
