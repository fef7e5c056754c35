"""Refusals in the reader's language: people by their names, instants by how long ago they were."""

from datetime import datetime

from engine.errors import CursusError, StaleCase, TaskNotOpen
from web.language import _, ago
from web.navigation import person
from web.sentences import sentence


def why(error: CursusError) -> str:
    """Say why something was refused."""
    who, at = error.facts.get("changed_by"), error.facts.get("changed_at")
    if not (isinstance(who, str) and isinstance(at, str)):
        return sentence(error.detail)
    when = datetime.fromisoformat(at)
    if isinstance(error, TaskNotOpen):
        return by(person(who), when)
    if isinstance(error, StaleCase):
        return _("%(who)s changed this case %(ago)s.", who=person(who), ago=ago(when))
    return sentence(error.detail)


def by(who: str, at: datetime) -> str:
    """Say who finished a task, and how long ago."""
    return _("%(who)s finished this %(ago)s.", who=who, ago=ago(at))
