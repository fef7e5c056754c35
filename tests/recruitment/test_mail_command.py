"""Mail on the command line, and the rounds of the worker's process."""

import mailbox
import subprocess
import sys
import threading

import pytest

from cursus import postman
from tests.mailing import letter


@pytest.fixture
def box(database, tmp_path, monkeypatch):
    monkeypatch.setenv("CURSUS_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("CURSUS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CURSUS_MAILDIR", str(tmp_path / "box"))
    for name in ("CURSUS_IMAP_URL", "CURSUS_SMTP_URL"):
        monkeypatch.delenv(name, raising=False)
    return mailbox.Maildir(tmp_path / "box", create=True)


def said(*words):
    command = [sys.executable, "-m", "cursus", "mail", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # ourselves
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_mail_is_read_and_sent_on_the_command_line(box):
    box.add(letter().as_bytes())
    assert said("read").startswith("1 new\nmaildir:")
    assert said("read").startswith("0 new")
    assert said("send") == "0 sent\n"
    assert said("retry") == "0 to be tried again\n"


def test_a_round_that_fails_is_begun_again():
    stop, begun = threading.Event(), []

    def fail(_database):
        begun.append(1)
        if len(begun) == 3:
            stop.set()
        raise OSError("gone")

    one = postman.Round(name="fails", every=0, run=fail)
    thread = threading.Thread(target=postman._keep, args=(one, None, stop))
    thread.start()
    thread.join(10)
    assert len(begun) == 3
