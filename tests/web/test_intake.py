"""The intake queue: what waits, what is shown, what an officer decides and takes back."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from cursus.demo import mails as demonstration
from engine import clock
from engine.history import EventKind
from engine.store import cases as case_rows
from engine.store import events
from recruitment.mailbox.delivered import Delivered
from recruitment.mailbox.reading import POSTMAN, digest_of, take_in
from recruitment.store import mails, outbox, records
from tests.mailing import EICAR, HOST, REFERENCE, drawn, letter, paper
from tests.selecting import CALL

DEADLINE = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
SAID = {"name": "Ana Berg", "email": "ana@example.org", "file": "0", "in_order": "yes"}


@pytest.fixture(autouse=True)
def host(monkeypatch):
    monkeypatch.setenv("CURSUS_MAIL_HOST", HOST)
    for name in ("CURSUS_MAILDIR", "CURSUS_IMAP_URL", "CURSUS_CLAMD", "CURSUS_SMTP_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def queue(site, selection):
    """A published call and a way to deliver mails."""
    selection.staged("a call", selection.publish_call)
    return Queue(site, selection)


class Queue:
    def __init__(self, site, selection):
        self.site, self.selection, self.office = site, selection, site.office
        self.hanna = site.as_("hanna")

    def arrive(self, message=None, **changes):
        """Deliver a mail; return its digest."""
        raw = message if isinstance(message, bytes) else (message or letter(**changes)).as_bytes()
        one = Delivered(raw=raw, size=len(raw), delivered_at=clock.now(), source="maildir:x")
        assert take_in(self.office.database, one)
        return digest_of(raw)

    def page(self, address, status=200, *, who="hanna"):
        answer = self.site.as_(who).get(address)
        return body(answer, status)

    def decide(self, sha256, what, given, *, who="hanna"):
        answer = self.site.as_(who).post(f"/intake/{sha256}/{what}", data=given)
        self.office.work()
        return answer

    def row(self, sha256):
        with self.office.begin() as uow:
            return mails.get(uow, sha256)

    def case(self, sha256):
        with self.office.begin() as uow:
            return case_rows.by_key(uow, "recruitment_case", self.row(sha256)["application"])

    def kinds(self, stream):
        with self.office.begin() as uow:
            return [str(one.fields.kind) for one in events.of_stream(uow, stream)]

    def letters(self):
        with self.office.begin() as uow:
            return uow.all(text("SELECT * FROM letter ORDER BY written_at, id"))


def main_buttons(page):
    return re.findall(r'class="button button--main"[^>]*>([^<]+)<', page)


def body(answer, status=200):
    assert answer.status_code == status, answer.get_data(as_text=True)[:3000]
    return answer.get_data(as_text=True)


# --- the list ----------------------------------------------------------------------------------


def test_the_queue_shows_receipts_to_the_second_in_time_or_late(queue):
    queue.arrive(at=DEADLINE, message_id="<1@x>")
    queue.arrive(at=DEADLINE + timedelta(seconds=1), message_id="<2@x>")
    said = queue.page("/calls/c1/intake")
    assert "2 Mar 2026, 12:00:00" in said
    assert "2 Mar 2026, 12:00:01" in said
    assert said.count('tag--good">in time') == 1
    assert said.count('tag--late">late') == 1


def test_an_empty_queue_says_how_to_fill_it_or_when_it_was_read(queue):
    assert "CURSUS_MAILDIR" in queue.page("/calls/c1/intake")
    with queue.office.begin() as uow:
        row = {"name": "maildir:x", "read_at": clock.now() - timedelta(minutes=1), "messages": 0}
        mails.note_mailbox(uow, {**row, "fault": None})
    assert "Mailbox read 1 minute ago: nothing to sort" in queue.page("/calls/c1/intake")


def test_a_fault_of_the_mailbox_is_told_to_officer_and_operator(queue):
    with queue.office.begin() as uow:
        row = {"name": "imap:jobs", "read_at": clock.now(), "messages": 0, "fault": "no route"}
        mails.note_mailbox(uow, row)
    assert "no route" in queue.page("/intake")
    assert "no route" in queue.page("/administration", who="oscar")


def test_filters_stand_in_the_address(queue):
    first = queue.arrive(message_id="<1@x>")
    second = queue.arrive(message_id="<2@x>", sender="Bo <bo@example.org>", files=())
    assert second not in queue.page("/calls/c1/intake?verdict=accept")
    assert first not in queue.page("/calls/c1/intake?words=bo@example")
    assert "No mail matches" in queue.page("/calls/c1/intake?state=late")
    assert first in queue.page("/calls/c1/intake?state=all&sort=-received_at&time=in_time")


def test_a_long_queue_is_read_page_by_page(queue):
    for number in range(52):
        queue.arrive(files=(), message_id=f"<{number}@x>", text=str(number))
    said = queue.page("/calls/c1/intake")
    assert said.count('href="/intake/') == 50
    following = re.search(r'rel="next" href="([^"]+)"', said).group(1).replace("&amp;", "&")
    assert queue.page(following).count("<tr><td") == 2


@pytest.mark.parametrize("who", ["luisa", "carla", "petra", "anton", "oscar", "olga"])
def test_only_officers_see_mail(queue, who):
    sha256 = queue.arrive()
    for address in ("/intake", "/calls/c1/intake", f"/intake/{sha256}", f"/intake/{sha256}/raw"):
        assert queue.site.as_(who).get(address).status_code == 403
    assert queue.decide(sha256, "aside", {"reason": "x"}, who=who).status_code == 403
    assert queue.row(sha256)["sorted_as"] is None


# --- one mail ----------------------------------------------------------------------------------


def test_a_mail_is_shown_with_its_receipt_checks_and_pages_and_the_reading_is_recorded(queue):
    sha256 = queue.arrive()
    said = queue.page(f"/intake/{sha256}")
    assert "RFC 5321, 4.4" in said
    assert "Call, How to express your interest" in said
    assert f"/intake/{sha256}/files/0/pages/1.png" in said
    assert queue.kinds(f"read:{sha256}") == [str(EventKind.RECORD_READ)]
    picture = queue.hanna.get(f"/intake/{sha256}/files/0/pages/1.png")
    assert picture.content_type == "image/png"
    assert "Ana Berg" in queue.page(f"/intake/{sha256}/files/0/pages/1/text")
    assert queue.hanna.get(f"/intake/{sha256}/files/7/pages/1.png").status_code == 404


def test_the_mail_is_given_byte_for_byte_and_never_shown_by_the_browser(queue):
    raw = letter(subject="<script>alert(1)</script>").as_bytes()
    sha256 = queue.arrive(raw)
    answer = queue.hanna.get(f"/intake/{sha256}/raw")
    assert answer.data == raw
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "<script>alert" not in queue.page(f"/intake/{sha256}")


def test_who_is_known_is_proposed_and_a_relay_names_nobody(queue):
    queue.selection.apply("Ana Berg")
    with queue.office.begin() as uow:
        known = uow.one(text("SELECT email FROM candidate"))["email"]
    sha256 = queue.arrive(sender=f"A. <{known}>", message_id="<9@x>")
    said = queue.page(f"/intake/{sha256}")
    assert "known candidate" in said
    assert "has applied to this call" in said
    relay = queue.arrive(sender="Ana <x@privaterelay.appleid.com>", message_id="<8@x>")
    said = queue.page(f"/intake/{relay}")
    assert "relay or shared box" in said
    assert re.search(r'id="email"[^>]*value=""', said)


def test_the_next_and_the_previous_mail_are_one_key_away(queue):
    at = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    found = [queue.arrive(at=at + timedelta(minutes=n), message_id=f"<{n}@x>") for n in range(3)]
    said = queue.page(f"/intake/{found[1]}")
    assert f'rel="prev" href="/intake/{found[0]}" aria-keyshortcuts="K"' in said
    assert f'rel="next" href="/intake/{found[2]}" aria-keyshortcuts="J"' in said


def test_an_unreadable_mail_says_why_and_can_be_downloaded(queue):
    raw = letter().as_bytes()
    for _ in range(40):
        raw = b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" + raw
    sha256 = queue.arrive(raw)
    said = queue.page(f"/intake/{sha256}")
    assert "This mail cannot be read" in said
    assert f"/intake/{sha256}/raw" in said
    assert sha256 in queue.page("/intake")


# --- accept and late ---------------------------------------------------------------------------


def test_accepting_opens_a_case_with_the_facts_of_the_mail(queue):
    sha256 = queue.arrive()
    following = queue.arrive(message_id="<2@x>", at=datetime(2026, 1, 5, 8, 50, tzinfo=UTC))
    answer = queue.decide(sha256, "register", SAID)
    assert answer.status_code == 303
    assert answer.location.startswith(f"/intake/{following}?last={sha256}")
    case, row = queue.case(sha256), queue.row(sha256)
    assert row["sorted_as"] == "accepted"
    assert case.title.startswith("Ana Berg")
    with queue.office.begin() as uow:
        application = records.get_application(uow, row["application"])
        (document,) = records.documents(uow, row["application"])
    assert application["received_at"] == row["received_at"]
    assert application["message_id"] == "<1@mail.example>"
    assert application["content"]["reference_in_subject"] is True
    assert application["content"]["one_pdf"] is True
    assert document["sha256"] == row["findings"]["files"][0]["sha256"]
    assert queue.kinds(f"mail:{sha256}") == ["mail:received", "mail:sorted"]
    (acknowledgement,) = queue.letters()
    assert document["sha256"] in acknowledgement["body"]


def test_a_late_mail_is_registered_on_the_modelled_path(queue, clock):
    clock.move_to(DEADLINE + timedelta(hours=1))
    queue.office.work()
    sha256 = queue.arrive(at=DEADLINE + timedelta(seconds=1))
    assert "Register it as late" in queue.page(f"/intake/{sha256}")
    queue.decide(sha256, "register", SAID)
    assert queue.row(sha256)["sorted_as"] == "late"
    tasks = queue.selection.tasks({queue.case(sha256).id})
    assert [one.element for one in tasks] == ["confirm_late"]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(queue):
    sha256 = queue.arrive()
    answer = queue.decide(sha256, "register", {**SAID, "email": "nobody", "name": "Ána"})
    said = body(answer, 422)
    assert "This is no mail address" in said
    assert 'value="Ána"' in said
    assert queue.row(sha256)["sorted_as"] is None


def test_the_second_officer_is_told_who_sorted_it_and_how(queue):
    sha256 = queue.arrive()
    queue.decide(sha256, "register", SAID)
    answer = queue.decide(sha256, "aside", {"reason": "spam"}, who="henri")
    said = body(answer, 409)
    assert "Hanna sorted this mail" in said
    assert "accepted" in said
    assert queue.row(sha256)["sorted_as"] == "accepted"


def test_a_newer_mail_in_time_takes_the_place_of_the_earlier_one(queue):
    first = queue.arrive()
    queue.decide(first, "register", SAID)
    newer = queue.arrive(
        message_id="<2@x>", at=datetime(2026, 1, 5, 8, 40, tzinfo=UTC),
        files=(("cv.pdf", paper("Ana Berg", "Corrected")),),
    )  # fmt: skip
    answer = queue.decide(newer, "register", SAID)
    assert "said=mail-newer" in answer.location
    assert queue.row(newer)["application"] == queue.row(first)["application"]
    with queue.office.begin() as uow:
        application = records.get_application(uow, queue.row(first)["application"])
    assert application["digest"] == queue.row(newer)["findings"]["files"][0]["sha256"]
    assert len(queue.letters()) == 2  # each was acknowledged
    assert "message:received" in [str(k) for k in queue.office.kinds(queue.case(first).id)]


def test_an_older_mail_sorted_later_is_registered_and_not_used(queue):
    newer = queue.arrive(message_id="<2@x>", at=datetime(2026, 1, 5, 8, 40, tzinfo=UTC))
    queue.decide(newer, "register", SAID)
    older = queue.arrive(message_id="<1@x>")
    assert "said=mail-unused" in queue.decide(older, "register", SAID).location
    with queue.office.begin() as uow:
        application = records.get_application(uow, queue.row(newer)["application"])
    assert application["received_at"] == queue.row(newer)["received_at"]


def test_a_later_mail_after_the_deadline_is_registered_told_and_not_used(queue, clock):
    first = queue.arrive()
    queue.decide(first, "register", SAID)
    clock.move_to(DEADLINE + timedelta(hours=1))
    queue.office.work()
    late = queue.arrive(message_id="<2@x>", at=DEADLINE + timedelta(minutes=5))
    assert "said=mail-too-late" in queue.decide(late, "register", SAID).location
    assert queue.row(late)["sorted_as"] == "late"
    assert "newer_not_used" in [one["template"] for one in queue.letters()]


def test_a_newer_mail_in_time_that_is_sorted_after_the_deadline_still_counts(queue, clock):
    first = queue.arrive()
    queue.decide(first, "register", SAID)
    newer = queue.arrive(
        message_id="<2@x>", at=DEADLINE - timedelta(minutes=1),
        files=(("cv.pdf", paper("Ana Berg", "Corrected")),),
    )  # fmt: skip
    clock.move_to(DEADLINE + timedelta(hours=1))
    queue.office.work()
    queue.decide(newer, "register", SAID)
    with queue.office.begin() as uow:
        application = records.get_application(uow, queue.row(first)["application"])
        said = uow.one(text("SELECT text FROM comment"))["text"]
    assert application["digest"] == queue.row(newer)["findings"]["files"][0]["sha256"]
    assert application["digest"] in said


def test_a_message_id_that_somebody_else_used_makes_nobody_somebody_else(queue):
    first = queue.arrive()
    queue.decide(first, "register", SAID)
    other = queue.arrive(sender="Bo <bo@example.org>", text="mine")
    queue.decide(other, "register", {**SAID, "name": "Bo", "email": "bo@example.org"})
    assert queue.row(other)["application"] != queue.row(first)["application"]


def test_two_people_at_one_shared_box_stay_two(queue):
    found = []
    for name in ("Ana Berg", "Bo Berg"):
        sha256 = queue.arrive(sender=f"{name} <info@example.org>", message_id=f"<{name[0]}@x>")
        queue.decide(sha256, "register", {**SAID, "name": name, "email": "info@example.org"})
        found.append(queue.row(sha256)["application"])
    assert len(set(found)) == 2


def test_every_file_of_a_mail_is_kept_and_the_defect_goes_to_a_person(queue):
    files = (("CV.pdf", paper("Ana", "CV")), ("form.pdf", paper("Ana", "Form")))
    sha256 = queue.arrive(files=files)
    queue.decide(sha256, "register", {**SAID, "file": "1"})
    with queue.office.begin() as uow:
        kept = records.documents(uow, queue.row(sha256)["application"])
    assert sorted(one["kind"] for one in kept) == ["application", "application_annex"]
    tasks = queue.selection.tasks({queue.case(sha256).id})
    assert [one.element for one in tasks] == ["check_format"]


def test_an_infected_file_is_neither_shown_nor_taken_into_a_case(queue, monkeypatch):
    from recruitment import scanning  # noqa: PLC0415  # only here
    from recruitment.checks import Check  # noqa: PLC0415  # only here

    found = Check(code="scan-found", verdict="quarantine", facts={"name": "Eicar"})
    monkeypatch.setattr(scanning.Scanner, "scan", lambda _self, _content: found)
    sha256 = queue.arrive(files=(("cv.pdf", drawn(1) + EICAR),))
    assert "quarantine" in queue.page(f"/intake/{sha256}")
    assert queue.hanna.get(f"/intake/{sha256}/files/0/pages/1.png").status_code == 422
    queue.decide(sha256, "register", SAID)
    with queue.office.begin() as uow:
        assert records.documents(uow, queue.row(sha256)["application"]) == []
        application = records.get_application(uow, queue.row(sha256)["application"])
    assert application["digest"] == queue.row(sha256)["findings"]["files"][0]["sha256"]


def test_a_decision_is_told_as_a_sentence_and_one_page_is_one_page(queue):
    sha256 = queue.arrive()
    assert "Two programs read it alike: 1 page." in queue.page(f"/intake/{sha256}")
    queue.decide(sha256, "register", SAID)
    assert "<strong>Accepted.</strong> Sorted by" in queue.page(f"/intake/{sha256}")


def test_the_menu_stands_where_the_crumbs_of_a_mail_begin(queue):
    named = queue.arrive(message_id="<1@x>")
    unnamed = queue.arrive(message_id="<2@x>", subject="Hello")
    assert '<a href="/calls" aria-current="page">' in queue.page(f"/intake/{named}")
    assert '<a href="/intake" aria-current="page">' in queue.page(f"/intake/{unnamed}")


# --- ask, aside, back --------------------------------------------------------------------------


def test_the_sender_is_asked_with_a_ready_letter_that_can_be_changed(queue):
    sha256 = queue.arrive(files=())
    said = queue.page(f"/intake/{sha256}")
    assert "no file came with the mail" in said
    assert '<span class="tag tag--soon">ask to resend</span>' in said
    assert main_buttons(said) == ["Write this letter"]
    queue.decide(sha256, "resend", {"subject": "Once more, please", "text": "Send it again."})
    (asked,) = queue.letters()
    assert (asked["to_address"], asked["body"]) == ("ana@example.org", "Send it again.")
    assert queue.row(sha256)["letter"] == asked["id"]
    assert queue.kinds(f"letter:{asked['id']}") == ["letter:written"]


def test_after_the_deadline_it_is_said_why_nobody_can_be_asked(queue, clock):
    sha256 = queue.arrive(files=())
    clock.move_to(DEADLINE + timedelta(seconds=1))
    said = queue.page(f"/intake/{sha256}")
    assert "The call is not open" in said
    assert main_buttons(said) == ["Accept"]
    # what cannot be done is not proposed, neither here nor in the list
    for page in (said, queue.page("/calls/c1/intake")):
        assert '<span class="tag tag--soon">accept, with its defects</span>' in page
        assert '">ask to resend</span>' not in page
    answer = queue.decide(sha256, "resend", {"subject": "x", "text": "y"})
    body(answer, 409)
    assert queue.letters() == []


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("Ana <ana@example.org>", {"Auto_Submitted": "auto-replied"}),
        ("no-reply@example.org", {}),
    ],
)
def test_programs_are_never_answered(queue, sender, headers):
    sha256 = queue.arrive(sender=sender, **headers)
    body(queue.decide(sha256, "resend", {"subject": "x", "text": "y"}), 409)
    assert queue.letters() == []


def test_what_was_put_aside_comes_back_with_its_history(queue):
    sha256 = queue.arrive()
    body(queue.decide(sha256, "aside", {"reason": " "}), 422)
    queue.decide(sha256, "aside", {"reason": "An offer of pencils"})
    assert "An offer of pencils" in queue.page(f"/intake/{sha256}")
    queue.decide(sha256, "back", {})
    assert queue.row(sha256)["sorted_as"] is None
    assert queue.kinds(f"mail:{sha256}") == ["mail:received", "mail:sorted", "mail:put-back"]


def test_taking_back_a_request_withdraws_the_letter_that_has_not_left(queue):
    sha256 = queue.arrive(files=())
    queue.decide(sha256, "resend", {"subject": "x", "text": "y"})
    queue.decide(sha256, "back", {})
    assert queue.letters() == []
    assert queue.row(sha256)["letter"] is None


def test_a_letter_that_has_left_stays_when_the_mail_comes_back(queue):
    sha256 = queue.arrive(files=())
    queue.decide(sha256, "resend", {"subject": "x", "text": "y"})
    (asked,) = queue.letters()
    with queue.office.begin() as uow:
        outbox.change(uow, asked["id"], {"sent_at": clock.now()})
        uow.changed.clear()
    queue.decide(sha256, "back", {})
    assert len(queue.letters()) == 1
    assert queue.row(sha256)["sorted_as"] is None


def test_an_accepted_mail_is_not_taken_back_here(queue):
    sha256 = queue.arrive()
    queue.decide(sha256, "register", SAID)
    assert queue.decide(sha256, "back", {}).status_code == 409
    assert queue.row(sha256)["sorted_as"] == "accepted"


# --- mails of no call, files, reports ----------------------------------------------------------


def test_a_mail_that_names_no_call_is_given_to_one_by_an_officer(queue):
    sha256 = queue.arrive(subject="My application")
    assert sha256 in queue.page("/intake")
    assert "1 mail names no call" in queue.page("/calls/c1/intake")
    said = queue.page(f"/intake/{sha256}")
    assert "Which call is it for?" in said
    answer = queue.decide(sha256, "call", {"call": "c1"})
    assert answer.location.startswith(f"/intake/{sha256}?")
    queue.decide(sha256, "register", SAID)
    with queue.office.begin() as uow:
        application = records.get_application(uow, queue.row(sha256)["application"])
    # the officer's word does not put a reference into the subject
    assert application["content"]["reference_in_subject"] is False


def test_an_officer_hands_a_mail_in_as_a_file(queue):
    raw = letter().as_bytes()
    given = {"file": (io.BytesIO(raw), "mail.eml")}
    answer = queue.hanna.post("/intake", data=given, content_type="multipart/form-data")
    assert answer.location.startswith(f"/intake/{digest_of(raw)}")
    row = queue.row(digest_of(raw))
    assert (row["source"], row["call"]) == ("handed in by hanna", "c1")
    again = {"file": (io.BytesIO(raw), "mail.eml")}
    answer = queue.hanna.post("/intake", data=again, content_type="multipart/form-data")
    assert "said=mail-known" in answer.location


def test_a_file_without_a_line_of_ours_needs_the_officers_word(queue):
    message = letter()
    del message["Received"]

    def hand_in(**more):
        given = {"file": (io.BytesIO(message.as_bytes()), "mail.eml"), **more}
        return queue.hanna.post("/intake", data=given, content_type="multipart/form-data")

    assert "say when it was received" in body(hand_in(), 422)
    assert "not come yet" in body(hand_in(received_at="2027-01-01T00:00:00"), 422)
    assert hand_in(received_at="2026-01-05T09:30:07").status_code == 303
    row = queue.row(digest_of(message.as_bytes()))
    assert row["received_at"] == datetime(2026, 1, 5, 8, 30, 7, tzinfo=UTC)
    assert row["verdict"] == "flag"


def test_a_bounce_marks_our_letter_and_the_case_shows_it(queue):
    from tests.mailing import received  # noqa: PLC0415  # only here
    from tests.recruitment.test_mailbox import REPORT  # noqa: PLC0415  # only here

    sha256 = queue.arrive()
    queue.decide(sha256, "register", SAID)
    (told,) = queue.letters()
    report = REPORT.format(received=received(), action="failed", returned="text/rfc822-headers")
    report = report.replace("5f1c3f0e-8f4e-4a57-9d2e-0c9d3f6f0a11", str(told["id"]))
    bounce = queue.arrive(report.encode())
    assert queue.row(bounce)["sorted_as"] == "report"
    (told,) = queue.letters()
    assert told["bounced_at"] is not None
    assert "User unknown" in told["bounce"]
    assert queue.kinds(f"letter:{told['id']}")[-1] == "letter:bounced"
    said = queue.page(f"/cases/{queue.case(sha256).id}?tab=papers")
    assert "came back" in said
    assert "User unknown" in said


def test_the_end_of_a_personal_file_takes_the_mail_along(queue):
    sha256 = queue.arrive()
    queue.decide(sha256, "register", SAID)
    application = queue.row(sha256)["application"]
    with queue.office.begin() as uow:
        records.erase_person(uow, application)
        events.append(
            uow, f"application:{application}", kind=EventKind.PAYLOAD_ERASED, actor=POSTMAN,
            payload={},
        )  # fmt: skip
    assert queue.row(sha256) is None


def test_the_demonstration_leaves_mails_of_every_kind(queue, monkeypatch):
    monkeypatch.delenv("CURSUS_MAIL_HOST")
    for _ in range(2):
        demonstration.deliver(queue.office.database, CALL)
    with queue.office.begin() as uow:
        found = mails.page(uow, mails.Narrowed(call="c1"), backwards=False, after=None, limit=10)
    assert [(one["verdict"], one["late"]) for one in found] == [
        ("ask", False),
        ("none", False),
        ("accept", False),
        ("accept", True),
    ]


def test_the_call_of_these_tests_is_the_one_that_the_mails_name():
    assert CALL["reference"] == REFERENCE
