"""Who waits for what to move: one thread per process asks the database for all of them."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from engine.history import EventKind, Sealed
from engine.store import Database, events, notifications
from engine.store.cases import Case
from engine.store.unit_of_work import UnitOfWork

#: Seconds between two looks.
EVERY = 1.0
#: How many may wait in one process, and how many of one person.
MOST, MOST_EACH = 20, 6
#: How far back news of a case are told.
TOLD = 30
#: Events that do not raise the revision of their case.
_BESIDE = frozenset({EventKind.CASE_ENDED, EventKind.COMMENT_WRITTEN, EventKind.PAYLOAD_ERASED})

Look = Callable[[Collection[str]], Mapping[str, int] | None]


@dataclass(eq=False, kw_only=True)
class Waiting:
    """Somebody who waits for any of these to move."""

    who: str
    what: frozenset[str]
    marks: Mapping[str, int] | None = None
    moved: threading.Event = field(default_factory=threading.Event)
    is_over: bool = False

    def wait(self, seconds: float) -> bool:
        """Wait for a move; say whether there was one. The first look counts as one."""
        has_moved = self.moved.wait(seconds)
        self.moved.clear()
        return has_moved and not self.is_over


class Watch:
    """Everybody in this process who waits, and the thread that looks while there is anybody.

    The thread starts with the first who waits, so after the process was forked, and ends with the
    last.
    """

    def __init__(self, look: Look, *, every: float = EVERY) -> None:
        """Make a watch; `look` returns the marks of what is watched, or None when it cannot."""
        self._look = look
        self._every = every
        self._all: set[Waiting] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def join(self, who: str, what: Iterable[str]) -> Waiting | None:
        """Begin to wait; None when too many wait already."""
        one = Waiting(who=who, what=frozenset(what))
        with self._lock:
            each = sum(other.who == who for other in self._all)
            if self._stopped.is_set() or len(self._all) >= MOST or each >= MOST_EACH:
                return None
            self._all.add(one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
        return one

    def leave(self, one: Waiting) -> None:
        """Wait no longer."""
        with self._lock:
            self._all.discard(one)

    def stop(self) -> None:
        """Send everybody home, for good: the process ends."""
        # no lock: a signal handler calls this, perhaps while its own thread holds the lock
        self._stopped.set()
        for one in tuple(self._all):
            one.is_over = True
            one.moved.set()

    def look(self) -> None:
        """Look once, and wake those for whom something moved."""
        with self._lock:
            present = tuple(self._all)
        marks = self._look(frozenset().union(*(one.what for one in present))) if present else None
        if marks is None:
            return
        for one in present:
            own = {name: marks[name] for name in one.what if name in marks}
            if own != one.marks:
                one.marks = own
                one.moved.set()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._all or self._stopped.is_set():
                    self._thread = None
                    return
            self.look()
            self._stopped.wait(self._every)


def watch(database: Database) -> Watch:
    """Return the watch over a database."""
    return Watch(partial(notifications.look, database))


def mark(uow: UnitOfWork, what: Collection[str]) -> str:
    """Return one mark of all these, for a page to say later what it showed."""
    found = notifications.marks(uow, what)
    mixed = 0
    for name in sorted(found):
        mixed = (mixed * 1_000_003 + found[name]) & 0xFFFF_FFFF_FFFF_FFFF
    return f"{mixed:016x}"


def opened_since(uow: UnitOfWork, whom: Sequence[str], instant: datetime) -> int:
    """Count the tasks offered to any of these that opened after the instant."""
    return notifications.opened_since(uow, whom, instant)


def since(
    uow: UnitOfWork, case: Case, revision: int, *, seq: int, but_comments_of: str
) -> list[Sealed]:
    """Return the events of a case after a revision, and any after a number, oldest first.

    The last TOLD of them where there are more; without the comments of one person, who wrote them
    on the page itself.
    """
    head = events.peek(uow, case.stream).seq
    found = events.of_stream(uow, case.stream, after=max(0, head - TOLD))
    missing, first = case.revision - revision, len(found)
    while first and (missing > 0 or found[first - 1].fields.seq > seq):
        first -= 1
        missing -= found[first].fields.kind not in _BESIDE
    return [one for one in found[first:] if not _is_comment_of(one, but_comments_of)]


def _is_comment_of(one: Sealed, name: str) -> bool:
    return one.fields.kind == EventKind.COMMENT_WRITTEN and one.fields.actor == name
