"""What the form of an open task sees: its own inputs first, then the scopes around it."""

from datetime import UTC, datetime

from engine.errors import TaskNotOpen
from engine.kernel import codec, views
from engine.kernel.definition import Definition
from engine.kernel.scopes import visible
from engine.kernel.workflow import CaseWorkflow


def task_variables(definition: Definition, state: bytes, task_id: str) -> dict[str, object]:
    """Return the variables that an open task sees; raise TaskNotOpen, ExecutionFailed."""
    # nothing here depends on the instant
    return seen_by(codec.restore(definition, state, now=datetime.fromtimestamp(0, UTC)), task_id)


def seen_by(case: CaseWorkflow, task_id: str) -> dict[str, object]:
    """Return the variables that an open task of a restored case sees; raise TaskNotOpen."""
    for token in views.all_tokens(case):
        if token.id == task_id and views.is_task(token):
            return dict(visible(token))
    raise TaskNotOpen(where=task_id)
