"""A product of our own to measure: data folder, embedded server, people, published processes."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from api.identity import hash_password, new_token
from bench import fixtures
from cursus import service, wiring
from cursus.config import Config
from engine import clock, definitions, people
from engine.access import Actor
from engine.cases import Act, Shell
from engine.store import Database, begin

HANNA = Actor(name="hanna", roles=frozenset({"hr_officer", "process_owner"}))
#: As `cursus serve` starts it.
GUNICORN = ("--workers", "2", *service.GUNICORN)
_WAIT = threading.Event()


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What every measurement works on."""

    data: Path
    database: Database
    shell: Shell
    #: a token of hanna's
    token: str


def prepare(data: Path) -> Bench:
    """Start the embedded server on the folder; add hanna, her token and the processes."""
    database = wiring.database(config(data))
    shell, (token, digest) = wiring.shell(), new_token()
    person = {
        "name": HANNA.name,
        "full_name": "Hanna Virtanen",
        "email": "hanna@cursus.example",
        "roles": sorted(HANNA.roles),
        "password_hash": hash_password("a-day-at-the-office"),
    }
    with begin(database, now=clock.now()) as uow:
        people.add(uow, wiring.HOUSE, person, known=shell.roles)
        act = Act(uow=uow, shell=shell, actor=HANNA)
        people.issue_token(
            act, digest=digest, label="bench", expires_at=uow.now + timedelta(days=1), roles=None
        )
        for process, files in (
            ("p", fixtures.files_of_47()),
            ("deadline", fixtures.files_of_deadline()),
        ):
            definitions.publish(
                uow,
                HANNA,
                process,
                files,
                comment="measured",
                catalogue=shell.for_gate(),
                policy=shell.policy,
            )
    return Bench(data=data, database=database, shell=shell, token=token)


def config(data: Path) -> Config:
    """Return the settings of a product on this folder."""
    return Config(data=data, host="127.0.0.1", port=0, workers=2)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def product(command: str, data: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start `python -m cursus <command>` on the folder."""
    environment = {"CURSUS_DATA": str(data), "CURSUS_PORT": str(port)}
    return start([sys.executable, "-m", "cursus", command], environment)


def floor(data: Path, port: int, jobs: Path | None = None) -> "subprocess.Popen[bytes]":
    """Start the bare Flask application under the same gunicorn settings."""
    environment = {"CURSUS_DATA": str(data), "BENCH_JOBS": str(jobs or "")}
    bind = ("--bind", f"127.0.0.1:{port}", "--access-logfile", os.devnull)
    command = [sys.executable, "-m", "gunicorn", "bench.floor:application()", *bind, *GUNICORN]
    return start(command, environment)


def start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a process from the root of the repository; what it says goes to stderr.log."""
    log = Path(environment["CURSUS_DATA"]) / "stderr.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603  # ourselves
            command,
            cwd=fixtures.ROOT,
            env={**os.environ, **environment},
            stdout=said,
            stderr=said,
        )


@contextmanager
def serving(process: "subprocess.Popen[bytes]", port: int) -> Iterator[int]:
    """Wait for the first page, hand out the port, stop the process at the end."""
    try:
        assert answered(process, port, within=30), "no page within 30 seconds"
        yield port
    finally:
        process.terminate()
        process.wait(20)


def answered(process: "subprocess.Popen[bytes]", port: int, *, within: float) -> bool:
    """Ask for the first page until it comes; False when the process ends or time is up."""
    until = time.monotonic() + within
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status == 200:  # noqa: PLR2004  # OK
                return True
        except (OSError, HTTPException):
            _WAIT.wait(0.02)
        finally:
            connection.close()
    return False
