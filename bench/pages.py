"""The first page of every list, with 100 000 open tasks and 20 000 cases behind it.

The cases of the call stand in all of its stages, and every case waits as a running one does: for
messages and a timer. Some effects have failed and hold their cases up. In the mailbox 2 000 mails
wait, and the register has 50 000 people.
"""

import pickle
import statistics
from datetime import timedelta

from api.identity import hash_password, new_token
from bench import rows
from bench.figures import Figure, Measured
from bench.house import Bench, floor, free_port, prepare, product, serving
from bench.load import send
from cursus import wiring
from engine import clock, people, worklist
from engine.access import Actor
from engine.cases import Act
from engine.store import begin

TIMES, BUDGET_MS = 40, 200.0
#: May open every list.
ANNA = Actor(name="anna", roles=frozenset({"hr_officer", "auditor", "operator"}))
CALL = "digit-b1-456893"
LISTS = (
    "/work",
    "/work/ahead",
    "/cases",
    "/calls",
    f"/calls/{CALL}",
    f"/calls/{CALL}/table",
    f"/calls/{CALL}/diagram",
    f"/calls/{CALL}/figures",
    f"/calls/{CALL}/intake",
    f"/calls/{CALL}/screening",
    f"/calls/{CALL}/screening?show=all",
    f"/calls/{CALL}/interviews",
    f"/calls/{CALL}/deliberation",
    f"/calls/{CALL}/long-list",
    "/intake",
    "/register",
    "/register?profile=ICT&group=IV&language_1=FR&level_1=B2",
    "/register/count?profile=ICT&group=IV",
    "/history",
    "/history/reads",
    "/administration",
    "/administration/users",
    "/administration/deputies",
    "/administration/incidents",
    "/administration/timers",
    "/administration/effects",
)


def measure(_bench: Bench) -> Measured:
    """Fill a database of its own and ask for every list as often as its p95 needs."""
    bench = prepare(_bench.data.parent / "pages")
    rows.fill(bench, ANNA)
    token = _anna(bench)
    written = bench.data / "rows"
    written.write_bytes(pickle.dumps(({}, token, _ids(bench))))
    mine, bare = free_port(), free_port()
    with (
        serving(product("serve", bench.data, mine), mine),
        serving(floor(bench.data, bare, written), bare),
    ):
        beside = _p95("/api/v1/tasks/mine", port=bare, token=token)
        for path in LISTS:
            value = _p95(path, port=mine, token=token)
            yield Figure(
                name=f"page {path}, p95",
                value=value,
                unit="ms",
                floor=beside,
                beside="bare view, 50 rows by primary key, as JSON",
                budget=f"≤ {BUDGET_MS:.0f} ms",
                holds=value <= BUDGET_MS,
            )
    bench.database.engine.dispose()


def _p95(path: str, *, port: int, token: str) -> float:
    request = [("GET", path, None)]
    send(request * 5, port=port, token=token, clients=1)
    each = send(request * TIMES, port=port, token=token, clients=1).each
    return statistics.quantiles(each, n=20)[-1] * 1e3


def _anna(bench: Bench) -> str:
    token, digest = new_token()
    person = {
        "name": ANNA.name,
        "full_name": "Anna Kowalska",
        "email": "anna@cursus.example",
        "roles": sorted(ANNA.roles),
        "password_hash": hash_password("a-day-at-the-office"),
    }
    with begin(bench.database, now=clock.now()) as uow:
        people.add(uow, wiring.HOUSE, person, known=bench.shell.roles)
        people.issue_token(
            Act(uow=uow, shell=bench.shell, actor=ANNA),
            digest=digest,
            label="bench",
            expires_at=uow.now + timedelta(days=1),
            roles=None,
        )
    return token


def _ids(bench: Bench) -> list[object]:
    with begin(bench.database, now=clock.now()) as uow:
        return [one.id for one in worklist.mine(uow, ANNA, limit=50)]
