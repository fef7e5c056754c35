"""The sealed history: vocabulary, canonical bytes, hash chain, Merkle root, checkpoint. Pure."""

from engine.history.canonical import canonical
from engine.history.chain import (
    GENESIS,
    SALT_BYTES,
    Fields,
    Sealed,
    Verdict,
    commit,
    erasure,
    instant,
    seal,
    verify_stream,
)
from engine.history.checkpoint import Checkpoint, StreamHead, is_genuine, public_key_of, sign
from engine.history.manifest import sign_manifest
from engine.history.vocabulary import EventKind

__all__ = [
    "GENESIS",
    "SALT_BYTES",
    "Checkpoint",
    "EventKind",
    "Fields",
    "Sealed",
    "StreamHead",
    "Verdict",
    "canonical",
    "commit",
    "erasure",
    "instant",
    "is_genuine",
    "public_key_of",
    "seal",
    "sign",
    "sign_manifest",
    "verify_stream",
]
