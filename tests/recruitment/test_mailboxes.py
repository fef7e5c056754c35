"""Mailboxes as they are: a Maildir on the disk, an IMAP server over TLS on the loopback."""

import contextlib
import ipaddress
import mailbox
import re
import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from engine import clock
from engine.history import EventKind
from engine.store import begin, events
from recruitment import scanning
from recruitment.mailbox import reading
from recruitment.mailbox.settings import read as read_settings
from recruitment.store import mails
from tests.mailing import AT, EICAR, HOST, letter, paper


@pytest.fixture(autouse=True)
def host(monkeypatch):
    monkeypatch.setenv("CURSUS_MAIL_HOST", HOST)
    for name in ("CURSUS_MAILDIR", "CURSUS_IMAP_URL", "CURSUS_CLAMD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def maildir(tmp_path, monkeypatch):
    box = mailbox.Maildir(tmp_path / "box", create=True)
    monkeypatch.setenv("CURSUS_MAILDIR", str(tmp_path / "box"))
    return box


def stored(database):
    with begin(database, now=clock.now()) as uow:
        return uow.all(text("SELECT * FROM mail ORDER BY received_at, sha256"))


def boxes(database):
    with begin(database, now=clock.now()) as uow:
        return {one["name"].partition(":")[0]: one for one in mails.mailboxes(uow)}


# --- Maildir -----------------------------------------------------------------------------------


def test_a_maildir_is_read_once_marked_as_seen_and_nothing_is_deleted(database, maildir):
    raw = letter().as_bytes()
    key = maildir.add(raw)
    assert reading.read_all(database) == 1
    assert reading.read_all(database) == 0
    (row,) = stored(database)
    assert bytes(row["raw"]) == raw
    assert row["received_at"] == AT
    assert "S" in maildir[key].get_flags()
    assert maildir.get_bytes(key) == raw
    assert boxes(database)["maildir"]["fault"] is None


def test_what_another_program_has_moved_or_opened_is_read_all_the_same(database, maildir):
    message = mailbox.MaildirMessage(letter().as_bytes())
    message.set_subdir("cur")
    message.set_flags("S")
    maildir.add(message)
    assert reading.read_all(database) == 1


def test_the_arrival_is_sealed_without_a_name(database, maildir):
    maildir.add(letter().as_bytes())
    reading.read_all(database)
    (row,) = stored(database)
    with begin(database, now=clock.now()) as uow:
        (event,) = events.of_stream(uow, f"mail:{row['sha256']}")
    assert event.fields.kind == EventKind.MAIL_RECEIVED
    assert "ana@example.org" not in str(event)


def test_a_folder_that_is_gone_is_a_fault_that_is_shown(database, monkeypatch, tmp_path):
    monkeypatch.setenv("CURSUS_MAILDIR", str(tmp_path / "nowhere"))
    assert reading.read_all(database) == 0
    assert "nowhere" in boxes(database)["maildir"]["fault"]


def test_a_mail_that_cannot_be_read_is_kept_and_waits(database, maildir):
    broken = letter().as_bytes()
    for _ in range(40):
        broken = b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" + broken
    maildir.add(broken)
    assert reading.read_all(database) == 1
    (row,) = stored(database)
    assert row["verdict"] == "ask"
    assert row["findings"]["checks"][0]["code"] == "unreadable"


def test_the_same_mail_twice_is_once_and_a_changed_one_is_looked_at(database, maildir):
    message = letter()
    maildir.add(message.as_bytes())
    again = message.as_bytes().replace(b"id 4XyZ", b"id 5XyZ")
    maildir.add(again)
    maildir.add(letter(text="Another text").as_bytes())
    assert reading.read_all(database) == 3
    found = sorted((row["sorted_as"] or "", row["verdict"]) for row in stored(database))
    assert found == [("", "sort"), ("", "sort"), ("duplicate", "sort")]
    marked = [
        row for row in stored(database)
        if "same-id" in {one["code"] for one in row["findings"]["checks"]}
    ]  # fmt: skip
    assert len(marked) == 1


# --- IMAP --------------------------------------------------------------------------------------


class ImapServer:
    """As much of RFC 3501 as a reader needs, over real TLS; it keeps flags and refuses deletion."""

    def __init__(self, folder):
        self.certificate, key = certificate(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.messages, self.flags, self.validity, self.said = {}, {}, 7, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def add(self, uid, raw, at="05-Jan-2026 09:30:09 +0100"):
        self.messages[uid] = (raw, at)

    def close(self):
        # a connection wakes the listener, which is closed then
        self.stopping = True
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            pass
        self.thread.join(10)
        self.listener.close()

    stopping = False

    def _serve(self):
        while True:
            connection, _ = self.listener.accept()
            if self.stopping:
                connection.close()
                return
            with (
                contextlib.suppress(OSError, ssl.SSLError),
                self.context.wrap_socket(connection, server_side=True) as secure,
            ):
                self._talk(secure, secure.makefile("rb"))
            connection.close()

    def _talk(self, connection, lines):
        connection.sendall(b"* OK ready\r\n")
        for line in lines:
            tag, _, rest = line.decode().strip().partition(" ")
            self.said.append(rest)
            answer = self._answer(rest)
            if isinstance(answer, str):
                connection.sendall(f"{tag} {answer}\r\n".encode())
            else:
                connection.sendall(answer + f"{tag} OK done\r\n".encode())
            if rest == "LOGOUT":
                return

    def _answer(self, said):
        if said == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if said.startswith("LOGIN"):
            return b"" if '"secret"' in said else "NO wrong password"
        if said.startswith("SELECT"):
            return (f"* {len(self.messages)} EXISTS\r\n"
                    f"* OK [UIDVALIDITY {self.validity}] x\r\n").encode()  # fmt: skip
        if said.startswith("UID SEARCH"):
            lowest = int(re.search(r"UID (\d+):\*", said).group(1))
            # n:* always holds the last one
            uids = [uid for uid in self.messages if uid >= lowest] or list(self.messages)[-1:]
            return f"* SEARCH {' '.join(map(str, uids))}\r\n".encode()
        if said.startswith("UID FETCH"):
            return self._fetch(int(said.split()[2]), "BODY.PEEK" in said)
        if said.startswith("UID STORE"):
            self.flags.setdefault(int(said.split()[2]), []).append(said.split()[-1])
        return b""

    def _fetch(self, uid, is_whole):
        raw, at = self.messages[uid]
        if is_whole:
            return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(raw), raw)
        about = f'(UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE "{at}")'
        return f"* 1 FETCH {about}\r\n".encode()


def certificate(folder):
    """Make a certificate for the loopback address; return the files of it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    # TLS asks the machine's clock, which no test freezes
    begin_, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1000)
        .not_valid_before(begin_).not_valid_after(end)
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = Path(folder) / "server.pem", Path(folder) / "server.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@pytest.fixture
def imap(tmp_path, monkeypatch):
    server = ImapServer(tmp_path)
    (tmp_path / "password").write_text("secret\n")
    monkeypatch.setenv("CURSUS_IMAP_URL", f"imaps://jobs@127.0.0.1:{server.port}/INBOX")
    monkeypatch.setenv("CURSUS_IMAP_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    yield server
    server.close()


def test_an_imap_folder_is_read_by_uid_and_only_marked(database, imap):
    imap.add(3, letter().as_bytes())
    imap.add(8, letter(message_id="<2@mail.example>", text="Other").as_bytes())
    assert reading.read_all(database) == 2
    assert boxes(database)["imap"]["fault"] is None
    assert reading.read_all(database) == 0
    imap.add(9, letter(message_id="<3@mail.example>", text="Third").as_bytes())
    assert reading.read_all(database) == 1
    assert set(imap.flags) == {3, 8, 9}
    assert not [one for one in imap.said if "EXPUNGE" in one or "Deleted" in one]


def test_without_a_line_of_ours_the_internal_date_counts(database, imap):
    message = letter()
    message.replace_header("Received", "by mail.example; Mon, 05 Jan 2026 07:00:00 +0000")
    imap.add(1, message.as_bytes())
    reading.read_all(database)
    (row,) = stored(database)
    assert row["received_at"] == datetime(2026, 1, 5, 8, 30, 9, tzinfo=UTC)


def test_numbers_that_begin_anew_bring_nothing_twice(database, imap):
    imap.add(5, letter().as_bytes())
    reading.read_all(database)
    imap.validity, imap.messages = 8, {1: imap.messages[5]}
    assert reading.read_all(database) == 0
    assert len(stored(database)) == 1


@pytest.mark.parametrize("break_it", ["password", "certificate", "server"])
def test_a_mailbox_that_cannot_be_read_says_why(database, imap, tmp_path, monkeypatch, break_it):
    if break_it == "password":
        (tmp_path / "password").write_text("wrong")
    elif break_it == "certificate":
        monkeypatch.delenv("SSL_CERT_FILE")
    else:
        monkeypatch.setenv("CURSUS_IMAP_URL", "imaps://jobs@127.0.0.1:1/INBOX")
    assert reading.read_all(database) == 0
    fault = boxes(database)["imap"]["fault"].lower()
    assert {"password": "wrong password", "certificate": "certificate", "server": "refused"}[
        break_it
    ] in fault
    assert "secret" not in fault


def test_a_mailbox_without_tls_is_refused_in_words(database, monkeypatch):
    monkeypatch.setenv("CURSUS_IMAP_URL", "imap://jobs@mail.example/INBOX")
    assert reading.read_all(database) == 0
    assert "TLS" in boxes(database)["settings"]["fault"]


def test_settings_are_read_from_the_environment(monkeypatch, tmp_path):
    assert not read_settings().is_configured
    monkeypatch.setenv("CURSUS_IMAP_URL", "imaps://jobs%40dg@mail.example")
    monkeypatch.setenv("CURSUS_IMAP_PASSWORD_FILE", str(tmp_path / "x"))
    found = read_settings().imap
    assert (found.user, found.port, found.folder) == ("jobs@dg", 993, "INBOX")


# --- the scanner -------------------------------------------------------------------------------


class Clamd:
    """A scanner on a socket that knows the test file; it speaks INSTREAM as clamd does."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(stream.read(4)):
                content += stream.read(size)
            says = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"
            connection.sendall(says)

    def close(self):
        self.thread.join(10)
        self.listener.close()


@pytest.mark.parametrize(
    ("content", "code"), [(b"x" * 200_000, "scan-clean"), (b"y" * 70_000 + EICAR, "scan-found")]
)
def test_a_scanner_is_asked_over_its_socket(tmp_path, monkeypatch, content, code):
    server = Clamd(tmp_path / "clamd")
    monkeypatch.setenv("CURSUS_CLAMD", f"unix:{tmp_path / 'clamd'}")
    assert scanning.configured().scan(content).code == code
    server.close()


def test_without_a_scanner_it_is_said_plainly(tmp_path, monkeypatch):
    assert scanning.configured().scan(EICAR).code == "scan-none"
    monkeypatch.setenv("CURSUS_CLAMD", str(tmp_path / "nothing"))
    found = scanning.configured().scan(EICAR)
    assert (found.code, found.verdict) == ("scan-failed", "flag")


def test_the_test_virus_after_the_end_mark_is_put_under_quarantine(
    database, maildir, tmp_path, monkeypatch
):
    server = Clamd(tmp_path / "clamd")
    monkeypatch.setenv("CURSUS_CLAMD", f"unix:{tmp_path / 'clamd'}")
    maildir.add(letter(files=(("cv.pdf", paper() + EICAR),)).as_bytes())
    reading.read_all(database)
    server.close()
    assert stored(database)[0]["verdict"] == "quarantine"
