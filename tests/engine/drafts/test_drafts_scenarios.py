"""A version is published with its scenarios, and the next one may not leave more untried."""

from uuid import uuid4

import pytest

from engine import definitions, drafts, kernel, trials
from engine.errors import Conflict, ScenariosInTheWay
from engine.history import EventKind
from engine.store import events
from tests.support import REVIEW

NAME = "review.scenarios.yaml"
SIGNED = b"""
- scenario: Signed in time
  process: review
  given: {at: "2026-01-05T09:00:00+01:00", variables: {due: "2026-02-01T00:00:00+01:00"}}
  steps:
    - when: {complete: write_report, by: lara, with: {grade: 3}}
    - when: {complete: sign_report, by: luc, with: {}}
    - then: {ended: report_sent}
"""
LATE = b"""
- scenario: Nobody wrote it
  process: review
  given: {at: "2026-01-05T09:00:00+01:00", variables: {due: "2026-02-01T00:00:00+01:00"}}
  steps:
    - when: {at: "2026-02-02T09:00:00+01:00"}
    - then: {ended: report_missing}
"""
WHOLE = SIGNED + LATE
#: The report is late on another way: a second boundary timer that no scenario fires.
REMINDED = REVIEW["review.bpmn"].replace(
    b'<bpmn:userTask id="sign_report"',
    b'<bpmn:boundaryEvent id="reminder_due" attachedToRef="write_report" cancelActivity="false">'
    b"<bpmn:outgoing>f6</bpmn:outgoing><bpmn:timerEventDefinition><bpmn:timeDuration>P60D"
    b"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    b'<bpmn:endEvent id="reminded"><bpmn:incoming>f6</bpmn:incoming></bpmn:endEvent>'
    b'<bpmn:sequenceFlow id="f6" sourceRef="reminder_due" targetRef="reminded" />'
    b'<bpmn:userTask id="sign_report"',
)
CLEARER = REVIEW["review.bpmn"].replace(b'name="Write the report"', b'name="Draw it up"')


@pytest.fixture
def owners(office):
    office.hire({"otmar": ["process_owner"]})
    return office


def keep(office, told):
    with office.act("olga") as act:
        digest = definitions.latest(act.uow, "review")["digest"]
        return definitions.keep_scenarios(
            act.uow, act.actor, digest, told, reason="told", policy=act.shell.policy
        )


def told(office):
    with office.begin() as uow:
        return definitions.scenarios(uow, definitions.latest(uow, "review")["digest"])


def begun(office, **changes):
    draft = office.do("olga", drafts.begin, "review", "Another").id
    for name, content in changes.items():
        file = NAME if name == "scenarios" else "review.bpmn"
        office.do("olga", drafts.save_file, draft, file, content)
    return draft


def test_a_draft_begins_with_the_scenarios_of_the_version_and_publishes_them_with_it(owners):
    keep(owners, {NAME: WHOLE})
    draft = begun(owners, diagram=CLEARER)
    assert owners.do("olga", drafts.files, draft)[NAME] == WHOLE
    proposal = owners.do("olga", drafts.propose, draft, "clearer").id
    digest = owners.do("otmar", drafts.decide, proposal, approve=True).digest
    with owners.begin() as uow:
        assert definitions.scenarios(uow, digest) == {NAME: WHOLE}
        assert NAME not in definitions.files(uow, digest)


def test_a_scenario_that_fails_stands_in_the_way_by_name(owners):
    draft = begun(owners, diagram=CLEARER, scenarios=WHOLE.replace(b"report_sent", b"elsewhere"))
    with pytest.raises(ScenariosInTheWay) as refused:
        owners.do("olga", drafts.propose, draft, "x")
    (finding,) = refused.value.facts["findings"]
    assert (finding["code"], finding["file"]) == ("scenario-fails", NAME)
    assert "“Signed in time”, step 3: the end elsewhere expected" in finding["message"]


def test_a_flow_and_a_deadline_that_nobody_tried_stand_in_the_way_by_name(owners):
    keep(owners, {NAME: WHOLE})
    draft = begun(owners, diagram=REMINDED)
    with pytest.raises(ScenariosInTheWay) as refused:
        owners.do("olga", drafts.propose, draft, "x")
    found = {(one["code"], one["element"]) for one in refused.value.facts["findings"]}
    assert found == {("not-covered", "reminder_due"), ("not-covered", "f6")}
    reminded = LATE.replace(b"Nobody wrote it", b"Reminded").replace(b"2026-02", b"2026-06")
    told_now = WHOLE + reminded
    owners.do("olga", drafts.save_file, draft, NAME, told_now)
    assert owners.do("olga", drafts.propose, draft, "with a reminder")


def test_what_the_version_in_force_leaves_untried_may_stay_so(owners):
    keep(owners, {NAME: SIGNED})
    assert owners.do("olga", drafts.propose, begun(owners, diagram=CLEARER), "clearer")


def test_nothing_is_demanded_where_the_version_in_force_has_no_scenarios(owners):
    draft = begun(owners, diagram=REMINDED, scenarios=SIGNED)
    assert owners.do("olga", drafts.try_out, draft).is_good
    assert owners.do("olga", drafts.propose, draft, "the first scenario")


def test_scenarios_taken_away_are_missed(owners):
    keep(owners, {NAME: WHOLE})
    draft = begun(owners, diagram=CLEARER)
    owners.do("olga", drafts.remove_file, draft, NAME)
    with pytest.raises(ScenariosInTheWay, match="parts are left untried"):
        owners.do("olga", drafts.propose, draft, "x")


def test_the_second_person_approves_only_what_still_comes_out_as_told(owners):
    """A version published on another way meanwhile may have told more."""
    draft = begun(owners, diagram=REMINDED)
    proposal = owners.do("olga", drafts.propose, draft, "x").id
    keep(owners, {NAME: WHOLE})
    with pytest.raises(ScenariosInTheWay):
        owners.do("otmar", drafts.decide, proposal, approve=True)


def test_better_scenarios_are_published_with_the_same_version(owners):
    keep(owners, {NAME: SIGNED})
    before = owners.case(owners.open()).definition
    draft = begun(owners)
    with pytest.raises(Conflict):
        owners.do("olga", drafts.propose, draft, "nothing")
    owners.do("olga", drafts.save_file, draft, NAME, WHOLE)
    proposal = owners.do("olga", drafts.propose, draft, "the late way is told too").id
    assert owners.do("otmar", drafts.decide, proposal, approve=True).digest == before
    assert told(owners) == {NAME: WHOLE}
    with owners.begin() as uow:
        last = list(events.of_stream(uow, "definition:review"))[-1]
    assert (last.fields.kind, last.fields.actor) == (EventKind.DEFINITION_SCENARIOS, "otmar")


def test_the_figures_stand_in_the_history_of_the_proposal(owners):
    keep(owners, {NAME: WHOLE})
    owners.do("olga", drafts.propose, begun(owners, diagram=CLEARER), "clearer")
    with owners.begin() as uow:
        last = list(events.of_stream(uow, "definition:review"))[-1]
    assert (
        b'"trial":{"boundary":[1,1],"failed":0,"flow":[5,5],"passed":2,"rule":[0,0]}'
        in last.payload
    )


def test_a_scenario_file_that_cannot_be_read_is_an_error_of_the_check(owners):
    draft = begun(owners, scenarios=b"- scenario: x\n  proces: review\n")
    (finding, *_) = owners.do("olga", drafts.findings, draft)
    assert (finding.code, finding.file) == ("scenario-unreadable", NAME)
    assert "did you mean process?" in finding.message


def test_a_trial_is_played_once_for_the_same_content(owners, monkeypatch):
    bundle = kernel.collect(REVIEW, "review")
    with owners.begin() as uow:
        first = trials.make(uow, bundle, {NAME: WHOLE})
        monkeypatch.setattr(trials, "run", None)
        assert trials.make(uow, bundle, {NAME: WHOLE}) == first
    assert (first.passed, first.failed, first.gaps) == (2, (), ())
    assert [first.covered(kind) for kind in trials.KINDS] == [5, 0, 1]


def test_scenarios_about_something_else_are_counted_and_not_played(owners):
    told_all = {NAME: WHOLE + SIGNED.replace(b"process: review", b"process: other", 1)
                .replace(b"Signed in time", b"Other")}  # fmt: skip
    with owners.begin() as uow:
        found = trials.make(uow, kernel.collect(REVIEW, "review"), told_all)
    assert (found.passed, found.elsewhere) == (2, 1)


def test_catching_up_takes_over_scenarios_too(owners):
    draft = begun(owners, diagram=CLEARER)
    owners.publish("review", {**REVIEW, "review.bpmn": CLEARER.replace(b"Draw it up", b"Again")})
    keep(owners, {NAME: WHOLE})
    assert owners.do("olga", drafts.catch_up, draft) == ["review.bpmn"]
    assert owners.do("olga", drafts.files, draft)[NAME] == WHOLE


def test_who_publishes_without_a_draft_keeps_the_scenarios_and_meets_the_same_gate(owners, front):
    keep(owners, {NAME: WHOLE})

    def publish(diagram, **more):
        files = {"review.bpmn": diagram.decode(), **more}
        body = {"process": "review", "files": files, "comment": "direct"}
        headers = {"Idempotency-Key": str(uuid4())}
        return front.as_("olga").post("/api/v1/definitions/", json=body, headers=headers)

    forms = {n: d.decode() for n, d in REVIEW.items() if n.endswith(".form")}
    refused = publish(REMINDED, **forms)
    assert (refused.status_code, refused.json["code"]) == (422, "scenarios-in-the-way")
    assert publish(CLEARER, **forms).status_code == 201
    assert told(owners) == {NAME: WHOLE}
