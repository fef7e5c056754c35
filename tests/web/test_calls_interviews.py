"""The planner of interviews: place, check, send, move, call off."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import insert, update

from engine import cases, clock
from engine.store import events
from engine.store import tasks as task_rows
from engine.store.tables import deputy
from recruitment.store import interviews, records
from recruitment.store.tables import interview, letter
from tests.support import watched

PAGE = "/calls/c1/interviews"
SLOT = {
    "date": "2026-04-14", "time": "10:00", "place": "Room 3", "language": "EN", "minutes": "45",
}  # fmt: skip


@pytest.fixture
def ready(selection):
    """Two candidates whose dates are to be fixed: Ana Berg and Bob Lee."""

    def play():
        selection.publish_call()
        selection.apply("Ana Berg")
        selection.apply("Bob Lee")
        selection.until("schedule_interview")

    selection.staged("two to be interviewed", play)
    return Planning(selection)


class Planning:
    """What the tests do in a line."""

    def __init__(self, selection):
        self.selection, self.office = selection, selection.office

    def page(self, client, address=PAGE):
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def tasks(self):
        found = [one for one in self.selection.tasks() if one.element == "schedule_interview"]
        return {one.case_title.partition(" /")[0]: one for one in found}

    def place(self, client, name, **changes):
        given = {**SLOT, "task": str(self.tasks()[name].id), "seen": clock.now().isoformat()}
        return client.post(f"{PAGE}/place", data={**given, **changes})

    def box(self, name):
        task = self.tasks()[name]
        with self.office.begin() as uow:
            saved = task_rows.get_draft(uow, task.id)["saved_at"]
        return f"{task.id}:{task.revision}:{int(saved.timestamp() * 1_000_000)}"

    def send(self, client, *names, **more):
        boxes = [self.box(one) for one in names]
        return client.post(f"{PAGE}/send", data={"task": boxes, **more})

    def invited(self, client, name="Ana Berg", **changes):
        assert self.place(client, name, **changes).status_code == 303
        assert self.send(client, name, confirm="yes").status_code == 200
        self.office.work()

    def row(self, name):
        with self.office.begin() as uow:
            return next(one for one in interviews.of_call(uow, "c1") if one["name"] == name)

    def letters(self, name):
        """Return the calendars of the letters to a candidate, as they are read back."""
        with self.office.begin() as uow:
            rows = records.letters(uow, self.row(name)["case_id"])
        calendars = [Calendar.from_ical(one["calendar"]) for one in rows if one["calendar"]]
        found = [(str(one["METHOD"]), one.walk("VEVENT")[0]) for one in calendars]
        return sorted(found, key=lambda one: one[1]["SEQUENCE"])


def test_without_a_shortlist_the_page_leads_to_screening(selection, site):
    selection.publish_call()
    page = site.as_("hanna").get(PAGE).text
    assert "No one is shortlisted." in page
    assert 'href="/calls/c1/screening"' in page


def test_candidates_without_all_declarations_are_listed_with_what_is_missing(selection, site):
    selection.publish_call()
    selection.apply("Ana Berg")
    selection.until("declare_member_conflict")
    page = site.as_("hanna").get(PAGE).text
    assert "Not ready for a date" in page
    assert page.count("Declare conflicts of interest") == 3
    assert "Petra" in page
    french = site.as_("hanna").get(PAGE, headers={"Accept-Language": "fr"}).text
    assert "Declare conflicts of interest" not in french


def test_a_slot_is_kept_as_the_draft_of_the_task_and_seen_by_a_colleague(ready, site):
    answer = ready.place(site.as_("hanna"), "Ana Berg")
    assert answer.location == f"{PAGE}?week=2026-04-14&said=slot-kept"
    with ready.office.begin() as uow:
        draft = task_rows.get_draft(uow, ready.tasks()["Ana Berg"].id)
    assert draft["content"] == {
        "interview_at": "2026-04-14T10:00:00+02:00", "place": "Room 3", "language": "EN",
        "minutes": 45,
    }  # fmt: skip
    page = ready.page(site.as_("henri"))
    assert "10:00\N{EN DASH}10:45" in page
    assert "placed by Hanna" in page
    assert "Send 1 invitation" in page


def test_a_clash_is_refused_with_names_and_slot_and_nothing_typed_is_lost(ready, site):
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg")
    answer = ready.place(hanna, "Bob Lee", time="10:30")
    assert answer.status_code == 409
    assert (
        "Room 3 is taken Tue 14 Apr 2026, 10:00\N{EN DASH}10:45: Ana Berg (EC/2026/DIGIT/000001)."
        in answer.text
    )
    assert "Petra Nowak sits with Ana Berg" in answer.text
    assert 'value="10:30"' in answer.text
    assert 'role="alert"' in answer.text
    with ready.office.begin() as uow:
        assert task_rows.get_draft(uow, ready.tasks()["Bob Lee"].id) is None


#: What is typed wrongly, and what is said beside the field.
FAULTS = [
    ({"date": ""}, "Give a day."),
    ({"time": "25:00"}, "Give a time of day."),
    ({"place": ""}, "Name a room or a link"),
    ({"language": "XX"}, "Choose a language."),
    ({"minutes": "5"}, "Between 10 and 240 minutes."),
    ({"date": "2026-03-29", "time": "02:30"}, "The clock skips this hour on that day."),
    ({"task": "x"}, "Choose a candidate whose date is to be fixed."),
]


def test_a_faulty_slot_is_refused_beside_its_field(ready, site):
    for changes, fault in FAULTS:
        answer = ready.place(site.as_("hanna"), "Ana Berg", **changes)
        assert answer.status_code == 422, changes
        assert fault in answer.text, changes


def test_too_short_a_notice_is_refused(ready, site):
    answer = ready.place(site.as_("hanna"), "Ana Berg", date=clock.now().date().isoformat())
    assert answer.status_code == 409
    assert "is over" in answer.text
    answer = ready.place(site.as_("hanna"), "Ana Berg", date=_day_in(days=3))
    assert "Too soon: policy asks for 10 days of notice" in answer.text


def _day_in(*, days):
    return (clock.now() + timedelta(days=days)).date().isoformat()


def test_the_day_of_the_clock_change_is_warned_about_and_asks_for_confirmation(ready, site):
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg", date="2026-10-25")
    page = ready.page(hanna)
    assert "The clock changes on Sun 25 Oct 2026" in page
    assert "UTC+01:00" in page
    refused = ready.send(hanna, "Ana Berg").text
    assert "0 of 1 written, 1 not" in refused
    assert 'name="confirm" value="yes" required' in refused
    assert "The invitation is written." in ready.send(hanna, "Ana Berg", confirm="yes").text


def test_a_colleague_s_placement_is_not_overwritten_unseen(ready, site):
    seen = clock.now().isoformat()
    ready.selection.frozen.tick(60)
    ready.place(site.as_("hanna"), "Ana Berg")
    answer = ready.place(site.as_("henri"), "Ana Berg", time="11:00", seen=seen)
    assert answer.status_code == 422
    assert "Hanna placed Ana Berg meanwhile" in answer.text
    assert ready.place(site.as_("henri"), "Ana Berg", time="11:00").status_code == 303


def test_a_placement_is_taken_out_again(ready, site):
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg")
    task = str(ready.tasks()["Ana Berg"].id)
    assert hanna.post(f"{PAGE}/unplace", data={"unplace": task}).status_code == 303
    assert "2 candidates to place" in ready.page(hanna)


def test_invitations_are_sent_each_with_its_own_result(ready, site):
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg")
    ready.place(hanna, "Bob Lee", time="11:00")
    boxes = [ready.box("Ana Berg"), ready.box("Bob Lee")]
    # somebody changes one of them between the page and the click
    ready.selection.frozen.tick(60)
    ready.place(site.as_("henri"), "Bob Lee", time="12:00")
    answer = hanna.post(f"{PAGE}/send", data={"task": boxes}).text
    assert "1 of 2 written, 1 not" in answer
    assert "Henri changed this slot meanwhile" in answer
    assert f'value="{ready.box("Bob Lee")}"' in answer
    ready.office.work()
    assert set(ready.tasks()) == {"Bob Lee"}
    assert "The invitation is written." in ready.send(hanna, "Bob Lee").text


@pytest.mark.parametrize(
    ("relay", "said"),
    [
        ("", "No mail server is set: it waits in the outbox."),
        ("smtps://cursus@mail.example", "It leaves as soon as the mail server takes it."),
    ],
)
def test_what_becomes_of_an_invitation_is_told_truly(ready, site, monkeypatch, relay, said):
    monkeypatch.setenv("CURSUS_SMTP_URL", relay)
    monkeypatch.setenv("CURSUS_SMTP_PASSWORD_FILE", "/dev/null")
    monkeypatch.setenv("CURSUS_MAIL_FROM", "jobs@example.org")
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg")
    assert f"The invitation is written. {said}" in ready.send(hanna, "Ana Berg").text


def test_there_is_one_main_action_at_a_time(ready, site):
    hanna = site.as_("hanna")
    main = r'class="button button--main"[^>]*>([^<]+)<'
    assert re.findall(main, ready.page(hanna)) == ["Keep this slot"]
    ready.place(hanna, "Ana Berg")
    assert re.findall(main, ready.page(hanna)) == ["Send 1 invitation"]
    preview = ready.page(hanna, f"{PAGE}/{ready.tasks()['Ana Berg'].id}/invitation")
    assert re.findall(main, preview) == ["Back to the planner"]
    assert re.findall(main, ready.send(hanna, "Ana Berg").text) == ["Back to the planner"]


def test_when_all_interviews_are_over_the_week_of_the_last_one_stands(ready, site):
    ready.invited(site.as_("hanna"))
    ready.invited(site.as_("hanna"), "Bob Lee", date="2026-04-21")
    for name in ("Ana Berg", "Bob Lee"):
        case = ready.row(name)["case_id"]
        ready.office.do("hanna", cases.receive, case, "withdrawal", {"reason": "Another post"})
    ready.office.work()
    page = ready.page(site.as_("hanna"))
    assert "All interviews of this call are over." in page
    assert "Week of Mon 20 Apr 2026" in page
    assert "interviews-plan--wide" in page


def test_what_is_sent_and_not_written_yet_takes_its_slot_already(ready, site):
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg")
    ready.send(hanna, "Ana Berg")
    assert "being sent" in ready.page(hanna, f"{PAGE}?week=2026-04-14")
    assert ready.place(hanna, "Bob Lee").status_code == 409


def test_an_invitation_brings_a_calendar_entry_at_ten_in_brussels(ready, site):
    ready.invited(site.as_("hanna"))
    ((method, event),) = ready.letters("Ana Berg")
    assert method == "REQUEST"
    assert event["DTSTART"].dt.isoformat() == "2026-04-14T10:00:00+02:00"
    assert event["DTEND"].dt.isoformat() == "2026-04-14T10:45:00+02:00"
    assert event["SEQUENCE"] == 0
    assert str(event["LOCATION"]) == "Room 3"
    assert event["ATTENDEE"].params["CN"] == "Ana Berg"
    assert ready.row("Ana Berg")["members"] == ["pavel", "petra", "peter"]


def test_the_preview_is_what_is_sent_and_the_reading_is_recorded(ready, site):
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg")
    task = ready.tasks()["Ana Berg"]
    page = ready.page(hanna, f"{PAGE}/{task.id}/invitation")
    assert "Invitation to an interview" in page
    assert "ana0@example.org" in page
    assert "Tuesday 14 April 2026, 10:00 (Brussels time)" in page
    assert "TZID:Europe/Brussels" in page
    file = hanna.get(f"{PAGE}/{task.id}/invitation.ics")
    assert file.content_type == "text/calendar; charset=utf-8"
    previewed = Calendar.from_ical(file.data).walk("VEVENT")[0]
    ready.send(hanna, "Ana Berg")
    ready.office.work()
    ((_, sent),) = ready.letters("Ana Berg")
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "LOCATION", "SUMMARY", "ORGANIZER"):
        assert previewed[name] == sent[name], name
    with ready.office.begin() as uow:
        assert len(events.of_stream(uow, f"read:{task.case_id}")) == 2


def test_an_interview_is_moved_with_the_same_uid_and_the_next_sequence(ready, site):
    hanna = site.as_("hanna")
    ready.invited(hanna)
    address = f"{PAGE}/{ready.row('Ana Berg')['application']}/move"
    assert 'value="10:00"' in ready.page(hanna, address)
    given = {**SLOT, "time": "14:00", "place": "Room 4", "sequence": "0"}
    assert hanna.post(address, data=given).status_code == 422
    moved = hanna.post(address, data={**given, "reason": "The chair is on mission."})
    assert moved.location == f"{PAGE}?week=2026-04-14&said=interview-moved"
    ready.office.work()
    first, second = (event for _, event in ready.letters("Ana Berg"))
    assert first["UID"] == second["UID"]
    assert [first["SEQUENCE"], second["SEQUENCE"]] == [0, 1]
    assert second["DTSTART"].dt.isoformat() == "2026-04-14T14:00:00+02:00"
    assert ">moved<" in ready.page(hanna)
    late = hanna.post(address, data={**given, "reason": "Again please", "time": "15:00"})
    assert late.status_code == 422
    assert "It was moved meanwhile" in late.text


def test_an_interview_is_not_moved_onto_another(ready, site):
    hanna = site.as_("hanna")
    ready.invited(hanna)
    ready.invited(hanna, "Bob Lee", time="11:00")
    address = f"{PAGE}/{ready.row('Bob Lee')['application']}/move"
    given = {**SLOT, "time": "10:15", "sequence": "0", "reason": "For the train."}
    answer = hanna.post(address, data={**given, "confirm": "yes"})
    assert answer.status_code == 409
    assert "Room 3 is taken" in answer.text
    assert ready.row("Bob Lee")["sequence"] == 0


def test_a_booking_of_a_taken_slot_leads_back_to_the_choice_of_a_date(ready, site):
    """The task's own form and the API know no plan; the booking refuses all the same."""
    ready.invited(site.as_("hanna"))
    given = {"interview_at": "2026-04-14T10:30:00+02:00", "place": "Room 9", "language": "EN"}
    ready.office.do("henri", cases.complete_task, ready.tasks()["Bob Lee"].id, given)
    ready.office.work()
    task = ready.tasks()["Bob Lee"]
    sheet = site.as_("henri").get(f"/tasks/{task.id}").text
    assert "Petra Nowak is taken 14 April 2026, 10:00 to 10:45" in sheet
    # a candidate's file names no other candidate
    assert "Ana Berg" not in sheet


def test_a_member_who_sits_in_another_call_is_taken_there(selection, site):
    selection.publish_call()
    selection.apply("Ana Berg")
    selection.publish_call(id="c2", reference="EC/2026/DIGIT/000002")
    selection.apply("Bob Lee", call="c2")
    selection.until("schedule_interview")
    planning, hanna = Planning(selection), site.as_("hanna")
    planning.invited(hanna)
    given = {**SLOT, "place": "Room 9", "task": str(planning.tasks()["Bob Lee"].id)}
    answer = hanna.post("/calls/c2/interviews/place", data=given)
    assert answer.status_code == 409
    assert "Petra Nowak sits with Ana Berg" in answer.text
    assert "EC/2026/DIGIT/000001" in answer.text


def test_an_absent_chair_is_warned_about(ready, site):
    with ready.office.database.engine.begin() as connection:
        day = datetime(2026, 4, 14, tzinfo=UTC).date()
        row = {
            "id": "00000000-0000-0000-0000-000000000001", "absent": "pavel", "deputy": "petra",
            "first_day": day, "last_day": day, "appointed_by": "otto", "appointed_at": clock.now(),
        }  # fmt: skip
        connection.execute(insert(deputy).values(row))
    ready.place(site.as_("hanna"), "Ana Berg")
    page = ready.page(site.as_("hanna"))
    assert "no chair can sit. Absent: Pavel" in page
    assert "2 members can sit, 3 must." in page


def test_free_slots_are_proposed_for_all_and_kept_as_drafts(ready, site):
    given = {
        "first_day": "2026-04-13", "last_day": "2026-04-17", "rooms": "Room 3\nRoom 4",
        "opens": "09:00", "closes": "12:00", "length": "45", "pause": "15",
    }  # fmt: skip
    hanna = site.as_("hanna")
    answer = hanna.post(f"{PAGE}/propose", data=given)
    assert answer.location == f"{PAGE}?week=2026-04-13&said=slots-proposed"
    page = ready.page(hanna)
    assert "Send 2 invitations" in page
    assert page.count("no objection") == 2
    refused = hanna.post(f"{PAGE}/propose", data={**given, "rooms": "", "last_day": "2026-01-01"})
    assert refused.status_code == 422
    assert "Name a room" in refused.text


def test_a_bounce_stands_as_a_chip_beside_the_interview(ready, site):
    ready.invited(site.as_("hanna"))
    row = ready.row("Ana Berg")
    with ready.office.database.engine.begin() as connection:
        connection.execute(
            update(letter)
            .where(letter.c.case_id == row["case_id"], letter.c.template == "interview_invitation")
            .values(bounced_at=clock.now(), bounce="550 5.1.1 no such user")
        )
    page = ready.page(site.as_("hanna"))
    assert '<span class="tag tag--late">bounced</span>' in page
    assert "550 5.1.1 no such user" in page


def test_a_withdrawal_calls_the_interview_off_and_frees_its_slot(ready, site):
    hanna = site.as_("hanna")
    ready.invited(hanna)
    case = ready.row("Ana Berg")["case_id"]
    ready.office.do("hanna", cases.receive, case, "withdrawal", {"reason": "Another post"})
    ready.office.work()
    (request, event), (method, cancelled) = ready.letters("Ana Berg")
    assert (request, method) == ("REQUEST", "CANCEL")
    assert cancelled["UID"] == event["UID"]
    assert cancelled["SEQUENCE"] == 1
    assert str(cancelled["STATUS"]) == "CANCELLED"
    assert "called off" in ready.page(hanna)
    assert ready.place(hanna, "Bob Lee").status_code == 303


def test_the_second_date_after_an_absence_is_an_update_of_the_first(ready, site):
    hanna = site.as_("hanna")
    ready.invited(hanna)
    ready.selection.frozen.move_to(datetime(2026, 4, 14, 12, tzinfo=UTC))
    ready.office.work()
    assert "attendance not recorded" in ready.page(hanna)
    (record,) = [
        one for one in ready.selection.tasks() if one.element == "record_interview_attendance"
    ]
    ready.office.do("hanna", cases.complete_task, record.id, {"attended": "no"})
    assert "did not come" in ready.page(hanna)
    ready.invited(hanna, date="2026-05-12")
    first, second = (event for _, event in ready.letters("Ana Berg"))
    assert first["UID"] == second["UID"]
    assert second["SEQUENCE"] == 1
    assert ready.row("Ana Berg")["number"] == 2
    assert "date 2" in ready.page(hanna)


def test_a_member_downloads_the_calendar_of_all_panels(ready, site):
    ready.invited(site.as_("hanna"))
    file = site.as_("petra").get("/interviews.ics")
    assert file.content_type == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(file.data).walk("VEVENT")
    assert event["DTSTART"].dt.isoformat() == "2026-04-14T10:00:00+02:00"
    assert "Ana Berg" in str(event["SUMMARY"])
    assert Calendar.from_ical(site.as_("luisa").get("/interviews.ics").data).walk("VEVENT") == []
    assert 'href="/interviews.ics"' in site.as_("petra").get("/me").text
    # hanna sits in no panel
    assert "/interviews.ics" not in ready.page(site.as_("hanna"))
    with ready.office.database.engine.begin() as connection:
        connection.execute(update(interview).values(members=["luisa"]))
    assert "/interviews.ics" in ready.page(site.as_("luisa"))


def test_who_reads_calls_sees_the_planner_and_only_officers_act(ready, site):
    ready.place(site.as_("hanna"), "Ana Berg")
    task = ready.tasks()["Ana Berg"].id
    for who, status in (("luisa", 200), ("anton", 200), ("petra", 403), ("olga", 403)):
        answer = site.as_(who).get(PAGE)
        assert answer.status_code == status
        assert "Keep this slot" not in answer.text
        assert ready.place(site.as_(who), "Bob Lee").status_code == 403
        assert site.as_(who).get(f"{PAGE}/{task}/invitation").status_code == 403
        assert ready.send(site.as_(who), "Ana Berg").status_code == (200 if status == 200 else 403)
    assert set(ready.tasks()) == {"Ana Berg", "Bob Lee"}


def test_the_grid_shows_rooms_and_members(ready, site):
    hanna = site.as_("hanna")
    ready.place(hanna, "Ana Berg")
    rooms = ready.page(hanna, f"{PAGE}?week=2026-04-14")
    assert 'scope="row">Room 3</th>' in rooms
    assert '>free from 09:00<span class="visually-hidden">, Tue 14 Apr 2026, Room 3</span>' in rooms
    members = ready.page(hanna, f"{PAGE}?week=2026-04-14&by=members")
    assert 'scope="row">Petra Nowak</th>' in members


def test_the_planner_asks_as_often_for_one_candidate_as_for_three(selection, site):
    selection.publish_call(id="c2", reference="EC/2026/DIGIT/000002")
    selection.publish_call()
    selection.apply("Ana Berg", call="c2")
    for name in ("Bob Lee", "Cleo Roy", "Dan Ek"):
        selection.apply(name)
    selection.until("schedule_interview")
    hanna, asked = site.as_("hanna"), []
    counts = []
    for call in ("c2", "c1"):
        given = {"first_day": "2026-04-13", "last_day": "2026-04-17", "rooms": call}
        given |= {"opens": "09:00", "closes": "12:00", "length": "45", "pause": "15"}
        assert hanna.post(f"/calls/{call}/interviews/propose", data=given).status_code == 303
        hanna.get(f"/calls/{call}/interviews")
        asked.clear()
        with watched(asked.append):
            assert "invitation" in hanna.get(f"/calls/{call}/interviews").text
        counts.append(len(asked))
    assert counts[0] == counts[1]
