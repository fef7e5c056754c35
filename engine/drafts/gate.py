"""The gate before a draft is published: findings, its scenarios, the running cases."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from engine import cases, definitions, kernel, trials
from engine.access import authorize
from engine.cases import Act
from engine.decisions.findings import Finding
from engine.drafts.change import digests, ensure_file
from engine.drafts.draft import get, is_behind
from engine.errors import Conflict, CursusError, DefinitionRefused
from engine.scenarios import ENDING, parse
from engine.store import definitions as versions
from engine.store import drafts as rows
from engine.store.drafts import Draft

#: Findings kept by the content they are about: a page asks again for what the editor just asked.
CHECKED = 32
_checked: "OrderedDict[object, tuple[Finding, ...]]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What publishing a draft would mean for the running cases, were they moved to it."""

    definition: kernel.Definition
    #: rows of the cases looked at, oldest first, each with what moving it would do
    cases: tuple[tuple[Mapping[str, Any], kernel.Preview], ...]
    total: int


def findings(act: Act, draft_id: UUID) -> tuple[Finding, ...]:
    """Return what the gate has to say about the draft, errors first."""
    draft = get(act, draft_id)
    return _check(act, draft, rows.files(act.uow, draft.id))


def check(act: Act, draft_id: UUID, name: str, content: bytes) -> tuple[Finding, ...]:
    """Return what the gate would say if the file were saved like this; nothing is stored."""
    draft = get(act, draft_id)
    ensure_file(name, content)
    return _check(act, draft, {**rows.files(act.uow, draft.id), name: content})


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


def figures(act: Act, draft: Draft, content: Mapping[str, bytes]) -> dict[str, object]:
    """Return the figures of the trial, which the second person and the auditor see."""
    told = told_in(content)
    if not told:
        return {}
    return {"trial": trials.make(act.uow, bundle_of(content, draft.process), told).figures()}


def ensure_publishable(act: Act, draft: Draft, content: Mapping[str, bytes]) -> None:
    """Raise what stands in the way of publishing: errors, a newer version, scenarios."""
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


def _check(act: Act, draft: Draft, content: Mapping[str, bytes]) -> tuple[Finding, ...]:
    catalogue = act.shell.for_gate()
    key = (draft.process, catalogue, tuple(digests(content).items()))
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
