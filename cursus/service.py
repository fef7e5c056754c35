"""Start and stop the processes of the product."""

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from types import FrameType

from flask import Flask

from cursus import config, postman, wiring
from cursus.config import Config
from cursus.demo import director, people, register, today
from engine import clock, worker
from engine.store import Database

Say = Callable[[str], None]
#: Threads for waiting: on commits, and on news for open pages (engine.watching takes at most 20).
GUNICORN = ("--threads", "32", "--worker-class", "gthread")


def run(settings: Config, *, with_demo: bool, say: Say) -> None:
    """Bring the database up, publish, load the demonstration, start web server and worker."""
    database = wiring.database(settings)
    wiring.publish_shipped(database, say=say)
    made_up = _demonstration(database, say) if with_demo else ()
    database.engine.dispose()
    processes = [_start("serve"), _start("worker")]
    say(f"Cursus is at http://{settings.host}:{settings.port}/")
    for person in made_up:
        say(f"  {person.name:<10} {person.password}  ({', '.join(person.roles)})")
    say("Stop with Ctrl-C.")
    _wait(processes)


def _demonstration(database: Database, say: Say) -> tuple[people.Person, ...]:
    shell = wiring.shell()
    made_up = people.load(database, shell.roles, say=say)
    director.play(database, shell, until=clock.now(), say=say)
    today.begin_today(database, shell, now=clock.now())
    register.load(database, shell, now=clock.now())
    return made_up


def _start(command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "cursus", command])  # noqa: S603  # ourselves


def _wait(processes: list[subprocess.Popen[bytes]]) -> None:
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not stopped.wait(0.5):
        if any(one.poll() is not None for one in processes):
            break
    for one in processes:
        one.terminate()
    for one in processes:
        one.wait(20)


def serve(settings: Config) -> None:
    """Become the web server (gunicorn, threads for the waiting on commits)."""
    # each worker process opens its own pool; the embedded server is joined, not started twice
    arguments = [
        sys.executable, "-m", "gunicorn", "cursus.service:application()",
        "--bind", f"{settings.host}:{settings.port}",
        "--workers", str(settings.workers), *GUNICORN,
        "--access-logfile", os.environ.get("CURSUS_ACCESS_LOG", os.devnull),
    ]  # fmt: skip
    os.execv(sys.executable, arguments)  # noqa: S606  # no shell on purpose


def application() -> Flask:
    """Return the web application, for gunicorn."""
    settings = config.read()
    database = wiring.database(settings)
    app = wiring.application(settings, database)
    threading.Thread(target=_read_ahead, args=(database,), daemon=True).start()
    _end_streams_with_the_process(app)
    return app


def _read_ahead(database: Database) -> None:
    """Read the diagrams: the first person of the day should not wait for them."""
    wiring.read_ahead(database)
    # what is kept for good: to search all of it for garbage costs a page 170 ms now and then
    gc.collect()
    gc.freeze()


def _end_streams_with_the_process(app: Flask) -> None:
    """Send waiting pages home when gunicorn ends this process, which waits for every answer."""
    before = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: FrameType | None) -> None:
        app.extensions["cursus.watch"].stop()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, end)


def work(settings: Config) -> None:
    """Be the worker until told to stop."""
    stopped = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    database, key = wiring.database(settings), config.signing_key(settings)
    postman.start(database, stopped)
    worker.serve(database, wiring.shell(), stopped, signing_key=key)
