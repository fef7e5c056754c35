"""The sealed history: vocabulary, canonical bytes, hash chain, Merkle root, checkpoint. Pure."""

from engine.history.canonical import canonical
from engine.history.chain import (
    GENESIS,
    Fields,
    Sealed,
    Verdict,
    commit,
    instant,
    seal,
    verify_stream,
)
from engine.history.checkpoint import Checkpoint, StreamHead, is_genuine, sign
from engine.history.vocabulary import EventKind

__all__ = [
    "GENESIS",
    "Checkpoint",
    "EventKind",
    "Fields",
    "Sealed",
    "StreamHead",
    "Verdict",
    "canonical",
    "commit",
    "instant",
    "is_genuine",
    "seal",
    "sign",
    "verify_stream",
]
