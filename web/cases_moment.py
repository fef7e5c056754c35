"""A case as of any instant: tokens, tasks, deadlines and data, from its events alone."""

from dataclasses import dataclass
from datetime import datetime

from api.cases import sees_variables
from engine import definitions, kernel, replay
from engine.cases import Act
from engine.errors import Invalid
from engine.kernel import Definition, View
from web.cases_head import Head
from web.cases_sentences import says
from web.cases_values import Shown, named
from web.language import ZONE, label
from web.navigation import person


@dataclass(frozen=True, kw_only=True)
class Stop:
    """An instant that the slider can stand on, with the last event of it."""

    seq: int
    at: datetime
    says: str


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A task or a deadline of then."""

    name: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Past:
    """The case as it was."""

    at: datetime
    seq: int
    #: the version that it ran on then
    definition: Definition
    view: View
    tasks: tuple[Pending, ...]
    timers: tuple[Pending, ...]
    values: tuple[tuple[str, Shown], ...] | None
    outcome: str | None


def stops(head: Head) -> tuple[Stop, ...]:
    """Return the instants at which something happened in the case, in order, in words."""
    last = {one.fields.at: one.fields for one in head.sealed}
    return tuple(
        Stop(
            seq=one.seq,
            at=at,
            says=says(str(one.kind), person(one.actor), head.name_of(one.element)),
        )
        for at, one in last.items()
    )


def asked_instant(text: str) -> datetime:
    """Read an instant of the address; one without a zone is of the institution's clock."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            "This is no instant", where="at", remedy="write it like 2026-03-01T09:30"
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def present(act: Act, head: Head, seq: int) -> Past:
    """Return the case as it is; nothing need be computed for that."""
    (root,) = (one for one in head.view.scopes if one.id is None)
    return Past(
        at=act.uow.now,
        seq=seq,
        definition=head.definition,
        view=head.view,
        tasks=tuple(Pending(name=label(one.name), due_at=one.due_at) for one in head.tasks),
        timers=tuple(
            Pending(name=head.name_of(one.element), due_at=one.due_at) for one in head.timers
        ),
        values=named(root.variables) if sees_variables(act) else None,
        outcome=head.case.outcome,
    )


def past(act: Act, head: Head, at: datetime) -> Past:
    """Return the case as it was at the instant; raise NotFound before its opening."""
    moment = replay.at(act.uow, head.case.id, at)
    definition = definitions.find(act.uow, moment.definition)
    view = kernel.inspect(definition, moment.state)
    ended = view.ended
    return Past(
        at=at,
        seq=moment.seq,
        definition=definition,
        view=view,
        tasks=tuple(
            Pending(name=label(one.name) or one.element, due_at=one.due_at)
            for one in moment.step.tasks
        ),
        timers=tuple(
            Pending(name=head.name_of(one.element), due_at=one.due_at) for one in moment.step.timers
        ),
        values=named(moment.step.variables) if sees_variables(act) else None,
        outcome=(label(ended.name) or ended.outcome or "cancelled") if ended else None,
    )
