"""A draft changes nothing until a second person publishes it; everybody who drew it is known."""

import pytest

from engine import definitions, drafts
from engine.errors import Conflict, DefinitionRefused, FourEyes, Invalid, NotAllowed, StaleDraft
from engine.store import events
from tests.support import REVIEW

DIAGRAM = REVIEW["review.bpmn"]


def _named(name):
    return DIAGRAM.replace(b'name="Write the report"', b'name="' + name.encode() + b'"')


@pytest.fixture
def owners(office):
    office.hire({"otmar": ["process_owner"], "odile": ["process_owner"]})
    return office


@pytest.fixture
def draft(owners):
    return owners.do("olga", drafts.begin, "review", "Shorter").id


@pytest.fixture
def proposal(owners, draft):
    owners.do("olga", drafts.save_file, draft, "review.bpmn", _named("Draw up"), 1)
    return owners.do("olga", drafts.propose, draft, "clearer words").id


def _in_force(office):
    with office.begin() as uow:
        return definitions.latest(uow, "review")["version"]


def _stream(office, stream="definition:review"):
    with office.begin() as uow:
        return [(str(one.fields.kind), one.fields.actor) for one in events.of_stream(uow, stream)]


def _decide(office, name, proposal, **how):
    return office.do(name, drafts.decide, proposal, **how)


def test_a_draft_takes_the_files_of_the_version_in_force(owners, draft):
    assert owners.do("olga", drafts.files, draft) == REVIEW
    assert owners.do("olga", drafts.changes, draft) == []
    assert owners.do("olga", drafts.findings, draft) == owners.do("aldo", drafts.findings, draft)


def test_a_process_that_was_never_published_begins_with_the_files_given(owners):
    start = {name: data.replace(b'"review"', b'"other"') for name, data in REVIEW.items()}
    made = owners.do("olga", drafts.begin, "other", "New", start=start)
    assert made.base is None
    assert owners.do("olga", drafts.files, made.id).keys() == REVIEW.keys()
    with pytest.raises(DefinitionRefused):
        owners.do("olga", drafts.begin, "nothing", "New", start=start)
    with pytest.raises(Invalid):
        owners.do("olga", drafts.begin, "../x", "New", start=start)


def test_a_stale_save_is_refused_with_who_was_first(owners, draft):
    assert owners.do("otmar", drafts.save_file, draft, "review.bpmn", _named("Draw up"), 1) == 2
    with pytest.raises(StaleDraft) as refused:
        owners.do("olga", drafts.save_file, draft, "review.bpmn", DIAGRAM, 1)
    assert refused.value.facts["changed_by"] == "otmar"
    assert owners.do("olga", drafts.save_file, draft, "review.bpmn", _named("Draw up"), 2) == 2


def test_errors_stand_in_the_way_of_a_proposal(owners, draft):
    broken = DIAGRAM.replace(b'formId="write_report"', b'formId="nothing"')
    owners.do("olga", drafts.save_file, draft, "review.bpmn", broken)
    with pytest.raises(DefinitionRefused) as refused:
        owners.do("olga", drafts.propose, draft, "broken")
    assert refused.value.facts["findings"][0]["element"] == "write_report"


def test_a_draft_without_its_process_is_an_error_in_words(owners, draft):
    renamed = DIAGRAM.replace(b'"review"', b'"other"')
    owners.do("olga", drafts.save_file, draft, "review.bpmn", renamed)
    assert "process-missing" in [one.code for one in owners.do("olga", drafts.findings, draft)]


def test_a_draft_that_changes_nothing_cannot_be_proposed(owners, draft):
    with pytest.raises(Conflict):
        owners.do("olga", drafts.propose, draft, "nothing")


def test_a_second_person_publishes_and_new_cases_take_it(owners, draft, proposal):
    running = owners.open()
    with pytest.raises(FourEyes):
        _decide(owners, "olga", proposal, approve=True)
    decided = _decide(owners, "otmar", proposal, approve=True)
    assert (decided.decision, decided.decided_by) == ("approved", "otmar")
    assert _in_force(owners) == 2
    assert owners.case(running).definition != owners.case(owners.open()).definition
    assert _stream(owners)[-2:] == [
        ("definition:proposed", "olga"), ("definition:published", "otmar"),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        owners.do("olga", drafts.save_file, draft, "review.bpmn", DIAGRAM)
    with pytest.raises(Conflict):
        _decide(owners, "otmar", proposal, approve=True)


def test_whoever_drew_any_part_of_it_may_not_decide(owners, draft):
    owners.do("otmar", drafts.save_file, draft, "review.bpmn", _named("Draw up"), 1)
    owners.do("olga", drafts.save_file, draft, "review.bpmn", _named("Draw it up"), 2)
    proposal = owners.do("olga", drafts.propose, draft, "clearer").id
    with pytest.raises(FourEyes):
        _decide(owners, "otmar", proposal, approve=True)
    assert _decide(owners, "odile", proposal, approve=True).decision == "approved"


def test_a_change_after_the_proposal_needs_a_new_one(owners, draft, proposal):
    owners.do("olga", drafts.save_file, draft, "review.bpmn", _named("Again"))
    with pytest.raises(StaleDraft):
        _decide(owners, "otmar", proposal, approve=True)
    again = owners.do("olga", drafts.propose, draft, "once more")
    assert again.id != proposal
    assert _decide(owners, "otmar", again.id, approve=True).decision == "approved"
    assert ("definition:rejected", "olga") in _stream(owners)


def test_a_rejection_needs_a_reason_and_leaves_the_draft_open(owners, draft, proposal):
    with pytest.raises(Invalid):
        _decide(owners, "otmar", proposal, approve=False)
    assert _decide(owners, "otmar", proposal, approve=False, reason="unclear").reason == "unclear"
    assert _in_force(owners) == 1
    assert _stream(owners)[-1] == ("definition:rejected", "otmar")
    owners.do("olga", drafts.save_file, draft, "review.bpmn", _named("Better"))


def test_a_draft_put_away_withdraws_its_proposal(owners, draft, proposal):
    owners.do("olga", drafts.put_away, draft)
    with pytest.raises(Conflict):
        _decide(owners, "otmar", proposal, approve=True)
    assert _stream(owners)[-1] == ("definition:rejected", "olga")


def test_a_draft_behind_the_version_in_force_catches_up_first(owners, draft):
    form = REVIEW["sign_report.form"].replace(b'"label": "', b'"label": "My ')
    assert form != REVIEW["sign_report.form"]
    owners.do("olga", drafts.save_file, draft, "sign_report.form", form)
    owners.publish("review", {**REVIEW, "review.bpmn": _named("Meanwhile")})
    with pytest.raises(Conflict):
        owners.do("olga", drafts.propose, draft, "late")
    assert owners.do("olga", drafts.catch_up, draft) == []
    files = owners.do("olga", drafts.files, draft)
    assert (files["review.bpmn"], files["sign_report.form"]) == (_named("Meanwhile"), form)
    assert owners.do("olga", drafts.propose, draft, "now").draft_revision == 3


def test_catching_up_names_what_both_changed_and_keeps_the_draft(owners, draft):
    owners.do("olga", drafts.save_file, draft, "review.bpmn", _named("Mine"))
    owners.publish("review", {**REVIEW, "review.bpmn": _named("Theirs")})
    assert owners.do("olga", drafts.catch_up, draft) == ["review.bpmn"]
    assert owners.do("olga", drafts.files, draft)["review.bpmn"] == _named("Mine")


def test_of_two_proposals_the_second_has_to_look_at_the_first(owners, proposal):
    other = owners.do("odile", drafts.begin, "review", "Other").id
    owners.do("odile", drafts.save_file, other, "review.bpmn", _named("Other"))
    second = owners.do("odile", drafts.propose, other, "other words").id
    _decide(owners, "otmar", proposal, approve=True)
    with pytest.raises(Conflict, match="came into force"):
        _decide(owners, "otmar", second, approve=True)


def test_approving_the_content_of_an_earlier_version_puts_that_one_in_force(owners, proposal):
    _decide(owners, "otmar", proposal, approve=True)
    back = owners.do("olga", drafts.begin, "review", "Back").id
    owners.do("olga", drafts.save_file, back, "review.bpmn", DIAGRAM)
    again = owners.do("olga", drafts.propose, back, "the old words were better").id
    assert _decide(owners, "otmar", again, approve=True).digest
    assert _in_force(owners) == 1
    assert _stream(owners)[-1] == ("definition:in-force", "otmar")


def test_new_cases_take_an_earlier_version_again(owners):
    first = owners.case(owners.open()).definition
    owners.publish("review", {**REVIEW, "review.bpmn": _named("Second")})

    def back(name, reason):
        with owners.act(name) as act:
            definitions.put_in_force(
                act.uow, act.actor, "review", first, reason=reason, policy=act.shell.policy
            )

    with pytest.raises(NotAllowed):
        back("hanna", "because")
    with pytest.raises(Invalid):
        back("olga", " ")
    back("olga", "the second was wrong")
    assert owners.case(owners.open()).definition == first
    assert _stream(owners)[-1] == ("definition:in-force", "olga")
    with pytest.raises(Conflict):
        back("olga", "again")
    owners.publish("review", {**REVIEW, "review.bpmn": _named("Third")})
    assert _in_force(owners) == 3


def test_publishing_shipped_files_again_keeps_what_the_owner_chose(owners):
    owners.publish("review", {**REVIEW, "review.bpmn": _named("Second")})
    owners.publish()
    assert _in_force(owners) == 2


def test_only_process_owners_draw(owners, draft):
    for name in ("hanna", "aldo", "otto"):
        with pytest.raises(NotAllowed):
            owners.do(name, drafts.save_file, draft, "review.bpmn", DIAGRAM)
        with pytest.raises(NotAllowed):
            owners.do(name, drafts.begin, "review", "X")
