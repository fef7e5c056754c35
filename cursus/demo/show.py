"""`cursus demo`: the whole play in a database of its own, and what it proves."""

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cursus import config, wiring
from cursus.demo import director, people
from engine import archive, clock, replay
from engine.store import Database, begin, cases, connect, embedded, queue
from engine.store.cases import CaseFilter
from engine.store.migrate import migrate
from recruitment.store.migrate import migrate as migrate_recruitment


def show(until: datetime, *, say: Callable[[str], None]) -> None:
    """Play the demonstration from the call to the last renewal and verify its history."""
    with tempfile.TemporaryDirectory(prefix="cursus-demo-") as folder:
        # the embedded server runs as another user where we are root
        Path(folder).chmod(0o755)
        database = connect(embedded.start(Path(folder) / "postgres"))
        migrate(database)
        migrate_recruitment(database)
        shell = wiring.shell()
        with clock.pretending(director.OPENING):
            wiring.publish_shipped(database, say=say)
            people.load(database, shell.roles, say=say)
        stage = director.play(database, shell, until=until, say=say)
        say(f"{stage.completed} tasks completed by {stage.now:%d.%m.%Y}")
        with clock.pretending(stage.now):
            _verify(database, say)
        database.engine.dispose()


def _verify(database: Database, say: Callable[[str], None]) -> None:
    with begin(database, now=clock.now()) as uow:
        every = cases.search(uow, CaseFilter(), sort="opened_at", after=None, limit=1000)
        outcomes = Counter(one.outcome or "still running" for one in every)
        for outcome, count in outcomes.most_common():
            say(f"{count:>4}  {outcome}")
        for incident in queue.incidents(uow):
            say(f"incident: {incident['case_title']}: {incident['message']}")
        bad = [proof for one in every if not (proof := replay.prove(uow, one.id)).ok]
        signed = archive.checkpoint(uow, config.signing_key(config.read()))
        key = config.public_key(config.read())
        report = archive.verify_everything(uow, public_key=key)
    for proof in bad:
        say(f"{proof.stream} event {proof.first_bad}: {proof.reason}")
    say(
        f"{len(every) - len(bad)} of {len(every)} cases replayed to the stored state; "
        f"{report.events} events in {report.streams} streams, {len(report.bad)} bad, "
        f"signed root {signed.root.hex()[:16]}"
    )
