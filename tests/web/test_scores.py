"""A member's desk and score sheet: drafted, looked over, submitted once, seen by nobody else."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from engine import clock, worklist
from engine.store import begin, events
from engine.store import tasks as rows
from recruitment.store import tables


class Page(HTMLParser):
    """The fields of a page with their values, and its text."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.fields, self.words, self.ids = answer, {}, [], set()
        self.text = answer.get_data(as_text=True)
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.add(given.get("id"))
        if tag == "input" and given.get("type") in ("radio", "checkbox") and "checked" not in given:
            return
        if tag in ("input", "textarea"):
            self.fields[given.get("name")] = given.get("value") or ""
            self._area = given.get("name") if tag == "textarea" else None

    def handle_data(self, data):
        if getattr(self, "_area", None):
            self.fields[self._area] += data
        if data.strip():
            self.words.append(data.strip())

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None

    def says(self, text):
        return text in " ".join(" ".join(self.words).split())


@pytest.fixture
def round_(site, selection):
    """A candidate whom the panel scores; the open sheets by member."""

    def play():
        selection.publish_call()
        selection.apply("Ana Berg")
        return {one.assignee: one for one in selection.until("score_candidate")}

    return selection.staged("a round of scores for Ana Berg", play)


def filled(count=4, **changes):
    given = {}
    for number in range(count):
        given |= {f"points-{number}": str(number + 1), f"evidence-{number}": f"Said {number}"}
    return {**given, "remark": "On time", **changes}


def sheet(site, round_, name="petra"):
    return Page(site.as_(name).get(f"/scores/{round_[name].id}"))


def post(site, round_, name="petra", **given):
    return site.as_(name).post(f"/scores/{round_[name].id}", data=given)


def submit(site, round_, name, **changes):
    answer = post(site, round_, name, **filled(**changes), step="submit")
    assert answer.status_code == 303, Page(answer).words
    return answer


def test_the_sheet_asks_the_criteria_of_the_panel_with_anchors_in_words(site, round_):
    page = sheet(site, round_)
    assert page.answer.status_code == 200
    for words in ("1. AI governance", "weight 3", "How would you assess the risk of a system"):
        assert page.says(words)
    assert page.says("Outstanding: deep command")
    assert page.says("0/4 criteria done")
    # whose table it is stands in the file, not before the panel
    assert page.says("What the points mean: version 1.")
    assert "unverified" not in page.text
    assert page.says("You declared:")
    assert page.says("Peter Byrne: not yet") or page.says("Peter: not yet")
    assert "/papers/" in page.text


def test_a_draft_is_kept_and_shown_again_with_its_time(site, round_):
    answer = post(site, round_, **filled(**{"points-1": "", "evidence-3": ""}), step="save")
    assert answer.status_code == 303
    page = sheet(site, round_)
    assert page.fields["points-0"] == "1"
    assert "points-1" not in page.fields
    assert page.fields["evidence-0"] == "Said 0"
    assert page.says("2/4")
    assert re.search(r"Saved \d\d:\d\d", page.text)


def test_what_is_missing_is_said_beside_its_row_and_nothing_is_lost(site, round_):
    answer = post(site, round_, **filled(**{"points-1": "", "evidence-3": " "}), step="check")
    page = Page(answer)
    assert answer.status_code == 422
    assert page.says("Regulation in practice : Choose the points.")
    assert page.says("Communication in English : Say what the points rest on.")
    assert page.fields["evidence-1"] == "Said 1"
    assert {"points-1-0", "evidence-3", "fault-1", "fault-3"} <= page.ids
    points = re.search(r'<fieldset aria-describedby="fault-1">.*?</fieldset>', page.text, re.DOTALL)
    assert 'id="fault-1"' in points[0]


@pytest.mark.parametrize("points", ["6", "-1", "2.5", "five", "٣"])
def test_only_the_points_of_the_table_count(site, round_, points):
    assert post(site, round_, **filled(**{"points-0": points})).status_code == 422


def test_before_it_is_final_the_sums_are_shown(site, round_):
    page = Page(post(site, round_, **filled()))
    assert page.answer.status_code == 200
    assert page.says("This is final.")
    # (1*3 + 2*2 + 3*1 + 4*1) / 7
    assert page.says("2.00")
    assert page.fields["evidence-2"] == "Said 2"
    with begin(site.office.database, now=clock.now()) as uow:
        assert worklist.get(uow, round_["petra"].id).closed_at is None


def test_from_the_sums_one_comes_back_to_the_sheet(site, round_):
    page = Page(post(site, round_, **filled(), step="edit"))
    assert page.fields["evidence-0"] == "Said 0"
    assert page.says("4/4")


def test_submitted_scores_are_final_and_one_s_own_to_read(site, round_):
    answer = submit(site, round_, "petra")
    assert answer.location == "/panel?said=scores-submitted"
    page = sheet(site, round_)
    assert re.search(
        r"Submitted by Petra, \d+ \w+ \d+, \d\d:\d\d \. It is final:", " ".join(page.words)
    )
    assert page.says("Said 0")
    assert page.says("2.00")
    again = post(site, round_, **filled(**{"points-0": "5"}), step="submit")
    assert again.status_code == 409
    with begin(site.office.database, now=clock.now()) as uow:
        assert rows.get_draft(uow, round_["petra"].id) is None


def test_the_sheets_of_the_others_stay_shut(site, round_):
    submit(site, round_, "peter")
    page = sheet(site, round_, "petra")
    assert page.says("submitted")
    assert "Said 0" not in page.text
    assert site.as_("petra").get(f"/scores/{round_['peter'].id}").status_code == 403
    assert site.as_("hanna").get(f"/scores/{round_['petra'].id}").status_code == 403
    for name in ("hanna", "carla", "anton"):
        for address in (
            f"/cases/{round_['peter'].case_id}?tab=timeline",
            f"/cases/{round_['peter'].case_id}?tab=data",
            f"/cases/{round_['peter'].case_id}?tab=as-of",
            f"/history/cases/{round_['peter'].case_id}",
            f"/tasks/{round_['petra'].id}",
        ):
            answer = site.as_(name).get(address)
            assert "Said 0" not in answer.get_data(as_text=True), (name, address)


def test_the_auditor_reads_why_a_score_of_an_open_round_is_not_shown(site, round_):
    submit(site, round_, "peter")
    case = round_["peter"].case_id
    anton = site.as_("anton")
    history = anton.get(f"/history/cases/{case}").get_data(as_text=True)
    assert "shown when all scores of the round are in" in history
    assert "only the service concerned" not in history
    timeline = anton.get(f"/cases/{case}?tab=timeline").get_data(as_text=True)
    assert "Shown when all scores of the round are in." in timeline
    for name in round_.keys() - {"peter"}:
        submit(site, round_, name)
    assert "all scores of the round" not in anton.get(f"/history/cases/{case}").text


def test_another_member_s_sheet_does_not_make_mine_stale(site, round_):
    before = sheet(site, round_, "petra")
    submit(site, round_, "peter")
    assert before.answer.status_code == 200
    submit(site, round_, "petra")


def test_no_deputy_scores_for_a_member(site, selection, round_):
    today = clock.now().date()
    selection.office.do(
        "petra", _appoint, absent="petra", deputy="peter", first_day=today, last_day=today
    )
    answer = site.as_("peter").get(f"/scores/{round_['petra'].id}")
    assert answer.status_code == 403
    assert "This task is done in person" in answer.get_data(as_text=True)
    assert f"/scores/{round_['petra'].id}" not in site.as_("peter").get("/panel").text


def _appoint(act, **given):
    from engine import people  # noqa: PLC0415  # one use

    return people.appoint_deputy(act, **given)


def test_the_general_page_of_the_task_leads_to_the_sheet_and_has_no_form(site, round_):
    page = site.as_("petra").get(f"/tasks/{round_['petra'].id}").get_data(as_text=True)
    assert f'class="button button--main" href="/scores/{round_["petra"].id}"' in page
    assert "task-data" not in page
    assert 'id="complete"' not in page
    # nor several of them in one form
    answer = site.as_("petra").get(f"/work/together?task={round_['petra'].id}")
    assert answer.status_code == 422
    assert "These tasks have a page of their own" in answer.text


def test_a_task_of_another_kind_is_no_sheet(site, selection):
    selection.publish_call()
    selection.apply()
    (task,) = selection.until("schedule_interview")
    assert site.as_("hanna").get(f"/scores/{task.id}").status_code == 404


# --- the desk --------------------------------------------------------------------------------


def test_an_empty_desk_names_the_next_interview(site, selection):
    selection.publish_call()
    case = selection.apply("Ana Berg")
    page = Page(site.as_("petra").get("/panel"))
    assert page.says("No interview today, and none is planned for you.")
    at = (clock.now() + timedelta(days=1)).replace(hour=9, minute=0)
    plan(site, selection.application(case), at, ["petra", "pavel"])
    page = Page(site.as_("petra").get("/panel"))
    assert page.says("No interview today. Next: Tue 10:00")
    assert page.says("Ana Berg, Room 3")
    # whoever is not of the panel learns nothing of it
    assert not Page(site.as_("peter").get("/panel")).says("Ana Berg")


def plan(site, application, at, members):
    row = {
        "application": application["id"], "call": application["call"], "number": 1,
        "starts_at": at, "ends_at": at + timedelta(hours=1), "place": "Room 3", "language": "EN",
        "members": members, "sequence": 0,
    }  # fmt: skip
    with site.office.database.engine.begin() as connection:
        connection.execute(tables.interview.insert().values(row))


def test_an_interview_of_today_stands_first(site, selection):
    selection.publish_call()
    case = selection.apply("Ana Berg")
    plan(site, selection.application(case), clock.now() + timedelta(hours=1), ["petra"])
    page = Page(site.as_("petra").get("/panel"))
    assert page.says("Ana Berg")
    assert not page.says("No interview today")


def marked(answer):
    """Return the title of the menu entry that is marked."""
    (title,) = re.findall(r'aria-current="page">\s*([^<]+?)\s*</a>\s', answer.text)
    return title


def test_the_menu_marks_the_desk_for_whatever_belongs_to_it(site, round_):
    assert marked(site.as_("petra").get(f"/scores/{round_['petra'].id}")) == "Panel"
    assert marked(site.as_("petra").get(f"/tasks/{round_['petra'].id}")) == "Panel"


def test_a_declaration_is_filed_under_the_desk_and_comes_back_to_it(site, selection):
    selection.publish_call()
    selection.apply("Ana Berg")
    one = next(t for t in selection.until("declare_member_conflict") if t.assignee == "petra")
    answer = site.as_("petra").get(f"/tasks/{one.id}")
    assert '<li><a href="/panel">Panel</a></li>' in answer.text
    assert '"home": "/panel"' in answer.text
    assert answer.text.count("istant professional link alone does not exclude") == 1
    desk = site.as_("petra").get("/panel", headers={"Accept-Language": "fr"})
    assert "Déclarer" in desk.text
    assert "Declare conflicts of interest" not in desk.text


def test_what_is_to_declare_comes_before_what_is_to_score(site, selection):
    selection.publish_call()
    selection.apply("Ana Berg")
    selection.until("declare_member_conflict")
    page = Page(site.as_("petra").get("/panel"))
    assert page.says("To declare first")
    assert page.says("Ana Berg / EC/2026/DIGIT/000001")


def test_the_desk_lists_what_waits_what_is_done_and_who_is_missing(site, round_):
    assert Page(site.as_("pavel").get("/panel")).says("To score")
    submit(site, round_, "pavel")
    page = Page(site.as_("pavel").get("/panel"))
    assert page.says("You have scored, others have not")
    assert page.says("1 of 3 members have submitted")
    assert page.says("Done")
    assert f"/scores/{round_['pavel'].id}/remind" in page.text
    # only the chair reminds
    submit(site, round_, "petra")
    assert "/remind" not in site.as_("petra").get("/panel").get_data(as_text=True)


def test_the_chair_reminds_exactly_those_who_are_missing(site, selection, round_):
    submit(site, round_, "pavel")
    answer = site.as_("pavel").post(f"/scores/{round_['pavel'].id}/remind")
    assert answer.location == "/panel?said=reminded"
    with begin(site.office.database, now=clock.now()) as uow:
        from recruitment.store import records  # noqa: PLC0415  # one use

        letters = records.letters(uow, round_["pavel"].case_id)
    told = [one["to_address"] for one in letters if one["template"] == "scores_due"]
    assert sorted(told) == ["peter@example.org", "petra@example.org"]
    assert Page(site.as_("pavel").get("/panel")).says("reminded today")
    assert site.as_("pavel").post(f"/scores/{round_['pavel'].id}/remind").status_code == 409


def test_the_menu_has_the_desk_for_panel_members_alone(site):
    assert 'href="/panel"' in site.as_("petra").get("/panel").get_data(as_text=True)
    assert 'href="/panel"' not in site.as_("hanna").get("/work").get_data(as_text=True)


def test_reading_a_sheet_is_recorded(site, round_):
    sheet(site, round_)
    with begin(site.office.database, now=clock.now()) as uow:
        found = events.of_stream(uow, f"read:{round_['petra'].case_id}")
    assert [one.fields.actor for one in found] == ["petra"]
