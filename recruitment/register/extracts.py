"""The verbs on extracts: hand a file in, see what it would change, import it, put it away."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4, uuid5

from engine import timelimits
from engine.access import Actor, authorize
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotFound
from engine.finding import fold
from engine.history import EventKind
from engine.store import events
from engine.store.unit_of_work import Row
from recruitment.cast.file import Fault, read
from recruitment.intake import NAMESPACE
from recruitment.register import proof
from recruitment.register.plan import Change, plan
from recruitment.store import extracts as rows

#: Everything that happens to the register as a whole.
STREAM = "register:extracts"
#: What a page can receive.
MOST_BYTES = 24_000_000
MOST_NAME = 200
#: Rows that are written by one statement.
BATCH = 5_000
#: Each row is compared, written and committed to.
_STEPS = 3

#: Told how many rows of how many are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of an extract, with the day on which EPSO made it."""

    name: str
    taken_on: date
    content: bytes

    @property
    def sha256(self) -> str:
        """Return the digest of the file."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an import would do, or did."""

    file: File
    added: int
    changed: int
    unchanged: int
    #: rows that are not taken, each with its reason
    faults: Sequence[Fault]
    #: columns that nothing is read from
    unused: Sequence[str]
    #: the extract that came from this very file, where it was imported before
    known: Row | None = None

    @property
    def refused(self) -> int:
        """Return how many rows are not taken."""
        return len({one.row for one in self.faults})

    @property
    def rows(self) -> int:
        """Return how many rows the file has."""
        return self.added + self.changed + self.unchanged + self.refused


def hand_in(act: Act, file: File) -> UUID:
    """Keep a file until somebody confirms its import; raise Invalid where it cannot be one."""
    who = authorize(act.actor, "cast:import", act.shell.policy)
    _ensure_sound(act, file)
    read(file.content, taken_on=file.taken_on)
    key = uuid5(NAMESPACE, f"upload:{who.name}:{file.taken_on}:{file.sha256}")
    rows.keep_upload(
        act.uow,
        {
            "id": key,
            "taken_on": file.taken_on,
            "name": file.name,
            "sha256": file.sha256,
            "content": file.content,
            "uploaded_by": who.name,
            "uploaded_at": act.uow.now,
        },
    )
    events.append(act.uow, STREAM, kind=EventKind.DOCUMENT_STORED, actor=who, payload=_about(file))
    return key


def preview(act: Act, key: UUID) -> Preview:
    """Say what the import of a file that waits would do; nothing is changed."""
    authorize(act.actor, "cast:import", act.shell.policy)
    return look(act, _waiting(act, key))


def look(act: Act, file: File) -> Preview:
    """Say what the import of a file would do; nothing is changed."""
    authorize(act.actor, "cast:import", act.shell.policy)
    _ensure_sound(act, file)
    known = _known(act, file)
    return known or _judged(act, file, _nobody_waits)[0]


def put_away(act: Act, key: UUID) -> None:
    """Destroy a file that waits."""
    who = authorize(act.actor, "cast:import", act.shell.policy)
    file = _waiting(act, key)
    rows.forget_upload(act.uow, key)
    payload = {**_about(file), "what": "file put away without an import"}
    events.append(act.uow, STREAM, kind=EventKind.RECORD_CHANGED, actor=who, payload=payload)


def confirm(act: Act, key: UUID, *, progress: Progress | None = None) -> Preview:
    """Import a file that waits and destroy it; raise NotFound, Conflict."""
    authorize(act.actor, "cast:import", act.shell.policy)
    file = _waiting(act, key)
    done = take(act, file, progress=progress)
    if done.known is not None:
        put_away(act, key)
    rows.forget_upload(act.uow, key)
    return done


def take(act: Act, file: File, *, progress: Progress | None = None) -> Preview:
    """Import an extract: all rows that can be taken, and nothing of the others.

    The same file with the same date changes nothing. One event seals the digest of the file, the
    counts, and the root over the changes of all people. Raises Invalid, Conflict.
    """
    who = authorize(act.actor, "cast:import", act.shell.policy)
    _ensure_sound(act, file)
    if not rows.may_import(act.uow):
        raise Conflict("Another import is running", remedy="wait for it to end")
    known = _known(act, file)
    if known is not None:
        return known
    say = progress or _nobody_waits
    found, changes = _judged(act, file, say)
    if not changes:
        raise Invalid("No row of this file can be taken", where="file")
    _store(act, who, found, changes, say)
    return found


def _store(
    act: Act, who: Actor, found: Preview, changes: Sequence[Change], progress: Progress
) -> None:
    extract, total = uuid4(), _STEPS * len(changes)
    rows.add_extract(act.uow, _row(act, who, extract, found))
    written = [one for one in changes if one.what != "unchanged"]
    same = [one for one in changes if one.what == "unchanged"]
    for first in range(0, len(written), BATCH):
        batch = written[first : first + BATCH]
        rows.write_rows(act.uow, extract, [_written(one) for one in batch])
        progress(len(changes) + first + len(batch), total)
    if same:
        rows.seen_again(act.uow, extract, [(one.candidate, one.profile) for one in same])
    root = proof.keep(
        act.uow, extract, written, say=lambda done: progress(2 * len(changes) + done, total)
    )
    rows.measure(act.uow)
    events.append(
        act.uow,
        STREAM,
        kind=EventKind.RECORD_CHANGED,
        actor=who,
        payload={
            **_about(found.file),
            "what": "extract of the EPSO database imported",
            "extract": str(extract),
            "rows": found.rows,
            "added": found.added,
            "changed": found.changed,
            "unchanged": found.unchanged,
            "refused": found.refused,
            "root": root.hex(),
        },
    )


def _row(act: Act, who: Actor, extract: UUID, found: Preview) -> dict[str, object]:
    return {
        "id": extract,
        "taken_on": found.file.taken_on,
        "name": found.file.name,
        "sha256": found.file.sha256,
        "rows": found.rows,
        "added": found.added,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "refused": found.refused,
        "imported_by": who.name,
        "imported_at": act.uow.now,
    }


def _written(one: Change) -> dict[str, object]:
    folded = fold(f"{one.after['name']} {one.after['email']}")
    return {"candidate": one.candidate, "profile": one.profile, "folded": folded, **one.after}


def _known(act: Act, file: File) -> Preview | None:
    """Return what a repeated import does, which is nothing; None for a file that is new."""
    row = rows.find_extract(act.uow, file.taken_on, file.sha256)
    if row is None:
        return None
    same = row["added"] + row["changed"] + row["unchanged"]
    return Preview(file=file, added=0, changed=0, unchanged=same, faults=(), unused=(), known=row)


def _judged(act: Act, file: File, say: Progress) -> tuple[Preview, list[Change]]:
    contents = read(file.content, taken_on=file.taken_on)
    changes: list[Change] = []
    faults = [*contents.faults]
    total = _STEPS * len(contents.entries)
    say(0, total)
    for found in plan(act.uow, contents.entries, taken_on=file.taken_on, batch=BATCH):
        (faults if isinstance(found, Fault) else changes).append(found)  # type: ignore[arg-type]  # each to its own
        if (len(changes) + len(faults)) % BATCH == 0:
            say(len(changes), total)
    counts = Counter(one.what for one in changes)
    seen = Preview(
        file=file,
        added=counts["new"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        faults=sorted(faults, key=lambda one: one.row),
        unused=contents.unused,
    )
    return seen, changes


def _nobody_waits(_done: int, _total: int) -> None:
    """Tell nobody how far an import is."""


def _waiting(act: Act, key: UUID) -> File:
    row = rows.upload(act.uow, key)
    if row is None:
        raise NotFound(
            "This file does not wait any more",
            where=str(key),
            remedy="it was imported or put away; the list of extracts says which",
        )
    return File(name=row["name"], taken_on=row["taken_on"], content=bytes(row["content"]))


def _ensure_sound(act: Act, file: File) -> None:
    if file.taken_on > today(act.uow.now):
        raise Invalid("The extract cannot be of a day to come", where="taken_on")
    if not file.content:
        raise Invalid("The file is empty", where="file")
    if len(file.content) > MOST_BYTES:
        raise Invalid(f"A file has at most {MOST_BYTES // 1_000_000} MB", where="file")
    if not 0 < len(file.name) <= MOST_NAME:
        raise Invalid(f"A file's name has 1 to {MOST_NAME} characters", where="name")


def _about(file: File) -> Mapping[str, object]:
    return {
        "kind": "extract",
        "name": file.name,
        "taken_on": file.taken_on.isoformat(),
        "sha256": file.sha256,
    }


def today(now: datetime) -> date:
    """Return the day in Brussels."""
    return now.astimezone(timelimits.ZONE).date()
