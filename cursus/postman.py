"""Reads mail every minute and sends letters every few seconds, beside the worker's own round.

Threads of the worker's process: a mail server that does not answer must hold up no deadline.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from engine.store import Database
from recruitment.mailbox.reading import read_all
from recruitment.outbox.sending import send_all

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Round:
    """Something that is done again and again."""

    name: str
    #: seconds between two rounds
    every: float
    run: Callable[[Database], int]


ROUNDS = (
    Round(name="read mail", every=60, run=read_all),
    Round(name="send letters", every=5, run=send_all),
)


def start(database: Database, stop: threading.Event) -> list[threading.Thread]:
    """Begin the rounds; they end when `stop` is set."""
    threads = [
        threading.Thread(target=_keep, args=(one, database, stop), name=one.name, daemon=True)
        for one in ROUNDS
    ]
    for one in threads:
        one.start()
    return threads


def _keep(round_: Round, database: Database, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            round_.run(database)
        except Exception:  # the postman must outlive a lost connection, as the worker does
            LOG.exception("%s failed", round_.name)
        stop.wait(round_.every)
