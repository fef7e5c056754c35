"""Is the house well: the workers' heart beats, and everything that waits, at a glance."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata

from engine import clock
from engine.access import authorize
from engine.cases import Act
from engine.store import Database, begin, events
from engine.store import health as rows

#: How often a worker says that it lives, and after which silence it counts as missing.
BEAT_EVERY, MISSING_AFTER = timedelta(seconds=10), timedelta(seconds=60)
#: A worker that has been silent for so long is forgotten.
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker, when it was last seen, and what it has done since it started."""

    name: str
    started_at: datetime
    seen_at: datetime
    timers: int
    effects: int
    deliveries: int
    is_missing: bool


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The state of the house at one instant."""

    workers: tuple[Worker, ...]
    timers_due: int
    #: the most overdue timer that nothing holds back; None when none is due
    oldest_due_at: datetime | None
    timers_held: int
    next_due_at: datetime | None
    effects: int
    effects_failing: int
    incidents: int
    messages: int
    last_checkpoint_at: datetime | None
    database_version: str
    database_size: int
    product_version: str

    @property
    def is_working(self) -> bool:
        """Whether at least one worker is there."""
        return any(not one.is_missing for one in self.workers)

    @property
    def drift(self) -> timedelta:
        """How late the most overdue timer is, as seen by whoever looks; zero when none is due."""
        if self.oldest_due_at is None:
            return timedelta()
        return clock.now() - self.oldest_due_at


class Heart:
    """Says in the database, every ten seconds, that this worker lives."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._started_at = clock.now()
        self._beaten_at: datetime | None = None
        self._done = {"timers": 0, "effects": 0, "deliveries": 0}

    def count(self, *, timers: int, effects: int, deliveries: int) -> None:
        """Add what a round did; beat when it is time."""
        self._done["timers"] += timers
        self._done["effects"] += effects
        self._done["deliveries"] += deliveries
        now = clock.now()
        if self._beaten_at is None or now - self._beaten_at >= BEAT_EVERY:
            self._beat(now)

    def _beat(self, now: datetime) -> None:
        row = {"worker": self._name, "started_at": self._started_at, "seen_at": now, **self._done}
        with begin(self._database, now=now) as uow:
            if self._beaten_at is None:
                rows.forget_beats(uow, before=now - FORGOTTEN_AFTER)
            rows.beat(uow, row)
        self._beaten_at = now

    def stop(self) -> None:
        """Leave no trace: a worker that was told to stop is not missing."""
        with begin(self._database, now=clock.now()) as uow:
            rows.forget_beat(uow, self._name)


def glance(act: Act) -> Glance:
    """Return the state of the house."""
    authorize(act.actor, "user:list", act.shell.policy)
    server = rows.server(act.uow)
    return Glance(
        workers=workers(act),
        **rows.queues(act.uow),
        last_checkpoint_at=events.last_checkpoint_at(act.uow),
        database_version=server["version"],
        database_size=server["size"],
        product_version=metadata.version("cursus"),
    )


def workers(act: Act) -> tuple[Worker, ...]:
    """Return the workers by name, and which of them are missing."""
    return tuple(
        Worker(
            name=row["worker"],
            is_missing=act.uow.now - row["seen_at"] > MISSING_AFTER,
            **{name: row[name] for name in ("started_at", "seen_at", "timers", "effects",
                                            "deliveries")},
        )
        for row in rows.beats(act.uow)
    )  # fmt: skip
