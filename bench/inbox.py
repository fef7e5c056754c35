"""My tasks among 100 000 open ones: the first and the tenth page."""

import pickle
import statistics
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import text

from bench.figures import Figure, Measured
from bench.house import HANNA, Bench, floor, free_port, product, serving
from bench.load import Answers, send
from engine import clock, definitions, worklist
from engine.store import begin

OPEN, PAGE, TIMES, BUDGET_MS = 100_000, 50, 60, 20.0
MINE = f"/api/v1/tasks/mine?limit={PAGE}"
#: Every third task is for the house's three largest roles in turn; due dates over three years.
_SEED = (
    """
    INSERT INTO "case" (id, process, definition, revision, state, title,
                        opened_at, changed_at, changed_by)
    SELECT md5('case' || n)::uuid, 'p', :digest, 1, '\\x00', 'Seeded ' || n,
           :now, :now, 'hanna'
    FROM generate_series(1, :many) AS n
    """,
    """
    INSERT INTO task (id, case_id, element, process, name, kind, form, candidate_groups,
                      candidate_users, due_at, priority, differs_from, confidential, opened_at)
    SELECT md5('task' || n)::uuid, md5('case' || n)::uuid, 'register', 'p', 'register', 'userTask',
           'register', ARRAY[(ARRAY['hr_officer', 'line_manager', 'panel_member'])[n % 3 + 1]],
           '{}', CASE WHEN n % 7 > 0 THEN :now + make_interval(mins => hashint4(n) % 800000) END,
           50, '{}', false, :now
    FROM generate_series(1, :many) AS n
    """,
    """
    INSERT INTO offer (to_whom, due_at, task_id)
    SELECT 'group:' || candidate_groups[1], coalesce(due_at, '9999-12-31 00:00:00+00'), id
    FROM task WHERE closed_at IS NULL AND id = ANY
        (SELECT md5('task' || n)::uuid FROM generate_series(1, :many) AS n)
    """,
    "ANALYZE",
)


def measure(bench: Bench) -> Measured:
    """Seed the tasks, page through the inbox over HTTP and below it."""
    _seed(bench)
    ids = _first_ids(bench)
    written = bench.data / "page"
    written.write_bytes(pickle.dumps(({}, bench.token, ids)))
    mine, bare = free_port(), free_port()
    with (
        serving(product("serve", bench.data, mine), mine),
        serving(floor(bench.data, bare, written), bare),
    ):
        tenth = MINE
        for _ in range(9):
            tenth = _get(bench, mine, tenth).links[0].partition(">")[0].lstrip("<")
        for name, path in (("first", MINE), ("10th", tenth)):
            _get(bench, mine, path, times=10)
            _get(bench, bare, path, times=10)
            value = statistics.median(_get(bench, mine, path, times=TIMES).each) * 1e3
            beside = statistics.median(_get(bench, bare, path, times=TIMES).each) * 1e3
            yield Figure(
                name=f"my tasks, {name} page of {PAGE}, {OPEN:,} open".replace(",", " "),
                value=value,
                unit="ms",
                floor=beside,
                beside="bare view, the same rows by primary key",
                budget=f"≤ {BUDGET_MS:.0f} ms",
                holds=value <= BUDGET_MS,
            )


def _seed(bench: Bench) -> None:
    with begin(bench.database, now=clock.now()) as uow:
        digest = definitions.latest(uow, "p")["digest"]
        for statement in _SEED:
            values = {"digest": digest, "now": uow.now, "many": OPEN}
            named = {key: value for key, value in values.items() if f":{key}" in statement}
            uow.connection.execute(text(statement), named)


def _first_ids(bench: Bench) -> list[UUID]:
    with begin(bench.database, now=clock.now()) as uow:
        found = worklist.mine(uow, HANNA, limit=PAGE)
    assert len(found) == PAGE
    return [one.id for one in found]


def _get(bench: Bench, port: int, path: str, *, times: int = 1) -> Answers:
    requests = [("GET", quote(path, safe="/?&=%"), None)] * times
    return send(requests, port=port, token=bench.token, clients=1)
