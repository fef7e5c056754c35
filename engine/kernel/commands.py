"""What can be asked of a case, and the JSON in which the history keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import ClassVar, Protocol

from engine.errors import Invalid

Variables = Mapping[str, object]


class HasDigest(Protocol):
    """A definition, as far as a command needs to know it."""

    @property
    def digest(self) -> str:
        """Return what names the definition."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One request to a case."""

    verb: ClassVar[str]

    def as_json(self) -> dict[str, object]:
        """Return plain JSON that `command_from_json` reads back."""
        values = {item.name: _plain(getattr(self, item.name)) for item in fields(self)}
        return {"command": self.verb, **values}


@dataclass(frozen=True, kw_only=True)
class Start(Command):
    """Begin a case at the start event of the root process."""

    verb = "start"
    case_id: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CompleteTask(Command):
    """Complete an open task with its validated submission."""

    verb = "complete_task"
    task_id: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tick(Command):
    """Fire every timer that is due, in order."""

    verb = "tick"


@dataclass(frozen=True, kw_only=True)
class Receive(Command):
    """Deliver a message to the one place that waits for it."""

    verb = "receive"
    message: str
    correlation: str | None = None
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Signal(Command):
    """Broadcast a signal to everything in the case that waits for it."""

    verb = "signal"
    name: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FinishEffect(Command):
    """Hand back the result of an operation."""

    verb = "finish_effect"
    effect_id: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FailEffect(Command):
    """Say that an operation failed for good; an error boundary may catch the code."""

    verb = "fail_effect"
    effect_id: str
    error_code: str
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class SendBack(Command):
    """Withdraw an open task and open an earlier one anew."""

    verb = "send_back"
    task_id: str
    to_element: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Extend(Command):
    """Move one timer to another instant."""

    verb = "extend"
    timer_id: str
    due_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Cancel(Command):
    """End the case."""

    verb = "cancel"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SetVariables(Command):
    """Correct variables of the root process."""

    verb = "set_variables"
    variables: Variables
    reason: str


@dataclass(frozen=True, kw_only=True)
class Migrate(Command):
    """Carry a running case over to another version of its diagrams."""

    verb = "migrate"
    old: HasDigest
    #: element id in the old version -> element id in the new one, where they differ
    mapping: Mapping[str, str] = field(default_factory=dict)
    #: compute running timers anew instead of keeping their instants
    recompute_timers: bool = False
    reason: str = ""


COMMANDS: Mapping[str, type[Command]] = {
    kind.verb: kind
    for kind in (
        Start,
        CompleteTask,
        Tick,
        Receive,
        Signal,
        FinishEffect,
        FailEffect,
        SendBack,
        Extend,
        Cancel,
        SetVariables,
        Migrate,
    )
}


def command_from_json(
    data: Mapping[str, object], *, definitions: Callable[[str], HasDigest] | None = None
) -> Command:
    """Read a command back; `definitions` finds the old definition of a migration by its digest.

    Raises Invalid when the command or one of its fields is unknown or missing.
    """
    kind = COMMANDS.get(str(data.get("command")))
    if kind is None:
        raise Invalid(f"There is no command {data.get('command')!r}.", where="command")
    values = {name: value for name, value in data.items() if name != "command"}
    if kind is Extend:
        values["due_at"] = datetime.fromisoformat(str(values.get("due_at")))
    if kind is Migrate:
        if definitions is None:
            raise Invalid("A migration needs its old definition.", where="old")
        values["old"] = definitions(str(values.get("old")))
    try:
        return kind(**values)
    except TypeError as problem:
        raise Invalid(f"The command {kind.verb} cannot be read: {problem}.") from problem


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "digest"):
        return str(value.digest)
    return value
