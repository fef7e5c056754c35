"""One published version: its files, what it changed, who runs it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import definitions, kernel, trials
from engine.access import authorize
from engine.cases import Act
from engine.errors import NotFound
from engine.kernel import Bundle, Definition, PartChange
from engine.store.drafts import DraftFile
from web.language import _
from web.pages import allow_editor
from web.studio import pages
from web.studio_editor import view_island
from web.studio_scenarios import is_scenarios, scenario_file
from web.studio_trials import figures
from web.studio_waiting import standing


@dataclass(frozen=True, kw_only=True)
class Group:
    """Files of one kind under their heading."""

    title: str
    #: each with what people call it, if that is known
    files: tuple[tuple[DraftFile, str | None], ...]


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """One file that differs, with the parts of it that do something else."""

    name: str
    what: str
    parts: tuple[PartChange, ...]

    @property
    def tells(self) -> bool:
        """Say whether it tells scenarios, which run in no case."""
        return is_scenarios(self.name)


@pages.get("/studio/versions/<digest>")
def version(digest: str) -> ResponseReturnValue:
    """Show a version and what differs from another one."""
    with acting() as act:
        authorize(act.actor, "definition:check", act.shell.policy)
        row, others = _version(act, digest)
        files = definitions.files(act.uow, digest)
        other = _other(others, row)
        before = definitions.files(act.uow, other["digest"]) if other else None
        in_force = definitions.latest(act.uow, row["process"])["digest"]
        known = definitions.find(act.uow, digest)
        told = definitions.scenarios(act.uow, digest)
        trial = trials.known(act.uow, Bundle(root=row["process"], files=files), told)
        where = standing(act, known, request.args.get("process"))
    return render(
        "studio_version.html",
        standing=where,
        trial=trial,
        figures=figures(trial) if trial else [],
        told=told,
        version=row,
        in_force=in_force,
        groups=grouped(
            [DraftFile(name=n, size=len(d)) for n, d in {**files, **told}.items()], known
        ),
        others=[one for one in others if one["digest"] != digest],
        other=other,
        changes=file_changes(before, files) if before is not None else None,
    )


@pages.get("/studio/versions/<digest>/files/<name>")
def look(digest: str, name: str) -> ResponseReturnValue:
    """Look at a file of a version in its editor, which changes nothing here."""
    allow_editor()
    with acting() as act:
        authorize(act.actor, "definition:check", act.shell.policy)
        row = dict(definitions.get(act.uow, digest))
        files = definitions.files(act.uow, digest)
        told = definitions.scenarios(act.uow, digest)
    if name in told:
        return scenario_file(row, None, name, told[name])
    if name not in files:
        raise NotFound(f"This version has no file {name!r}", where=name)
    kind = name.rpartition(".")[2]
    return render(
        f"studio_editor_{kind}.html",
        draft=None,
        version=row,
        name=name,
        files=sorted({**files, **told}),
        data=view_island(row, files, name),
    )


def grouped(files: Iterable[DraftFile], known: Definition | None) -> list[Group]:
    """Divide files into diagrams, decision tables and forms, each under what people call it."""
    titles = {
        "bpmn": _("Diagrams"),
        "dmn": _("Decision tables"),
        "form": _("Forms"),
        "yaml": _("Scenarios"),
    }
    names = _file_names(known) if known else {}
    given = sorted(files, key=lambda one: (names.get(one.name) or one.name).casefold())
    groups = [
        Group(
            title=title,
            files=tuple((one, names.get(one.name)) for one in given if one.kind == kind),
        )
        for kind, title in titles.items()
    ]
    return [one for one in groups if one.files]


def _file_names(known: Definition) -> dict[str, str | None]:
    forms = {f"{one.form}.form": one.name for one in known.elements.values() if one.form}
    tables = {
        one.file: one.name or one.id for model in known.models for one in model.decisions.values()
    }
    return {**tables, **forms, **{one.file: one.name for one in known.processes.values()}}


def file_changes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[FileChange]:
    """Return the files that differ, each with the parts that do something else."""
    parts = kernel.differences(old, new)
    return [
        FileChange(
            name=name,
            what=_file_state(old.get(name), new.get(name)),
            parts=tuple(one for one in parts if one.file == name),
        )
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _file_state(old: bytes | None, new: bytes | None) -> str:
    if old is None:
        return "added"
    return "removed" if new is None else "changed"


def _version(act: Act, digest: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    process = definitions.get(act.uow, digest)["process"]
    every = [dict(one) for one in definitions.versions(act.uow, process)]
    return next(one for one in every if one["digest"] == digest), every


def _other(every: list[dict[str, Any]], row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the version asked for, by default the one before."""
    wanted = request.args.get("with")
    if wanted:
        return next((one for one in every if one["digest"] == wanted), None)
    earlier = [one for one in every if one["version"] < row["version"]]
    return earlier[0] if earlier else None
