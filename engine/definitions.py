"""Publish a version of a process, find it again, compare two."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine import kernel
from engine.access import Actor, Policy, authorize
from engine.decisions.findings import Finding
from engine.errors import Conflict, DefinitionRefused, Invalid, NotFound
from engine.history import EventKind
from engine.kernel import Bundle, Catalogue, Definition
from engine.store import definitions as rows
from engine.store import events
from engine.store.unit_of_work import Row, UnitOfWork
from forms import FormSchemaError, compile_form


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What changes execution between two versions, by element id, and which files differ."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    files: tuple[str, ...]


def check(files: Mapping[str, bytes], catalogue: Catalogue) -> tuple[Finding, ...]:
    """Return what the gate has to say about these files, errors first."""
    found = list(kernel.check(files, catalogue))
    unreadable = {one.file for one in found if one.code == "form-unreadable"}
    found += _unusable_forms({name: files[name] for name in files.keys() - unreadable})
    return tuple(sorted(found, key=lambda one: (one.severity != "error", one.file, one.line or 0)))


def _unusable_forms(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield what keeps a form from being filled in: the kernel's gate reads only its names."""
    for name in sorted(files):
        if not name.endswith(".form"):
            continue
        try:
            compile_form(files[name], name=name)
        except FormSchemaError as error:
            yield Finding(
                code="form-unusable", severity="error", message=error.message,
                remedy=error.remedy or "save it again from the form editor",
                file=name, element=error.component, line=None, position=None,
            )  # fmt: skip


def ensure_publishable(files: Mapping[str, bytes], catalogue: Catalogue) -> tuple[Finding, ...]:
    """Return the warnings; raise DefinitionRefused with every finding if one is an error."""
    found = check(files, catalogue)
    errors = [one for one in found if one.severity == "error"]
    if errors:
        first = errors[0]
        raise DefinitionRefused(
            f"{len(errors)} errors stand in the way; the first: {first}",
            where=first.element or first.file,
            remedy=first.remedy,
            findings=[one.as_json() for one in found],
        )
    return found


def publish(  # noqa: PLR0913  # what, by whom, why and against what
    uow: UnitOfWork,
    actor: Actor,
    process: str,
    files: Mapping[str, bytes],
    *,
    comment: str,
    catalogue: Catalogue,
    policy: Policy,
    facts: Mapping[str, object] | None = None,
) -> Row:
    """Publish the process with everything it needs as its next version.

    New cases take it, running ones keep theirs. The same content twice is one version. `facts`
    stand in its event as well. Raises DefinitionRefused with the findings of the gate, NotAllowed.
    """
    who = authorize(actor, "definition:publish", policy)
    bundle = _bundle(files, process, catalogue)
    known = rows.get(uow, bundle.digest)
    if known is not None:
        return known
    ensure_publishable(bundle.files, catalogue)
    definition = kernel.load(bundle)
    before = rows.latest(uow, process)
    row = {
        "digest": bundle.digest,
        "process": process,
        "version": before["version"] + 1 if before else 1,
        "name": definition.processes[process].name or process,
        "comment": comment,
        "published_at": uow.now,
        "published_by": who.name,
    }
    rows.add(uow, row, bundle.files)
    rows.newest_in_force(uow, process)
    events.append(
        uow,
        f"definition:{process}",
        kind=EventKind.DEFINITION_PUBLISHED,
        actor=who,
        definition=bundle.digest,
        payload={
            **(facts or {}),
            "version": row["version"],
            "comment": comment,
            "files": {
                name: hashlib.sha256(data).hexdigest() for name, data in bundle.files.items()
            },
        },
    )
    published = rows.get(uow, bundle.digest)
    assert published is not None  # noqa: S101  # inserted just above
    return published


def put_in_force(  # noqa: PLR0913  # what, by whom, why and against what
    uow: UnitOfWork, actor: Actor, process: str, digest: str, *, reason: str, policy: Policy
) -> Row:
    """Let new cases take this version, earlier or later than the one they take now.

    Running cases keep theirs. Raises NotFound, Conflict when it is in force already, NotAllowed.
    """
    who = authorize(actor, "definition:publish", policy)
    wanted, before = get(uow, digest), latest(uow, process)
    if wanted["process"] != process:
        raise NotFound("This version is of another process", where=digest)
    if wanted["digest"] == before["digest"]:
        raise Conflict(f"New cases take version {wanted['version']} already", where="version")
    if not reason.strip():
        raise Invalid("Give a reason", where="reason")
    rows.put_in_force(uow, process, digest, who.name)
    events.append(
        uow,
        f"definition:{process}",
        kind=EventKind.DEFINITION_IN_FORCE,
        actor=who,
        definition=digest,
        payload={
            "version": wanted["version"],
            "before": {"version": before["version"], "digest": before["digest"]},
            "reason": reason,
        },
    )
    return wanted


def scenarios(uow: UnitOfWork, digest: str) -> dict[str, bytes]:
    """Return the scenario files kept with a version, by name; raise NotFound."""
    get(uow, digest)
    return rows.scenarios(uow, digest)


def keep_scenarios(  # noqa: PLR0913  # what, by whom, why and against what
    uow: UnitOfWork,
    actor: Actor,
    digest: str,
    content: Mapping[str, bytes],
    *,
    reason: str,
    policy: Policy,
) -> bool:
    """Keep scenario files with a version instead of those it has; False when they are the same.

    They tell what the version does and run in no case: it stays the version that it is.
    """
    who = authorize(actor, "definition:publish", policy)
    version = get(uow, digest)
    if rows.scenarios(uow, digest) == content:
        return False
    rows.put_scenarios(uow, digest, content)
    events.append(
        uow,
        f"definition:{version['process']}",
        kind=EventKind.DEFINITION_SCENARIOS,
        actor=who,
        definition=digest,
        payload={
            "version": version["version"],
            "reason": reason,
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in content.items()},
        },
    )
    return True


def _bundle(files: Mapping[str, bytes], process: str, catalogue: Catalogue) -> Bundle:
    try:
        return kernel.collect(files, process)
    except DefinitionRefused:
        # the diagram may be there and only be unreadable: then its own errors say more
        ensure_publishable(files, catalogue)
        raise


def find(uow: UnitOfWork, digest: str) -> Definition:
    """Return the parsed version; raise NotFound."""
    cached = kernel.cached(digest)
    if cached is not None:
        return cached
    row = get(uow, digest)
    return kernel.load(Bundle(root=row["process"], files=rows.files(uow, digest)))


def get(uow: UnitOfWork, digest: str) -> Row:
    """Return the row of one version; raise NotFound."""
    row = rows.get(uow, digest)
    if row is None:
        raise NotFound("There is no such version", where=digest)
    return row


def latest(uow: UnitOfWork, process: str) -> Row:
    """Return the version that new cases take; raise NotFound."""
    row = rows.in_force(uow, process)
    if row is None:
        raise NotFound(
            f"No version of {process} is published", where=process, remedy="publish it first"
        )
    return row


def files(uow: UnitOfWork, digest: str) -> dict[str, bytes]:
    """Return the files of one version; raise NotFound."""
    get(uow, digest)
    return rows.files(uow, digest)


def file(uow: UnitOfWork, digest: str, name: str) -> bytes:
    """Return one file of one version; raise NotFound."""
    found = files(uow, digest).get(name)
    if found is None:
        raise NotFound(f"This version has no file {name!r}", where=name)
    return found


def versions(uow: UnitOfWork, process: str | None = None) -> Sequence[Row]:
    """Return versions, newest first, with their running and ended cases."""
    return rows.versions(uow, process)


def compare(uow: UnitOfWork, old: str, new: str) -> Difference:
    """Say which elements differ in what they do, and which files differ at all."""
    old_files, new_files = files(uow, old), files(uow, new)
    names = old_files.keys() | new_files.keys()
    parts = [one for one in kernel.differences(old_files, new_files) if one.file.endswith(".bpmn")]

    def of(what: str) -> tuple[str, ...]:
        return tuple(sorted(one.id for one in parts if one.what == what))

    return Difference(
        added=of("added"),
        removed=of("removed"),
        changed=of("changed"),
        files=tuple(sorted(one for one in names if old_files.get(one) != new_files.get(one))),
    )
