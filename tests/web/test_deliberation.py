"""The deliberation: matrix, minutes from the data, merit order, a list signed and frozen."""

import io
import re
from decimal import Decimal
from urllib.parse import urlsplit

import pypdf
import pytest

from engine import cases, clock, worklist
from engine.operations import Context
from engine.store import begin
from recruitment import merit
from recruitment.operations import calls
from recruitment.store import records
from tests.support import watched
from tests.web.test_scores import Page, submit

__all__ = ["round_"]
REASON = "Sound answers; knows the regulation in practice."
AGREED = {"score": "3.5", "suitable": "yes", "reason": REASON}
CHANGE = {
    "change-0-person": "petra", "change-0-criterion": "AI governance",
    "change-0-points": "4", "change-0-reason": "Misheard Ὀδυσσεύς <b>twice</b>",
}  # fmt: skip


@pytest.fixture
def round_(site, selection):
    """A candidate whom the panel scores; the open sheets by member."""

    def play():
        selection.publish_call()
        selection.apply("Παναγιώτης Šťastný")
        return {one.assignee: one for one in selection.until("score_candidate")}

    return selection.staged("a round of scores for Παναγιώτης", play)


@pytest.fixture
def agreeing(site, selection, round_):
    """The chair's task: two members gave 1, 2, 3, 4, one gave 4 where they gave 1."""

    def play():
        submit(site, round_, "pavel", **{"points-0": "4"})
        submit(site, round_, "petra")
        submit(site, round_, "peter")
        (task,) = selection.until("record_consensus")
        return task

    return selection.staged("scores that differ for Παναγιώτης", play)


def show(site, task, name="pavel"):
    return Page(site.as_(name).get(f"/deliberation/{task.id}"))


def post(site, task, name="pavel", **given):
    with begin(site.office.database, now=clock.now()) as uow:
        revision = worklist.get(uow, task.id).revision
    data = {"revision": revision, **given}
    return site.as_(name).post(f"/deliberation/{task.id}", data=data)


def sign(site, task, **given):
    answer = post(site, task, **{**AGREED, **given}, step="sign")
    assert answer.status_code == 303, Page(answer).words
    return answer


# --- one candidate ---------------------------------------------------------------------------


def test_the_matrix_shows_points_notes_spread_and_who_lies_apart_in_words(site, agreeing):
    page = show(site, agreeing)
    assert page.says("3 above the others")
    assert page.says("Said 0")
    # exact means 2, 2, 3, 4 weighted 3, 2, 1, 1
    assert page.says("2.43")
    assert page.fields["score"] == "2.43"
    # means and spreads line up, points are whole
    assert page.says("Mean Spread AI governance")
    assert page.says("2.00 3.00 Regulation in practice")
    # on a narrow screen a cell says whose it is
    assert 'data-label="Peter"' in page.text


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"score": "7"}, "Agreed score : A score from 0 to 5"),
        ({"score": "3.123"}, "Agreed score : A score from 0 to 5"),
        ({"suitable": ""}, "Suitable : Say whether the candidate is suitable."),
        ({"reason": "Good."}, "Reasons of the panel : Give the reasons of the panel"),
        ({**CHANGE, "change-0-reason": ""}, "Changed scores : A changed score needs a reason"),
        ({**CHANGE, "change-0-person": "hanna"}, "Changed scores : Choose the member"),
        ({**CHANGE, "change-0-points": "1"}, "These are the points that stand there already."),
        (
            CHANGE | {name.replace("0", "1", 1): value for name, value in CHANGE.items()},
            "This score is changed in a row above already.",
        ),
    ],
    ids=lambda one: one[:30] if isinstance(one, str) else "",
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(site, agreeing, given, fault):
    page = Page(post(site, agreeing, **{**AGREED, **given}))
    assert page.answer.status_code == 422
    assert page.says(fault)
    assert page.fields["reason"] == {**AGREED, **given}["reason"]


def test_the_minutes_are_read_before_they_are_signed(site, agreeing):
    page = Page(post(site, agreeing, **AGREED, **CHANGE))
    assert page.answer.status_code == 200
    assert page.says("Sign these minutes?")
    draft = site.as_("pavel").get(f"/deliberation/{agreeing.id}/minutes.pdf")
    text = words_of(draft.data)
    for said in (
        "DRAFT, not signed", "Παναγιώτης Šťastný", "Ὀδυσσεύς <b>twice</b>",
        f"Reasons of the panel {REASON}", "Meaning of the points version 1 Panel",
        "Agreed score, of 5 3.50",
    ):  # fmt: skip
        assert said in text
    picture = site.as_("pavel").get(f"/deliberation/{agreeing.id}/minutes/pages/1.png")
    assert picture.content_type == "image/png"
    # a draft is the chair's alone, and is not filed
    assert site.as_("petra").get(f"/deliberation/{agreeing.id}/minutes.pdf").status_code == 404
    assert "panel_minutes" not in kinds(site, agreeing)


def words_of(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def kinds(site, task):
    with begin(site.office.database, now=clock.now()) as uow:
        return [one["kind"] for one in records.documents(uow, task.case_key)]


def test_signed_minutes_are_filed_and_both_values_stay(site, selection, agreeing):
    sign(site, agreeing, **CHANGE)
    assert kinds(site, agreeing).count("panel_minutes") == 1
    page = show(site, agreeing, "petra")
    assert page.says("before: 1")
    assert page.says("Misheard")
    assert page.says("Signed minutes (PDF)")
    content = site.as_("petra").get(f"/deliberation/{agreeing.id}/minutes.pdf").data
    assert "Signed for the panel by" in words_of(content)
    assert "DRAFT" not in words_of(content)
    for name in ("hanna", "carla", "anton"):
        assert site.as_(name).get(f"/deliberation/{agreeing.id}/minutes.pdf").data == content
    for name in ("luisa", "olga", "oscar"):
        assert site.as_(name).get(f"/deliberation/{agreeing.id}").status_code == 404
    assert post(site, agreeing, **AGREED, step="sign").status_code == 409
    selection.office.work()
    assert selection.application(case_of(site, agreeing))["score"] == Decimal("3.5")


def test_whoever_confirms_the_result_reads_the_scores_first(site, selection, agreeing):
    sign(site, agreeing)
    (task,) = selection.until("confirm_panel_result")
    page = Page(site.as_("carla").get(f"/tasks/{task.id}"))
    assert page.says("What the panel agreed Agreed score 3.50 of 5 Suitable yes")
    assert page.says(REASON)
    assert f'href="/deliberation/{agreeing.id}"' in page.text
    scores = show(site, agreeing, "carla")
    assert scores.says("Signed minutes (PDF)")
    assert scores.fields.keys() <= {"next", None, "language", "q", "words"}
    assert f'class="button button--main" href="/tasks/{task.id}"' in scores.text
    assert re.search(r'href="/cases" aria-current="page"', scores.text)
    # the way back is for nobody else
    assert f'href="/tasks/{task.id}"' not in show(site, agreeing).text


def case_of(site, task):
    with begin(site.office.database, now=clock.now()) as uow:
        return cases.get(uow, task.case_id)


def test_only_the_chair_writes_and_a_stale_page_signs_nothing(site, agreeing):
    assert show(site, agreeing, "petra").says("chairs the panel and writes down what it agrees")
    assert post(site, agreeing, "petra", **AGREED, step="sign").status_code == 403
    data = {**AGREED, "revision": "1", "step": "sign"}
    answer = site.as_("pavel").post(f"/deliberation/{agreeing.id}", data=data)
    assert answer.status_code == 409
    assert "panel_minutes" not in kinds(site, agreeing)
    # what was typed is still there
    assert show(site, agreeing).fields["reason"] == REASON


def test_a_row_is_added_without_a_script_and_a_draft_is_kept(site, agreeing):
    page = Page(post(site, agreeing, **AGREED, **CHANGE, step="row"))
    assert "change-1-person" in page.ids
    assert page.fields["change-0-reason"] == CHANGE["change-0-reason"]
    assert post(site, agreeing, **AGREED, step="save").status_code == 303
    assert show(site, agreeing).fields["score"] == "3.5"


# --- the whole call --------------------------------------------------------------------------


def test_who_is_missing_is_named_and_reminded_from_the_call(site, round_):
    submit(site, round_, "pavel")
    submit(site, round_, "peter")
    page = Page(site.as_("hanna").get("/calls/c1/deliberation"))
    assert page.says("2 of 3 members have submitted")
    case = round_["petra"].case_id
    answer = site.as_("hanna").post("/calls/c1/deliberation/remind", data={"case": str(case)})
    assert urlsplit(answer.location).query == "said=reminded"
    assert Page(site.as_("hanna").get("/calls/c1/deliberation")).says("reminded today")
    with begin(site.office.database, now=clock.now()) as uow:
        letters = [one for one in records.letters(uow, case) if one["template"] == "scores_due"]
    assert [one["to_address"] for one in letters] == ["petra@example.org"]


def test_an_empty_deliberation_says_what_to_do(site, selection):
    selection.publish_call()
    page = Page(site.as_("hanna").get("/calls/c1/deliberation"))
    assert page.says("No panel has scored a candidate of this call yet.")
    assert "/calls/c1/deliberation" in page.text


@pytest.mark.parametrize("name", ["luisa", "oscar", "petra"])
def test_the_list_is_for_the_office_the_authority_and_the_auditor(site, selection, name):
    selection.publish_call()
    assert site.as_(name).get("/calls/c1/deliberation").status_code == 403
    if name != "petra":
        about = site.as_(name).get("/calls/c1/about").get_data(as_text=True)
        assert "/deliberation" not in about


@pytest.fixture
def ranked(site, selection):
    """Four candidates scored, two of them alike, one not suitable; the list waits."""

    def play():
        call = selection.publish_call()
        for name, kind in (
            ("Ana Berg", "reserve"), ("Björn Conti", "engaged"), ("Chiara Dvořák", "reserve"),
            ("Dan Egger", "not_selected"),
        ):  # fmt: skip
            selection.apply(name, kind=kind)
        selection.until()
        (task,) = [one for one in selection.tasks({call.id}) if one.element == "close_interviews"]
        closed = {"closed_on": clock.now().date().isoformat()}
        selection.office.do("luisa", cases.complete_task, task.id, closed)
        selection.office.work()
        return call

    return selection.staged("four that are ranked", play)


def listed(site, name="carla"):
    return Page(site.as_(name).get("/calls/c1/deliberation"))


def freeze(site, name="carla", **given):
    page = listed(site, name)
    data = {"revision": page.fields["revision"], "digest": page.fields["digest"]} | given
    return site.as_(name).post("/calls/c1/deliberation", data=data)


def test_the_list_shows_order_ties_and_cut_off(site, ranked):
    page = listed(site)
    words = " ".join(page.words)
    order = [words.index(one) for one in ("Björn Conti", "Ana Berg", "Chiara Dvořák", "Cut-off")]
    assert order == sorted(order)
    assert words.index("Cut-off") < words.rindex("Dan Egger")
    assert page.says("2=")
    assert page.says("12 months from the day on which the posts are filled")
    assert page.says("Calibration of the assessors")
    assert "digest" not in listed(site, "hanna").fields


def test_ties_are_reasoned_and_only_what_was_seen_is_signed(site, selection, ranked):
    answer = freeze(site, decision="confirm")
    assert answer.status_code == 422
    assert Page(answer).says("Reasons for the order of those who tie : Give the reasons")
    assert freeze(site, decision="send_back").status_code == 422
    stale = freeze(site, decision="confirm", tie_reason=REASON, digest="0" * 64)
    assert stale.status_code == 409
    assert freeze(site, decision="confirm", tie_reason=REASON).status_code == 303
    page = listed(site, "hanna")
    assert page.says("The list is frozen.")
    assert page.says(REASON)
    with site.office.act("hanna") as act:
        drawn = merit.of_call(act, records.get_call(act.uow, "c1")).drawn
    assert drawn.digest in page.text
    # what is scored later does not change the order in which offers are made
    with begin(site.office.database, now=clock.now()) as uow:
        records.change_application(uow, drawn.order[2], {"score": Decimal(5)})
        uow.recorded = True
    selection.office.work()
    with begin(site.office.database, now=clock.now()) as uow:
        rows = records.applications(uow, "c1")
        assert [one["name"] for one in rows if one["offered_at"]] == ["Björn Conti"]
        assert next_in_line(uow, drawn) == drawn.order[1]


def next_in_line(uow, drawn):
    context = Context(uow=uow, case_id=None, effect=None, element="find_next_in_line")
    given = {"call": "c1", "ranking": [dict(one) for one in drawn.rows]}
    uow.recorded = True
    return calls.next_in_line(context, given)["application"]


def test_below_the_quorum_nothing_is_frozen(site, selection):
    """Petra's sheet was given to Peter: two people scored, whatever the number of sheets."""
    call = selection.publish_call()
    selection.apply("Ana Berg", kind="reserve")
    sheets = {one.assignee: one for one in selection.until("score_candidate")}
    selection.office.do(
        "hanna", cases.assign, sheets["petra"].id, to="peter", reason="Petra fell ill"
    )
    selection.until()
    (task,) = [one for one in selection.tasks({call.id}) if one.element == "close_interviews"]
    closed = {"closed_on": clock.now().date().isoformat()}
    selection.office.do("luisa", cases.complete_task, task.id, closed)
    selection.office.work()
    page = listed(site)
    assert page.says("Below the quorum: the list cannot be frozen.")
    assert page.says("2 members have scored")
    assert page.says("Add a member: send the case back to the set-up of the panel")
    answer = freeze(site, decision="confirm")
    assert answer.status_code == 422
    # the form says so too: the programming interface is no way round
    (task,) = [one for one in selection.tasks({call.id}) if one.element == "confirm_ranking"]
    refused = site.as_("carla").post(
        f"/api/v1/tasks/{task.id}/complete",
        json={"variables": {"decision": "confirm"}},
        headers={"If-Match": f'"r{task.revision}"'},
    )
    assert refused.status_code == 422
    assert "Below the quorum: 2 of at least 3" in str(refused.json)
    assert freeze(site, decision="send_back", reason="Interview her again.").status_code == 303


def test_the_list_asks_as_few_questions_for_four_candidates_as_for_one(site, ranked):
    asked = []
    with watched(asked.append):
        assert site.as_("hanna").get("/calls/c1/deliberation").status_code == 200
    assert len(asked) < 30
