"""One tree of refusals: the docstring is the message, the code is stable, the place is named."""

from collections.abc import Mapping
from typing import ClassVar


class CursusError(Exception):
    """The request could not be carried out."""

    code: ClassVar[str] = "cursus-error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        where: str | None = None,
        remedy: str | None = None,
        **facts: object,
    ) -> None:
        """Keep what happened, where (element, field, line) and what to do about it."""
        self.title = (type(self).__doc__ or "").strip().split("\n")[0]
        self.detail = detail or self.title
        self.where = where
        self.remedy = remedy
        self.facts: Mapping[str, object] = facts
        super().__init__(self.detail)

    def __str__(self) -> str:
        """Say what happened, where, and what to do."""
        place = f"{self.where}: " if self.where else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.detail}{remedy}"


class NotFound(CursusError):
    """There is nothing here under this name, or it is not for you."""

    code = "not-found"


class NotAllowed(CursusError):
    """Your roles do not allow this."""

    code = "not-allowed"


class NotYourTask(NotAllowed):
    """This task is somebody else's."""

    code = "not-your-task"


class FourEyes(NotAllowed):
    """The person who did the earlier step may not do this one too."""

    code = "four-eyes"


class NotSignedIn(CursusError):
    """Sign in first."""

    code = "not-signed-in"


class TooManyAttempts(CursusError):
    """Too many failed sign-ins; wait before the next attempt."""

    code = "too-many-attempts"


class Conflict(CursusError):
    """The case is not in a state that allows this."""

    code = "conflict"


class StaleCase(Conflict):
    """Somebody changed this in the meantime."""

    code = "stale-case"


class StaleDraft(Conflict):
    """Somebody changed this draft in the meantime."""

    code = "stale-draft"


class TaskNotOpen(Conflict):
    """This task is no longer open."""

    code = "task-not-open"


class KeyReused(Conflict):
    """This Idempotency-Key was used for another request."""

    code = "idempotency-key-reused"


class CaseSuspended(Conflict):
    """This case is suspended."""

    code = "case-suspended"


class CaseEnded(Conflict):
    """This case has ended."""

    code = "case-ended"


class Invalid(CursusError):
    """The request is not valid."""

    code = "invalid"


class FormRejected(Invalid):
    """The form has errors."""

    code = "form-rejected"


class ExpressionRefused(Invalid):
    """The expression cannot be used."""

    code = "expression-refused"


class PeriodRefused(Invalid):
    """The period, date or site cannot be used."""

    code = "period-refused"


class DefinitionRefused(Invalid):
    """The definition did not pass the gate."""

    code = "definition-refused"


class ScenariosInTheWay(DefinitionRefused):
    """Scenarios do not come out as told, or leave untried what was tried before."""

    code = "scenarios-in-the-way"


class DocumentRefused(DefinitionRefused):
    """The file is not a document that can be read safely."""

    code = "document-refused"


class DecisionRefused(Invalid):
    """The decision could not be taken."""

    code = "decision-refused"


class UniqueViolated(DecisionRefused):
    """More than one rule of a UNIQUE table matched."""

    code = "unique-violated"


class ExecutionFailed(CursusError):
    """The diagram could not go on."""

    code = "execution-failed"


class OperationFailed(CursusError):
    """An operation called by a diagram failed."""

    code = "operation-failed"


class ChainBroken(CursusError):
    """The sealed history does not verify."""

    code = "chain-broken"


class UnrecordedChange(CursusError):
    """A change was about to be committed without an event in the history."""

    code = "unrecorded-change"
