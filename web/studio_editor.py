"""The editor of one file of a draft, and two versions of a file side by side."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting, house
from engine import definitions, drafts, kernel
from engine.access import authorize
from engine.cases import Act
from engine.errors import NotFound
from engine.kernel import Named
from engine.store.drafts import Draft
from web.language import _, words
from web.navigation import may
from web.pages import allow_editor
from web.studio import pages
from web.studio_scenarios import is_scenarios, scenario_file
from web.studio_templates import element_templates

#: A field may name at most this many variables; more would only slow the editor.
MAX_VARIABLES = 1000


@pages.get("/studio/drafts/<uuid:draft_id>/files/<name>")
def editor(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Edit one file of a draft; a closed draft is shown, not changed."""
    allow_editor()
    with acting() as act:
        draft = drafts.get(act, draft_id)
        files = drafts.files(act, draft_id)
    if name not in files:
        raise NotFound(f"This draft has no file {name!r}", where=name)
    if is_scenarios(name):
        return scenario_file(None, draft, name, files[name])
    kind = name.rpartition(".")[2]
    return render(
        f"studio_editor_{kind}.html",
        draft=draft,
        version=None,
        name=name,
        files=sorted(files),
        data=_island(draft, files, name),
    )


@pages.get("/studio/compare/<old>/<new>")
def compare(old: str, new: str) -> ResponseReturnValue:
    """Show a file of two versions, or of a version and a draft, side by side."""
    allow_editor()
    with acting() as act:
        authorize(act.actor, "definition:check", act.shell.policy)
        (before, files_old), (after, files_new) = _side(act, old), _side(act, new)
    differing = sorted(
        one for one in files_old.keys() | files_new.keys()
        if files_old.get(one) != files_new.get(one)
    )  # fmt: skip
    name = request.args.get("file") or next(iter(differing or sorted(files_new)), "")
    if name not in files_old and name not in files_new:
        raise NotFound(f"Neither has a file {name!r}", where=name)
    data = {
        "old": {**before, "has_file": name in files_old},
        "new": {**after, "has_file": name in files_new},
        "file": name,
        "files": differing,
        "changes": [
            asdict(one) for one in kernel.differences(files_old, files_new) if one.file == name
        ],
    }
    return render(
        "studio_editor_compare.html",
        files_old=sorted(files_old),
        files_new=sorted(files_new),
        name=name,
        old=before,
        new=after,
        data=data,
    )


def _side(act: Act, which: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a version by its digest, or a draft by its id, with its files."""
    try:
        draft_id = UUID(which)
    except ValueError:
        row = definitions.get(act.uow, which)
        said = {
            "digest": which,
            "version": row["version"],
            "process": row["process"],
            "draft": None,
            "address": f"/api/v1/definitions/{which}/files/",
        }
        return said, definitions.files(act.uow, which)
    draft = drafts.get(act, draft_id)
    said = {
        "digest": None,
        "version": None,
        "process": draft.process,
        "draft": {"id": str(draft.id), "title": draft.title},
        "address": f"/api/v1/drafts/{draft.id}/files/",
    }
    # scenarios run in no case: they are read on the page of their file
    runs = {n: d for n, d in drafts.files(act, draft_id).items() if not is_scenarios(n)}
    return said, runs


def _island(draft: Draft, files: dict[str, bytes], name: str) -> dict[str, Any]:
    here = f"/api/v1/drafts/{draft.id}"
    return {
        "draft": {
            "id": str(draft.id),
            "revision": draft.revision,
            "process": draft.process,
            "title": draft.title,
            "closed": draft.closed_at is not None,
        },
        "file": {
            "name": name,
            "kind": name.rpartition(".")[2],
            "address": f"{here}/files/{name}",
        },
        "files": sorted(files),
        "findings_address": f"{here}/findings",
        "check_address": f"{here}/check",
        "save_address": f"{here}/files/{name}",
        "may_edit": draft.closed_at is None and may("definition:publish"),
        **_known(files),
    }


def _known(files: dict[str, bytes]) -> dict[str, Any]:
    known, shell = kernel.outline(files), house().shell
    return {
        "forms": _choices(known.forms),
        "decisions": [{**one, "file": of.file} for one, of in _paired(known.decisions)],
        "processes": _choices(known.processes),
        "roles": [{"id": role, "name": words(role)} for role in sorted(shell.roles)],
        "templates": element_templates(shell.operations),
        "variables": known.variables[:MAX_VARIABLES],
    }


def view_island(version: Mapping[str, Any], files: dict[str, bytes], name: str) -> dict[str, Any]:
    """Return what an editor needs to show a file of a version: nothing can be saved."""
    said = {
        "id": None,
        "revision": 0,
        "process": version["process"],
        "title": _("Version %(number)s", number=version["version"]),
        "closed": True,
    }
    address = f"/api/v1/definitions/{version['digest']}/files/{name}"
    return {
        "draft": said,
        "file": {"name": name, "kind": name.rpartition(".")[2], "address": address},
        "files": sorted(files),
        "findings_address": None,
        "check_address": None,
        "save_address": None,
        "may_edit": False,
        **_known(files),
    }


def _choices(named: tuple[Named, ...]) -> list[dict[str, str]]:
    return [one for one, _of in _paired(named)]


def _paired(named: tuple[Named, ...]) -> list[tuple[dict[str, str], Named]]:
    return [({"id": one.id, "name": one.name}, one) for one in named]
