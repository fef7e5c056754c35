"""A process that dies at any moment of a completion leaves all of it or nothing."""

import os
import signal
import traceback

from sqlalchemy import event

from engine import clock, replay
from engine.store import begin, connect
from tests.support import REPORT, Front, Office, watched

HEADERS = {"If-Match": '"r1"', "Idempotency-Key": "killed-and-repeated"}


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


def _complete_and_die(url, token, task, moment):
    """Complete the task in this process; kill it at the moment (a number, or "after")."""
    database = connect(url, pool_size=2)
    office = Office(database)
    front = Front(office)
    front.tokens["lara"] = token
    client, passed = front.as_("lara"), [0]

    def tick(*_):
        passed[0] += 1
        if passed[0] == moment:
            _die()

    event.listen(database.engine, "commit", tick)
    with watched(tick):
        answer = client.post(
            f"/api/v1/tasks/{task}/complete", json={"variables": REPORT}, headers=HEADERS
        )
    if moment == "after":
        _die()
    return answer.status_code


def _in_a_process(*args):
    """Return how a forked process ended: the signal that killed it, or its exit code negated."""
    child = os.fork()
    if child == 0:
        try:
            status = _complete_and_die(*args)
        except BaseException:  # the child must never return into pytest
            traceback.print_exc()
            os._exit(99)
        os._exit(0 if status == 200 else 1)
    return os.waitpid(child, 0)[1]


def _state(office, case):
    with begin(office.database, now=clock.now()) as uow:
        proof = replay.prove(uow, case)
    assert proof.ok, proof
    return office.case(case).revision, office.kinds(case), office.task(case).element


UNTOUCHED = (1, ["case:opened"], "write_report")
ADVANCED = (2, ["case:opened", "task:completed"], "sign_report")


def test_a_process_killed_at_any_statement_leaves_all_or_nothing(front, office):
    case = office.open()
    task, token = office.task(case).id, front.token("lara")
    assert _state(office, case) == UNTOUCHED
    seen, moment = [], 0
    while True:
        moment += 1
        ended = _in_a_process(office.database.url, token, task, moment)
        seen.append(_state(office, case))
        if not os.WIFSIGNALED(ended):
            break
        assert os.WTERMSIG(ended) == signal.SIGKILL
        assert seen[-1] in (UNTOUCHED, ADVANCED)
    assert os.WEXITSTATUS(ended) == 0
    # a completion sends 21 statements and commits; far fewer would mean that the loop missed some
    assert moment > 15
    # once advanced, the repetitions under the same key changed nothing any more
    assert seen == sorted(seen)
    assert seen[-1] == ADVANCED
    assert UNTOUCHED in seen


def test_a_process_killed_after_its_commit_has_completed_the_task(front, office):
    case = office.open()
    task, token = office.task(case).id, front.token("lara")
    ended = _in_a_process(office.database.url, token, task, "after")
    assert os.WIFSIGNALED(ended)
    assert _state(office, case) == ADVANCED
    again = front.as_("lara").post(
        f"/api/v1/tasks/{task}/complete", json={"variables": REPORT}, headers=HEADERS
    )
    assert again.status_code == 200
    assert _state(office, case) == ADVANCED
