"""Fires due timers and runs effects; any number of workers share the work."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from engine import archive, cases, clock, health
from engine.cases import Shell
from engine.errors import CursusError
from engine.operations import AnswerLater, BusinessError, Context
from engine.store import Database, UnitOfWork, answers, begin, events, queue
from engine.store import cases as rows
from engine.store.unit_of_work import Row

LOG = logging.getLogger(__name__)

#: Seconds before the second, third, ... attempt; the last one repeats.
BACK_OFF = (10, 60, 600, 3600)
#: How often the heads of all streams are signed, and how soon after a case has ended.
CHECKPOINT_EVERY, CHECKPOINT_AFTER_END = timedelta(days=1), timedelta(hours=1)
#: How much one round takes on before it looks at the clock again.
BATCH = 50


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one round did."""

    timers: int = 0
    effects: int = 0
    deliveries: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.timers + self.effects + self.deliveries


def run_due(
    database: Database, shell: Shell, *, progress: Callable[[Work], None] | None = None
) -> Work:
    """Work until nothing is due at the present instant; return what was done."""
    done = Work()
    while True:
        once = round_trip(database, shell)
        if once.total == 0:
            return done
        done = Work(
            timers=done.timers + once.timers,
            effects=done.effects + once.effects,
            deliveries=done.deliveries + once.deliveries,
        )
        if progress:
            progress(done)


def round_trip(database: Database, shell: Shell) -> Work:
    """Do one batch of deliveries, effects and timers."""
    return Work(
        deliveries=deliver_outgoing(database),
        effects=run_effects(database, shell),
        timers=fire_timers(database),
    )


def serve(
    database: Database,
    shell: Shell,
    stop: threading.Event,
    *,
    idle: float = 1.0,
    signing_key: bytes | None = None,
) -> None:
    """Work until told to stop, looking again after `idle` seconds without work.

    With a raw Ed25519 key the heads of all streams are signed once a day and after cases end.
    """
    heart = health.Heart(database)
    while not stop.is_set():
        try:
            done = round_trip(database, shell)
            heart.count(timers=done.timers, effects=done.effects, deliveries=done.deliveries)
            if signing_key is not None and done.total == 0 and sign_when_due(database, signing_key):
                forget_old_answers(database)
        except Exception:  # the worker must outlive a lost connection
            LOG.exception("a round failed")
            done = Work()
        if done.total == 0:
            stop.wait(idle)
    try:
        heart.stop()
    except Exception:  # stopping may be because the database is gone
        LOG.exception("the last beat failed")


def sign_when_due(database: Database, signing_key: bytes) -> bool:
    """Sign a checkpoint unless the last one is fresh; say whether it was.

    One is fresh for a day, and for an hour when a case has ended since. Any number of workers may
    ask at once: one signs.
    """
    with begin(database, now=clock.now()) as uow:
        if not events.hold_checkpoints(uow):
            return False
        last = events.last_checkpoint_at(uow)
        if last is not None and uow.now - last < CHECKPOINT_EVERY:
            is_fresh = uow.now - last < CHECKPOINT_AFTER_END
            if is_fresh or not rows.any_ended_since(uow, last):
                return False
        archive.checkpoint(uow, signing_key)
        return True


def forget_old_answers(database: Database) -> int:
    """Remove answers kept under an Idempotency-Key for more than a day; return how many."""
    with begin(database, now=clock.now()) as uow:
        return answers.forget_old(uow)


# --- timers ----------------------------------------------------------------------------------


def fire_timers(database: Database, *, limit: int = BATCH) -> int:
    """Fire the due timers of up to `limit` cases, each case in its own transaction."""
    with begin(database, now=clock.now()) as uow:
        due = dict.fromkeys(row["case_id"] for row in queue.due_timers(uow, limit=limit))
    return sum(_tick(database, case_id) for case_id in due)


def _tick(database: Database, case_id: UUID) -> int:
    try:
        with begin(database, now=clock.now()) as uow:
            before = queue.count_due(uow, case_id)
            return before if cases.tick(uow, case_id) else 0
    except CursusError as error:
        LOG.warning("a timer of case %s failed: %s", case_id, error)
        _hold(database, case_id, error)
        return 1


def _hold(database: Database, case_id: UUID, error: CursusError) -> None:
    with begin(database, now=clock.now()) as uow:
        due = [row for row in queue.timers(uow, case_id=case_id) if row["due_at"] <= uow.now]
        if not due:
            return
        queue.hold_timers(uow, case_id, uow.now)
        cases.raise_incident(
            uow,
            case_id,
            subject="timer",
            subject_id=due[0]["id"],
            element=error.where or due[0]["element"],
            message=str(error),
        )


# --- effects ---------------------------------------------------------------------------------


def run_effects(database: Database, shell: Shell, *, limit: int = BATCH) -> int:
    """Run up to `limit` due operations, each in the transaction that advances its case."""
    with begin(database, now=clock.now()) as uow:
        ids = [row["id"] for row in queue.due_effects(uow, limit=limit)]
    return sum(_run_effect(database, shell, effect) for effect in ids)


def _run_effect(database: Database, shell: Shell, effect_id: UUID) -> int:
    try:
        with begin(database, now=clock.now()) as uow:
            return _attempt(uow, shell, effect_id)
    except Exception as error:  # an operation may fail in any way; the case must survive it
        LOG.warning("effect %s failed: %s", effect_id, error)
        _note_failure(database, effect_id, error)
        return 1


def _attempt(uow: UnitOfWork, shell: Shell, effect_id: UUID) -> int:
    # the case first, then the effect: every verb locks in this order
    found = queue.get_effect(uow, effect_id)
    case = rows.lock(uow, found["case_id"], skip_locked=True) if found else None
    effect = queue.lock_effect(uow, effect_id) if case else None
    if case is None or effect is None or case.suspended_at or not _is_due(uow, effect):
        return 0
    context = Context(uow=uow, case_id=case.id, effect=effect["id"], element=effect["element"])
    try:
        answer = shell.operations.call(effect["operation"], context, effect["input"])
    except AnswerLater:
        queue.change_effect(uow, effect_id, {"next_attempt_at": None})
        cases.note_waiting(uow, case, effect)
    except BusinessError as error:
        cases.fail_effect(uow, case, effect, error.code, error.message)
    else:
        # the operation may have moved its own case: take the row as it is now
        cases.finish_effect(uow, cases.get(uow, case.id), effect, answer)
    return 1


def _is_due(uow: UnitOfWork, effect: Row) -> bool:
    # another worker may have tried, and failed, since this one read the list
    return effect["next_attempt_at"] is not None and effect["next_attempt_at"] <= uow.now


def _note_failure(database: Database, effect_id: UUID, error: Exception) -> None:
    with begin(database, now=clock.now()) as uow:
        found = queue.get_effect(uow, effect_id)
        # the case first, then the effect: every verb locks in this order
        case = rows.lock(uow, found["case_id"]) if found else None
        effect = queue.lock_effect(uow, effect_id) if case else None
        if effect is None:
            return
        attempts = effect["attempts"] + 1
        is_last = attempts >= effect["retries"]
        pause = timedelta(seconds=BACK_OFF[min(attempts, len(BACK_OFF)) - 1])
        queue.change_effect(
            uow,
            effect_id,
            {
                "attempts": attempts,
                "error": str(error)[:2000],
                "next_attempt_at": None if is_last else uow.now + pause,
            },
        )
        if not is_last:
            # a failed attempt changes no fact of the case; the incident after the last one does
            uow.changed.discard("effect")
            return
        cases.raise_incident(
            uow,
            effect["case_id"],
            subject="effect",
            subject_id=effect_id,
            element=effect["element"],
            message=f"{effect['operation']} failed {attempts} times: {error}",
        )


# --- messages between cases ------------------------------------------------------------------


def deliver_outgoing(database: Database, *, limit: int = BATCH) -> int:
    """Deliver messages that cases threw to the related cases (parent, children) that wait.

    Each in a transaction of its own: one that makes a case fail must not stop the others.
    """
    with begin(database, now=clock.now()) as uow:
        ids = [row["id"] for row in queue.outgoing(uow, limit=limit)]
    return sum(_deliver(database, message_id) for message_id in ids)


def _deliver(database: Database, message_id: UUID) -> int:
    receiver = None
    try:
        with begin(database, now=clock.now()) as uow:
            row = queue.lock_outgoing(uow, message_id)
            if row is None:
                return 0
            receivers = queue.related_waiting(uow, row["case_id"], row["name"])
            if any(one.suspended_at for one in map(partial(cases.get, uow), receivers)):
                return 0
            for receiver in receivers:
                cases.deliver(uow, receiver, row["name"], row["variables"])
            queue.remove_outgoing(uow, message_id)
            uow.changed.discard("outbox")
    except CursusError as error:
        LOG.warning("message %s was not delivered: %s", message_id, error)
        _postpone(database, message_id, receiver, error)
    return 1


def _postpone(
    database: Database, message_id: UUID, receiver: UUID | None, error: CursusError
) -> None:
    with begin(database, now=clock.now()) as uow:
        row = queue.lock_outgoing(uow, message_id)
        if row is None:
            return
        queue.postpone_outgoing(uow, message_id, uow.now + timedelta(seconds=BACK_OFF[-1]))
        if any(one["subject_id"] == message_id for one in queue.incidents(uow)):
            uow.changed.discard("outbox")
            return
        cases.raise_incident(
            uow,
            receiver or row["case_id"],
            subject="message",
            subject_id=message_id,
            element=error.where or row["name"],
            message=f"the message {row['name']} could not be taken: {error}",
        )
