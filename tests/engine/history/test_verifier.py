"""The verifier that an auditor runs without our software, on good and on tampered exports."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.history import StreamHead, sign, verifier
from tests.engine.history.streams import (
    COUNT,
    ERASED,
    KEY,
    NAME,
    RULE,
    checkpoint,
    line,
    lines,
    make,
    manifest,
    write,
)

AT = datetime(2026, 6, 3, 22, tzinfo=UTC)
PUBLIC = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw().hex()
EVERY = range(1, COUNT + 1)


@pytest.fixture(scope="module")
def events():
    return make()


@pytest.fixture(scope="module")
def signed(events):
    heads = [
        StreamHead(stream=NAME, seq=COUNT, hash=events[-1].hash),
        StreamHead(stream="administration", seq=3, hash=bytes(32)),
        StreamHead(stream="case:é", seq=1, hash=bytes(32)),
    ]
    return checkpoint(sign(heads, at=AT, private_key=KEY), heads)


def judge(found, about, signed=None, key=None):
    good, said = verifier.judge(about, found, signed, key)
    return good, said


def run(folder, *arguments):
    shutil.copy(verifier.__file__, folder / "verifier.py")
    return subprocess.run(  # noqa: S603  # our own file with our own arguments
        [sys.executable, "-I", "-S", "verifier.py", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_good_export_verifies_alone_and_says_how_far_it_is_signed(tmp_path, events, signed):
    write(tmp_path / "export.zip", lines(events), manifest(events), signed)
    result = run(tmp_path, "export.zip", PUBLIC)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{NAME}: 200 events hold, 2 contents erased under a rule" in result.stdout
    assert "signed up to event 200 at 2026-06-03T22:00:00.000000Z" in result.stdout


def test_a_tampered_export_fails_alone_and_names_the_first_bad_event(tmp_path, events, signed):
    found = lines(events)
    found[99] = found[99].replace(b"officer2", b"officer3")
    found[149] = found[149].replace(b"officer", b"0fficer")
    write(tmp_path / "export.zip", found, manifest(events), signed)
    result = run(tmp_path, "export.zip", PUBLIC)
    assert result.returncode == 1
    assert result.stdout == "event 100: its fields do not give its hash\n"
    assert not result.stderr


def test_a_missing_or_broken_archive_is_said_without_a_traceback(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    for name in ("broken.zip", "nowhere.zip"):
        result = run(tmp_path, name)
        assert result.returncode == 1
        assert "the archive is damaged" in result.stdout
        assert not result.stderr
    assert run(tmp_path).returncode == 2


def test_every_flipped_byte_of_an_archive_is_caught(tmp_path, events, signed):
    few = events[:3]
    path = write(tmp_path / "e.zip", lines(few), manifest(few), None)
    data = path.read_bytes()
    good = verifier.read(path)
    for at in range(0, len(data), 7):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        ok, said = verifier.verify(path)
        # a byte of the container that changes nothing inside may pass
        assert not ok or verifier.read(path) == good, (at, said)


def test_without_a_signature_the_verifier_says_what_would_not_show(events):
    good, said = judge(lines(events), manifest(events))
    assert good
    assert "not signed: a cut tail would not show" in said
    assert judge(lines(events), manifest(events), key=PUBLIC) == (
        False,
        "no checkpoint covers this stream: a cut tail would not show",
    )


def test_without_a_key_the_verifier_asks_to_compare_the_one_in_the_archive(events, signed):
    good, said = judge(lines(events), manifest(events), signed)
    assert good
    assert said.endswith(f"compare the key {PUBLIC}")


def columns():
    return list(line(make(1)[0]))


@pytest.mark.parametrize("column", columns())
def test_a_changed_column_of_any_event_is_caught_and_named(events, column):
    about, found = manifest(events), lines(events)
    for seq in EVERY:
        one = line(events[seq - 1])
        one[column] = flipped(one[column])
        tampered = [*found[: seq - 1], json.dumps(one).encode(), *found[seq:]]
        good, said = judge(tampered, about)
        assert not good
        assert said.startswith(f"event {seq}: "), (seq, said)


def flipped(value):
    if value is None:
        return "00"
    if isinstance(value, int):
        return value ^ 1
    return value[:-1] + ("1" if value[-1] == "0" else "0")


def test_a_deleted_swapped_or_repeated_line_is_caught_and_named(events):
    about, found = manifest(events), lines(events)
    for seq in EVERY:
        assert judge(found[: seq - 1] + found[seq:], about)[1].startswith(f"event {seq}: ")
        doubled = judge(found[:seq] + found[seq - 1 :], about)[1]
        assert doubled.startswith(f"event {seq + 1}: ")
        if seq < COUNT:
            swapped = [*found[: seq - 1], found[seq], found[seq - 1], *found[seq + 1 :]]
            assert judge(swapped, about)[1].startswith(f"event {seq}: ")


def test_a_cut_tail_is_caught_by_the_signature_even_with_a_forged_manifest(events, signed):
    for seq in EVERY:
        kept = events[: seq - 1]
        good, said = judge(lines(kept), manifest(kept), signed, PUBLIC)
        assert not good
        assert said == f"event {seq}: missing, the stream had {COUNT} events"


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"null", b"{}", b"\xff", b'"text"', b"1"])
def test_a_line_that_is_no_event_is_named(events, garbage):
    about, found = manifest(events), lines(events)
    for seq in (1, 77, COUNT):
        good, said = judge([*found[: seq - 1], garbage, *found[seq:]], about)
        assert not good
        assert said.startswith(f"event {seq}: cannot be read")


def test_a_silent_erasure_is_caught(events):
    one = {**line(events[59]), "salt": None, "payload": None, "erased_under": RULE}
    found = lines(events)
    found[59] = json.dumps(one).encode()
    assert judge(found, manifest(events)) == (
        False,
        "event 60: its content is missing and no later event erases it",
    )
    one = {**line(events[ERASED[0] - 1]), "erased_under": "another rule"}
    found = lines(events)
    found[ERASED[0] - 1] = json.dumps(one).encode()
    assert judge(found, manifest(events))[1].startswith(f"event {ERASED[0]}: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "2026-06-04T22:00:00.000000Z"),
        ("size", 4),
        ("root", "00" * 32),
        ("signature", "00" * 64),
        ("signature", "00"),
        ("heads", []),
        ("heads", [[NAME, 200, "00" * 32]]),
    ],
)
def test_a_changed_checkpoint_is_caught(events, signed, name, value):
    good, said = judge(lines(events), manifest(events), {**signed, name: value}, PUBLIC)
    assert not good
    assert "checkpoint" in said


def test_a_checkpoint_signed_by_a_forger_does_not_pass_the_published_key(events):
    heads = [StreamHead(stream=NAME, seq=COUNT, hash=events[-1].hash)]
    forged = checkpoint(sign(heads, at=AT, private_key=bytes(32)), heads)
    assert judge(lines(events), manifest(events), forged)[0]
    assert judge(lines(events), manifest(events), forged, PUBLIC) == (
        False,
        "the checkpoint's signature is not genuine",
    )


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        # RFC 8032 section 7.1, tests 1 to 3
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
            "39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
            "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
            "f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_ed25519_agrees_with_the_vectors_of_rfc_8032(public, message, signature):
    key, text, signed = map(bytes.fromhex, (public, message, signature))
    assert verifier.is_signed(key, text, signed)
    assert not verifier.is_signed(key, text + b"x", signed)
    for at in range(0, 64, 5):
        bad = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
        assert not verifier.is_signed(key, text, bad)
    # s + L would verify too if it were not refused: a second signature of one message
    s = int.from_bytes(signed[32:], "little") + verifier.L
    assert not verifier.is_signed(key, text, signed[:32] + s.to_bytes(32, "little"))


def test_ed25519_agrees_with_the_library_on_many_keys():
    for number in range(12):
        private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        text = bytes([number]) * number
        public, signed = private.public_key().public_bytes_raw(), private.sign(text)
        assert verifier.is_signed(public, text, signed)
        assert not verifier.is_signed(public, text + b".", signed)


def test_the_verifier_imports_nothing_but_the_standard_library():
    source = Path(verifier.__file__).read_text()
    names = [row.split()[1] for row in source.splitlines() if row.startswith(("import ", "from "))]
    assert set(names) <= set(sys.stdlib_module_names)
    assert "cryptography" not in source
