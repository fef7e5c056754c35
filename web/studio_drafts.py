"""A draft's page: its files, what the gate finds, proposing it, deciding as a second person."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api import problems
from api.house import acting
from engine import definitions, drafts, kernel
from engine.cases import Act
from engine.decisions import Finding
from engine.errors import Conflict, CursusError, DefinitionRefused, Invalid, NotFound
from engine.store import definitions as versions
from engine.store import drafts as rows
from web.language import _, words
from web.pages import done
from web.studio import pages, shipped
from web.studio_blank import blank_file
from web.studio_trials import figures, standing
from web.studio_versions import file_changes, grouped


@pages.post("/studio/drafts")
def begin() -> ResponseReturnValue:
    """Begin a draft of a process, known or new."""
    process, title = request.form.get("process", "").strip(), request.form.get("title", "")
    with acting() as act:
        draft = drafts.begin(act, process, title or _("Draft"), start=_start(act, process, title))
    return done(f"/studio/drafts/{draft.id}", "draft-begun")


@pages.get("/studio/drafts/<uuid:draft_id>")
def draft_page(draft_id: UUID) -> ResponseReturnValue:
    """Show a draft."""
    with acting() as act:
        return _page(act, draft_id)


def _page(act: Act, draft_id: UUID, *, refused: CursusError | None = None) -> str:
    draft = drafts.get(act, draft_id)
    files = drafts.files(act, draft_id)
    base = definitions.get(act.uow, draft.base) if draft.base else None
    proposals = rows.proposals(act.uow, draft_id)
    findings = drafts.findings(act, draft_id)
    waiting = next((one for one in proposals if one.decided_at is None), None)
    known = definitions.find(act.uow, draft.base) if draft.base else None
    found = standing(act, draft, files)
    return render(
        "studio_draft.html",
        draft=draft,
        name=_name(act, draft.process),
        groups=grouped(drafts.listing(act, draft_id), known),
        findings=findings,
        elements=_element_names(files, findings),
        changes=file_changes(drafts.base_files(act, draft), files),
        base=base,
        in_force=versions.in_force(act.uow, draft.process),
        is_behind=drafts.is_behind(act, draft),
        editors=sorted(rows.editors(act.uow, draft)),
        proposals=proposals,
        waiting=waiting,
        may_decide=waiting is not None and drafts.may_decide(act, draft, waiting),
        told=drafts.told_in(files),
        standing=found,
        figures=figures(found.trial) if found else [],
        refused=refused,
        typed=request.form,
    )


def _again(draft_id: UUID, refused: CursusError) -> ResponseReturnValue:
    """Show the draft with what was refused; nothing typed is lost."""
    with acting() as act:
        return _page(act, draft_id, refused=refused), problems.status_of(type(refused))


@pages.post("/studio/drafts/<uuid:draft_id>/files")
def add_file(draft_id: UUID) -> ResponseReturnValue:
    """Add an empty diagram, decision table or form and open it."""
    stem, kind = request.form.get("name", "").strip(), request.form.get("kind", "")
    name = f"{stem}.{kind}"
    content = blank_file(stem, kind)
    with acting() as act:
        if name in {one.name for one in drafts.listing(act, draft_id)}:
            raise Invalid(f"This draft has a file {name} already", where="name")
        drafts.save_file(act, draft_id, name, content, _revision())
    return done(f"/studio/drafts/{draft_id}/files/{name}", "file-added")


@pages.post("/studio/drafts/<uuid:draft_id>/files/<name>/remove")
def remove_file(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Remove a file."""
    with acting() as act:
        drafts.remove_file(act, draft_id, name, _revision())
    return done(f"/studio/drafts/{draft_id}", "file-removed")


@pages.post("/studio/drafts/<uuid:draft_id>/propose")
def propose(draft_id: UUID) -> ResponseReturnValue:
    """Put the draft forward."""
    try:
        _try_out(draft_id)
        with acting() as act:
            drafts.propose(act, draft_id, request.form.get("comment", ""), _revision())
    except (Conflict, Invalid) as refused:
        return _again(draft_id, refused)
    return done(f"/studio/drafts/{draft_id}", "proposed")


@pages.post("/studio/drafts/<uuid:draft_id>/catch-up")
def catch_up(draft_id: UUID) -> ResponseReturnValue:
    """Take over what the version in force changed since."""
    with acting() as act:
        both = drafts.catch_up(act, draft_id, _revision())
    return done(f"/studio/drafts/{draft_id}", "caught-up-look" if both else "caught-up")


@pages.post("/studio/drafts/<uuid:draft_id>/put-away")
def put_away(draft_id: UUID) -> ResponseReturnValue:
    """Close the draft without publishing it."""
    with acting() as act:
        draft = drafts.get(act, draft_id)
        drafts.put_away(act, draft_id, _revision())
        is_known = versions.latest(act.uow, draft.process) is not None
    return done(f"/studio/{draft.process}" if is_known else "/studio", "put-away")


@pages.post("/studio/proposals/<uuid:proposal_id>/decide")
def decide(proposal_id: UUID) -> ResponseReturnValue:
    """Publish the proposal or reject it."""
    approve, reason = request.form.get("decision") == "approve", request.form.get("reason", "")
    with acting() as act:
        draft_id = _draft_of(act, proposal_id)
    try:
        with acting() as act:
            proposal = drafts.decide(act, proposal_id, approve=approve, reason=reason)
    except (Conflict, Invalid) as refused:
        return _again(draft_id, refused)
    key = "approved" if approve else "rejected"
    return done(f"/studio/drafts/{proposal.draft_id}", key)


@pages.post("/studio/proposals/<uuid:proposal_id>/withdraw")
def withdraw(proposal_id: UUID) -> ResponseReturnValue:
    """Take a proposal back."""
    with acting() as act:
        draft_id = _draft_of(act, proposal_id)
        drafts.withdraw(act, proposal_id)
    return done(f"/studio/drafts/{draft_id}", "proposal-withdrawn")


def _draft_of(act: Act, proposal_id: UUID) -> UUID:
    proposal = rows.get_proposal(act.uow, proposal_id)
    if proposal is None:
        raise NotFound("There is no such proposal", where=str(proposal_id))
    return proposal.draft_id


def _try_out(draft_id: UUID) -> None:
    """Play the scenarios beforehand: a proposal would hold the draft's lock for so long."""
    # what cannot run at all is refused with its findings by the proposal itself
    with suppress(DefinitionRefused), acting() as act:
        drafts.try_out(act, draft_id)


def _start(act: Act, process: str, title: str) -> dict[str, bytes]:
    """Return what a process that was never published begins with."""
    if versions.latest(act.uow, process) is not None:
        return {}
    files = shipped()
    known = {one.id for one in kernel.outline(files).processes}
    if process in known:
        return files
    return {f"{process}.bpmn": blank_file(process, "bpmn", title or words(process))}


def _element_names(files: Mapping[str, bytes], findings: Iterable[Finding]) -> dict[str, str]:
    named = {one.file for one in findings if one.element}
    known = kernel.outline({name: files[name] for name in named & files.keys()})
    return {key: one.name for key, one in known.elements.items()}


def _name(act: Act, process: str) -> str:
    found = versions.in_force(act.uow, process)
    return str(found["name"]) if found else words(process)


def _revision() -> int:
    """Return the revision that the person saw when the page was made."""
    given = request.form.get("revision", "")
    if not given.isdigit():
        raise Invalid(
            "The page did not say what it showed", where="revision", remedy="load it again"
        )
    return int(given)
