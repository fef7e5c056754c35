"""Proposals: a draft put forward, decided by a second person, taken back, put away."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from engine import definitions
from engine.access import Actor, authorize, ensure_four_eyes
from engine.cases import Act
from engine.drafts.change import digests, ensure_text, note, stale, workable
from engine.drafts.gate import bundle_of, ensure_publishable, figures, told_in
from engine.errors import Conflict, CursusError, NotFound
from engine.history import EventKind
from engine.store import definitions as versions
from engine.store import drafts as rows
from engine.store import events
from engine.store.drafts import Draft, Proposal


def propose(
    act: Act, draft_id: UUID, comment: str, expected_revision: int | None = None
) -> Proposal:
    """Put a draft forward for publication; an earlier proposal of it is withdrawn.

    Raises DefinitionRefused with the findings while errors stand or scenarios are in the way,
    Conflict when nothing differs from the version in force or when that one is newer.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    ensure_text(comment, "comment")
    draft = workable(act, draft_id, expected_revision)
    content = rows.files(act.uow, draft.id)
    ensure_publishable(act, draft, content)
    bundle, told = bundle_of(content, draft.process), told_in(content)
    if bundle.digest == draft.base and told == versions.scenarios(act.uow, draft.base):
        raise Conflict("The draft does not differ from the version in force", where="draft")
    for one in _undecided(act, draft):
        if one.draft_revision == draft.revision:
            raise Conflict(f"{one.proposed_by} has proposed this draft already", where="draft")
        _settle(act, draft, one, who, "withdrawn", "proposed again")
    proposal_id = uuid4()
    row = {
        "id": proposal_id,
        "draft_id": draft.id,
        "draft_revision": draft.revision,
        "comment": comment.strip(),
        "proposed_at": act.uow.now,
        "proposed_by": who.name,
    }
    rows.add_proposal(act.uow, row)
    facts = {
        "proposal": str(proposal_id),
        "draft": str(draft.id),
        "title": draft.title,
        "comment": comment.strip(),
        "files": digests({**bundle.files, **told}),
        **figures(act, draft, content),
    }
    _announce(act, draft, who, EventKind.DEFINITION_PROPOSED, facts)
    return _proposal(act, proposal_id)


def decide(act: Act, proposal_id: UUID, *, approve: bool, reason: str = "") -> Proposal:
    """Approve a proposal, which publishes it, or reject it with a reason.

    Whoever proposed or changed the draft may not decide. Raises FourEyes, StaleDraft when the draft
    was changed since, Conflict when it was decided already.
    """
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    proposal, draft = _proposed(act, proposal_id)
    performers = rows.editors(act.uow, draft) | {proposal.proposed_by}
    ensure_four_eyes(who, performers, draft.process)
    if not approve:
        ensure_text(reason, "reason")
        _settle(act, draft, proposal, who, "rejected", reason.strip())
        return _proposal(act, proposal_id)
    if proposal.draft_revision != draft.revision:
        raise stale(draft, proposal.draft_revision)
    content = rows.files(act.uow, draft.id)
    # whoever publishes the same process meanwhile is waited for, and then seen
    events.head(act.uow, f"definition:{draft.process}")
    ensure_publishable(act, draft, content)
    digest = _publish(act, draft, proposal, content)
    decided = {"decision": "approved", "reason": reason.strip() or None, "digest": digest}
    _decided(act, proposal, who, decided)
    rows.change(act.uow, draft.id, {"closed_at": act.uow.now})
    return _proposal(act, proposal_id)


def withdraw(act: Act, proposal_id: UUID, reason: str = "") -> None:
    """Take a proposal back; the draft stays open."""
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    proposal, draft = _proposed(act, proposal_id)
    _settle(act, draft, proposal, who, "withdrawn", reason.strip() or "withdrawn")


def put_away(act: Act, draft_id: UUID, expected_revision: int | None = None) -> None:
    """Close a draft without publishing it; a waiting proposal is withdrawn."""
    who = authorize(act.actor, "definition:publish", act.shell.policy)
    draft = workable(act, draft_id, expected_revision)
    for one in _undecided(act, draft):
        _settle(act, draft, one, who, "withdrawn", "the draft was put away")
    note(act, draft, who, {"put_away": True})
    rows.change(act.uow, draft.id, {"closed_at": act.uow.now})


def may_decide(act: Act, draft: Draft, proposal: Proposal) -> bool:
    """Say whether the actor is a second person for this proposal."""
    try:
        who = authorize(act.actor, "definition:publish", act.shell.policy)
        ensure_four_eyes(who, rows.editors(act.uow, draft) | {proposal.proposed_by}, draft.process)
    except CursusError:
        return False
    return True


def _publish(act: Act, draft: Draft, proposal: Proposal, content: Mapping[str, bytes]) -> str:
    facts = {
        "proposal": str(proposal.id),
        "draft": str(draft.id),
        "proposer": proposal.proposed_by,
        **figures(act, draft, content),
    }
    shell, comment = act.shell, proposal.comment
    row = definitions.publish(
        act.uow, act.actor, draft.process, content,
        comment=comment, catalogue=shell.for_gate(), policy=shell.policy, facts=facts,
    )  # fmt: skip
    digest = str(row["digest"])
    definitions.keep_scenarios(
        act.uow, act.actor, digest, told_in(content), reason=comment, policy=shell.policy
    )
    if definitions.latest(act.uow, draft.process)["digest"] != digest:
        # the content of an earlier version: that one is in force again
        definitions.put_in_force(
            act.uow, act.actor, draft.process, digest, reason=comment, policy=shell.policy
        )
    return digest


def _proposed(act: Act, proposal_id: UUID) -> tuple[Proposal, Draft]:
    # drafts are locked before their proposals, here as everywhere
    draft = workable(act, _proposal(act, proposal_id).draft_id, None)
    proposal = _proposal(act, proposal_id)
    if proposal.decided_at is not None:
        raise Conflict(f"This proposal was decided by {proposal.decided_by}", where="proposal")
    return proposal, draft


def _proposal(act: Act, proposal_id: UUID) -> Proposal:
    found = rows.get_proposal(act.uow, proposal_id)
    if found is None:
        raise NotFound("There is no such proposal", where=str(proposal_id))
    return found


def _undecided(act: Act, draft: Draft) -> list[Proposal]:
    return [one for one in rows.proposals(act.uow, draft.id) if one.decided_at is None]


def _settle(  # noqa: PLR0913, PLR0917  # a decision has these parts
    act: Act, draft: Draft, proposal: Proposal, who: Actor, decision: str, reason: str
) -> None:
    _decided(act, proposal, who, {"decision": decision, "reason": reason})
    facts = {
        "proposal": str(proposal.id),
        "draft": str(draft.id),
        "title": draft.title,
        "decision": decision,
        "reason": reason,
    }
    _announce(act, draft, who, EventKind.DEFINITION_REJECTED, facts)


def _decided(act: Act, proposal: Proposal, who: Actor, decision: Mapping[str, object]) -> None:
    changed = {**decision, "decided_at": act.uow.now, "decided_by": who.name}
    rows.change_proposal(act.uow, proposal.id, changed)


def _announce(
    act: Act, draft: Draft, who: Actor, kind: EventKind, facts: Mapping[str, object]
) -> None:
    stream = f"definition:{draft.process}"
    events.append(act.uow, stream, kind=kind, actor=who, payload=facts)
