"""Administration as a browser asks for it: health, people, roles, deputies, rules."""

import re
import threading

import pytest

from engine import clock as engine_clock
from engine import health, people, worker
from engine.errors import Conflict
from engine.history import EventKind
from engine.store import begin, events, users
from engine.store.users import DeputyFilter


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def _kinds(office):
    with office.begin() as uow:
        return [one.fields.kind for one in events.of_stream(uow, people.STREAM)]


PAGES = (
    "", "/incidents", "/incidents?state=resolved", "/timers", "/timers?span=due", "/effects",
    "/users", "/users/luc", "/roles", "/deputies", "/deputies?when=past", "/parameters",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_operators_auditors_and_hr_look_and_nobody_else(site, office, path):
    for name in ("otto", "aldo", "hanna"):
        page = site.as_(name).get(f"/administration{path}")
        assert page.status_code == 200, name
        assert page.get_data(as_text=True).count("<h1") == 1
    assert site.as_("petra").get(f"/administration{path}").status_code == 403
    assert site.anonymous().get(f"/administration{path}").status_code == 303


def test_without_a_worker_the_start_page_says_what_does_not_happen(site):
    page = _text(site.as_("otto").get("/administration"))
    assert "No worker is running" in page
    assert "No worker was seen for a day." in page
    assert "No case is stopped." in page


def test_a_silent_worker_is_shown_as_missing_and_a_stopped_one_not_at_all(site, office, clock):
    heart = health.Heart(office.database)
    heart.count(timers=3, effects=2, deliveries=1)
    page = _text(site.as_("otto").get("/administration"))
    assert "1 worker is at work." in page
    clock.tick(59)
    assert "1 worker is at work." in _text(site.as_("otto").get("/administration"))
    clock.tick(2)
    page = _text(site.as_("otto").get("/administration"))
    assert "missing" in page
    assert "No worker is running" in page
    heart.count(timers=0, effects=0, deliveries=0)
    assert "1 worker is at work." in _text(site.as_("otto").get("/administration"))
    heart.stop()
    assert "No worker was seen for a day." in _text(site.as_("otto").get("/administration"))


def test_a_worker_beats_every_ten_seconds_and_not_more_often(office, clock):
    heart = health.Heart(office.database)
    for pause in (4, 5, 1):
        heart.count(timers=1, effects=0, deliveries=0)
        clock.tick(pause)
        with office.act("otto") as act:
            (one,) = health.workers(act)
        assert one.timers == 1
    heart.count(timers=1, effects=0, deliveries=0)
    with office.act("otto") as act:
        (one,) = health.workers(act)
    assert one.timers == 4
    assert one.seen_at == engine_clock.now()


def test_a_serving_worker_beats_and_leaves_no_trace_when_told_to_stop(office):
    stop, tick = threading.Event(), threading.Event()
    serving = threading.Thread(target=worker.serve, args=(office.database, office.shell, stop))
    serving.start()
    seen = ()
    for _ in range(300):
        with office.act("otto") as act:
            seen = health.workers(act)
        if seen or tick.wait(0.1):
            break
    stop.set()
    serving.join(timeout=30)
    assert len(seen) == 1
    with office.act("otto") as act:
        assert health.workers(act) == ()


def test_an_overdue_timer_is_counted_with_its_drift(site, office, clock):
    office.open()
    clock.move_to("2026-02-01T00:10:00+01:00")
    page = _text(site.as_("otto").get("/administration"))
    assert "1 is due; the oldest since 10 minutes ago." in page
    assert "act now" in page


# --- people ----------------------------------------------------------------------------------

NEWCOMER = {"name": "nora", "full_name": "Nora <b>New</b>", "email": "", "roles": ["auditor"]}


def test_a_person_is_added_with_a_password_that_is_shown_once(site, office):
    answer = site.as_("otto").post("/administration/add-user", data=NEWCOMER)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "Nora &lt;b&gt;New&lt;/b&gt;" in page
    (password,) = re.findall(r'administration-secret">([^<]+)<', page)
    assert answer.headers["Cache-Control"] == "no-store"
    with office.begin() as uow:
        row = people.get(uow, "nora")
        stored = events.of_stream(uow, people.STREAM)[-1]
    assert row["roles"] == ["auditor"]
    assert row["password_hash"].startswith("$argon2id$")
    assert password not in str(stored.payload)
    signed_in = site.app.test_client().post("/sign-in", data={"name": "nora", "password": password})
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "Nora!"}, "small letters"),
        ({"full_name": ""}, "Write the full name"),
        ({"email": "nowhere"}, "not an e-mail address"),
        ({"name": "luc"}, "There is a user"),
        ({"password": "short"}, "12 to 1000 characters"),
        ({"roles": ["emperor"]}, "no role"),
    ],
)
def test_a_bad_new_person_is_refused_and_the_form_keeps_what_was_written(site, changed, said):
    answer = site.as_("otto").post("/administration/add-user", data={**NEWCOMER, **changed})
    assert answer.status_code == 422
    assert said in _text(answer)
    assert 'value="auditor" checked' in answer.get_data(as_text=True) or "roles" in changed


def test_hr_and_auditors_only_look_at_people(site, office):
    for name in ("hanna", "aldo"):
        client = site.as_(name)
        page = client.get("/administration/users/luc").get_data(as_text=True)
        assert "/password" not in page
        assert "Close the account" not in page
        assert client.get("/administration/add-user").status_code == 403
        assert client.post("/administration/add-user", data=NEWCOMER).status_code == 403
        for verb in ("", "/close", "/open", "/password"):
            answer = client.post(f"/administration/users/luc{verb}", data={"full_name": "X"})
            assert answer.status_code == 403, verb


def test_name_address_and_roles_are_changed_with_an_event(site, office):
    given = {"full_name": "Luc Roi", "email": "luc@example.eu", "roles": ["panel_member"]}
    answer = site.as_("otto").post("/administration/users/luc", data=given)
    assert answer.status_code == 303
    with office.begin() as uow:
        row = people.get(uow, "luc")
    assert (row["full_name"], row["email"], row["roles"]) == tuple(given.values())
    assert _kinds(office)[-1] == EventKind.USER_CHANGED
    bad = site.as_("otto").post("/administration/users/luc", data={**given, "full_name": ""})
    assert bad.status_code == 422
    assert "Nothing was changed." in _text(bad)


def test_a_closed_account_cannot_be_used_and_can_be_opened_again(site, office):
    luc, otto = site.as_("luc"), site.as_("otto")
    assert otto.post("/administration/users/luc/close").status_code == 303
    assert luc.get("/work").status_code == 303
    assert "account closed" in _text(otto.get("/administration/users/luc"))
    assert "Luc" in _text(otto.get("/administration/users?state=closed"))
    assert otto.post("/administration/users/luc/open").status_code == 303
    assert luc.get("/work").status_code == 200


def test_the_last_operator_cannot_be_closed_or_lose_the_role(site, office):
    answer = site.as_("otto").post("/administration/users/otto/close")
    assert answer.status_code == 409
    assert "Nobody would be left" in _text(answer)
    with pytest.raises(Conflict):
        office.do("otto", people.change, "otto", {"roles": ["auditor"]}, known=office.shell.roles)
    office.do("otto", people.change, "luc", {"roles": ["operator"]}, known=office.shell.roles)
    assert site.as_("otto").post("/administration/users/otto/close").status_code == 303


def test_a_set_password_closes_the_sessions_and_leaves_no_trace_of_itself(site, office):
    otto, password = site.as_("otto"), "correct horse battery"
    given = {"password": password}
    assert otto.post("/administration/users/luc/password", data=given).status_code == 303
    browser = site.app.test_client()
    signed_in = browser.post("/sign-in", data={"name": "luc", "password": password})
    assert signed_in.status_code == 303
    assert browser.get("/me").status_code == 200
    drawn = otto.post("/administration/users/luc/password", data={"password": ""})
    assert "shown this once" in _text(drawn)
    assert browser.get("/me").status_code == 303
    with office.begin() as uow:
        last = events.of_stream(uow, people.STREAM)[-1]
    assert last.fields.kind == EventKind.USER_PASSWORD_SET
    assert last.payload == b'{"name":"luc","sessions_closed":1}'


def test_people_are_found_by_text_role_and_page_by_page(site, office):
    otto = site.as_("otto")
    assert "Petra" in _text(otto.get("/administration/users?q=PETR"))
    assert "Petra" not in _text(otto.get("/administration/users?q=%25"))
    assert "Nobody matches." in _text(otto.get("/administration/users?q=zzz"))
    page = _text(otto.get("/administration/users?role=line_manager"))
    assert "Lara" in page
    assert "Petra" not in page
    office.hire({f"x{n:02}": ["auditor"] for n in range(60)})
    first = otto.get("/administration/users?role=auditor").get_data(as_text=True)
    (following,) = re.findall(r'href="([^"]+)" ?>Next page|rel="next" href="([^"]+)"', first)
    later = _text(otto.get("".join(following).replace("&amp;", "&")))
    assert "x59" in later
    assert "x00" not in later
    assert otto.get("/administration/users?after=junk").status_code == 400


def test_an_operator_revokes_the_token_of_somebody_else(site, office):
    site.as_("luc")
    with office.begin() as uow:
        (token,) = users.tokens(uow, "luc")
    address = f"/administration/users/luc/tokens/{token['digest']}/revoke"
    assert site.as_("aldo").post(address).status_code == 403
    assert site.as_("otto").post(address).status_code == 303
    assert "revoked" in _text(site.as_("otto").get("/administration/users/luc"))


# --- roles and deputies ----------------------------------------------------------------------


def test_the_table_of_permissions_says_in_words_who_may_do_what(site, office):
    page = _text(site.as_("aldo").get("/administration/roles"))
    assert "Change roles, set passwords, close accounts" in page
    assert "Medical service" in page
    assert "Maria" in page


def test_every_permission_has_words(site, office):
    from web import administration_roles  # noqa: PLC0415  # after the pages are wired

    with site.app.test_request_context("/"):
        assert set(office.shell.policy.permissions) <= set(administration_roles._texts())


ABSENCE = {
    "absent": "lara", "deputy": "luc", "first_day": "2026-01-05", "last_day": "2026-01-06",
}  # fmt: skip


def test_a_deputy_is_appointed_listed_and_ended(site, office, clock):
    otto = site.as_("otto")
    assert "Nobody stands in" in _text(otto.get("/administration/deputies"))
    assert otto.post("/administration/deputies", data=ABSENCE).status_code == 303
    assert "Lara" in _text(otto.get("/administration/deputies?person=luc"))
    assert "/end" not in site.as_("aldo").get("/administration/deputies").get_data(as_text=True)
    clock.move_to("2026-01-07T09:00:00+01:00")
    assert "Nobody stands in" in _text(otto.get("/administration/deputies"))
    assert "6 Jan 2026" in _text(otto.get("/administration/deputies?when=past"))
    future = {**ABSENCE, "first_day": "2026-02-01", "last_day": "2026-02-02"}
    assert otto.post("/administration/deputies", data=future).status_code == 303
    (one,) = _deputyships(office, "future")
    assert "2 Feb 2026" in _text(otto.get("/administration/deputies?when=future"))
    assert otto.post(f"/administration/deputies/{one['id']}/end").status_code == 303
    assert _deputyships(office, "future") == []
    assert _kinds(office)[-1] == EventKind.DEPUTY_DISMISSED


def _deputyships(office, when):
    from web.administration_deputies import today_of  # noqa: PLC0415  # after wiring

    with office.begin() as uow:
        return users.search_deputies(uow, DeputyFilter(when=when, day=today_of(uow.now)))


def test_many_past_deputyships_come_page_by_page(site, office, clock):
    otto = site.as_("otto")
    for number in range(52):
        day = f"2026-02-{number % 28 + 1:02}"
        given = {**ABSENCE, "first_day": day, "last_day": day}
        assert otto.post("/administration/deputies", data=given).status_code == 303
    clock.move_to("2026-03-02T09:00:00+01:00")
    first = otto.get("/administration/deputies?when=past").get_data(as_text=True)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = _text(otto.get(following.replace("&amp;", "&")))
    assert second.count("1 Feb 2026") == 4
    bad = otto.get("/administration/deputies?when=now&after=WyJmaXJzdF9kYXkiLCJ2IiwxLCJ4Il0")
    assert bad.status_code == 400


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"deputy": "lara"}, "Nobody is their own deputy"),
        ({"deputy": ""}, "Choose a person."),
        ({"first_day": "soon"}, "missing or no date"),
        ({"first_day": "2026-01-09"}, "The last day is before the first"),
        ({"last_day": "2026-01-04"}, "These days are over."),
    ],
)
def test_a_bad_deputyship_is_refused_in_words(site, changed, said):
    answer = site.as_("hanna").post("/administration/deputies", data={**ABSENCE, **changed})
    assert answer.status_code == 422
    assert said in _text(answer)


def test_a_person_with_a_closed_account_is_nobodys_deputy(site, office):
    office.do("otto", people.change, "luc", {"active": False}, known=office.shell.roles)
    answer = site.as_("otto").post("/administration/deputies", data=ABSENCE)
    assert "closed" in _text(answer)
    assert answer.status_code == 422


def test_a_panel_member_appoints_no_deputy_for_others(site):
    assert site.as_("petra").post("/administration/deputies", data=ABSENCE).status_code == 403


# --- calendars and parameters ----------------------------------------------------------------


def test_the_calendar_shows_both_sites_and_warns_beyond_what_is_adopted(site):
    page = _text(site.as_("petra").get("/administration/calendars?year=2026"))
    assert "National Day of Luxembourg" in page
    assert "are a projection" not in page
    page = _text(site.as_("petra").get("/administration/calendars?year=2028"))
    assert page.count("are a projection") == 2
    for bad in ("1800", "x", "99999999999", "²"):
        assert site.as_("petra").get(f"/administration/calendars?year={bad}").status_code == 422


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("function=legal_limit&start=2026-06-03&length=20&unit=days&site=LUX", "Tue 23 Jun"),
        ("function=legal_limit&start=2026-06-03&time=10:20&length=48&unit=hours&site=BRU", "11:00"),
        ("function=service_end&start=2026-05-31&length=9&unit=months&site=LUX", "28 Feb 2027"),
        ("function=latest_before&start=2027-03-31&length=1&unit=months&site=LUX", "28 Feb 2027"),
    ],
)
def test_the_calculator_says_the_day_and_the_articles(site, query, said):
    page = _text(site.as_("petra").get(f"/administration/calendars/calculator?{query}"))
    assert said in page or "Wed 24 Jun 2026" in page
    assert "How it was found" in page


def test_the_calculator_says_periods_and_days_in_words(site):
    query = "function=legal_limit&start=2026-12-18&length=20&unit=days&site=LUX"
    page = _text(site.as_("petra").get(f"/administration/calendars/calculator?{query}"))
    assert "20 days from the event end on Thu 7 Jan 2027" in page
    assert "P20D" not in page


@pytest.mark.parametrize(
    "query",
    [
        "function=nonsense&start=2026-06-03&length=20",
        "function=legal_limit&start=tomorrow&length=20",
        "function=legal_limit&start=2026-06-03&length=-1",
        "function=legal_limit&start=2026-06-03&length=2&unit=hours&time=25:00",
        "function=service_end&start=2026-06-03&length=2&unit=working_days",
        "function=legal_limit&start=9999-12-31&length=9000&unit=days",
        "function=legal_limit&start=2026-06-03&length=1.5&unit=days",
    ],
)
def test_the_calculator_refuses_in_words_and_keeps_the_form(site, query):
    answer = site.as_("petra").get(f"/administration/calendars/calculator?{query}")
    assert answer.status_code == 422
    assert 'name="length"' in answer.get_data(as_text=True)


def test_each_permission_names_the_roles_that_have_it(site):
    page = site.as_("otto").get("/administration/roles").get_data(as_text=True)
    row = page.partition("history:search")[2].partition("</tr>")[0]
    assert row.count("data-role=") - row.count("administration-no") == 1
    assert '<td data-role="Auditor"><span class="yes"' in row


def test_parameters_say_when_no_process_has_any(site):
    page = _text(site.as_("otto").get("/administration/parameters"))
    assert "No published process has a table of parameters." in page


def test_parameters_show_value_meaning_and_source(site, office):
    from cursus import wiring  # noqa: PLC0415  # the shipped processes are slow to publish

    files = wiring.shipped_files()
    with begin(office.database, now=engine_clock.now()) as uow:
        wiring.definitions.publish(
            uow,
            wiring.HOUSE,
            "recruitment_case",
            files,
            comment="for a test",
            catalogue=wiring.shell().for_gate(),
            policy=office.shell.policy,
        )
    answer = site.as_("olga").get("/administration/parameters")
    assert 'href="/studio/recruitment_case"' in answer.get_data(as_text=True)
    page = _text(answer)
    assert "Document deadline" in page
    assert "15 working days" in page
    assert "4 months, 15 days" in page
    assert "policy: no statutory term found" in page
    narrowed = _text(site.as_("olga").get("/administration/parameters?q=interview_notice"))
    assert "Interview notice" in narrowed
    assert "Document deadline" not in narrowed
