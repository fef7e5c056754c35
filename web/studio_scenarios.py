"""A file of scenarios as text: read with a version, changed in a draft."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api import problems
from api.house import acting
from engine import drafts
from engine.errors import CursusError, Invalid, StaleDraft
from engine.scenarios import ENDING, Scenario, parse
from engine.store.drafts import Draft
from web.navigation import may
from web.pages import done
from web.studio import pages


@pages.post("/studio/drafts/<uuid:draft_id>/scenarios/<name>")
def save_scenarios(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Save a file of scenarios; what cannot be read is shown again with the place of the error."""
    typed = request.form.get("content", "").replace("\r\n", "\n")
    content = f"{typed.rstrip()}\n".encode()
    try:
        drafts.ensure_readable(name, content)
        with acting() as act:
            drafts.save_file(act, draft_id, name, content, request.form.get("revision", type=int))
    except (Invalid, StaleDraft) as refused:
        with acting() as act:
            draft = drafts.get(act, draft_id)
        page = scenario_file(None, draft, name, typed.encode(), refused=refused)
        return page, problems.status_of(type(refused))
    return done(f"/studio/drafts/{draft_id}/scenarios", "saved")


def scenario_file(
    version: Mapping[str, Any] | None,
    draft: Draft | None,
    name: str,
    content: bytes,
    *,
    refused: CursusError | None = None,
) -> str:
    """Return the page of a file of scenarios."""
    return render(
        "studio_scenario_file.html",
        version=version,
        draft=draft,
        name=name,
        content=content.decode("utf-8", "replace"),
        refused=refused,
        may_edit=draft is not None and draft.closed_at is None and may("definition:publish"),
    )


@lru_cache(maxsize=64)
def told_by(name: str, data: bytes) -> tuple[Scenario, ...]:
    """Return the scenarios of a file, read once for the same content; raise Invalid."""
    return parse(data, name=name)


def is_scenarios(name: str) -> bool:
    """Say whether a file of a draft or a version tells scenarios."""
    return name.endswith(ENDING)
