"""Whoever changes the history, even with a superuser's rights, is found out and the place named."""

import io
import json
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from datetime import timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.errors import RaiseException
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine import archive, clock, history, replay
from engine.history import verifier
from engine.store import UnitOfWork, events
from tests.support import KEY

EVENTS = 5
UNSIGNED = "not signed: a cut tail would not show"
COLUMNS = (
    "stream", "seq", "at", "actor", "on_behalf_of", "kind", "element", "definition",
    "commitment", "previous", "hash", "salt", "payload", "erased_under",
)  # fmt: skip


@pytest.fixture
def case(office):
    """A finished review with five events."""
    case = office.sent_back_to_the_end(office.open())
    assert len(office.history(case)) == EVENTS
    return case


@contextmanager
def meddling(office):
    """Open a transaction in which no trigger works, and undo everything at its end."""
    with office.database.engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield UnitOfWork(connection=connection, now=clock.now())
        connection.rollback()


def _run(uow, statement, **values):
    assert uow.connection.execute(text(statement), values).rowcount > 0


def _one_off(value):
    """Return the value with one byte changed."""
    if value is None:
        return "x"
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    return value + timedelta(microseconds=1)


def _change(uow, stream, seq, column):
    table = "event" if column in COLUMNS[:11] else "event_payload"
    here = {"stream": stream, "seq": seq}
    found = uow.connection.execute(
        text(f'SELECT "{column}" FROM {table} WHERE stream = :stream AND seq = :seq'),  # noqa: S608  # names above
        here,
    ).scalar()
    _run(
        uow,
        f'UPDATE {table} SET "{column}" = :value WHERE stream = :stream AND seq = :seq',  # noqa: S608  # names above
        value=_one_off(found),
        **here,
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_byte_of_any_column_of_any_event_is_found(office, case, column):
    stream = f"case:{case}"
    for seq in range(1, EVENTS + 1):
        with meddling(office) as uow:
            _change(uow, stream, seq, column)
            proof = replay.prove(uow, case)
            assert (proof.ok, proof.first_bad) == (False, seq), proof
            report = archive.verify_everything(uow)
            assert not report.ok
            named = {one.stream: one.first_bad for one in report.bad}
            assert named[stream] == seq


def _remove(uow, stream):
    for table in ("event", "event_payload"):
        _run(uow, f"DELETE FROM {table} WHERE stream = :s AND seq = 3", s=stream)  # noqa: S608  # names above
    return 3


def _remove_content(uow, stream):
    _run(uow, "DELETE FROM event_payload WHERE stream = :s AND seq = 2", s=stream)
    return 2


def _swap(uow, stream):
    for table in ("event", "event_payload"):
        for old, new in ((2, 99), (3, 2), (99, 3)):
            _run(
                uow,
                f"UPDATE {table} SET seq = :new WHERE stream = :s AND seq = :old",  # noqa: S608  # names above
                s=stream, old=old, new=new,
            )  # fmt: skip
    return 2


def _cut(uow, stream):
    for table in ("event", "event_payload"):
        _run(uow, f"DELETE FROM {table} WHERE stream = :s AND seq > 3", s=stream)  # noqa: S608  # names above
    return 4


def _cut_with_head(uow, stream):
    _cut(uow, stream)
    _run(
        uow,
        "UPDATE stream_head SET seq = 3, hash = (SELECT hash FROM event WHERE stream = :s AND seq"
        " = 3) WHERE stream = :s",
        s=stream,
    )
    return 3


def _repeat(uow, stream):
    _run(
        uow,
        "INSERT INTO event SELECT stream, 6, at, actor, on_behalf_of, kind, element, definition,"
        " commitment, previous, hash FROM event WHERE stream = :s AND seq = 5",
        s=stream,
    )
    return 6


@pytest.mark.parametrize("meddle", [_remove, _remove_content, _swap, _cut, _cut_with_head, _repeat])
def test_removing_swapping_cutting_and_repeating_are_found(office, case, meddle):
    with meddling(office) as uow:
        first_bad = meddle(uow, f"case:{case}")
        proof = replay.prove(uow, case)
        assert (proof.ok, proof.first_bad) == (False, first_bad), proof


def _rewrite(uow, stream, seq, edit):
    """Change one event and seal it and all that follow anew, as a superuser could."""
    previous = history.GENESIS
    for one in events.of_stream(uow, stream):
        fields, content = dict(vars(one.fields)), orjson.loads(one.payload)
        if one.fields.seq == seq:
            edit(fields, content)
        payload = history.canonical(content)
        commitment = history.commit(payload, one.salt)
        sealed = history.seal(history.Fields(**fields), commitment, previous)
        here = {"stream": stream, "seq": one.fields.seq}
        _run(
            uow,
            "UPDATE event SET actor = :actor, commitment = :commitment, previous = :previous,"
            " hash = :hash WHERE stream = :stream AND seq = :seq",
            actor=fields["actor"], commitment=commitment, previous=previous, hash=sealed, **here,
        )  # fmt: skip
        _run(
            uow,
            "UPDATE event_payload SET payload = :payload WHERE stream = :stream AND seq = :seq",
            payload=payload, **here,
        )  # fmt: skip
        previous = sealed
    _run(uow, "UPDATE stream_head SET hash = :hash WHERE stream = :s", s=stream, hash=previous)


def _other_grade(_fields, content):
    content["command"]["variables"]["grade"] = 5


def _other_actor(fields, _content):
    fields["actor"] = "luc"


def test_a_rewritten_submission_is_found_by_replay(office, case):
    with meddling(office) as uow:
        _rewrite(uow, f"case:{case}", 2, _other_grade)
        proof = replay.prove(uow, case)
        assert (proof.ok, proof.first_bad) == (False, 2)
        assert proof.reason == "its command gives another state"


def test_a_rewritten_actor_is_found_by_the_signed_checkpoint(office, case):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
        assert archive.verify_everything(uow).ok
    with meddling(office) as uow:
        _rewrite(uow, f"case:{case}", 2, _other_actor)
        # chain and replay cannot know: only what was signed before gives it away
        assert replay.prove(uow, case).ok
        report = archive.verify_everything(uow)
        assert [(one.stream, one.first_bad) for one in report.bad] == [(f"case:{case}", EVENTS)]


def test_a_stream_that_vanished_is_missed_by_the_checkpoint(office, case):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
    with meddling(office) as uow:
        for table in ("event", "event_payload", "stream_head"):
            _run(uow, f"DELETE FROM {table} WHERE stream = :s", s=f"case:{case}")  # noqa: S608  # names above
        report = archive.verify_everything(uow)
        assert [(one.stream, one.first_bad) for one in report.bad] == [(f"case:{case}", 1)]


def test_a_changed_state_is_found_by_replay(office, case):
    with meddling(office) as uow:
        state = _one_off(bytes(office.case(case).state))
        _run(uow, 'UPDATE "case" SET state = :state WHERE id = :id', state=state, id=case)
        proof = replay.prove(uow, case)
        assert (proof.ok, proof.first_bad) == (False, EVENTS)
        assert "stored state" in proof.reason


@pytest.mark.parametrize("column", ["at", "root", "public_key", "signature"])
def test_a_changed_checkpoint_is_forged(front, office, case, column):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
    with meddling(office) as uow:
        found = uow.connection.execute(text(f"SELECT {column} FROM checkpoint")).scalar()  # noqa: S608  # names above
        _run(uow, f"UPDATE checkpoint SET {column} = :value", value=_one_off(found))  # noqa: S608  # names above
        report = archive.verify_everything(uow)
        assert (report.ok, report.checkpoint) == (False, "forged")


@pytest.mark.tampers
def test_a_checkpoint_signed_with_another_key_is_forged(front, office, case):
    stranger = Ed25519PrivateKey.generate().private_bytes_raw()
    with office.begin() as uow:
        archive.checkpoint(uow, stranger)
    answer = front.as_("aldo").post("/api/v1/history/verify").json
    assert (answer["ok"], answer["checkpoint"]) == (False, "forged")
    assert front.as_("aldo").post("/api/v1/history/checkpoints").status_code == 201
    answer = front.as_("aldo").post("/api/v1/history/verify").json
    assert (answer["ok"], answer["checkpoint"]) == (True, "genuine")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'x'",
        "DELETE FROM event",
        "TRUNCATE event",
        "UPDATE event_payload SET payload = 'x'",
        "UPDATE event_payload SET erased_under = 'D20'",
        "UPDATE event_payload SET payload = NULL, salt = NULL",
        "DELETE FROM event_payload",
        "TRUNCATE event_payload",
        "UPDATE checkpoint SET at = now()",
        "DELETE FROM checkpoint",
        "TRUNCATE checkpoint",
    ],
)
def test_the_database_itself_refuses_to_change_the_history(office, case, statement):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
    with office.database.engine.connect() as connection:
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text(statement))
        assert isinstance(refused.value.orig, RaiseException)
        connection.rollback()


def test_an_erased_content_leaves_the_chain_verifiable(office, case, tmp_path):
    with office.begin() as uow:
        rule = "retention rule 3"
        events.erase(uow, f"case:{case}", [2], under=rule, actor=office.actor("otto"))
    with office.begin() as uow:
        proof = replay.prove(uow, case)
        assert (proof.ok, proof.erased) == (True, 1)
        assert archive.verify_everything(uow).ok
        content = _export(uow, office, case)
    assert b"Good work" not in b"".join(_lines(content))
    assert _outside(tmp_path, content)[0] == 0


def test_an_erasure_that_no_event_records_is_found(office, case):
    with meddling(office) as uow:
        _run(
            uow,
            "UPDATE event_payload SET payload = NULL, salt = NULL, erased_at = :now,"
            " erased_under = 'D20' WHERE stream = :s AND seq = 2",
            s=f"case:{case}", now=clock.now(),
        )  # fmt: skip
        proof = replay.prove(uow, case)
        assert (proof.ok, proof.first_bad) == (False, 2)


# --- outside the house -----------------------------------------------------------------------


def _export(uow, office, case):
    return archive.of_case(uow, office.case(case))


def _outside(folder, content, *more):
    """Unpack the verifier into an empty folder and run it there, without any package."""
    path = folder / "archive.zip"
    path.write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        (folder / "verifier.py").write_bytes(packed.read("verifier.py"))
    run = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-I", "-S", "verifier.py", "archive.zip", *more],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60, env={},
    )  # fmt: skip
    assert run.stderr == "", run.stderr
    return run.returncode, run.stdout.strip()


def _repack(content, name, data):
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, data if entry == name else old.read(entry))
    return packed.getvalue()


def _lines(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read("events.jsonl").split(b"\n")[:-1]


def _joined(lines):
    return b"".join(line + b"\n" for line in lines)


def _member(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return json.loads(packed.read(name))


def test_an_export_verifies_alone(office, case, tmp_path):
    with office.begin() as uow:
        unsigned = _export(uow, office, case)
        assert _export(uow, office, case) == unsigned
        archive.checkpoint(uow, KEY)
        signed = _export(uow, office, case)
    assert _outside(tmp_path, unsigned) == (0, f"case:{case}: 5 events hold; {UNSIGNED}")
    says = f"case:{case}: 5 events hold; signed up to event 5 at 2026-01-05T09:00:00.000000Z"
    public = history.public_key_of(KEY).hex()
    assert _outside(tmp_path, signed) == (0, f"{says}; compare the key {public}")
    assert _outside(tmp_path, signed, public) == (0, says)
    wrong = history.public_key_of(bytes(32)).hex()
    assert _outside(tmp_path, signed, wrong) == (
        1,
        "the checkpoint's signature is not genuine",
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_an_export_with_one_changed_field_does_not_verify(office, case, tmp_path, column):
    with office.begin() as uow:
        content = _export(uow, office, case)
    lines = _lines(content)
    event = json.loads(lines[2])
    event[column] = _one_off(event[column])
    lines[2] = json.dumps(event).encode()
    code, says = _outside(tmp_path, _repack(content, "events.jsonl", _joined(lines)))
    assert code == 1
    assert says.startswith("event 3: ")


@pytest.mark.parametrize("seq", [1, 2, 4, 5])
def test_an_export_with_any_changed_byte_does_not_verify(office, case, seq, tmp_path):
    with office.begin() as uow:
        content = _export(uow, office, case)
    manifest, lines = _member(content, "manifest.json"), _lines(content)
    line = lines[seq - 1]
    assert verifier.check_events(lines, manifest, None) == (None, 0)
    for at, byte in enumerate(line):
        damaged = line[:at] + bytes([byte ^ 1]) + line[at + 1 :]
        # a byte turned into a line feed makes two broken lines of one; the first is the bad one
        found = [*lines[: seq - 1], *damaged.split(b"\n"), *lines[seq:]]
        says, _ = verifier.check_events(found, manifest, None)
        assert says is not None, damaged
        assert says.startswith(f"event {seq}: ")


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda lines: lines[:2] + lines[3:], "event 3: "),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "event 2: "),
        (lambda lines: lines[:3], "event 4: missing, the stream had 5 events"),
        (lambda lines: [], "event 1: missing, the stream had 5 events"),
        (lambda lines: [*lines, lines[-1]], "event 6: "),
        (lambda lines: [b"[]", *lines[1:]], "event 1: "),
        (lambda lines: [b"{}", *lines[1:]], "event 1: "),
        (lambda lines: [b"\xff", *lines[1:]], "event 1: cannot be read"),
    ],
)
def test_an_export_without_or_with_moved_events_does_not_verify(office, case, tmp_path, edit, says):
    with office.begin() as uow:
        content = _export(uow, office, case)
    data = _joined(edit(_lines(content)))
    code, said = _outside(tmp_path, _repack(content, "events.jsonl", data))
    assert (code, said[: len(says)]) == (1, says)


def test_a_chain_sealed_anew_differs_from_the_signed_checkpoint(office, case, tmp_path):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
    with meddling(office) as uow:
        _rewrite(uow, f"case:{case}", 2, _other_actor)
        content = _export(uow, office, case)
    assert _outside(tmp_path, content) == (1, "event 5: differs from the signed checkpoint")


@pytest.mark.parametrize("name", ["at", "size", "root", "public_key", "signature", "heads"])
def test_an_export_with_a_changed_checkpoint_does_not_verify(office, case, tmp_path, name):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
        content = _export(uow, office, case)
    signed = _member(content, "checkpoint.json")
    value = signed[name]
    signed[name] = value[1:] if name == "heads" else _one_off(value)
    if name in ("root", "public_key", "signature"):
        signed[name] = ("1" if value[0] == "0" else "0") + value[1:]
    content = _repack(content, "checkpoint.json", json.dumps(signed).encode())
    code, says = _outside(tmp_path, content)
    assert code == 1
    assert says.startswith("the checkpoint's ")


def test_a_damaged_archive_is_said_to_be_unreadable(office, case, tmp_path):
    with office.begin() as uow:
        content = _export(uow, office, case)
    (tmp_path / "archive.zip").write_bytes(content)
    folder = tmp_path / "broken"
    folder.mkdir()
    broken = _repack(content, "manifest.json", b"{")
    code, says = _outside(folder, broken)
    assert (code, says[:22]) == (1, "the archive is damaged")


def test_an_export_of_damaged_bytes_still_leaves_the_house(office, case, tmp_path):
    with meddling(office) as uow:
        _run(
            uow,
            "UPDATE event_payload SET payload = '\\xff00'::bytea WHERE stream = :s AND seq = 4",
            s=f"case:{case}",
        )
        content = _export(uow, office, case)
    code, says = _outside(tmp_path, content)
    assert code == 1
    assert says.startswith("event 4: ")
