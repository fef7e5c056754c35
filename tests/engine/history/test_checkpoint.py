from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.history import StreamHead, is_genuine, merkle, sign
from engine.history.checkpoint import public_key_of, tree
from tests.engine.history.streams import KEY

AT = datetime(2026, 6, 3, 22, tzinfo=UTC)
HEADS = tuple(
    StreamHead(stream=f"case:{number}", seq=number + 1, hash=bytes([number] * 32))
    for number in range(20)
)
PUBLIC = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()


def test_a_checkpoint_is_genuine_for_its_heads_in_any_order_and_its_key():
    signed = sign(HEADS, at=AT, private_key=KEY)
    assert signed.public_key == public_key_of(KEY) == PUBLIC
    assert is_genuine(signed, HEADS, public_key=PUBLIC)
    assert is_genuine(signed, HEADS[::-1], public_key=PUBLIC)
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert not is_genuine(signed, HEADS, public_key=other)


def test_the_same_heads_at_the_same_instant_give_the_same_signature():
    assert sign(HEADS, at=AT, private_key=KEY) == sign(HEADS[::-1], at=AT, private_key=KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"size": 21},
        {"root": bytes(32)},
        {"signature": bytes(64)},
        {"signature": b""},
    ],
)
def test_a_changed_checkpoint_is_not_genuine(change):
    signed = replace(sign(HEADS, at=AT, private_key=KEY), **change)
    assert not is_genuine(signed, HEADS, public_key=PUBLIC)


def test_a_changed_missing_or_added_head_is_not_covered():
    signed = sign(HEADS, at=AT, private_key=KEY)
    for at, one in enumerate(HEADS):
        rest = (*HEADS[:at], *HEADS[at + 1 :])
        assert not is_genuine(signed, rest, public_key=PUBLIC)
        assert not is_genuine(signed, (*rest, replace(one, seq=99)), public_key=PUBLIC)
        other = replace(one, hash=bytes(32)[1:])
        assert not is_genuine(signed, (*rest, other), public_key=PUBLIC)
        assert not is_genuine(signed, (*rest, replace(one, stream="x")), public_key=PUBLIC)
        assert not is_genuine(signed, (*HEADS, one), public_key=PUBLIC)


def test_one_stream_is_proved_in_a_checkpoint_without_showing_the_others():
    signed, leaves = sign(HEADS, at=AT, private_key=KEY), tree(HEADS)
    for one in HEADS:
        index = leaves.index(one.as_leaf())
        proof = merkle.inclusion_proof(leaves, index)
        assert merkle.is_included(one.as_leaf(), index, signed.size, proof, signed.root)
