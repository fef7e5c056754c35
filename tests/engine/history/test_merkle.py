from hashlib import sha256

import pytest

from engine.history import merkle

#: the leaves and roots of the Certificate Transparency reference implementation
LEAVES = [
    bytes.fromhex(text)
    for text in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                 "606162636465666768696a6b6c6d6e6f"]
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MANY = [f"leaf {number}".encode() for number in range(33)]


def flip(data):
    return bytes([data[0] ^ 1]) + data[1:]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_is_that_of_the_reference(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_no_leaves_is_the_hash_of_nothing():
    assert merkle.root([]) == sha256(b"").digest()


def test_every_leaf_is_proved_and_no_other():
    for size in range(1, len(MANY) + 1):
        leaves, root = MANY[:size], merkle.root(MANY[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(leaves, index)
            assert merkle.is_included(leaves[index], index, size, proof, root)
            assert not merkle.is_included(b"other", index, size, proof, root)
            assert not merkle.is_included(leaves[index], (index + 1) % size, size, proof, root) or (
                size == 1
            )
            assert not merkle.is_included(leaves[index], index, size, proof, flip(root))
            assert not merkle.is_included(leaves[index], index, size, (*proof, root), root)
            for at in range(len(proof)):
                bad = (*proof[:at], flip(proof[at]), *proof[at + 1 :])
                assert not merkle.is_included(leaves[index], index, size, bad, root)
                assert not merkle.is_included(leaves[index], index, size, proof[:at], root)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_proof(index, size):
    with pytest.raises(IndexError, match="no leaf"):
        merkle.inclusion_proof(MANY[:size], index)
    assert not merkle.is_included(MANY[0], index, size, (), merkle.root(MANY[:size]))


def test_every_older_tree_is_proved_to_be_a_prefix_and_no_other():
    for new in range(1, len(MANY) + 1):
        new_root = merkle.root(MANY[:new])
        for old in range(1, new + 1):
            roots = (merkle.root(MANY[:old]), new_root)
            proof = merkle.consistency_proof(MANY[:new], old)
            assert merkle.is_consistent((old, new), roots, proof)
            other = merkle.root([b"forged", *MANY[1:old]])
            assert not merkle.is_consistent((old, new), (other, new_root), proof)
            assert not merkle.is_consistent((old, new), (roots[0], flip(new_root)), proof)
            assert not merkle.is_consistent((old, new), roots, (*proof, new_root))
            for at in range(len(proof)):
                bad = (*proof[:at], flip(proof[at]), *proof[at + 1 :])
                assert not merkle.is_consistent((old, new), roots, bad)
                assert not merkle.is_consistent((old, new), roots, proof[:at])


@pytest.mark.parametrize("old", [0, 4, -1])
def test_a_tree_that_never_was_has_no_proof(old):
    with pytest.raises(IndexError, match="no tree"):
        merkle.consistency_proof(MANY[:3], old)
    assert not merkle.is_consistent((old, 3), (b"", merkle.root(MANY[:3])), ())
