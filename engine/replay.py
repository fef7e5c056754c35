"""A case at any instant, and the proof that its history and its state agree."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID

import orjson

from engine import definitions, history, kernel
from engine.errors import ChainBroken, Conflict, CursusError, NotFound
from engine.history import Sealed, Verdict
from engine.store import cases, events
from engine.store.cases import Case
from engine.store.unit_of_work import UnitOfWork

#: Moments kept for whoever moves back and forth in time, one in so many events of a case.
KEPT, EVERY = 64, 10
#: How often a check that fails is made before it is believed.
TRIES = 3

_lock = threading.Lock()
_moments: "OrderedDict[bytes, Moment]" = OrderedDict()


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A case after a certain event: the version it ran on, its state and what was pending."""

    seq: int
    at: datetime
    definition: str
    state: bytes
    step: kernel.Step


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Whether chain, replay and stored state agree; `first_bad` numbers the first bad event."""

    stream: str
    ok: bool
    events: int
    first_bad: int | None = None
    reason: str | None = None
    erased: int = 0


def at(uow: UnitOfWork, case_id: UUID, instant: datetime) -> Moment:
    """Return the case as it was at the instant; raise NotFound before its opening."""
    stream = _case(uow, case_id).stream
    past = list(takewhile(lambda one: one.fields.at <= instant, events.of_stream(uow, stream)))
    moment, ahead = _recall(past)
    for number, event in enumerate(ahead, 1):
        moment = _fold(uow, moment, event) or moment
        if moment and (number % EVERY == 0 or number == len(ahead)):
            _keep(event.hash, moment)
    if moment is None:
        raise NotFound("The case was not open yet", where=instant.isoformat())
    return moment


def _recall(past: Sequence[Sealed]) -> tuple[Moment | None, Sequence[Sealed]]:
    """Return the latest moment that was computed before, and the events that follow it.

    A hash stands for its event and all before it. What was erased is not recalled either.
    """
    if any(event.payload is None for event in past):
        return None, past
    with _lock:
        for number in range(len(past), 0, -1):
            found = _moments.get(past[number - 1].hash)
            if found is not None:
                _moments.move_to_end(past[number - 1].hash)
                return found, past[number:]
    return None, past


def _keep(after: bytes, moment: Moment) -> None:
    with _lock:
        _moments[after] = moment
        while len(_moments) > KEPT:
            _moments.popitem(last=False)


def prove(uow: UnitOfWork, case_id: UUID) -> Proof:
    """Verify the case's chain, replay its commands and compare every state, byte for byte."""
    case = _case(uow, case_id)
    sealed = events.of_stream(uow, case.stream)
    verdict = verify(uow, case.stream, sealed)
    if not verdict.ok:
        return _proof(verdict)
    moment = None
    for event in sealed:
        if event.payload is None:
            return Proof(
                stream=case.stream, ok=True, events=verdict.count, erased=verdict.erased,
                reason="verified by chain only: contents were erased under a rule",
            )  # fmt: skip
        try:
            moment = _fold(uow, moment, event) or moment
        except CursusError as error:
            return _bad(verdict, event.fields.seq, f"cannot be replayed: {error}")
        if moment and moment.seq == event.fields.seq:
            wanted = _content(event)["state"]
            if hashlib.sha256(moment.state).hexdigest() != wanted:
                return _bad(verdict, event.fields.seq, "its command gives another state")
    if moment is None or moment.state != case.state:
        return _bad(verdict, verdict.count, "the stored state is not what the history gives")
    return _proof(verdict)


def check(uow: UnitOfWork, case_id: UUID) -> tuple[Proof, list[Sealed]]:
    """Verify the chain, and that the stored state is the one of the last step; with the events.

    It plays nothing again, so it costs a tenth of a millisecond an event and can be done whenever a
    case is opened; `prove` does the rest. What is written between its reads must not pass for a
    forgery: a fault counts only when it stays.
    """
    proof, sealed = _checked(uow, case_id)
    for _ in range(TRIES - 1):
        if proof.ok:
            break
        proof, sealed = _checked(uow, case_id)
    return proof, sealed


def _checked(uow: UnitOfWork, case_id: UUID) -> tuple[Proof, list[Sealed]]:
    case = _case(uow, case_id)
    sealed = events.of_stream(uow, case.stream)
    verdict = verify(uow, case.stream, sealed)
    if not verdict.ok:
        return _proof(verdict), sealed
    wanted = next((said for one in reversed(sealed) if (said := _state_after(one))), None)
    if wanted not in (None, hashlib.sha256(case.state).hexdigest()):
        return _bad(
            verdict, verdict.count, "the stored state is not what the history gives"
        ), sealed
    return _proof(verdict), sealed


def _state_after(event: Sealed) -> str | None:
    content = _content(event)
    return content.get("state") if "command" in content else None


def verify(uow: UnitOfWork, stream: str, sealed: Iterable[Sealed] | None = None) -> Verdict:
    """Verify one stream against its head row, which finds a cut tail."""
    found = events.of_stream(uow, stream) if sealed is None else sealed
    last = events.peek(uow, stream)
    head = (last.seq, last.hash)
    return history.verify_stream(stream, found, expected_head=head, head_is_last=True)


def _proof(verdict: Verdict) -> Proof:
    return Proof(
        stream=verdict.stream, ok=verdict.ok, events=verdict.count, first_bad=verdict.first_bad,
        reason=verdict.reason, erased=verdict.erased,
    )  # fmt: skip


def _bad(verdict: Verdict, seq: int, reason: str) -> Proof:
    return Proof(
        stream=verdict.stream, ok=False, events=verdict.count, first_bad=seq, reason=reason
    )


def _case(uow: UnitOfWork, case_id: UUID) -> Case:
    case = cases.get(uow, case_id)
    if case is None:
        raise NotFound("There is no such case", where=str(case_id))
    return case


def _content(event: Sealed) -> dict[str, Any]:
    try:
        content: dict[str, Any] = orjson.loads(event.payload or b"{}")
    except orjson.JSONDecodeError as error:
        raise ChainBroken(
            f"The content of event {event.fields.seq} cannot be read: it was damaged",
            where=event.fields.stream,
        ) from error
    return content


def _fold(uow: UnitOfWork, before: Moment | None, event: Sealed) -> Moment | None:
    """Return the moment after the event; None when the kernel had no part in it."""
    content = _content(event)
    said: Mapping[str, object] | None = content.get("command")
    if said is None:
        return None
    digest = event.fields.definition
    if digest is None:
        raise Conflict("the event names no version")
    command = kernel.command_from_json(said, definitions=lambda old: definitions.find(uow, old))
    definition = definitions.find(uow, digest)
    state = before.state if before else None
    step = kernel.step(definition, state, command, now=event.fields.at)
    return Moment(
        seq=event.fields.seq, at=event.fields.at, definition=digest, state=step.state, step=step
    )
