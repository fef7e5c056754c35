"""The draft itself: its files, what differs from the version it was taken from, catching up."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from engine import kernel
from engine.access import authorize
from engine.cases import Act
from engine.drafts.change import digests, ensure_file, ensure_text, note, revised, workable
from engine.errors import Conflict, Invalid, NotFound
from engine.store import definitions as versions
from engine.store import drafts as rows
from engine.store.drafts import Draft, DraftFile

MAX_FILES = 300
_PROCESS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One file that differs from the version the draft was taken from."""

    name: str
    what: str


def begin(act: Act, process: str, title: str, *, start: Mapping[str, bytes] | None = None) -> Draft:
    """Begin a draft with the files of the version in force.

    A process that was never published takes what it needs of `start`. Raises Invalid, NotAllowed.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    ensure_text(title, "title")
    if _PROCESS.fullmatch(process) is None:
        raise Invalid(
            "A process is named with letters, digits and underscores",
            where="process",
            remedy="begin with a letter, at most 80 characters",
        )
    base = versions.in_force(act.uow, process)
    if base is not None:
        files = with_scenarios(act, base["digest"])
    else:
        files = dict(kernel.collect(start or {}, process).files)
    draft_id = uuid4()
    row = {
        "id": draft_id,
        "process": process,
        "title": title.strip(),
        "base": base["digest"] if base else None,
        "revision": 1,
        "created_at": act.uow.now,
        "created_by": who.name,
        "changed_at": act.uow.now,
        "changed_by": who.name,
    }
    rows.add(act.uow, row, files)
    draft = get(act, draft_id)
    note(act, draft, who, {"begun": process, "base": draft.base, "files": digests(files)})
    return draft


def get(act: Act, draft_id: UUID) -> Draft:
    """Return a draft, open or closed; raise NotFound, NotAllowed."""
    authorize(act.actor, "definition:check", act.shell.policy)
    draft = rows.get(act.uow, draft_id)
    if draft is None:
        raise NotFound("There is no such draft", where=str(draft_id))
    return draft


def listing(act: Act, draft_id: UUID) -> list[DraftFile]:
    """Return names and sizes of the files of a draft."""
    return rows.listing(act.uow, get(act, draft_id).id)


def files(act: Act, draft_id: UUID) -> dict[str, bytes]:
    """Return the files of a draft by name."""
    return rows.files(act.uow, get(act, draft_id).id)


def file(act: Act, draft_id: UUID, name: str) -> bytes:
    """Return one file of a draft; raise NotFound."""
    found = rows.file(act.uow, get(act, draft_id).id, name)
    if found is None:
        raise NotFound(f"This draft has no file {name!r}", where=name)
    return found


def save_file(
    act: Act, draft_id: UUID, name: str, content: bytes, expected_revision: int | None = None
) -> int:
    """Store a file, new or changed, and return the draft's revision.

    What one saves need not be sound yet. Raises StaleDraft with who changed the draft and when.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    ensure_file(name, content)
    draft = workable(act, draft_id, expected_revision)
    if rows.file(act.uow, draft.id, name) == content:
        return draft.revision
    rows.put_file(act.uow, draft.id, name, content)
    if len(rows.listing(act.uow, draft.id)) > MAX_FILES:
        raise Invalid(f"A process has at most {MAX_FILES} files", where=name)
    note(act, draft, who, {"saved": name, "sha256": hashlib.sha256(content).hexdigest()})
    return revised(act, draft, who)


def remove_file(act: Act, draft_id: UUID, name: str, expected_revision: int | None = None) -> int:
    """Remove a file and return the draft's revision; raise NotFound, StaleDraft."""
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    draft = workable(act, draft_id, expected_revision)
    if not rows.drop_file(act.uow, draft.id, name):
        raise NotFound(f"This draft has no file {name!r}", where=name)
    note(act, draft, who, {"removed": name})
    return revised(act, draft, who)


def changes(act: Act, draft_id: UUID) -> list[Change]:
    """Return the files that differ from the version that the draft was taken from."""
    draft = get(act, draft_id)
    now = rows.files(act.uow, draft.id)
    before = base_files(act, draft)
    names = sorted(now.keys() | before.keys())
    return [
        Change(name=name, what=_what(before.get(name), now.get(name)))
        for name in names
        if before.get(name) != now.get(name)
    ]


def is_behind(act: Act, draft: Draft) -> bool:
    """Say whether another version is in force than the one the draft was taken from."""
    current = versions.in_force(act.uow, draft.process)
    return (current["digest"] if current else None) != draft.base


def catch_up(act: Act, draft_id: UUID, expected_revision: int | None = None) -> list[str]:
    """Take over what the version in force changed since; the draft's own changes stay.

    Return the files that both changed: there the draft's stays and somebody has to look.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    draft = workable(act, draft_id, expected_revision)
    current = versions.in_force(act.uow, draft.process)
    if current is None or current["digest"] == draft.base:
        raise Conflict("The draft was taken from the version in force", where="base")
    old = base_files(act, draft)
    new, mine = with_scenarios(act, current["digest"]), rows.files(act.uow, draft.id)
    moved = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    both = {name for name in moved if mine.get(name) not in (old.get(name), new.get(name))}
    for name in moved - both:
        if name in new:
            rows.put_file(act.uow, draft.id, name, new[name])
        else:
            rows.drop_file(act.uow, draft.id, name)
    rows.change(act.uow, draft.id, {"base": current["digest"]})
    note(act, draft, who, {"caught_up_with": current["digest"], "both": sorted(both)})
    revised(act, draft, who)
    return sorted(both)


def base_files(act: Act, draft: Draft) -> dict[str, bytes]:
    """Return the files of the version that the draft was taken from, with its scenarios."""
    return with_scenarios(act, draft.base) if draft.base else {}


def with_scenarios(act: Act, digest: str) -> dict[str, bytes]:
    """Return the files of a version with its scenarios."""
    return {**versions.files(act.uow, digest), **versions.scenarios(act.uow, digest)}


def _what(before: bytes | None, now: bytes | None) -> str:
    if before is None:
        return "added"
    return "removed" if now is None else "changed"
