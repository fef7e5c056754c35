"""The studio: process owners draft and propose, a second one publishes, others stay out."""

import pytest

from engine import drafts
from tests.support import REVIEW

DIAGRAM = REVIEW["review.bpmn"]
DRAWN = DIAGRAM.replace(
    b'name="Write the report"', b'name="Draw up <b>it</b>"'.replace(b"<", b"&lt;")
)


@pytest.fixture
def draft(office):
    office.hire({"otmar": ["process_owner"]})
    return office.do("olga", drafts.begin, "review", "Shorter review").id


@pytest.fixture
def changed(office, draft):
    office.do("olga", drafts.save_file, draft, "review.bpmn", DRAWN)
    return draft


@pytest.fixture
def proposal(office, changed):
    return office.do("olga", drafts.propose, changed, "clearer words")


def test_the_first_page_lists_processes_with_what_runs_on_them(site, office):
    office.open()
    page = site.as_("olga").get("/studio").text
    assert 'href="/studio/review"' in page
    assert 'class="number">1</td>' in page


def test_an_office_without_processes_is_told_what_to_do(database):
    from tests.support import Front, Office  # noqa: PLC0415  # as the fixtures do

    office = Office(database)
    office.hire()
    front = Front(office, with_pages=True)
    assert "No process is published yet." in front.as_("olga").get("/studio").text


@pytest.mark.parametrize("name", ["hanna", "petra", "otto"])
def test_others_do_not_see_the_studio(site, draft, name):
    for address in ("/studio", "/studio/review", f"/studio/drafts/{draft}"):
        assert site.as_(name).get(address).status_code == 403


def test_an_auditor_reads_and_is_offered_nothing_to_change(site, changed):
    page = site.as_("aldo").get(f"/studio/drafts/{changed}")
    assert page.status_code == 200
    assert "Propose for publication" not in page.text
    begun = site.as_("aldo").post("/studio/drafts", data={"process": "review", "title": "x"})
    assert begun.status_code == 403


def test_a_draft_is_begun_from_the_page_of_its_process(site):
    olga = site.as_("olga")
    answer = olga.post("/studio/drafts", data={"process": "review", "title": "Shorter"})
    assert answer.status_code == 303
    page = olga.get(answer.location).text
    assert "The draft is begun." in page
    assert "Nothing yet. Open a file to change it." in page


def test_a_new_process_begins_with_a_sound_diagram(site):
    olga = site.as_("olga")
    answer = olga.post("/studio/drafts", data={"process": "study_leave", "title": "Study leave"})
    page = olga.get(answer.location).text
    assert "study_leave.bpmn" in page
    assert "Nothing stands in the way of publishing." in page
    refused = olga.post("/studio/drafts", data={"process": "../x", "title": "X"})
    assert refused.status_code == 422


def test_a_draft_shows_what_differs_by_name_and_hostile_names_as_text(site, changed):
    page = site.as_("olga").get(f"/studio/drafts/{changed}").text
    assert "Draw up &lt;b&gt;it&lt;/b&gt;" in page
    assert "<b>it</b>" not in page
    assert 'id="propose-comment"' in page


def test_errors_are_listed_with_their_element_and_stand_in_the_way(site, office, draft):
    broken = DIAGRAM.replace(b'formId="write_report"', b'formId="nothing"')
    office.do("olga", drafts.save_file, draft, "review.bpmn", broken)
    page = site.as_("olga").get(f"/studio/drafts/{draft}").text
    assert "files/review.bpmn#write_report" in page
    assert "Mend the errors first" in page
    data = {"revision": "2", "comment": "c"}
    assert site.as_("olga").post(f"/studio/drafts/{draft}/propose", data=data).status_code == 422


def test_a_second_person_looks_and_publishes(site, proposal):
    olga, otmar = site.as_("olga"), site.as_("otmar")
    assert "Look and decide" in otmar.get("/studio").text
    assert "Look and decide" not in olga.get("/studio").text
    address = f"/studio/drafts/{proposal.draft_id}"
    assert 'value="approve"' in otmar.get(address).text
    assert 'value="approve"' not in olga.get(address).text
    decide = f"/studio/proposals/{proposal.id}/decide"
    assert olga.post(decide, data={"decision": "approve"}).status_code == 403
    answer = otmar.post(decide, data={"decision": "approve"})
    assert answer.status_code == 303
    assert "Published. New cases take this version." in otmar.get(answer.location).text
    history = olga.get("/studio/review").text
    assert "Published version 2" in history
    assert "Proposed “Shorter review”" in history


def test_a_rejection_without_a_reason_is_refused_and_with_one_told(site, proposal):
    otmar, decide = site.as_("otmar"), f"/studio/proposals/{proposal.id}/decide"
    assert otmar.post(decide, data={"decision": "reject"}).status_code == 422
    answer = otmar.post(decide, data={"decision": "reject", "reason": "unclear"})
    assert "unclear" in otmar.get(answer.location).text


def test_a_stale_page_is_refused_with_the_name_of_who_was_first(site, office, changed):
    office.do("otmar", drafts.save_file, changed, "review.bpmn", DIAGRAM)
    data = {"revision": "2", "comment": "c"}
    answer = site.as_("olga").post(f"/studio/drafts/{changed}/propose", data=data)
    assert answer.status_code == 409
    assert "otmar changed this draft" in answer.text


def test_files_are_added_and_removed(site, draft):
    olga = site.as_("olga")
    data = {"revision": "1", "name": "new_form", "kind": "form"}
    added = olga.post(f"/studio/drafts/{draft}/files", data=data)
    assert added.status_code == 303
    assert added.location.startswith(f"/studio/drafts/{draft}/files/new_form.form")
    again = olga.post(f"/studio/drafts/{draft}/files", data={**data, "revision": "2"})
    assert again.status_code == 422
    gone = olga.post(f"/studio/drafts/{draft}/files/new_form.form/remove", data={"revision": "2"})
    assert "new_form.form" not in olga.get(gone.location.partition("?")[0]).text


def test_a_version_shows_its_files_and_what_it_changed(site, office, proposal):
    office.do("otmar", drafts.decide, proposal.id, approve=True)
    olga = site.as_("olga")
    with office.begin() as uow:
        from engine import definitions  # noqa: PLC0415  # only here

        newest, first = definitions.versions(uow, "review")
    page = olga.get(f"/studio/versions/{newest['digest']}").text
    assert "Draw up" in page
    assert "sign_report.form" in page
    only = olga.get(f"/studio/versions/{first['digest']}").text
    assert "This is the first version." in only
    assert olga.get("/studio/versions/nothing").status_code == 404


def test_new_cases_take_an_earlier_version_again_with_a_reason(site, office, proposal):
    first = office.case(office.open()).definition
    office.do("otmar", drafts.decide, proposal.id, approve=True)
    olga = site.as_("olga")
    data = {"version": first, "reason": " "}
    assert olga.post("/studio/review/in-force", data=data).status_code == 422
    done = olga.post("/studio/review/in-force", data={**data, "reason": "it was wrong"})
    page = olga.get(done.location).text
    assert "Put version 1 in force for new cases" in page
    assert "it was wrong" in page
    assert office.case(office.open()).definition == first


def test_a_draft_that_fell_behind_is_told_so_and_catches_up(site, office, draft):
    office.publish("review", {**REVIEW, "review.bpmn": DRAWN})
    olga = site.as_("olga")
    assert "Take over its changes" in olga.get(f"/studio/drafts/{draft}").text
    done = olga.post(f"/studio/drafts/{draft}/catch-up", data={"revision": "1"})
    page = olga.get(done.location).text
    assert "Take over its changes" not in page


def test_a_draft_is_put_away(site, draft):
    olga = site.as_("olga")
    away = olga.post(f"/studio/drafts/{draft}/put-away", data={"revision": "1"})
    assert away.location.startswith("/studio/review")
    assert "This draft was put away." in olga.get(f"/studio/drafts/{draft}").text
