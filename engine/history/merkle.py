"""Merkle trees over the heads of all streams: RFC 6962 section 2."""

import hashlib
from collections.abc import Sequence

LEAF = b"\x00"
NODE = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data)."""
    return hashlib.sha256(LEAF + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _split(count: int) -> int:
    """Return the largest power of two smaller than the count."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaves' data; that of no leaves is SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    return _root([leaf_hash(data) for data in leaves])


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    half = _split(len(hashes))
    return _node(_root(hashes[:half]), _root(hashes[half:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of one leaf, from the leaf upwards (RFC 6962 section 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index}")
    return tuple(_path([leaf_hash(data) for data in leaves], index))


def _path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    if len(hashes) == 1:
        return []
    half = _split(len(hashes))
    if index < half:
        return [*_path(hashes[:half], index), _root(hashes[half:])]
    return [*_path(hashes[half:], index - half), _root(hashes[:half])]


def is_included(data: bytes, index: int, size: int, proof: Sequence[bytes], tree: bytes) -> bool:
    """Say whether the proof shows that the data is leaf `index` of the tree of that size."""
    if not 0 <= index < size:
        return False
    here, at, last = leaf_hash(data), index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            here = _node(sibling, here)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            here = _node(here, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and here == tree
