"""Rehearse a draft or a version under a clock of its own; no case, task or event comes of it.

What is stored is where the rehearsal begins and what was done since (docs/adr/0008).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from engine import definitions, drafts
from engine.access import authorize
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotFound
from engine.kernel import Definition
from engine.scenarios import ENDING
from engine.scenarios import rehearsal as told
from engine.scenarios.player import definition_of
from engine.scenarios.rehearsal import Folded, Row
from engine.store import rehearsals as rows
from engine.store.rehearsals import Rehearsal

#: A rehearsal that nobody went on with for so long is removed.
KEPT = timedelta(days=30)
MAX_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A rehearsal as it stands."""

    rehearsal: Rehearsal
    definition: Definition
    folded: Folded


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is rehearsed: the files of a draft or of a version, with its scenarios."""

    draft_id: UUID | None = None
    digest: str | None = None


def files(act: Act, source: Source) -> dict[str, bytes]:
    """Return the files with the scenarios; raise NotFound, NotAllowed."""
    authorize(act.actor, "definition:check", act.shell.policy)
    if source.draft_id is not None:
        return drafts.files(act, source.draft_id)
    digest = source.digest or ""
    return {**definitions.files(act.uow, digest), **definitions.scenarios(act.uow, digest)}


def begin(
    act: Act, source: Source, process: str, begins: Row, *, steps: tuple[Row, ...] = ()
) -> UUID:
    """Begin a rehearsal of a process, with steps already taken if there are some.

    Raises DefinitionRefused when the diagrams cannot run, Invalid for what it begins with.
    """
    who = authorize(act.actor, "definition:check", act.shell.policy)
    told.given(begins)
    _definition(files(act, source), process)
    rows.drop_old(act.uow, who.name, kept=KEPT)
    rehearsal_id = uuid4()
    row = {
        "id": rehearsal_id,
        "owner": who.name,
        "process": process,
        "draft_id": source.draft_id,
        "digest": source.digest,
        "given": dict(begins),
        "steps": [dict(one) for one in steps],
    }
    rows.add(act.uow, row)
    return rehearsal_id


def mine(act: Act) -> list[Rehearsal]:
    """Return what the actor rehearses, last changed first."""
    who = authorize(act.actor, "definition:check", act.shell.policy)
    return rows.of_owner(act.uow, who.name)


def show(act: Act, rehearsal_id: UUID) -> Stage:
    """Play a rehearsal to where it stands; raise NotFound, DefinitionRefused."""
    return _stage(act, _get(act, rehearsal_id))


def take(act: Act, rehearsal_id: UUID, step: Row, *, seen: int) -> None:
    """Take one step; `seen` is how many the person saw.

    Raises what the case refuses: CursusError, or FormError with the errors by field.
    """
    found = _seen(act, rehearsal_id, seen)
    if len(found.steps) >= told.MOST_STEPS:
        raise Invalid(f"A rehearsal has at most {told.MOST_STEPS} steps", where="steps")
    steps = [*found.steps, dict(step)]
    problem = _stage(act, replace(found, steps=steps)).folded.problem
    if problem is not None:
        raise problem
    rows.put_steps(act.uow, rehearsal_id, steps)


def jump(act: Act, rehearsal_id: UUID, *, seen: int) -> None:
    """Move the clock to the next deadline; raise Conflict when there is none."""
    due = next_due(show(act, rehearsal_id))
    if due is None:
        raise Conflict("No deadline runs", where="at", remedy="choose an instant")
    take(act, rehearsal_id, {"at": due.isoformat()}, seen=seen)


def next_due(stage: Stage) -> datetime | None:
    """Return the instant of the next deadline; never before the clock of the rehearsal."""
    play = stage.folded.play
    if play is None or not play.step.timers:
        return None
    return max(play.now, min(timer.due_at for timer in play.step.timers))


def undo(act: Act, rehearsal_id: UUID, *, seen: int) -> None:
    """Take the last step back; raise Conflict when there is none."""
    found = _seen(act, rehearsal_id, seen)
    if not found.steps:
        raise Conflict("Nothing was done yet", where="steps")
    rows.put_steps(act.uow, rehearsal_id, found.steps[:-1])


def save(
    act: Act, rehearsal_id: UUID, draft_id: UUID, title: str, *, expected_revision: int
) -> str:
    """Add the rehearsal to the scenarios of a draft and return the name of their file.

    Raises Invalid when it cannot be told as a scenario, StaleDraft, NotAllowed.
    """
    if not title.strip() or len(title) > MAX_NAME:
        raise Invalid(f"Give a name of 1 to {MAX_NAME} characters", where="title")
    found = _get(act, rehearsal_id)
    content = drafts.files(act, draft_id)
    definition = _definition(content, found.process)
    written = told.tell(definition, found.given, found.steps, title=title.strip())
    name = f"{found.process}{ENDING}"
    before = content.get(name, b"")
    added = before.rstrip() + b"\n\n" + written if before.strip() else written
    drafts.ensure_readable(name, added)
    drafts.save_file(act, draft_id, name, added, expected_revision)
    return name


def end(act: Act, rehearsal_id: UUID) -> Rehearsal:
    """Remove a rehearsal and return what it was."""
    found = _get(act, rehearsal_id)
    rows.drop(act.uow, found.id)
    return found


def source_of(found: Rehearsal) -> Source:
    """Return what a rehearsal is about."""
    return Source(draft_id=found.draft_id, digest=found.digest)


def _get(act: Act, rehearsal_id: UUID, *, locked: bool = False) -> Rehearsal:
    who = authorize(act.actor, "definition:check", act.shell.policy)
    found = rows.get(act.uow, rehearsal_id, who.name, locked=locked)
    if found is None:
        raise NotFound("There is no such rehearsal, or it is somebody else's")
    return found


def _seen(act: Act, rehearsal_id: UUID, seen: int) -> Rehearsal:
    found = _get(act, rehearsal_id, locked=True)
    if len(found.steps) != seen:
        raise Conflict(
            "This rehearsal went on in another window",
            where="steps",
            remedy="load it again",
        )
    return found


def _stage(act: Act, found: Rehearsal) -> Stage:
    definition = _definition(files(act, source_of(found)), found.process)
    folded = told.fold(definition, found.given, found.steps, name=str(found.id))
    return Stage(rehearsal=found, definition=definition, folded=folded)


def _definition(content: Mapping[str, bytes], process: str) -> Definition:
    # scenarios change with each one that is saved, and say nothing about what runs
    runs = {name: data for name, data in content.items() if not name.endswith(ENDING)}
    return definition_of(runs, process)
