"""Many timers due at once, fired by one worker process and then by two."""

import multiprocessing
import time
import uuid
from datetime import timedelta
from multiprocessing.managers import SyncManager
from pathlib import Path
from threading import Barrier

from sqlalchemy import func, select

from bench.figures import Figure, Measured
from bench.house import HANNA, Bench, config
from cursus import wiring
from engine import cases, clock, worker
from engine.history import EventKind
from engine.store import Database, begin
from engine.store.tables import case, event, timer

DUE, ALONE, SEEDERS, BATCH = 2_000, 500, 2, 250


def measure(bench: Bench) -> Measured:
    """Open the cases, let one worker fire a part and two the rest; count what was fired."""
    spawn = multiprocessing.get_context("spawn")
    share = [(bench.data, DUE // SEEDERS)] * SEEDERS
    with spawn.Manager() as manager, spawn.Pool(SEEDERS) as pool:
        pool.starmap(seed, share)
        alone = _together(manager, pool, bench.data, workers=1, limit=ALONE)
        both = _together(manager, pool, bench.data, workers=2, limit=DUE)
    fired, twice, left = _counted(bench)
    yield Figure(
        name=f"{DUE:,} timers due at once, fired once each".replace(",", " "),
        value=fired,
        unit="timers",
        floor=DUE,
        beside=f"as many were due; {twice} fired twice, {left} left",
        budget="all, once",
        holds=fired == DUE and twice == 0 and left == 0,
    )
    yield Figure(
        name="timers fired by two worker processes",
        value=both,
        unit="1/s",
        floor=alone,
        beside="one worker process",
        budget="> one",
        holds=both > alone,
    )


def seed(data: Path, number: int) -> None:
    """Open cases whose timer is due; runs in a process of its own."""
    database, shell = wiring.database(config(data)), wiring.shell()
    then = clock.now() - timedelta(days=2)
    due = {"due": (then + timedelta(days=1)).isoformat()}
    for begun in range(0, number, BATCH):
        with begin(database, now=then) as uow:
            act = cases.Act(uow=uow, shell=shell, actor=HANNA)
            for count in range(begun, min(begun + BATCH, number)):
                opening = cases.Opening(id=uuid.uuid4(), process="deadline", title=f"Due {count}")
                cases.open_case(act, opening, due)
    database.engine.dispose()


def drain(data: Path, ready: Barrier, limit: int) -> tuple[int, float, float]:
    """Fire up to so many timers; return how many, when begun and when done."""
    database, shell = wiring.database(config(data)), wiring.shell()
    fired = 0
    ready.wait()
    begun = ended = time.monotonic()
    while fired < limit and _left(database):
        fired += worker.round_trip(database, shell).timers
        ended = time.monotonic()
    database.engine.dispose()
    return fired, begun, ended


def _left(database: Database) -> bool:
    with begin(database, now=clock.now()) as uow:
        return bool(uow.scalar(select(timer.c.id).where(timer.c.due_at <= uow.now).limit(1)))


def _together(
    manager: SyncManager, pool: "multiprocessing.pool.Pool", data: Path, *, workers: int, limit: int
) -> float:
    """Return how many timers the workers fired per second."""
    ready = manager.Barrier(workers)
    found = pool.starmap(drain, [(data, ready, limit)] * workers, chunksize=1)
    fired, begun, ended = zip(*found, strict=True)
    return float(sum(fired) / (max(ended) - min(begun)))


def _counted(bench: Bench) -> tuple[int, int, int]:
    """Return how many cases fired, how many more than once, how many timers are left."""
    kind = EventKind.TIMER_FIRED.value
    with begin(bench.database, now=clock.now()) as uow:
        per_case = (
            select(func.count().label("times"))
            .where(event.c.kind == kind)
            .group_by(event.c.stream)
            .subquery()
        )
        times = per_case.c.times
        fired = uow.scalar(select(func.count()).select_from(per_case))
        twice = uow.scalar(select(func.count()).select_from(per_case).where(times > 1))
        left = uow.scalar(
            select(func.count())
            .select_from(timer)
            .join(case, case.c.id == timer.c.case_id)
            .where(timer.c.due_at <= uow.now)
        )
    return int(fired), int(twice), int(left)
