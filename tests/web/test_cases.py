"""The list of cases and the file of one, as a browser asks for them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from engine import cases
from engine.cases import comments
from engine.store import events, queue
from recruitment.store import records
from tests.support import REPORT, REVIEW

PARTS = ("overview", "diagram", "timeline", "papers", "comments", "data", "as-of")
HOSTILE = "<script>alert(1)</script> & \"x\" 'y'"


def _text(answer):
    assert answer.status_code < 500, answer.get_data(as_text=True)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def case(office):
    return office.open()


def _form(office, case, **more):
    return {"revision": office.case(case).revision, "reason": "Because.", **more}


def test_an_empty_list_says_when_a_case_opens(site):
    assert "No case yet." in _text(site.as_("hanna").get("/cases"))
    assert "No case waits for you." in _text(site.as_("lara").get("/cases"))


def test_the_list_shows_where_each_case_stands(site, case):
    page = _text(site.as_("hanna").get("/cases"))
    assert "Review of X" in page
    assert "Write the report" in page
    assert "running" in page


def test_the_list_shows_to_others_only_cases_with_a_task_of_theirs(site, case):
    assert "Review of X" in _text(site.as_("lara").get("/cases"))
    assert "Review of X" not in _text(site.as_("petra").get("/cases"))


def test_filters_stand_in_the_address(site, office, case, clock):
    clock.tick(timedelta(days=2))
    office.sent_back_to_the_end(office.open(title="Review of Y", key="K1"))
    hanna = site.as_("hanna")
    for query, shown, hidden in (
        ("state=running", "X", "Y"),
        ("state=ended", "Y", "X"),
        ("key=K1", "Y", "X"),
        ("from=2026-01-06", "Y", "X"),
        ("before=2026-01-06", "X", "Y"),
    ):
        page = _text(hanna.get(f"/cases?{query}"))
        assert f"Review of {shown}" in page, query
        assert f"Review of {hidden}" not in page, query
    assert "No case matches." in _text(hanna.get("/cases?process=nothing"))
    assert hanna.get("/cases?from=yesterday").status_code == 422


def test_a_long_list_goes_on_on_the_next_page(site, office, monkeypatch):
    monkeypatch.setattr("web.lists.SIZE", 2)
    for number in range(3):
        office.open(title=f"Review {number}")
    first = site.as_("hanna").get("/cases?sort=opened_at")
    address = re.search(r'rel="next" href="([^"]+)"|href="([^"]+)" rel="next"', first.text)
    further = next(one for one in address.groups() if one).replace("&amp;", "&")
    both = [*re.findall(r"Review \d", _text(first))]
    both += re.findall(r"Review \d", _text(site.as_("hanna").get(further)))
    assert sorted(set(both)) == ["Review 0", "Review 1", "Review 2"]


def test_every_part_of_a_case_file_can_be_read_and_the_reading_is_recorded(site, office, case):
    for part in PARTS:
        page = site.as_("hanna").get(f"/cases/{case}?tab={part}")
        assert page.status_code == 200, part
        assert page.text.count("<h1>") == 1
        with office.begin() as uow:
            last = events.of_stream(uow, f"read:{case}")[-1]
        assert part.encode() in last.payload


def test_a_case_that_is_not_ones_own_does_not_exist(site, case):
    for path in (f"/cases/{case}", f"/cases/{uuid4()}"):
        assert site.as_("petra").get(path).status_code == 404


def test_the_overview_says_what_is_due_whose_move_it_is_and_what_then(site, case):
    page = _text(site.as_("hanna").get(f"/cases/{case}"))
    assert "Whose move Line manager" in page
    assert "Write the report" in page
    assert "Deadlines that run" in page
    assert "version 1" in page


def test_what_cannot_be_done_says_why(site, office, case):
    page = _text(site.as_("lara").get(f"/cases/{case}"))
    assert "it takes one of these roles: Contracting authority, HR officer" in page
    office.do("hanna", cases.suspend, case, reason="Wait.")
    page = _text(site.as_("hanna").get(f"/cases/{case}"))
    assert "the case is suspended; resume it first" in page
    office.do("hanna", cases.resume, case, reason="Go on.")
    office.do("hanna", cases.cancel, case, reason="Enough.")
    assert "the case has ended" in _text(site.as_("hanna").get(f"/cases/{case}"))


def test_a_case_is_suspended_resumed_and_cancelled(site, office, case):
    hanna = site.as_("hanna")
    for verb, kind in (
        ("suspend", "case:suspended"),
        ("resume", "case:resumed"),
        ("cancel", "case:cancelled"),
    ):
        answer = hanna.post(f"/cases/{case}/{verb}", data=_form(office, case))
        assert answer.status_code == 303, answer.text
        assert kind in office.kinds(case)[-2:]


@pytest.mark.parametrize("verb", ["suspend", "cancel", "extend", "send-back"])
def test_a_page_that_is_out_of_date_changes_nothing(site, office, case, verb):
    old = _form(office, case, **_more(office, case))
    office.do("hanna", cases.reschedule, office.task(case).id, {"priority": 9}, reason="Now.")
    before = len(office.history(case))
    answer = site.as_("hanna").post(f"/cases/{case}/{verb}", data=old)
    assert answer.status_code in (409, 412)
    assert "changed since you opened the page" in answer.text
    assert len(office.history(case)) == before


@pytest.mark.parametrize("verb", ["suspend", "resume", "cancel", "extend", "withdraw"])
def test_what_a_role_may_not_do_is_refused(site, office, case, verb):
    data = _form(office, case, **_more(office, case))
    before = len(office.history(case))
    assert site.as_("lara").post(f"/cases/{case}/{verb}", data=data).status_code == 403
    assert site.as_("petra").post(f"/cases/{case}/{verb}", data=data).status_code == 404
    assert len(office.history(case)) == before


def _more(office, case):
    with office.begin() as uow:
        (timer,) = queue.timers(uow, case_id=case)
    return {
        "timer": str(timer["id"]),
        "due_at": "2026-03-01T10:00",
        "task": f"{office.task(case).id}/write_report",
    }


def test_a_deadline_is_moved_in_the_time_of_brussels(site, office, case):
    data = _form(office, case, **_more(office, case))
    assert site.as_("hanna").post(f"/cases/{case}/extend", data=data).status_code == 303
    with office.begin() as uow:
        (timer,) = queue.timers(uow, case_id=case)
    assert timer["due_at"].isoformat().startswith("2026-03-01T09:00")


def test_a_deadline_of_another_case_is_not_moved(site, office, case):
    data = _form(office, case, **_more(office, office.open()))
    assert site.as_("hanna").post(f"/cases/{case}/extend", data=data).status_code == 404


def test_a_task_is_sent_back_to_an_earlier_one(site, office, case):
    office.complete("lara", case, REPORT)
    page = site.as_("hanna").get(f"/cases/{case}").text
    (choice,) = re.findall(r'<option value="([0-9a-f-]{36}/[a-z_]+)"', page)
    assert choice.endswith("/write_report")
    data = _form(office, case, task=choice)
    assert site.as_("hanna").post(f"/cases/{case}/send-back", data=data).status_code == 303
    assert office.task(case).element == "write_report"


def test_a_comment_is_written_and_shown_as_plain_text(site, office, case):
    assert "Nobody has written anything yet." in _text(
        site.as_("lara").get(f"/cases/{case}?tab=comments")
    )
    answer = site.as_("lara").post(f"/cases/{case}/comments", data={"text": HOSTILE})
    assert answer.status_code == 303
    page = site.as_("hanna").get(f"/cases/{case}?tab=comments").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert site.as_("hanna").post(f"/cases/{case}/comments", data={}).status_code == 422
    assert site.as_("petra").post(f"/cases/{case}/comments", data={"text": "x"}).status_code == 404


def test_documents_and_letters_are_listed_for_those_who_may_read_them(site, office):
    case = office.open(key="A1")
    page = _text(site.as_("hanna").get(f"/cases/{case}?tab=papers"))
    assert "No document has arrived." in page
    assert "No letter was written in this case yet." in page
    _keep_papers(office, case)
    page = site.as_("hanna").get(f"/cases/{case}?tab=papers").text
    assert "cv.pdf" in page
    assert "/api/v1/applications/documents/D1" in page
    assert "Invitation" in page
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    theirs = _text(site.as_("lara").get(f"/cases/{case}?tab=papers"))
    assert "Your role does not read documents." in theirs
    assert "Invitation" not in theirs


def _keep_papers(office, case):
    with office.act("hanna") as act:
        now = act.uow.now
        cv = {"id": "D1", "kind": "cv", "name": "cv.pdf", "media_type": "application/pdf"}
        cv |= {"sha256": "0" * 64, "size": 4, "content": b"%PDF", "received_at": now}
        call = {"id": "C1", "reference": "C1", "title": "C", "deadline": now, "content": {}}
        person = {"id": "P1", "name": "P", "email": "p@example.org", "content": {}}
        records.add_call(act.uow, {**call, "created_at": now})
        records.add_candidate(act.uow, {**person, "created_at": now})
        mail = {"id": "A1", "call": "C1", "candidate": "P1", "received_at": now, "content": {}}
        records.add_application(act.uow, mail)
        records.add_document(act.uow, {**cv, "application": "A1"})
        letter = {"id": uuid4(), "case_id": case, "to_address": "p@example.org", "template": "t"}
        letter |= {"subject": "Invitation", "body": HOSTILE, "written_at": now}
        records.add_letter(act.uow, letter)
        comments.write(act, case, "Papers for a test.")


def test_a_comment_at_a_task_leads_back_to_it(site, office, case):
    task = office.task(case).id
    data = {"text": "Soon.", "task": str(task), "next": f"/tasks/{task}"}
    answer = site.as_("lara").post(f"/cases/{case}/comments", data=data)
    assert answer.headers["Location"].startswith(f"/tasks/{task}?said=")
    data["next"] = "//elsewhere.example/"
    answer = site.as_("lara").post(f"/cases/{case}/comments", data=data)
    assert answer.headers["Location"].startswith(f"/cases/{case}")


def test_hostile_names_stay_text_in_every_part(site, office):
    case = office.open(title=HOSTILE, variables={"due": "2026-02-01T00:00:00+01:00", "x": HOSTILE})
    for part in PARTS:
        page = site.as_("hanna").get(f"/cases/{case}?tab={part}").text
        assert "<script>alert" not in page, part
    assert "<script>alert" not in site.as_("hanna").get("/cases").text


def test_the_time_line_tells_who_did_what_and_why(site, office, case):
    office.complete("lara", case, REPORT)
    office.do("hanna", cases.suspend, case, reason="The file is missing.")
    page = _text(site.as_("hanna").get(f"/cases/{case}?tab=timeline"))
    assert "Hanna suspended the case" in page
    assert "The file is missing." in page
    assert "Lara completed “Write the report”" in page
    assert "Good work." in page
    narrowed = _text(site.as_("hanna").get(f"/cases/{case}?tab=timeline&kind=task"))
    assert "Lara completed" in narrowed
    assert "opened the case" not in narrowed
    by_hanna = _text(site.as_("hanna").get(f"/cases/{case}?tab=timeline&who=hanna"))
    assert "Lara completed" not in by_hanna
    assert "Nothing of this kind happened." in _text(
        site.as_("hanna").get(f"/cases/{case}?tab=timeline&who=nobody")
    )


def test_whoever_is_there_for_a_task_sees_the_contents_of_ones_own_acts_only(site, office, case):
    office.complete("lara", case, REPORT)
    page = _text(site.as_("luc").get(f"/cases/{case}?tab=timeline"))
    assert "Lara completed “Write the report”" in page
    assert "Good work." not in page
    assert "The contents are confidential and not shown to you." in page
    assert "The data of this case is not shown to you." in _text(
        site.as_("luc").get(f"/cases/{case}?tab=data")
    )


def test_a_value_is_corrected_and_the_one_before_stays_on_record(site, office):
    variables = {"due": "2026-02-01T00:00:00+01:00", "person": {"name": "X", "paid": True, "n": 1}}
    case = office.open(variables=variables)
    hanna = site.as_("hanna")
    assert "Person / Paid: yes" in _text(hanna.get(f"/cases/{case}?tab=data"))
    for place, value in (("person/name", "Y"), ("person/paid", "no"), ("person/n", "2.5")):
        data = _form(office, case, place=place, value=value)
        assert hanna.post(f"/cases/{case}/correct", data=data).status_code == 303
    assert office.kinds(case)[-3:] == ["case:corrected"] * 3
    with office.begin() as uow:
        (root, *_rest) = cases.look(uow, office.case(case)).scopes
    assert root.variables["person"] == {"name": "Y", "paid": False, "n": 2.5}


def test_a_correction_that_makes_no_sense_is_refused(site, office):
    case = office.open(variables={"due": "2026-02-01T00:00:00+01:00", "paid": True, "n": 1})
    hanna = site.as_("hanna")
    for place, value in (("nothing", "x"), ("paid", "perhaps"), ("n", "many"), ("n", "NaN")):
        data = _form(office, case, place=place, value=value)
        assert hanna.post(f"/cases/{case}/correct", data=data).status_code == 422, place
    data = _form(office, case, place="n", value="2")
    assert site.as_("lara").post(f"/cases/{case}/correct", data=data).status_code == 403
    assert "No value can be corrected" in _text(site.as_("aldo").get(f"/cases/{case}?tab=data"))


@pytest.mark.tampers
def test_a_broken_seal_is_said_above_the_time_line(site, office, case):
    office.complete("lara", case, REPORT)
    with office.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE event SET actor = 'petra' WHERE stream = :stream AND seq = 1"),
            {"stream": f"case:{case}"},
        )
    page = _text(site.as_("hanna").get(f"/cases/{case}?tab=timeline"))
    assert "The seal of this case is broken" in page
    assert "Event 1 is the first that does not hold: Petra opened the case , 5 Jan 2026" in page
    assert "first bad event" in page
    assert "Lara completed" in page


def test_the_diagram_stands_there_as_text_with_the_place_of_the_case(site, office, case):
    page = site.as_("hanna").get(f"/cases/{case}?tab=diagram").text
    with office.begin() as uow:
        elements = set(cases.look(uow, office.case(case)).completed)
    assert {"step-write_report", "step-sign_report"} <= set(re.findall(r'id="([^"]+)"', page))
    assert elements
    assert "the case is here" in page
    assert "/api/v1/definitions/" in page


def test_a_case_is_shown_as_of_an_instant(site, office, case, clock):
    opened = "2026-01-05T09:30"
    clock.tick(timedelta(days=1))
    office.complete("lara", case, REPORT)
    hanna = site.as_("hanna")
    then = _text(hanna.get(f"/cases/{case}?tab=as-of&at={opened}"))
    now = _text(hanna.get(f"/cases/{case}?tab=as-of"))
    assert "after event no. 1" not in now
    assert "Sign the report" in now
    assert hanna.get(f"/cases/{case}?tab=as-of&at=2020-01-01T00:00").status_code == 404
    assert hanna.get(f"/cases/{case}?tab=as-of&at=whenever").status_code == 422
    assert then


def test_a_case_that_was_moved_to_another_version_is_shown_on_the_one_of_then(
    site, office, case, clock
):
    other = {
        name: content.replace(b"write_report", b"draft_report")
        for name, content in REVIEW.items()
        if name != "write_report.form"
    }
    other["draft_report.form"] = REVIEW["write_report.form"].replace(
        b"write_report", b"draft_report"
    )
    version = office.publish(files=other)
    clock.tick(timedelta(days=1))
    mapping = {"write_report": "draft_report"}
    office.do("otto", cases.migrate, case, to=version["digest"], mapping=mapping, reason="New.")
    hanna = site.as_("hanna")
    then = hanna.get(f"/cases/{case}?tab=as-of&at=2026-01-05T12:00").text
    assert 'id="step-write_report"' in then
    assert 'id="step-draft_report"' in hanna.get(f"/cases/{case}?tab=as-of").text
    page = _text(hanna.get(f"/cases/{case}?tab=timeline"))
    assert "moved the case to another version" in page
    assert "version 1" in page
    assert "version 2" in page


def test_a_case_that_has_ended_says_how(site, office, case):
    office.sent_back_to_the_end(case)
    page = _text(site.as_("hanna").get(f"/cases/{case}"))
    assert "ended" in page
    assert "nobody's: the case has ended" in page.replace("&#39;", "'")
