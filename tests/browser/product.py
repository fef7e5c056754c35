"""The product as the browser tests start it, and the same under a clock that a file moves.

`python -m tests.browser.product prepare` publishes the processes and loads the people and, with
`--play`, the demonstration with one candidate of each kind. `... serve` and `... work` are what
`cursus serve` and `cursus worker` are, but ask the file CURSUS_TEST_CLOCK how far ahead of the
real time it is.
"""

import os
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from cursus import config, service, wiring
from cursus.demo import candidates, director, people, register, today
from engine import clock, worker


def ahead():
    """Return how far the clock of the tests is ahead of the real one."""
    file = os.environ.get("CURSUS_TEST_CLOCK")
    return timedelta(seconds=float(Path(file).read_text())) if file else timedelta()


def move_clock():
    """Let this process ask the file whenever it asks for the time."""
    real = clock.now

    def moved():
        # an instant that the product pretends for itself is not moved
        return real() if clock._pretended else real() + ahead()

    clock.now = moved


def application() -> Flask:
    """Return the web application under the moved clock, for gunicorn."""
    move_clock()
    return service.application()


def prepare(*, play):
    """Fill an empty data folder."""
    database = wiring.database(config.read())
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # nothing here has to outlive its tests, let alone a crash of the machine
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    wiring.publish_shipped(database, say=_silent)
    people.load(database, wiring.shell().roles, say=_silent)
    if play:
        first = {one.kind: one for one in reversed(list(candidates.plans()))}
        director.plans = lambda: sorted(first.values(), key=lambda one: one.number)
        director.play(database, wiring.shell(), until=clock.now(), say=_silent)
        today.begin_today(database, wiring.shell(), now=clock.now())
        register.load(database, wiring.shell(), now=clock.now())


def _silent(_text):
    pass


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        move_clock()
        prepare(play="--play" in sys.argv)
    elif sys.argv[1] == "work":
        move_clock()
        # a test that moves the clock waits for the worker: it need not rest for a second
        worker.serve = partial(worker.serve, idle=0.1)
        service.work(config.read())
