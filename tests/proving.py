"""Proves every case of a test's database: its history must give its state."""

from engine import clock, replay
from engine.store import begin, cases
from engine.store.cases import CaseFilter

#: The cases of the test that were proved before they were copied, with their revision.
PROVED = {}


def prove_all(database):
    """Replay every case of the database and compare with what is stored; return the revisions.

    A case that was proved before its database was copied is not proved again as it stands.
    """
    revisions = {}
    with begin(database, now=clock.now()) as uow:
        for case in cases.search(uow, CaseFilter(), sort="opened_at", after=None, limit=100_000):
            revisions[case.id] = case.revision
            if PROVED.get(case.id) == case.revision:
                continue
            proof = replay.prove(uow, case.id)
            assert proof.ok, f"{proof.stream} event {proof.first_bad}: {proof.reason}"
    return revisions
