"""Letters leave through a real SMTP server in this process: once, marked, with what went wrong."""

import contextlib
import socket
import ssl
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from engine import clock
from engine.access import Actor
from engine.errors import Invalid
from engine.history import EventKind
from engine.store import begin, events
from recruitment.outbox import sending, settings
from recruitment.outbox.message import message_of
from recruitment.store import outbox, records
from tests.recruitment.test_mailboxes import certificate

HANNA = Actor(name="hanna", roles=frozenset({"hr_officer"}))
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


class Office:
    """What the server has taken; it refuses as told."""

    def __init__(self):
        self.taken, self.refusals, self.data = [], {}, None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # its name
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # its name
        if self.data:
            return self.data
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 taken"

    @property
    def messages(self):
        return [message_from_bytes(one[2], policy=policy.default) for one in self.taken]


def start(office, port=None, **options):
    server = Controller(office, hostname="127.0.0.1", port=port or free_port(), **options)
    server.start()
    return server


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def taker(office, monkeypatch):
    server = start(office)
    monkeypatch.setenv("CURSUS_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setenv("CURSUS_MAIL_FROM", "jobs@cursus.example")
    yield server
    # a test may have stopped it already
    with contextlib.suppress(RuntimeError):
        server.stop(no_assert=True)


def write(database, to="ana@example.org", **more):
    row = {
        "id": uuid4(), "case_id": uuid4(), "to_address": to, "template": "late",
        "subject": "Ihre Bewerbung - Šťastná", "body": f"To: {to}\n\nDear Ana,\nὁδός",
        "written_at": clock.now(), **more,
    }  # fmt: skip
    with begin(database, now=clock.now()) as uow:
        records.add_letter(uow, row)
        events.append(
            uow, f"letter:{row['id']}", kind=EventKind.LETTER_WRITTEN, actor=HANNA, payload={}
        )
    return row["id"]


def state(database, key):
    with begin(database, now=clock.now()) as uow:
        return outbox.look_at(uow, key)


def test_a_letter_leaves_once_marked_as_automatic_under_its_own_id(database, office, taker):
    key = write(database)
    assert sending.send_all(database) == 1
    assert sending.send_all(database) == 0
    (message,) = office.messages
    assert message["Message-ID"] == f"<{key}@cursus>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "Ihre Bewerbung - Šťastná"
    assert message.get_content().split() == ["Dear", "Ana,", "ὁδός"]
    assert office.taken[0][:2] == ("jobs@cursus.example", ["ana@example.org"])
    assert state(database, key)["sent_at"] == clock.now()
    with begin(database, now=clock.now()) as uow:
        kinds = [str(one.fields.kind) for one in events.of_stream(uow, f"letter:{key}")]
    assert kinds == ["letter:written", "letter:sent"]


def test_an_invitation_goes_along_as_a_calendar(database, office, taker):
    write(database, calendar=CALENDAR)
    sending.send_all(database)
    (message,) = office.messages
    part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    assert part.get_content().splitlines()[0] == "BEGIN:VCALENDAR"


def test_without_a_server_letters_stay_in_the_outbox(database, monkeypatch):
    monkeypatch.delenv("CURSUS_SMTP_URL", raising=False)
    key = write(database)
    assert sending.send_all(database) == 0
    assert (state(database, key)["sent_at"], state(database, key)["attempts"]) == (None, 0)


def test_a_server_that_is_away_is_tried_again_later(database, office, taker, clock):
    taker.stop()
    key = write(database)
    sending.send_all(database)
    row = state(database, key)
    assert row["attempts"] == 1
    assert "refused" in row["fault"].lower()
    assert row["next_attempt_at"] == row["written_at"] + timedelta(seconds=sending.BACK_OFF[0])
    again = start(office, taker.port)
    assert sending.send_all(database) == 0
    clock.move_to(row["next_attempt_at"])
    assert sending.send_all(database) == 1
    again.stop()


@pytest.mark.parametrize(
    ("answer", "is_final"), [("450 4.2.1 busy", False), ("550 5.1.1 no such user", True)]
)
def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(
    database, office, taker, answer, is_final
):
    office.refusals["ana@example.org"] = answer
    key, other = write(database), write(database, to="bo@example.org")
    sending.send_all(database)
    row = state(database, key)
    assert answer[4:] in row["fault"]
    assert (row["failed_at"] is not None) is is_final
    assert state(database, other)["sent_at"] is not None
    if is_final:
        with begin(database, now=clock.now()) as uow:
            assert outbox.again(uow, key) == 1
            uow.changed.clear()
        office.refusals.clear()
        assert sending.send_all(database) == 1


def test_a_message_that_is_refused_says_why(database, office, taker):
    office.data = "554 5.7.1 looks like spam"
    key = write(database)
    sending.send_all(database)
    assert "looks like spam" in state(database, key)["fault"]
    assert state(database, key)["failed_at"] is not None


def test_after_many_attempts_a_letter_counts_as_refused(database, office, taker, clock):
    office.data = "451 later"
    key = write(database)
    for _ in range(sending.MOST_ATTEMPTS):
        sending.send_all(database)
        clock.tick(timedelta(hours=3))
    assert state(database, key)["failed_at"] is not None


def test_of_several_addresses_the_refused_one_is_told(database, office, taker):
    office.refusals["bo@example.org"] = "550 gone"
    key = write(database, to="ana@example.org, bo@example.org")
    assert sending.send_all(database) == 1
    assert "bo@example.org: 550 gone" in state(database, key)["fault"]


def test_two_workers_send_each_letter_once(database, office, taker):
    for _ in range(12):
        write(database)
    workers = [threading.Thread(target=sending.send_all, args=(database,)) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    assert len({one["Message-ID"] for one in office.messages}) == len(office.taken) == 12


def test_a_letter_sent_twice_after_a_crash_is_known_by_its_id(database, office, taker):
    """The server took it, the process ended before the commit: it leaves again, the same mail."""
    key = write(database)
    sending.send_all(database)
    with begin(database, now=clock.now()) as uow:
        outbox.change(uow, key, {"sent_at": None})
        uow.changed.clear()
    sending.send_all(database)
    assert len({one["Message-ID"] for one in office.messages}) == 1
    assert len(office.taken) == 2


# it does not see that TLS has begun before its first word
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("is_implicit", [True, False])
def test_over_tls_with_a_password_from_a_file(database, office, monkeypatch, tmp_path, is_implicit):
    chain, key_file = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key_file)
    seen = []

    def authenticate(server, session, envelope, mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret")

    how = {"ssl_context": context} if is_implicit else {"tls_context": context}
    server = start(
        office, **how, authenticator=authenticate, auth_require_tls=not is_implicit,
        auth_required=True, require_starttls=not is_implicit,
    )  # fmt: skip
    (tmp_path / "password").write_text("secret\n")
    scheme = "smtps" if is_implicit else "smtp"
    monkeypatch.setenv("CURSUS_SMTP_URL", f"{scheme}://jobs%40x.example@127.0.0.1:{server.port}")
    monkeypatch.setenv("CURSUS_SMTP_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.delenv("CURSUS_MAIL_FROM", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    key = write(database)
    sent = sending.send_all(database)
    assert sent == 1, state(database, key)["fault"]
    assert seen == [(b"jobs@x.example", b"secret")]
    monkeypatch.delenv("SSL_CERT_FILE")
    other = write(database)
    sending.send_all(database)
    assert "certificate" in state(database, other)["fault"].lower()
    server.stop()


@pytest.mark.parametrize(
    ("url", "sender", "where"),
    [
        ("http://mail.example", "a@b.example", "CURSUS_SMTP_URL"),
        ("smtp://mail.example", "", "CURSUS_MAIL_FROM"),
        ("smtp://a%40b.example@mail.example", "", "CURSUS_SMTP_PASSWORD_FILE"),
    ],
)
def test_wrong_settings_are_named(monkeypatch, url, sender, where):
    monkeypatch.setenv("CURSUS_SMTP_URL", url)
    monkeypatch.setenv("CURSUS_MAIL_FROM", sender)
    monkeypatch.delenv("CURSUS_SMTP_PASSWORD_FILE", raising=False)
    with pytest.raises(Invalid) as refused:
        settings.read()
    assert refused.value.where == where


def test_a_subject_of_several_lines_adds_no_header():
    letter = {"id": uuid4(), "to_address": "a@b.example", "subject": "x\r\nBcc: c@d.example",
              "body": "y", "calendar": None}  # fmt: skip
    message = message_of(letter, sender="j@x.example", now=clock.now())
    assert message["Bcc"] is None
    assert message["Subject"] == "x Bcc: c@d.example"
