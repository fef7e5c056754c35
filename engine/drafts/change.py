"""What every change of a draft does: it locks, it looks at the revision, it is recorded."""

import hashlib
import re
from collections.abc import Mapping
from uuid import UUID

from engine.access import Actor
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotFound, StaleDraft
from engine.history import EventKind
from engine.scenarios import ENDING
from engine.store import drafts as rows
from engine.store import events
from engine.store.drafts import Draft

MAX_BYTES = 2_000_000
MAX_TEXT = 10_000
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,94}\.(bpmn|dmn|form|scenarios\.yaml)", re.ASCII)


def workable(act: Act, draft_id: UUID, expected_revision: int | None) -> Draft:
    """Return a draft, locked, that may be changed; raise NotFound, Conflict, StaleDraft."""
    draft = rows.lock(act.uow, draft_id)
    if draft is None:
        raise NotFound("There is no such draft", where=str(draft_id))
    if draft.closed_at is not None:
        raise Conflict(
            f"This draft was closed at {draft.closed_at.isoformat()}",
            where="draft",
            remedy="begin another one",
        )
    if expected_revision is not None and expected_revision != draft.revision:
        raise stale(draft, expected_revision)
    return draft


def stale(draft: Draft, expected: int) -> StaleDraft:
    """Return the refusal of a change to what somebody else changed meanwhile."""
    return StaleDraft(
        f"{draft.changed_by} changed this draft at {draft.changed_at.isoformat()}",
        where="revision",
        remedy="load it again and look at the change",
        changed_by=draft.changed_by,
        changed_at=draft.changed_at.isoformat(),
        expected=expected,
        revision=draft.revision,
    )


def revised(act: Act, draft: Draft, who: Actor) -> int:
    """Count a change of the draft and return its revision."""
    revision = draft.revision + 1
    changed = {"revision": revision, "changed_at": act.uow.now, "changed_by": who.name}
    rows.change(act.uow, draft.id, changed)
    return revision


def note(act: Act, draft: Draft, who: Actor, facts: Mapping[str, object]) -> None:
    """Record a change in the stream of the draft."""
    payload = {"draft": str(draft.id), "revision": draft.revision, **facts}
    kind = EventKind.RECORD_CHANGED
    events.append(act.uow, draft.stream, kind=kind, actor=who, payload=payload)


def ensure_file(name: str, content: bytes) -> None:
    """Raise Invalid for a name or a size that no file of a draft has."""
    if _NAME.fullmatch(name) is None:
        raise Invalid(
            "A file has a name of letters, digits, dots, dashes and underscores",
            where="name",
            remedy=f"end it with .bpmn, .dmn, .form or {ENDING}",
        )
    if len(content) > MAX_BYTES:
        raise Invalid(f"A file has at most {MAX_BYTES // 1_000_000} MB", where=name)


def ensure_text(value: str, where: str) -> None:
    """Raise Invalid for a text that says nothing, or too much."""
    if not value.strip() or len(value) > MAX_TEXT:
        raise Invalid(f"Give a {where} of 1 to {MAX_TEXT} characters", where=where)


def digests(content: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(content.items())}
