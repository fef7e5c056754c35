"""Live updates: who is told what, when, and that nobody waits for ever."""

import json
import queue
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from engine import cases, watching
from engine.store import begin
from engine.watching import Watch
from tests.support import REPORT
from web import live

#: Longer than any of this takes; a test that waits so long has failed.
PATIENCE = 20


class Reader:
    """Asks for a stream and reads it in a thread of its own, as a browser does."""

    def __init__(self, client, address):
        self.heard = queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(client, address), daemon=True)
        self.thread.start()

    def _read(self, client, address):
        answer = client.get(address)
        if answer.status_code != 200 or not answer.content_type.startswith("text/event-stream"):
            self.heard.put((answer.status, {}))
        for part in answer.response:
            text = part.decode() if isinstance(part, bytes) else part
            if "event:" in text:
                kind, data = (line.partition(": ")[2] for line in _lines(text))
                self.heard.put((kind, json.loads(data)))
        answer.close()
        self.heard.put(None)

    def next(self):
        """Return the next event: its kind and content; None at the end."""
        return self.heard.get(timeout=PATIENCE)


def _lines(text):
    return [line for line in text.splitlines() if line.startswith(("event", "data"))]


@pytest.fixture
def reading(site):
    """Open a stream as somebody; all end with the test."""
    watch = site.app.extensions["cursus.watch"]
    watch._every = 0.02
    readers = []

    def read(name, address):
        readers.append(Reader(site.as_(name), address))
        return readers[-1]

    yield read
    watch.stop()
    for one in readers:
        one.thread.join(PATIENCE)
        assert not one.thread.is_alive()


def test_a_page_hears_who_completed_its_task(reading, office):
    task = office.task(office.open())
    page = reading("lara", f"/live?task={task.id}&revision={task.revision}")
    assert page.next() == ("same", {})
    office.complete("luc", task.case_id, REPORT)
    kind, content = page.next()
    assert kind == "changed"
    assert content == {
        "text": "Luc completed this task at 10:00.",
        "link": "Show the new state",
        "hide": "Hide",
    }


def test_what_happened_before_the_stream_opened_is_told_at_once(reading, office):
    task = office.task(office.open())
    office.do("luc", cases.claim, task.id)
    page = reading("lara", f"/live?task={task.id}&revision={task.revision}")
    assert page.next()[1]["text"] == "Luc took this task at 10:00."


def test_a_case_page_hears_the_name_of_the_step(reading, office):
    case = office.case(office.open())
    page = reading("hanna", f"/live?case={case.id}&revision={case.revision}")
    page.next()
    office.complete("lara", case.id, REPORT)
    assert page.next()[1]["text"] == "Lara completed “Write the report” at 10:00."


def test_who_may_not_read_the_case_hears_only_that_it_changed(reading, office):
    task = office.task(office.open())
    page = reading("lara", f"/live?task={task.id}&revision={task.revision}")
    page.next()
    office.do("hanna", cases.suspend, task.case_id, reason="a complaint")
    assert page.next()[1]["text"] == "This case has changed since you opened this page."


def test_another_case_wakes_nobody(reading, office):
    one, other = office.task(office.open()), office.task(office.open())
    page = reading("lara", f"/live?task={one.id}&revision={one.revision}")
    assert page.next() == ("same", {})
    office.complete("luc", other.case_id, REPORT)
    office.complete("luc", one.case_id, REPORT)
    assert page.next()[1]["text"] == "Luc completed this task at 10:00."


def test_an_inbox_hears_of_new_tasks(reading, office, site, clock):
    mark = _inbox(site, "lara")
    page = reading("lara", mark)
    assert page.next() == ("same", {})
    clock.tick(timedelta(minutes=1))
    office.open()
    assert page.next() == ("moved", {"text": "1 new task", "link": "Show it", "hide": "Hide"})
    office.open()
    assert page.next() == ("moved", {"text": "2 new tasks", "link": "Show them", "hide": "Hide"})


def test_an_inbox_hears_that_a_task_left_it_and_that_it_came_back(reading, office, site):
    task = office.task(office.open())
    page = reading("lara", _inbox(site, "lara"))
    page.next()
    office.do("luc", cases.claim, task.id)
    assert page.next()[1]["text"] == "Your list has changed."
    office.do("luc", cases.unclaim, task.id)
    assert page.next() == ("same", {})


def test_a_stream_ends_when_the_right_to_know_does(reading, office):
    task = office.task(office.open())
    page = reading("petra", "/live?inbox=x&since=2026-01-05T09:00:00%2B00:00")
    page.next()
    stranger = reading("lara", f"/live?task={task.id}&revision={task.revision}")
    stranger.next()
    with office.begin() as uow:
        uow.connection.exec_driver_sql("UPDATE app_user SET active = false WHERE name = 'lara'")
    office.do("luc", cases.claim, task.id)
    kind, content = stranger.next()
    assert (kind, content["text"]) == ("over", "This page may be out of date.")
    assert stranger.next() is None


def test_nobody_watches_what_they_may_not_see(site, office):
    task = office.task(office.open())
    maria = site.as_("maria")
    assert maria.get(f"/live?task={task.id}&revision=1").status_code == 403
    assert maria.get(f"/live?case={task.case_id}&revision=1").status_code == 404
    assert site.anonymous().get(f"/live?case={task.case_id}&revision=1").status_code == 303


@pytest.mark.parametrize(
    "asked",
    ["", "task=1&revision=1", "case=x", "inbox=a", "inbox=a&since=x", "inbox=a&since=2026-01-01"],
)
def test_what_is_nothing_to_watch_is_refused(site, asked):
    assert site.as_("hanna").get(f"/live?{asked}").status_code == 422


def test_beyond_the_places_a_stream_tells_once_and_ends(reading, office, site):
    task = office.task(office.open())
    address = f"/live?task={task.id}&revision={task.revision}"
    for _ in range(watching.MOST_EACH):
        assert reading("lara", address).next() == ("same", {})
    answer = site.as_("lara").get(address)
    assert answer.text.startswith(f"retry: {live.LATER}\nevent: same")
    # another person still finds a place
    assert reading("luc", address).next() == ("same", {})


def test_a_stream_ends_after_its_time(reading, office, clock, monkeypatch):
    task = office.task(office.open())
    monkeypatch.setattr(live, "SLICE", 0.02)
    page = reading("lara", f"/live?task={task.id}&revision={task.revision}")
    page.next()
    clock.tick(live.LIFE)
    assert page.next() is None


def test_the_thread_ends_with_the_last_who_waits():
    marks, looked = {"a": 1}, threading.Event()

    def look(what):
        looked.set()
        return {name: marks[name] for name in what if name in marks}

    watch = Watch(look, every=0.01)
    one = watch.join("lara", ["a"])
    assert one.wait(PATIENCE)
    thread = watch._thread
    marks["a"] = 2
    assert one.wait(PATIENCE)
    watch.leave(one)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_silent_database_wakes_nobody_and_is_asked_again():
    answers = iter([None, {"a": 1}, {"a": 1}])
    watch = Watch(lambda _what: next(answers), every=PATIENCE)
    with _without_thread(watch):
        one = watch.join("lara", ["a"])
        watch.look()
        assert not one.moved.is_set()
        watch.look()
        assert one.wait(PATIENCE)
        watch.look()
        assert not one.moved.is_set()


def test_a_lost_connection_is_made_anew(office):
    case = office.open()
    watch = watching.watch(office.database)
    with _without_thread(watch):
        one = watch.join("lara", [f"case:{case}"])
        watch.look()
        assert one.wait(PATIENCE)
        with office.database.engine.connect() as other:
            other.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        watch.look()
        office.complete("lara", case, REPORT)
        watch.look()
        assert one.wait(PATIENCE)


def test_pages_say_what_they_show(site, office):
    task = office.task(office.open())
    lara = site.as_("lara")
    page = lara.get(f"/tasks/{task.id}").text
    assert f'data-watch="/live?task={task.id}&amp;revision={task.revision}"' in page
    assert 'data-watch="/live?inbox=' in lara.get("/work").text
    office.complete("luc", task.case_id, REPORT)
    assert "data-watch" not in lara.get(f"/tasks/{task.id}").text


def test_a_stream_keeps_no_session_alive(site, office, clock):
    office.do("hanna", _give_password)
    browser = site.app.test_client()
    browser.post("/sign-in", data={"name": "lara", "password": PASSWORD})
    before = _seen_at(office)
    clock.tick(timedelta(minutes=30))
    browser.get("/live?case=x", headers={"Sec-Fetch-Site": "same-origin"})
    assert _seen_at(office) == before
    browser.get("/work")
    assert _seen_at(office) > before


def _inbox(site, name):
    page = site.as_(name).get("/work").text
    return page.partition('data-watch="')[2].partition('"')[0].replace("&amp;", "&")


@contextmanager
def _without_thread(watch):
    """Look only when the test says so."""
    watch._run = lambda: None
    yield


PASSWORD = "a long enough password"


def _give_password(act):
    from api.identity import hash_password  # noqa: PLC0415  # it is slow, one test needs it
    from engine.store import users  # noqa: PLC0415

    users.change(act.uow, "lara", {"password_hash": hash_password(PASSWORD)})
    act.uow.changed.clear()


def _seen_at(office):
    with begin(office.database, now=None) as uow:
        return uow.connection.exec_driver_sql("SELECT seen_at FROM session").scalar()
