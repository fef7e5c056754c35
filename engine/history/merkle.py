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


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """Return the proof that the first `old` leaves are a prefix (RFC 6962 section 2.1.2)."""
    if not 0 < old <= len(leaves):
        raise IndexError(f"there was no tree of {old} leaves")
    return tuple(_subproof([leaf_hash(data) for data in leaves], old, whole=True))


def _subproof(hashes: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    if old == len(hashes):
        return [] if whole else [_root(hashes)]
    half = _split(len(hashes))
    if old <= half:
        return [*_subproof(hashes[:half], old, whole=whole), _root(hashes[half:])]
    return [*_subproof(hashes[half:], old - half, whole=False), _root(hashes[:half])]


def is_consistent(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]
) -> bool:
    """Say whether the proof shows that the old tree is a prefix of the new (RFC 9162, 2.1.4.2).

    `sizes` and `roots` are those of the old and of the new tree.
    """
    (old, new), (old_root, new_root) = sizes, roots
    if not 0 < old <= new:
        return False
    if old == new:
        return old_root == new_root and not proof
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _climb(old - 1, new - 1, path) == (old_root, new_root)


def _climb(at: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Fold a consistency path into the old and the new root; None when it does not fit."""
    while at % 2:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at % 2 or at == last:
            old, new = _node(sibling, old), _node(sibling, new)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            new = _node(new, sibling)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None
