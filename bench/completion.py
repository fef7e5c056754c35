"""Completing a task over HTTP, against a bare view that writes the same rows in one commit."""

import json
import pickle
import statistics
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg

from bench.figures import Figure, Measured
from bench.fixtures import life_of_47
from bench.house import HANNA, Bench, floor, free_port, product, serving
from bench.load import Request, send
from engine import cases, clock, replay, worklist
from engine.store import UnitOfWork, begin, tasks

#: Requests of one round, by clients; ours and the floor's rounds alternate.
ROUNDS, PER_ROUND = 3, {1: 60, 8: 160}
WARM, HALF = 160, 0.5
BODY = {"variables": {"remark": "Complete and in order; the degree was checked against the list."}}
Job = list[tuple[str, Any]]


def measure(bench: Bench) -> Measured:
    """Complete the first task of fresh cases, by one client and by eight."""
    wanted = WARM + ROUNDS * sum(PER_ROUND.values())
    ours, theirs = open_tasks(bench, wanted), open_tasks(bench, wanted)
    proved = [*ours[-3:], *theirs[-3:]]
    jobs = {task: writes_of(bench, task) for task in theirs}
    written = bench.data / "jobs"
    written.write_bytes(pickle.dumps((jobs, bench.token, [])))
    mine, bare = free_port(), free_port()
    with (
        serving(product("serve", bench.data, mine), mine),
        serving(floor(bench.data, bare, written), bare),
    ):
        _rate(bench, ours, WARM, port=mine, clients=8)
        _rate(bench, theirs, WARM, port=bare, clients=8)
        for clients, number in PER_ROUND.items():
            pairs = [
                (
                    _rate(bench, ours, number, port=mine, clients=clients),
                    _rate(bench, theirs, number, port=bare, clients=clients),
                )
                for _ in range(ROUNDS)
            ]
            value = statistics.median(one for one, _ in pairs)
            ratio = statistics.median(one / other for one, other in pairs)
            yield Figure(
                name=f"task completion, {clients} client{'s' * (clients > 1)}",
                value=value,
                unit="1/s",
                floor=value / ratio,
                beside=f"bare view, the same rows ({_what(next(iter(jobs.values())))})",
                budget="≥ ½ of the floor",
                holds=ratio >= HALF,
            )
    _ensure_written(bench, proved)


def _ensure_written(bench: Bench, completed: list[UUID]) -> None:
    """Ensure the floor was fair: it too wrote a history that replays to the stored state."""
    with begin(bench.database, now=clock.now()) as uow:
        for task in completed:
            found = tasks.get(uow, task)
            assert found is not None
            assert found.closed_at is not None
            proof = replay.prove(uow, found.case_id)
            assert proof.ok, proof.reason


def open_tasks(bench: Bench, number: int) -> list[UUID]:
    """Open cases with 10 kB of data; return the id of the first task of each."""
    payload = life_of_47().payload()
    ids = []
    with begin(bench.database, now=clock.now()) as uow:
        act = cases.Act(uow=uow, shell=bench.shell, actor=HANNA)
        for count in range(number):
            opening = cases.Opening(id=uuid.uuid4(), process="p", title=f"Measured {count}")
            cases.open_case(act, opening, {"payload": payload})
            ids.append(worklist.of_case(uow, opening.id)[0].id)
    return ids


def writes_of(bench: Bench, task: UUID) -> Job:
    """Complete a task, keep the statements that change rows, and undo it."""
    kept: Job = []
    with (
        recording(kept),
        # closed without a commit, which undoes everything
        bench.database.engine.connect() as connection,
    ):
        uow = UnitOfWork(connection=connection, now=clock.now())
        act = cases.Act(uow=uow, shell=bench.shell, actor=HANNA)
        cases.complete_task(act, task, BODY["variables"], expected_revision=1)
    return kept


@contextmanager
def recording(kept: Job) -> Iterator[None]:
    """Keep what is sent to the database meanwhile, by SQLAlchemy or as prepared statements."""
    execute = psycopg.Cursor.execute

    def keep(
        cursor: psycopg.Cursor[Any],
        statement: str,
        parameters: Any = None,  # noqa: ANN401  # as psycopg takes them
        **options: Any,  # noqa: ANN401  # as above
    ) -> psycopg.Cursor[Any]:
        if "FOR UPDATE" not in statement and not statement.lstrip().startswith("SELECT"):
            kept.append((statement, parameters))
        return execute(cursor, statement, parameters, **options)

    with patch.object(psycopg.Cursor, "execute", keep):
        yield


def _rate(bench: Bench, waiting: list[UUID], number: int, *, port: int, clients: int) -> float:
    body = json.dumps(BODY)
    requests: list[Request] = [
        ("POST", f"/api/v1/tasks/{waiting.pop()}/complete", body) for _ in range(number)
    ]
    return send(requests, port=port, token=bench.token, clients=clients).rate


def _what(job: Job) -> str:
    rows = sum(len(one) if isinstance(one, list) else 1 for _, one in job)
    return f"{len(job)} statements, {rows} rows"
