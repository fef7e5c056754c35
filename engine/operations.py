"""The typed catalogue of operations that a service or send task may call."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from marshmallow import Schema, ValidationError

from engine.errors import Invalid, OperationFailed

#: What an operation does: (context, validated input) -> result variables. The context is the
#: shell's: it holds the open transaction, so that the result commits with the case or not at all.
Run = Callable[["Context", Mapping[str, object]], Mapping[str, object]]


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where an operation works: the open unit of work and which effect of which case it is.

    `effect` identifies the attempt for ever, so that an operation can recognise a repetition.
    """

    uow: object
    case_id: object
    effect: object
    element: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One entry of the catalogue: its name, what it takes, what it answers, what it does."""

    name: str
    title: str
    input: type[Schema]
    output: type[Schema]
    run: Run


class BusinessError(Exception):
    """An error that the diagram may catch with an error boundary event."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the BPMN error code and what happened in words."""
        super().__init__(message)
        self.code = code
        self.message = message


class AnswerLater(Exception):
    """The operation has begun and its answer will come as a message or a call."""


@dataclass(frozen=True)
class Catalogue:
    """All registered operations by name."""

    operations: Mapping[str, Operation] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Operation]:
        """Go through the operations by name."""
        return iter(self.operations[name] for name in sorted(self.operations))

    def find(self, name: str) -> Operation:
        """Return the operation; raise OperationFailed when nobody registered it."""
        found = self.operations.get(name)
        if found is None:
            known = ", ".join(sorted(self.operations)) or "none"
            raise OperationFailed(f"No operation {name!r}", remedy=f"known: {known}")
        return found

    def call(self, name: str, context: Context, given: Mapping[str, object]) -> dict[str, object]:
        """Run the operation on validated input and return its validated answer."""
        operation = self.find(name)
        try:
            wanted = operation.input().load(dict(given))
        except ValidationError as error:
            raise Invalid(f"{name}: {error.messages}", where=context.element) from error
        answer = operation.output().dump(operation.run(context, wanted))
        return dict(answer)


def catalogue(*operations: Operation) -> Catalogue:
    """Build a catalogue; two operations of one name are refused."""
    by_name: dict[str, Operation] = {}
    for one in operations:
        if one.name in by_name:
            raise ValueError(f"two operations are called {one.name}")
        by_name[one.name] = one
    return Catalogue(by_name)
