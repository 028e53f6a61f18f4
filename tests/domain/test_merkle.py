"""RFC 6962: the same roots and proofs as its definition gives, and nothing else is proved."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.merkle import grow, leaf_hash, node_hash, proof, proves, root

DATA = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
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
"""The test vectors of the reference implementation of Certificate Transparency."""

leaf_lists = st.lists(st.binary(max_size=4).map(leaf_hash), min_size=1, max_size=70)


def by_definition(leaves):
    """The tree hash as the RFC writes it: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def path_by_definition(index, leaves):
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*path_by_definition(index, left), by_definition(right)]
    return [*path_by_definition(index - split, right), by_definition(left)]


@pytest.mark.parametrize("count", range(1, 9))
def test_the_known_roots(count):
    leaves = [leaf_hash(bytes.fromhex(data)) for data in DATA[:count]]
    assert root(leaves).hex() == ROOTS[count - 1]


def test_the_root_of_nothing():
    assert root([]) == hashlib.sha256(b"").digest()


@given(leaf_lists, st.data())
def test_roots_and_proofs_are_those_of_the_rfc(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert root(leaves) == by_definition(leaves)
    assert list(proof(grow(leaves), index)) == path_by_definition(index, leaves)


@given(leaf_lists)
def test_every_leaf_is_proved(leaves):
    tree = grow(leaves)
    for index, leaf in enumerate(leaves):
        assert proves(leaf, index, len(leaves), proof(tree, index), root(leaves))


@given(leaf_lists, st.data())
def test_nothing_else_is_proved(leaves, data):
    tree, top, size = grow(leaves), root(leaves), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = proof(tree, index)
    other = leaf_hash(b"another leaf")
    assert not proves(other, index, size, path, top)
    assert not proves(leaves[index], index, size, path, other)
    assert not proves(leaves[index], index, size, (*path, other), top)
    assert not proves(leaves[index], size, size, path, top)
    assert not proves(leaves[index], -1, size, path, top)
    if path:
        assert not proves(leaves[index], index, size, path[:-1], top)
        at = data.draw(st.integers(0, len(path) - 1))
        assert not proves(leaves[index], index, size, (*path[:at], other, *path[at + 1 :]), top)


def test_a_node_is_no_leaf():
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    assert leaf_hash(leaves[0] + leaves[1]) != root(leaves)


@given(st.lists(st.binary(max_size=4).map(leaf_hash), min_size=2, max_size=40, unique=True), st.data())
def test_order_and_number_are_part_of_the_root(leaves, data):
    a = data.draw(st.integers(0, len(leaves) - 2))
    swapped = [*leaves[:a], leaves[a + 1], leaves[a], *leaves[a + 2 :]]
    assert root(swapped) != root(leaves)
    assert root(leaves[:-1]) != root(leaves)
    assert root([*leaves, leaves[-1]]) != root(leaves)


def test_no_is_said_plainly():
    leaf = leaf_hash(b"one")
    assert proves(leaf, 1, 1, (), leaf) is False
    assert proves(leaf, 0, 2, (), leaf) is False
