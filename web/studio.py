"""The studio: processes, their versions, who changed what, and what waits for a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting, house
from engine import definitions, drafts
from engine.access import authorize
from engine.cases import Act
from engine.errors import NotFound
from engine.history import EventKind, Sealed
from engine.kernel import Process
from engine.rehearsals import KEPT
from engine.store import definitions as versions
from engine.store import drafts as draft_rows
from engine.store import events
from engine.store.drafts import Draft, Proposal
from web.language import _, words
from web.pages import Pages, done
from web.studio_own import own
from web.studio_waiting import Standing, standing
from web.studio_words import aspects, part_kind

pages = Pages("studio", __name__)
pages.add_app_template_global(part_kind, "part_kind")
pages.add_app_template_global(aspects, "part_aspects")

#: The newest events of a process that its page tells.
TOLD = 50


@dataclass(frozen=True, kw_only=True)
class Overview:
    """One process on the first page of the studio."""

    process: str
    #: the version in force; None while there are only drafts
    version: Mapping[str, Any] | None
    #: the processes that it calls
    calls: tuple[Process, ...]
    running: int
    incidents: int
    drafts: tuple[Draft, ...]

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.version["name"]) if self.version else words(self.process)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A proposal that nobody has decided."""

    proposal: Proposal
    draft: Draft
    #: the person who looks is a second one
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """One event of a process in words."""

    event: Sealed
    what: str
    facts: dict[str, Any]


@pages.get("/studio")
def index() -> ResponseReturnValue:
    """List the processes, what is being drafted, and what waits for me."""
    with acting() as act:
        authorize(act.actor, "definition:check", act.shell.policy)
        rows = _overviews(act)
        waiting = [
            Waiting(proposal=one, draft=draft, is_mine=drafts.may_decide(act, draft, one))
            for one, draft in draft_rows.waiting(act.uow)
        ]
        mine = list(own(act))
    return render("studio.html", rows=rows, waiting=waiting, mine=mine, kept=KEPT.days)


@pages.get("/studio/<process>")
def show(process: str) -> ResponseReturnValue:
    """Show a process: its versions, its drafts, its history."""
    with acting() as act:
        authorize(act.actor, "definition:check", act.shell.policy)
        found = definitions.versions(act.uow, process)
        open_drafts = draft_rows.open_ones(act.uow, process)
        if not found and not open_drafts:
            raise NotFound("There is no such process", where=process)
        waiting = {one.draft_id: one for one, _draft in draft_rows.waiting(act.uow)}
        in_force = definitions.latest(act.uow, process)["digest"] if found else None
        return render(
            "studio_process.html",
            process=process,
            name=found[0]["name"] if found else words(process),
            versions=found,
            in_force=in_force,
            standing=_standing(act, in_force),
            drafts=open_drafts,
            waiting=waiting,
            history=_history(act, process),
        )


@pages.post("/studio/<process>/in-force")
def put_in_force(process: str) -> ResponseReturnValue:
    """Let new cases take another version."""
    digest, reason = request.form.get("version", ""), request.form.get("reason", "")
    with acting() as act:
        definitions.put_in_force(
            act.uow, act.actor, process, digest, reason=reason, policy=act.shell.policy
        )
    return done(f"/studio/{process}", "in-force")


def _standing(act: Act, digest: str | None) -> Standing | None:
    if digest is None:
        return None
    return standing(act, definitions.find(act.uow, digest), request.args.get("process"))


def _overviews(act: Act) -> list[Overview]:
    in_force = {name: dict(row) for name, row in versions.all_in_force(act.uow).items()}
    running, incidents = versions.running(act.uow), versions.open_incidents(act.uow)
    by_process: dict[str, list[Draft]] = {}
    for draft in draft_rows.open_ones(act.uow):
        by_process.setdefault(draft.process, []).append(draft)
    return [
        Overview(
            process=process,
            version=in_force.get(process),
            calls=_calls(act, process, in_force.get(process)),
            running=running.get(process, 0),
            incidents=incidents.get(process, 0),
            drafts=tuple(by_process.get(process, ())),
        )
        for process in sorted(in_force.keys() | by_process.keys())
    ]


def _calls(act: Act, process: str, version: Mapping[str, Any] | None) -> tuple[Process, ...]:
    if version is None:
        return ()
    found = definitions.find(act.uow, version["digest"]).processes.values()
    return tuple(one for one in found if one.id != process)


def _history(act: Act, process: str) -> Sequence[Told]:
    stream = f"definition:{process}"
    last = events.peek(act.uow, stream).seq
    found = events.of_stream(act.uow, stream, after=max(0, last - TOLD))
    return [_told(one) for one in reversed(found)]


def _told(event: Sealed) -> Told:
    facts: dict[str, Any] = orjson.loads(event.payload) if event.payload else {}
    said: dict[str, str] = {
        EventKind.DEFINITION_PUBLISHED: _("Published version %(version)s"),
        EventKind.DEFINITION_PROPOSED: _("Proposed “%(title)s”"),
        EventKind.DEFINITION_REJECTED: _("Rejected “%(title)s”"),
        EventKind.DEFINITION_IN_FORCE: _("Put version %(version)s in force for new cases"),
        EventKind.DEFINITION_SCENARIOS: _("Kept scenarios with version %(version)s"),
    }
    if facts.get("decision") == "withdrawn":
        text = _("Withdrew “%(title)s”")
    else:
        text = said.get(str(event.fields.kind), str(event.fields.kind))
    known = {"title": "", "version": "", **facts}
    return Told(event=event, what=text % known, facts=facts)


def shipped() -> dict[str, bytes]:
    """Return the files that come with the product, for a process that was never published."""
    return dict(house().shipped or {})


# the other pages of the studio add themselves to the blueprint above
from web import (  # noqa: E402  # after the blueprint they need
    studio_drafts,
    studio_editor,
    studio_migration,
    studio_rehearsals,
    studio_scenarios,
    studio_trials,
    studio_versions,
)

__all__ = [
    "pages",
    "studio_drafts",
    "studio_editor",
    "studio_migration",
    "studio_rehearsals",
    "studio_scenarios",
    "studio_trials",
    "studio_versions",
]
