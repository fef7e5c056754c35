"""Who did which step of a case is found without reading all of its events."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the events of completed tasks by their step."""
    op.create_index(
        "ix_event_completed",
        "event",
        ["stream", "element"],
        postgresql_where=sa.text("kind = 'task:completed'"),
    )


def downgrade() -> None:
    """Refuse: a history is never taken back."""
    raise NotImplementedError("restore a backup instead")
