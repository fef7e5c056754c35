"""Rehearse a draft or a version: begin, take steps under a clock of its own, undo, save."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api import problems
from api.house import acting
from engine import clock, definitions, drafts, kernel, rehearsals, scenarios
from engine.cases import Act
from engine.errors import CursusError, Invalid, NotFound
from engine.rehearsals import Source
from engine.scenarios import Scenario
from forms import FormError
from web.pages import done
from web.studio import pages
from web.studio_rehearsal import Refused, instant, local, page, pretty, step_from
from web.studio_scenarios import told_by

#: What a case refuses on the way; the page says it beside what was typed.
REFUSALS = (CursusError, FormError)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a rehearsal is to begin with, as it was typed."""

    process: str
    at: str = ""
    variables: str = "{}"
    operations: str = "{}"
    waits: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)


@pages.get("/studio/rehearsals/new")
def new_rehearsal() -> ResponseReturnValue:
    """Ask what a rehearsal begins with, filled in from a scenario of the process."""
    with acting() as act:
        source = _source(request.args)
        files = rehearsals.files(act, source)
        told = _told(files)
        process = request.args.get("process") or _root(act, source)
        chosen = _chosen(told, process, request.args.get("scenario"))
        return _ask(act, source, files, told, asked=_filled(process, chosen), chosen=chosen)


@pages.post("/studio/rehearsals")
def begin_rehearsal() -> ResponseReturnValue:
    """Begin a rehearsal: as a scenario tells it, or with what was typed."""
    with acting() as act:
        source = _source(request.form)
        if request.form.get("file"):
            process, begins, steps = _story(rehearsals.files(act, source))
            found = rehearsals.begin(act, source, process, begins, steps=tuple(steps))
            return done(f"/studio/rehearsals/{found}", "rehearsal-begun")
        asked, begins = _typed(request.form)
        steps = [{"wait": True}] if asked.waits else []
        if not asked.faults:
            try:
                found = rehearsals.begin(act, source, asked.process, begins, steps=tuple(steps))
            except Invalid as refused:
                faults = {refused.where or "variables": str(refused.detail)}
                asked = Asked(**{**vars(asked), "faults": faults})
            else:
                return done(f"/studio/rehearsals/{found}", "rehearsal-begun")
        files = rehearsals.files(act, source)
        return _ask(act, source, files, _told(files), asked=asked, chosen=None), 422


@pages.get("/studio/rehearsals/<uuid:rehearsal_id>")
def rehearsal(rehearsal_id: UUID) -> ResponseReturnValue:
    """Show a rehearsal where it stands."""
    with acting() as act:
        return page(act, rehearsal_id)


@pages.post("/studio/rehearsals/<uuid:rehearsal_id>/step")
def take_step(rehearsal_id: UUID) -> ResponseReturnValue:
    """Take one step, or take the last one back."""
    try:
        with acting() as act:
            _take(act, rehearsal_id, request.form)
    except REFUSALS as problem:
        with acting() as act:
            shown = page(act, rehearsal_id, refused=Refused(problem=problem, form=request.form))
        return shown, _status(problem)
    return done(f"/studio/rehearsals/{rehearsal_id}", "stepped")


@pages.post("/studio/rehearsals/<uuid:rehearsal_id>/save")
def save_rehearsal(rehearsal_id: UUID) -> ResponseReturnValue:
    """Save the rehearsal as a scenario of a draft."""
    form = request.form
    try:
        with acting() as act:
            draft_id = _draft(form)
            title, revision = form.get("title", ""), drafts.get(act, draft_id).revision
            rehearsals.save(act, rehearsal_id, draft_id, title, expected_revision=revision)
    except REFUSALS as problem:
        with acting() as act:
            shown = page(act, rehearsal_id, refused=Refused(problem=problem, form=form))
        return shown, _status(problem)
    return done(f"/studio/drafts/{draft_id}/scenarios", "rehearsal-saved")


@pages.post("/studio/rehearsals/<uuid:rehearsal_id>/end")
def end_rehearsal(rehearsal_id: UUID) -> ResponseReturnValue:
    """Remove a rehearsal and go back to what was rehearsed, or to the list it was removed from."""
    with acting() as act:
        found = rehearsals.end(act, rehearsal_id)
    if request.form.get("from") == "list":
        return done("/studio", "rehearsal-ended")
    home = f"drafts/{found.draft_id}" if found.draft_id else f"versions/{found.digest}"
    return done(f"/studio/{home}", "rehearsal-ended")


def _take(act: Act, rehearsal_id: UUID, form: Mapping[str, str]) -> None:
    kind, seen = form.get("kind", ""), int(form.get("seen", "")) if _is_number(form) else -1
    if kind == "undo":
        rehearsals.undo(act, rehearsal_id, seen=seen)
    elif kind == "jump":
        rehearsals.jump(act, rehearsal_id, seen=seen)
    else:
        rehearsals.take(act, rehearsal_id, _step(act, rehearsal_id, form), seen=seen)


def _step(act: Act, rehearsal_id: UUID, form: Mapping[str, str]) -> dict[str, Any]:
    play = rehearsals.show(act, rehearsal_id).folded.play if form.get("kind") == "receive" else None
    # a form may ask for a day that lies behind or ahead: of the clock of the rehearsal
    return step_from(form, now=play.now if play else None)


def _is_number(form: Mapping[str, str]) -> bool:
    return form.get("seen", "").isdigit()


def _status(problem: Exception) -> int:
    return problems.status_of(type(problem)) if isinstance(problem, CursusError) else 422


def _draft(form: Mapping[str, str]) -> UUID:
    try:
        return UUID(form.get("draft", ""))
    except ValueError as error:
        raise Invalid("Choose the draft that takes the scenario", where="draft") from error


def _source(given: Mapping[str, str]) -> Source:
    if given.get("version"):
        return Source(digest=given["version"])
    try:
        return Source(draft_id=UUID(given.get("draft", "")))
    except ValueError as error:
        raise NotFound("Say which draft or version is rehearsed", where="draft") from error


def _root(act: Act, source: Source) -> str:
    if source.draft_id is not None:
        return drafts.get(act, source.draft_id).process
    return str(definitions.get(act.uow, source.digest or "")["process"])


def _told(files: Mapping[str, bytes]) -> list[Scenario]:
    """Return the scenarios about processes; a file that cannot be read is left out."""
    found: list[Scenario] = []
    for name, data in sorted(drafts.told_in(files).items()):
        try:
            found += [one for one in told_by(name, data) if one.process]
        except Invalid:
            continue
    return found


def _chosen(told: list[Scenario], process: str, name: str | None) -> Scenario | None:
    mine = [one for one in told if one.process == process]
    if name == "":
        return None
    return next((one for one in mine if one.name == name), mine[0] if mine else None)


def _story(files: Mapping[str, bytes]) -> tuple[str, Any, list[Any]]:
    name, title = request.form.get("file", ""), request.form.get("scenario", "")
    data = drafts.told_in(files).get(name)
    if data is None:
        raise NotFound("There is no such scenario", where=name)
    begins, steps = scenarios.story(data, name=name, title=title)
    process = next(one.process for one in told_by(name, data) if one.name == title)
    return str(process), begins, steps


def _filled(process: str, chosen: Scenario | None) -> Asked:
    if chosen is None or chosen.at is None:
        return Asked(process=process, at=local(clock.now()))
    operations = {
        name: found[0] if len(found) == 1 else found for name, found in chosen.operations.items()
    }
    return Asked(
        process=process,
        at=local(chosen.at),
        variables=pretty(chosen.variables),
        operations=pretty(operations),
    )


def _typed(form: Mapping[str, str]) -> tuple[Asked, dict[str, Any]]:
    faults: dict[str, str] = {}
    begins: dict[str, Any] = {}
    for name in ("variables", "operations"):
        try:
            begins[name] = json.loads(form.get(name) or "{}")
        except ValueError as error:
            faults[name] = str(error)
    try:
        begins["at"] = instant(form.get("at", "")).isoformat()
    except ValueError:
        faults["at"] = ""
    asked = Asked(
        process=form.get("process", ""),
        at=form.get("at", ""),
        variables=form.get("variables", ""),
        operations=form.get("operations", ""),
        waits=form.get("waits") == "yes",
        faults=faults,
    )
    return asked, begins


def _ask(  # noqa: PLR0913  # a page shows these
    act: Act,
    source: Source,
    files: Mapping[str, bytes],
    told: list[Scenario],
    *,
    asked: Asked,
    chosen: Scenario | None,
) -> str:
    return render(
        "studio_rehearsal_new.html",
        source=source,
        draft=drafts.get(act, source.draft_id) if source.draft_id else None,
        version=dict(definitions.get(act.uow, source.digest)) if source.digest else None,
        processes=_processes(act, source, files),
        told=[one for one in told if one.process == asked.process],
        chosen=chosen,
        asked=asked,
    )


def _processes(
    act: Act, source: Source, files: Mapping[str, bytes]
) -> Sequence[kernel.Process | kernel.Named]:
    """Return the processes that may be rehearsed, by name."""
    if source.digest:
        found = definitions.find(act.uow, source.digest).processes.values()
        return sorted(found, key=lambda one: one.name or one.id)
    return _drawn(tuple(sorted(one for one in files.items() if one[0].endswith(".bpmn"))))


@lru_cache(maxsize=16)
def _drawn(diagrams: tuple[tuple[str, bytes], ...]) -> tuple[kernel.Named, ...]:
    # reads every diagram: 0.2 s for a recruitment; a draft need not be sound, so it is not loaded
    return tuple(sorted(kernel.outline(dict(diagrams)).processes, key=lambda one: one.name))
