"""Drafts of a process: edit its files apart from every version, propose, decide as a second person.

Every change of a draft is an event of its own stream, so that four eyes can be proved later.
"""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from engine import cases, definitions, kernel, trials
from engine.access import Actor, authorize, ensure_four_eyes
from engine.cases import Act
from engine.decisions.findings import Finding
from engine.errors import Conflict, CursusError, DefinitionRefused, Invalid, NotFound, StaleDraft
from engine.history import EventKind
from engine.scenarios import ENDING, parse
from engine.store import definitions as versions
from engine.store import drafts as rows
from engine.store import events
from engine.store.drafts import Draft, DraftFile, Proposal

MAX_BYTES = 2_000_000
MAX_FILES = 300
MAX_TEXT = 10_000
#: Findings kept by the content they are about: a page asks again for what the editor just asked.
CHECKED = 32
_checked: "OrderedDict[object, tuple[Finding, ...]]" = OrderedDict()
_lock = threading.Lock()
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,94}\.(bpmn|dmn|form|scenarios\.yaml)", re.ASCII)
_PROCESS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What publishing a draft would mean for the running cases, were they moved to it."""

    definition: kernel.Definition
    #: rows of the cases looked at, oldest first, each with what moving it would do
    cases: tuple[tuple[Mapping[str, Any], kernel.Preview], ...]
    total: int


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
    _ensure_text(title, "title")
    if _PROCESS.fullmatch(process) is None:
        raise Invalid(
            "A process is named with letters, digits and underscores",
            where="process",
            remedy="begin with a letter, at most 80 characters",
        )
    base = versions.in_force(act.uow, process)
    if base is not None:
        files = _with_scenarios(act, base["digest"])
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
    _note(act, draft, who, {"begun": process, "base": draft.base, "files": _digests(files)})
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
    _ensure_file(name, content)
    draft = _workable(act, draft_id, expected_revision)
    if rows.file(act.uow, draft.id, name) == content:
        return draft.revision
    rows.put_file(act.uow, draft.id, name, content)
    if len(rows.listing(act.uow, draft.id)) > MAX_FILES:
        raise Invalid(f"A process has at most {MAX_FILES} files", where=name)
    _note(act, draft, who, {"saved": name, "sha256": hashlib.sha256(content).hexdigest()})
    return _revised(act, draft, who)


def remove_file(act: Act, draft_id: UUID, name: str, expected_revision: int | None = None) -> int:
    """Remove a file and return the draft's revision; raise NotFound, StaleDraft."""
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    draft = _workable(act, draft_id, expected_revision)
    if not rows.drop_file(act.uow, draft.id, name):
        raise NotFound(f"This draft has no file {name!r}", where=name)
    _note(act, draft, who, {"removed": name})
    return _revised(act, draft, who)


def findings(act: Act, draft_id: UUID) -> tuple[Finding, ...]:
    """Return what the gate has to say about the draft, errors first."""
    draft = get(act, draft_id)
    return _check(act, draft, rows.files(act.uow, draft.id))


def check(act: Act, draft_id: UUID, name: str, content: bytes) -> tuple[Finding, ...]:
    """Return what the gate would say if the file were saved like this; nothing is stored."""
    draft = get(act, draft_id)
    _ensure_file(name, content)
    return _check(act, draft, {**rows.files(act.uow, draft.id), name: content})


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


def what_if(act: Act, draft_id: UUID, *, limit: int) -> WhatIf:
    """Run the draft against the running cases, changing nothing; raise DefinitionRefused."""
    authorize(act.actor, "case:migrate", act.shell.policy)
    draft = get(act, draft_id)
    content = rows.files(act.uow, draft.id)
    new = kernel.load(bundle_of(content, draft.process))
    found, total = versions.running_elsewhere(act.uow, draft.process, new.digest, limit=limit)
    seen = []
    for row in found:
        case = cases.get(act.uow, row["id"])
        old = definitions.find(act.uow, case.definition)
        seen.append((dict(row), kernel.preview_migration(old, new, case.state)))
    return WhatIf(definition=new, cases=tuple(seen), total=total)


def is_behind(act: Act, draft: Draft) -> bool:
    """Say whether another version is in force than the one the draft was taken from."""
    current = versions.in_force(act.uow, draft.process)
    return (current["digest"] if current else None) != draft.base


def catch_up(act: Act, draft_id: UUID, expected_revision: int | None = None) -> list[str]:
    """Take over what the version in force changed since; the draft's own changes stay.

    Return the files that both changed: there the draft's stays and somebody has to look.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    draft = _workable(act, draft_id, expected_revision)
    current = versions.in_force(act.uow, draft.process)
    if current is None or current["digest"] == draft.base:
        raise Conflict("The draft was taken from the version in force", where="base")
    old = base_files(act, draft)
    new, mine = _with_scenarios(act, current["digest"]), rows.files(act.uow, draft.id)
    moved = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    both = {name for name in moved if mine.get(name) not in (old.get(name), new.get(name))}
    for name in moved - both:
        if name in new:
            rows.put_file(act.uow, draft.id, name, new[name])
        else:
            rows.drop_file(act.uow, draft.id, name)
    rows.change(act.uow, draft.id, {"base": current["digest"]})
    _note(act, draft, who, {"caught_up_with": current["digest"], "both": sorted(both)})
    _revised(act, draft, who)
    return sorted(both)


def put_away(act: Act, draft_id: UUID, expected_revision: int | None = None) -> None:
    """Close a draft without publishing it; a waiting proposal is withdrawn."""
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    draft = _workable(act, draft_id, expected_revision)
    for one in _undecided(act, draft):
        _settle(act, draft, one, who, "withdrawn", "the draft was put away")
    _note(act, draft, who, {"put_away": True})
    rows.change(act.uow, draft.id, {"closed_at": act.uow.now})


def propose(
    act: Act, draft_id: UUID, comment: str, expected_revision: int | None = None
) -> Proposal:
    """Put a draft forward for publication; an earlier proposal of it is withdrawn.

    Raises DefinitionRefused with the findings while errors stand or scenarios are in the way,
    Conflict when nothing differs from the version in force or when that one is newer.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    _ensure_text(comment, "comment")
    draft = _workable(act, draft_id, expected_revision)
    content = rows.files(act.uow, draft.id)
    _ensure_publishable(act, draft, content)
    bundle, told = bundle_of(content, draft.process), told_in(content)
    if bundle.digest == draft.base and told == versions.scenarios(act.uow, draft.base):
        raise Conflict("The draft does not differ from the version in force", where="draft")
    for one in _undecided(act, draft):
        if one.draft_revision == draft.revision:
            raise Conflict(f"{one.proposed_by} has proposed this draft already", where="draft")
        _settle(act, draft, one, who, "withdrawn", "proposed again")
    proposal_id = uuid4()
    row = {
        "id": proposal_id,
        "draft_id": draft.id,
        "draft_revision": draft.revision,
        "comment": comment.strip(),
        "proposed_at": act.uow.now,
        "proposed_by": who.name,
    }
    rows.add_proposal(act.uow, row)
    facts = {
        "proposal": str(proposal_id),
        "draft": str(draft.id),
        "title": draft.title,
        "comment": comment.strip(),
        "files": _digests({**bundle.files, **told}),
        **_figures(act, draft, content),
    }
    _announce(act, draft, who, EventKind.DEFINITION_PROPOSED, facts)
    return _proposal(act, proposal_id)


def decide(act: Act, proposal_id: UUID, *, approve: bool, reason: str = "") -> Proposal:
    """Approve a proposal, which publishes it, or reject it with a reason.

    Whoever proposed or changed the draft may not decide. Raises FourEyes, StaleDraft when the draft
    was changed since, Conflict when it was decided already.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    proposal, draft = _proposed(act, proposal_id)
    performers = rows.editors(act.uow, draft) | {proposal.proposed_by}
    ensure_four_eyes(who, performers, draft.process)
    if not approve:
        _ensure_text(reason, "reason")
        _settle(act, draft, proposal, who, "rejected", reason.strip())
        return _proposal(act, proposal_id)
    if proposal.draft_revision != draft.revision:
        raise _stale(draft, proposal.draft_revision)
    content = rows.files(act.uow, draft.id)
    # whoever publishes the same process meanwhile is waited for, and then seen
    events.head(act.uow, f"definition:{draft.process}")
    _ensure_publishable(act, draft, content)
    digest = _publish(act, draft, proposal, content)
    decided = {"decision": "approved", "reason": reason.strip() or None, "digest": digest}
    _decided(act, proposal, who, decided)
    rows.change(act.uow, draft.id, {"closed_at": act.uow.now})
    return _proposal(act, proposal_id)


def withdraw(act: Act, proposal_id: UUID, reason: str = "") -> None:
    """Take a proposal back; the draft stays open."""
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    proposal, draft = _proposed(act, proposal_id)
    _settle(act, draft, proposal, who, "withdrawn", reason.strip() or "withdrawn")


def may_decide(act: Act, draft: Draft, proposal: Proposal) -> bool:
    """Say whether the actor is a second person for this proposal."""
    try:
        who = authorize(act.actor, "definition:publish", act.shell.policy)
        ensure_four_eyes(who, rows.editors(act.uow, draft) | {proposal.proposed_by}, draft.process)
    except CursusError:
        return False
    return True


def ensure_readable(name: str, content: bytes) -> None:
    """Raise Invalid, naming scenario and step, when this is no usable scenario file."""
    parse(content, name=name)


def told_in(content: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the scenario files among the files of a draft."""
    return {name: data for name, data in content.items() if name.endswith(ENDING)}


def bundle_of(content: Mapping[str, bytes], process: str) -> kernel.Bundle:
    """Return what would be published of the files of a draft; raise DefinitionRefused."""
    runs = ((name, data) for name, data in content.items() if not name.endswith(ENDING))
    return _collected(tuple(sorted(runs)), process)


@lru_cache(maxsize=16)
def _collected(content: tuple[tuple[str, bytes], ...], process: str) -> kernel.Bundle:
    # reads every diagram: 0.15 s for a recruitment, which each page of a draft would pay
    return kernel.collect(dict(content), process)


def try_out(act: Act, draft_id: UUID) -> trials.Verdict:
    """Play the scenarios of a draft and judge it against the version in force.

    Nothing of the draft changes. Raises DefinitionRefused when the diagrams cannot run at all.
    """
    draft = get(act, draft_id)
    content = rows.files(act.uow, draft.id)
    bundle = bundle_of(content, draft.process)
    kernel.load(bundle)
    return trials.verdict(act.uow, bundle, told_in(content), base=draft.base)


def _figures(act: Act, draft: Draft, content: Mapping[str, bytes]) -> dict[str, object]:
    """Return the figures of the trial, which the second person and the auditor see."""
    told = told_in(content)
    if not told:
        return {}
    return {"trial": trials.make(act.uow, bundle_of(content, draft.process), told).figures()}


def base_files(act: Act, draft: Draft) -> dict[str, bytes]:
    """Return the files of the version that the draft was taken from, with its scenarios."""
    return _with_scenarios(act, draft.base) if draft.base else {}


def _with_scenarios(act: Act, digest: str) -> dict[str, bytes]:
    return {**versions.files(act.uow, digest), **versions.scenarios(act.uow, digest)}


def _publish(act: Act, draft: Draft, proposal: Proposal, content: Mapping[str, bytes]) -> str:
    facts = {
        "proposal": str(proposal.id),
        "draft": str(draft.id),
        "proposer": proposal.proposed_by,
        **_figures(act, draft, content),
    }
    shell, comment = act.shell, proposal.comment
    row = definitions.publish(
        act.uow, act.actor, draft.process, content,
        comment=comment, catalogue=shell.for_gate(), policy=shell.policy, facts=facts,
    )  # fmt: skip
    digest = str(row["digest"])
    definitions.keep_scenarios(
        act.uow, act.actor, digest, told_in(content), reason=comment, policy=shell.policy
    )
    if definitions.latest(act.uow, draft.process)["digest"] != digest:
        # the content of an earlier version: that one is in force again
        definitions.put_in_force(
            act.uow, act.actor, draft.process, digest, reason=comment, policy=shell.policy
        )
    return digest


def _proposed(act: Act, proposal_id: UUID) -> tuple[Proposal, Draft]:
    # drafts are locked before their proposals, here as everywhere
    draft = _workable(act, _proposal(act, proposal_id).draft_id, None)
    proposal = _proposal(act, proposal_id)
    if proposal.decided_at is not None:
        raise Conflict(f"This proposal was decided by {proposal.decided_by}", where="proposal")
    return proposal, draft


def _proposal(act: Act, proposal_id: UUID) -> Proposal:
    found = rows.get_proposal(act.uow, proposal_id)
    if found is None:
        raise NotFound("There is no such proposal", where=str(proposal_id))
    return found


def _undecided(act: Act, draft: Draft) -> list[Proposal]:
    return [one for one in rows.proposals(act.uow, draft.id) if one.decided_at is None]


def _settle(  # noqa: PLR0913, PLR0917  # a decision has these parts
    act: Act, draft: Draft, proposal: Proposal, who: Actor, decision: str, reason: str
) -> None:
    _decided(act, proposal, who, {"decision": decision, "reason": reason})
    facts = {
        "proposal": str(proposal.id),
        "draft": str(draft.id),
        "title": draft.title,
        "decision": decision,
        "reason": reason,
    }
    _announce(act, draft, who, EventKind.DEFINITION_REJECTED, facts)


def _decided(act: Act, proposal: Proposal, who: Actor, decision: Mapping[str, object]) -> None:
    changed = {**decision, "decided_at": act.uow.now, "decided_by": who.name}
    rows.change_proposal(act.uow, proposal.id, changed)


def _announce(
    act: Act, draft: Draft, who: Actor, kind: EventKind, facts: Mapping[str, object]
) -> None:
    stream = f"definition:{draft.process}"
    events.append(act.uow, stream, kind=kind, actor=who, payload=facts)


def _note(act: Act, draft: Draft, who: Actor, facts: Mapping[str, object]) -> None:
    payload = {"draft": str(draft.id), "revision": draft.revision, **facts}
    kind = EventKind.RECORD_CHANGED
    events.append(act.uow, draft.stream, kind=kind, actor=who, payload=payload)


def _revised(act: Act, draft: Draft, who: Actor) -> int:
    revision = draft.revision + 1
    changed = {"revision": revision, "changed_at": act.uow.now, "changed_by": who.name}
    rows.change(act.uow, draft.id, changed)
    return revision


def _workable(act: Act, draft_id: UUID, expected_revision: int | None) -> Draft:
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
        raise _stale(draft, expected_revision)
    return draft


def _stale(draft: Draft, expected: int) -> StaleDraft:
    return StaleDraft(
        f"{draft.changed_by} changed this draft at {draft.changed_at.isoformat()}",
        where="revision",
        remedy="load it again and look at the change",
        changed_by=draft.changed_by,
        changed_at=draft.changed_at.isoformat(),
        expected=expected,
        revision=draft.revision,
    )


def _check(act: Act, draft: Draft, content: Mapping[str, bytes]) -> tuple[Finding, ...]:
    catalogue = act.shell.for_gate()
    key = (draft.process, catalogue, tuple(_digests(content).items()))
    with _lock:
        known = _checked.get(key)
    found = known if known is not None else _look(draft, content, catalogue)
    with _lock:
        _checked[key] = found
        _checked.move_to_end(key)
        while len(_checked) > CHECKED:
            _checked.popitem(last=False)
    return found


def _look(
    draft: Draft, content: Mapping[str, bytes], catalogue: kernel.Catalogue
) -> tuple[Finding, ...]:
    found = (*_unreadable(content), *definitions.check(content, catalogue))
    try:
        bundle_of(content, draft.process)
    except DefinitionRefused as error:
        if not any(one.severity == "error" for one in found):
            return (_missing(draft, content, error), *found)
    return found


def _unreadable(content: Mapping[str, bytes]) -> Iterator[Finding]:
    for name, data in told_in(content).items():
        try:
            parse(data, name=name)
        except CursusError as error:
            yield Finding(
                code="scenario-unreadable", severity="error", message=str(error),
                remedy="mend the file where it says so", file=name,
            )  # fmt: skip


def _missing(draft: Draft, content: Mapping[str, bytes], error: DefinitionRefused) -> Finding:
    diagrams = sorted(name for name in content if name.endswith(".bpmn"))
    return Finding(
        code="process-missing", severity="error", message=error.detail,
        remedy=f"give the process of one diagram the id {draft.process}",
        file=diagrams[0] if diagrams else f"{draft.process}.bpmn",
    )  # fmt: skip


def _ensure_publishable(act: Act, draft: Draft, content: Mapping[str, bytes]) -> None:
    errors = [one for one in _check(act, draft, content) if one.severity == "error"]
    if errors:
        raise DefinitionRefused(
            f"{len(errors)} errors stand in the way; the first: {errors[0]}",
            where=errors[0].element or errors[0].file,
            remedy=errors[0].remedy,
            findings=[one.as_json() for one in errors],
        )
    if is_behind(act, draft):
        raise Conflict(
            "Another version came into force since this draft was begun",
            where="draft",
            remedy="take over what it changed, and look at the result",
        )
    bundle = bundle_of(content, draft.process)
    trials.ensure_good(act.uow, bundle, told_in(content), base=draft.base)


def _ensure_file(name: str, content: bytes) -> None:
    if _NAME.fullmatch(name) is None:
        raise Invalid(
            "A file has a name of letters, digits, dots, dashes and underscores",
            where="name",
            remedy=f"end it with .bpmn, .dmn, .form or {ENDING}",
        )
    if len(content) > MAX_BYTES:
        raise Invalid(f"A file has at most {MAX_BYTES // 1_000_000} MB", where=name)


def _ensure_text(value: str, where: str) -> None:
    if not value.strip() or len(value) > MAX_TEXT:
        raise Invalid(f"Give a {where} of 1 to {MAX_TEXT} characters", where=where)


def _what(before: bytes | None, now: bytes | None) -> str:
    if before is None:
        return "added"
    return "removed" if now is None else "changed"


def _digests(content: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(content.items())}
