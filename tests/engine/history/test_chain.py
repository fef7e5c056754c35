"""Flip, delete, swap, insert, truncate each of two hundred events: all caught, the first named."""

import hashlib
import json
from dataclasses import fields as columns
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.history import (
    GENESIS,
    EventKind,
    Fields,
    Sealed,
    canonical,
    commit,
    erasure,
    instant,
    seal,
    verify_stream,
)
from tests.engine.history.streams import COUNT, ERASED, ERASING, NAME, RULE, fields, make, sealed

EVERY = range(1, COUNT + 1)


def check(events, **named):
    return verify_stream(NAME, events, **named)


def head(events):
    return (len(events), events[-1].hash)


def changed(events, seq, **values):
    return [*events[: seq - 1], replace(events[seq - 1], **values), *events[seq:]]


def flipped(value):
    if value is None:
        return "x"
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, bytes):
        return bytes([*value[:-1], value[-1] ^ 1])
    return value[:-1] + chr(ord(value[-1]) ^ 1)


def test_the_hashes_are_those_of_the_design():
    known = fields(1)
    data, salt = canonical({"a": 1}), bytes(16)
    commitment = hashlib.sha256(salt + b'{"a":1}').digest()
    assert commit(data, salt) == commitment
    text = (
        '{"actor":"officer1","at":"2026-03-29T00:00:59.000005Z","definition":"' + "ab" * 32 + '",'
        '"element":"task_1","kind":"task:completed","on_behalf_of":null,"seq":1,'
        f'"stream":"{NAME}"}}'
    )
    expected = hashlib.sha256(b"\x00" + GENESIS + text.encode() + commitment).digest()
    assert seal(known, commitment, GENESIS) == expected


def test_an_instant_is_sealed_in_utc_whatever_its_offset():
    noon = datetime(2026, 6, 3, 12, tzinfo=timezone(timedelta(hours=2)))
    assert instant(noon) == instant(noon.astimezone(UTC)) == "2026-06-03T10:00:00.000000Z"
    with pytest.raises(ValueError, match="naive"):
        instant(datetime(2026, 6, 3, 12))  # noqa: DTZ001  # naive is the point


def test_an_untouched_stream_verifies_and_counts_what_was_erased(stream):
    verdict = check(stream, expected_head=head(stream), head_is_last=True)
    assert verdict.ok
    assert (verdict.count, verdict.erased) == (COUNT, len(ERASED))
    assert verdict.head == stream[-1].hash
    assert verdict.first_bad is verdict.reason is None


def test_an_empty_stream_verifies_unless_a_head_was_recorded(stream):
    assert check([]).ok
    assert check([], expected_head=head(stream)).first_bad == 1


@pytest.mark.parametrize("column", [one.name for one in columns(Fields)])
def test_a_changed_field_of_any_event_is_caught_and_named(stream, column):
    for seq in EVERY:
        known = stream[seq - 1].fields
        other = replace(known, **{column: flipped(getattr(known, column))})
        verdict = check(changed(stream, seq, fields=other))
        assert (verdict.ok, verdict.first_bad, verdict.count) == (False, seq, seq - 1)


@pytest.mark.parametrize("column", [one.name for one in columns(Sealed) if one.name != "fields"])
def test_a_changed_column_of_any_event_is_caught_and_named(stream, column):
    for seq in EVERY:
        value = flipped(getattr(stream[seq - 1], column))
        value = value.encode() if column in {"salt", "payload"} and value == "x" else value
        verdict = check(changed(stream, seq, **{column: value}))
        assert (verdict.ok, verdict.first_bad) == (False, seq), (seq, verdict)


def test_every_single_byte_of_a_content_is_committed_to(stream):
    payload = stream[9].payload
    for at in range(len(payload)):
        other = payload[:at] + bytes([payload[at] ^ 0x20]) + payload[at + 1 :]
        assert check(changed(stream, 10, payload=other)).first_bad == 10


def test_a_deleted_event_is_caught_and_named(stream):
    for seq in EVERY:
        events = [*stream[: seq - 1], *stream[seq:]]
        verdict = check(events, expected_head=head(stream))
        assert (verdict.ok, verdict.first_bad) == (False, seq)


def test_two_swapped_events_are_caught_and_the_first_is_named(stream):
    for seq in range(1, COUNT):
        events = [*stream]
        events[seq - 1], events[seq] = events[seq], events[seq - 1]
        verdict = check(events)
        assert (verdict.ok, verdict.first_bad) == (False, seq)


def test_an_inserted_event_is_caught_and_the_first_that_does_not_fit_is_named(stream):
    for seq in EVERY:
        before = stream[seq - 2].hash if seq > 1 else GENESIS
        forged = sealed(replace(fields(seq), actor="forger"), {"forged": True}, before)
        verdict = check([*stream[: seq - 1], forged, *stream[seq - 1 :]])
        assert (verdict.ok, verdict.first_bad) == (False, seq + 1)
        doubled = check([*stream[:seq], *stream[seq - 1 :]])
        assert (doubled.ok, doubled.first_bad) == (False, seq + 1)


def test_a_cut_tail_of_any_length_is_caught_by_the_head(stream):
    for seq in EVERY:
        verdict = check(stream[: seq - 1], expected_head=head(stream))
        assert (verdict.ok, verdict.first_bad) == (False, seq)
        assert verdict.reason == f"missing: the stream had {COUNT} events"


def test_a_recomputed_tail_is_caught_by_the_head(stream):
    for start in (1, 2, 100, 199, COUNT):
        events = list(stream[: start - 1])
        for seq in range(start, COUNT + 1):
            before = events[-1].hash if events else GENESIS
            events.append(sealed(replace(fields(seq), actor="forger"), {}, before))
        verdict = check(events, expected_head=head(stream))
        assert (verdict.ok, verdict.first_bad) == (False, COUNT)
        assert verdict.reason == "differs from the recorded head"


def test_an_event_after_the_head_row_is_caught_but_one_after_a_checkpoint_is_not(stream):
    short = stream[:150]
    assert check(stream, expected_head=head(short)).ok
    verdict = check(stream, expected_head=head(short), head_is_last=True)
    assert (verdict.ok, verdict.first_bad) == (False, 151)
    assert verdict.reason == "stands after the recorded head"
    assert check(stream[:1], expected_head=(0, GENESIS), head_is_last=True).first_bad == 1


def test_an_event_of_another_stream_is_caught(stream):
    other = make(10, stream="case:other")
    for seq in range(1, 11):
        events = [*stream[: seq - 1], other[seq - 1], *stream[seq:]]
        assert check(events).first_bad == seq


def test_a_byte_moved_from_salt_to_content_is_caught(stream):
    one = stream[0]
    moved = changed(stream, 1, salt=one.salt[:-1], payload=one.salt[-1:] + one.payload)
    assert check(moved).reason == "its content is not what was committed to"


def test_a_content_that_vanished_without_an_event_is_caught(stream):
    for seq in EVERY:
        if seq in ERASED:
            continue
        silent = check(changed(stream, seq, salt=None, payload=None))
        assert (silent.first_bad, silent.reason) == (
            seq,
            "its content is missing and no erasure says why",
        )
        excused = check(changed(stream, seq, salt=None, payload=None, erased_under=RULE))
        # without its content the erasing event explains nothing: the first it named is bad
        assert excused.first_bad == (ERASED[0] if seq == ERASING else seq)
        assert excused.reason == "its content is missing and no later event erases it"


def test_an_erasure_must_come_later_and_name_the_same_rule(stream):
    assert check(changed(stream, 50, erased_under="retention:P1Y")).first_bad == 50
    early = [sealed(replace(fields(1), kind=EventKind.PAYLOAD_ERASED),
                    erasure([1, 2], under=RULE), GENESIS)]  # fmt: skip
    early.append(sealed(fields(2), {}, early[0].hash))
    gone = changed(early, 2, salt=None, payload=None, erased_under=RULE)
    assert check(gone).first_bad == 2


def test_half_a_content_is_no_erasure(stream):
    assert check(changed(stream, 5, salt=None)).reason == "half of its content is missing"
    assert check(changed(stream, 5, payload=None)).reason == "half of its content is missing"


def test_an_unreadable_erasure_explains_nothing_and_breaks_nothing():
    for payload in ({}, {"erased": 1, "under": RULE}, {"erased": [[1]], "under": RULE}, [1], "x"):
        first = sealed(fields(1), {}, GENESIS)
        known = replace(fields(2), kind=EventKind.PAYLOAD_ERASED)
        events = [first, sealed(known, payload, first.hash)]
        assert check(events).ok
        assert check(changed(events, 1, salt=None, payload=None, erased_under=RULE)).first_bad == 1


def test_the_vocabulary_is_subject_and_action():
    for kind in EventKind:
        subject, _, action = kind.value.partition(":")
        assert subject.isalpha()
        assert action.replace("-", "").isalpha()
    assert json.loads(canonical([EventKind.CASE_OPENED])) == ["case:opened"]
