"""Many timers due at once, fired by one worker process and then by two."""

import hashlib
import multiprocessing
import multiprocessing.pool
import secrets
import time
import uuid
from datetime import datetime, timedelta
from multiprocessing.managers import SyncManager
from pathlib import Path
from threading import Barrier
from typing import Any

from sqlalchemy import Table, func, insert, select

from bench.figures import Figure, Measured
from bench.house import HANNA, Bench, config
from cursus import wiring
from engine import clock, definitions, history, kernel, replay, worker
from engine.history import EventKind
from engine.store import Database, begin
from engine.store import tasks as task_rows
from engine.store.tables import case, event, event_payload, offer, stream_head, task, timer

DUE, ALONE = 10_000, 1_500
HELD = ("element", "process", "name", "kind", "form", "assignee", "due_at", "priority",
        "confidential")  # fmt: skip
LISTS = ("candidate_groups", "candidate_users", "differs_from")
Rows = dict[Table, list[dict[str, Any]]]


def measure(bench: Bench) -> Measured:
    """Open the cases, let one worker fire a part and two the rest; count what was fired."""
    spawn = multiprocessing.get_context("spawn")
    seed(bench)
    with spawn.Manager() as manager, spawn.Pool(2) as pool:
        alone = _together(manager, pool, bench.data, workers=1, limit=ALONE)
        both = _together(manager, pool, bench.data, workers=2, limit=DUE)
    fired, twice, left = _counted(bench)
    _ensure_sealed(bench)
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


def seed(bench: Bench) -> None:
    """Open the cases as `cases.open_case` does, but write them table by table in one go."""
    then = clock.now() - timedelta(days=2)
    due = (then + timedelta(days=1)).isoformat()
    with begin(bench.database, now=then) as uow:
        version = definitions.latest(uow, "deadline")["digest"]
        definition = definitions.find(uow, version)
        rows: Rows = {one: [] for one in (case, task, offer, timer, event, event_payload)}
        rows[stream_head] = []
        for _ in range(DUE):
            command = kernel.Start(case_id=str(uuid.uuid4()), variables={"due": due})
            _add(rows, command, kernel.step(definition, None, command, now=then), then, version)
        for table, content in rows.items():
            uow.connection.execute(insert(table), content)


def _add(rows: Rows, command: kernel.Start, step: kernel.Step, then: datetime, digest: str) -> None:
    case_id, waiting = uuid.UUID(command.case_id), step.tasks[0]
    rows[case].append(
        {
            "id": case_id,
            "process": "deadline",
            "definition": digest,
            "revision": 1,
            "state": step.state,
            "title": "Due",
            "opened_at": then,
            "changed_at": then,
            "changed_by": HANNA.name,
        }
    )
    held = {name: getattr(waiting, name) for name in HELD}
    held |= {name: list(getattr(waiting, name)) for name in LISTS}
    held |= {"id": uuid.UUID(waiting.id), "case_id": case_id, "opened_at": then}
    rows[task].append(held)
    rows[offer] += task_rows.offers(held)
    rows[timer] += [
        {
            "id": uuid.UUID(one.id),
            "case_id": case_id,
            "element": one.element,
            "attached_to": one.attached_to,
            "due_at": one.due_at,
        }
        for one in step.timers
    ]
    _seal(rows, command, step, then, digest)


def _seal(
    rows: Rows, command: kernel.Start, step: kernel.Step, then: datetime, digest: str
) -> None:
    fields = history.Fields(
        stream=f"case:{command.case_id}",
        seq=1,
        at=then,
        actor=HANNA.name,
        kind=EventKind.CASE_OPENED,
        definition=digest,
    )
    state, salt = hashlib.sha256(step.state).hexdigest(), secrets.token_bytes(16)
    content = history.canonical({"command": command.as_json(), "state": state})
    commitment = history.commit(content, salt)
    here = {"stream": fields.stream, "seq": 1}
    sealed = {"hash": history.seal(fields, commitment, history.GENESIS)}
    rows[event].append(
        {
            **here,
            **sealed,
            "at": then,
            "actor": HANNA.name,
            "kind": fields.kind,
            "definition": digest,
            "commitment": commitment,
            "previous": history.GENESIS,
        }
    )
    rows[event_payload].append({**here, "salt": salt, "payload": content})
    rows[stream_head].append({**here, **sealed})


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


def _ensure_sealed(bench: Bench) -> None:
    """Ensure that a case seeded here is one like any other: sealed, and replayed to its end."""
    with begin(bench.database, now=clock.now()) as uow:
        any_one = uow.scalar(select(case.c.id).where(case.c.process == "deadline").limit(1))
        proof = replay.prove(uow, any_one)
        assert proof.ok, proof.reason


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
