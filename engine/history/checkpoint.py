"""Checkpoints: a signed Merkle root over the heads of all streams at one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from engine.history import merkle
from engine.history.canonical import canonical
from engine.history.chain import instant


@dataclass(frozen=True, kw_only=True)
class StreamHead:
    """The last event of a stream."""

    stream: str
    seq: int
    hash: bytes

    def as_leaf(self) -> bytes:
        """Return the canonical bytes that the tree holds."""
        return canonical([self.stream, self.seq, self.hash.hex()])


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What was signed: instant, number of streams, root; with the key that signed it (Ed25519)."""

    at: datetime
    size: int
    root: bytes
    public_key: bytes
    signature: bytes


def _message(at: datetime, size: int, root: bytes) -> bytes:
    return canonical({"at": instant(at), "size": size, "root": root.hex()})


def tree(heads: Sequence[StreamHead]) -> list[bytes]:
    """Return the leaves in the order of their streams' names."""
    return [head.as_leaf() for head in sorted(heads, key=lambda head: head.stream.encode())]


def sign(heads: Sequence[StreamHead], *, at: datetime, private_key: bytes) -> Checkpoint:
    """Sign the heads with a raw Ed25519 private key of 32 bytes (RFC 8032)."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    root = merkle.root(tree(heads))
    return Checkpoint(
        at=at,
        size=len(heads),
        root=root,
        public_key=key.public_key().public_bytes_raw(),
        signature=key.sign(_message(at, len(heads), root)),
    )


def public_key_of(private_key: bytes) -> bytes:
    """Return the raw public key of a raw Ed25519 private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def is_genuine(checkpoint: Checkpoint, heads: Sequence[StreamHead], *, public_key: bytes) -> bool:
    """Say whether this key signed exactly these heads."""
    if merkle.root(tree(heads)) != checkpoint.root or len(heads) != checkpoint.size:
        return False
    message = _message(checkpoint.at, checkpoint.size, checkpoint.root)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(checkpoint.signature, message)
    except InvalidSignature:
        return False
    return True
