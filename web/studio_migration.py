"""Move running cases to another version: see each one first, then move those chosen."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import cases, definitions, drafts
from engine.access import authorize
from engine.cases import Act
from engine.errors import CursusError, Invalid
from engine.kernel import Definition, Preview
from engine.store import definitions as rows
from web.language import _
from web.navigation import may
from web.sentences import refusal
from web.studio import pages

#: Cases that are looked at together; more would make the page slow.
LOOKED_AT = 200
#: Fields of the form that say which element stands for which.
MAP = "map."
#: Fields that say which revision of a ready case the page showed.
SEEN = "revision."
READY, MAPPING, BLOCKED = "ready", "mapping", "blocked"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A running case and what moving it would do."""

    id: UUID
    #: its title, for whoever may read cases
    title: str
    version: int
    revision: int
    opened_at: datetime
    #: READY, MAPPING or BLOCKED
    state: str
    obstacles: tuple[str, ...]
    #: deadlines and events that would begin or stop to listen, by name
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Missing:
    """An active element without a counterpart, and what could stand for it."""

    id: str
    name: str
    choices: tuple[tuple[str, str], ...]
    chosen: str | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one case."""

    title: str
    id: UUID
    #: why it was not moved; None if it was
    refusal: str | None


@pages.get("/studio/<process>/migrate")
def migration(process: str) -> ResponseReturnValue:
    """Show what moving the running cases to a version would do, changing nothing."""
    with acting() as act:
        authorize(act.actor, "case:migrate", act.shell.policy)
        versions = [dict(one) for one in definitions.versions(act.uow, process)]
        to = request.args.get("to") or definitions.latest(act.uow, process)["digest"]
        target, mapping = definitions.find(act.uow, to), _mapping(request.args)
        found, total = rows.running_elsewhere(act.uow, process, to, limit=LOOKED_AT)
        previews = [
            (row, cases.preview_migration(act, row["id"], to=to, mapping=mapping)) for row in found
        ]
        return render(
            "studio_migration.html",
            process=process,
            name=versions[0]["name"] if versions else process,
            versions=versions,
            to=next((one for one in versions if one["digest"] == to), None),
            candidates=[_candidate(dict(row), one, target) for row, one in previews],
            missing=_missing(act, process, target, [one for _row, one in previews], mapping),
            mapping=mapping,
            total=total,
        )


@pages.get("/studio/drafts/<uuid:draft_id>/what-if")
def what_if(draft_id: UUID) -> ResponseReturnValue:
    """Show what a draft would mean for the running cases, before anybody publishes it."""
    with acting() as act:
        draft = drafts.get(act, draft_id)
        found = drafts.what_if(act, draft_id, limit=LOOKED_AT)
        candidates = [_candidate(row, one, found.definition) for row, one in found.cases]
        return render(
            "studio_what_if.html",
            draft=draft,
            candidates=candidates,
            counts=Counter(one.state for one in candidates),
            reasons=Counter(text for one in candidates for text in one.obstacles).most_common(),
            added=sorted({name for one in candidates for name in one.added}),
            removed=sorted({name for one in candidates for name in one.removed}),
            total=found.total,
        )


@pages.post("/studio/<process>/migrate")
def migrate(process: str) -> ResponseReturnValue:
    """Move the chosen cases, each in a transaction of its own, and tell what became of each."""
    to, reason = request.form.get("to", ""), request.form.get("reason", "")
    chosen = _chosen()
    if not chosen:
        raise Invalid("Choose at least one case", where="case")
    if not reason.strip():
        raise Invalid("Give a reason", where="reason")
    results = [_moved(one, to, reason) for one in chosen[:LOOKED_AT]]
    with acting() as act:
        row = dict(definitions.get(act.uow, to))
    return render("studio_migrated.html", process=process, to=row, results=results)


def _moved(case_id: UUID, to: str, reason: str) -> Result:
    title = _short(case_id)
    try:
        with acting() as act:
            title = _title(cases.get(act.uow, case_id).title, case_id)
            cases.migrate(
                act,
                case_id,
                to=to,
                mapping=_mapping(request.form),
                reason=reason,
                recompute_timers=request.form.get("recompute_timers") == "yes",
                expected_revision=request.form.get(f"{SEEN}{case_id}", type=int),
            )
    except CursusError as error:
        return Result(title=title, id=case_id, refusal=refusal(error))
    return Result(title=title, id=case_id, refusal=None)


def _candidate(row: Mapping[str, object], preview: Preview, target: Definition) -> Candidate:
    obstacles = [move for move in preview.moves if move.obstacle]
    # what only lacks a counterpart can be mapped; anything else is of another kind or place
    is_mappable = all(move.target is None for move in obstacles)
    case_id = row["id"]
    assert isinstance(case_id, UUID)  # noqa: S101  # a column
    return Candidate(
        id=case_id,
        title=_title(str(row["title"]), case_id),
        version=row["version"],  # type: ignore[arg-type]  # a column
        revision=row["revision"],  # type: ignore[arg-type]  # a column
        opened_at=row["opened_at"],  # type: ignore[arg-type]  # a column
        state=READY if not obstacles else MAPPING if is_mappable else BLOCKED,
        obstacles=tuple(dict.fromkeys(str(move.obstacle) for move in obstacles)),
        added=_names(preview.added, target),
        removed=preview.removed,
    )


def _missing(
    act: Act,
    process: str,
    target: Definition,
    previews: Iterable[Preview],
    mapping: Mapping[str, str],
) -> list[Missing]:
    """Return what has no counterpart of its own name, with elements of its kind to choose."""
    lost = {
        move.element
        for preview in previews
        for move in preview.moves
        if move.obstacle or move.element in mapping
    }
    if not lost:
        return []
    known = _elements(act, process)
    found = []
    for key in sorted(lost):
        kind, name = known.get(key, ("", key))
        choices = tuple(
            (one.id, one.name or one.id)
            for one in target.elements.values()
            if one.kind == kind and one.id not in known
        )
        every = choices or tuple(
            (one.id, one.name or one.id) for one in target.elements.values() if one.kind == kind
        )
        found.append(Missing(id=key, name=name, choices=every, chosen=mapping.get(key)))
    return found


def _elements(act: Act, process: str) -> dict[str, tuple[str, str]]:
    """Return kind and name of every element of the versions that cases run on."""
    running = [one for one in definitions.versions(act.uow, process) if one["running"]]
    return {
        key: (one.kind, one.name or key)
        for row in running
        for key, one in definitions.find(act.uow, row["digest"]).elements.items()
    }


def _names(elements: Iterable[str], target: Definition) -> tuple[str, ...]:
    known = target.elements
    return tuple(known[one].name or one if one in known else one for one in elements)


def _mapping(given: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(MAP): value
        for name, value in given.items()
        if name.startswith(MAP) and value
    }


def _title(title: str, case_id: UUID) -> str:
    """Return the title only to people who may read cases: it names a person."""
    return title if may("case:read") else _short(case_id)


def _chosen() -> list[UUID]:
    """Return the cases ticked, or all that the page said were ready."""
    if request.form.get("all") == "yes":
        seen = [one.removeprefix(SEEN) for one in request.form if one.startswith(SEEN)]
        return [_id(one) for one in seen]
    return [_id(one) for one in request.form.getlist("case")]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("This is no case", where="case") from error


def _short(case_id: UUID) -> str:
    return _("Case %(number)s", number=str(case_id)[:8])
