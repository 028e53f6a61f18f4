"""Merkle trees after RFC 6962, section 2.1: one hash for many leaves, short proofs that one is among them.

Leaves and nodes are hashed with different first bytes, so that no node can be passed off as a leaf. Hashes
are 32 bytes. Pairing neighbours level by level, with an odd last one carried up as it is, gives the same tree
as the RFC's splitting at the largest power of two.
"""

import hashlib
from collections.abc import Sequence

Levels = tuple[tuple[bytes, ...], ...]
"""A tree from its leaves up to its root."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both hashes below."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(leaves: Sequence[bytes]) -> Levels:
    """The tree over these leaf hashes, at least one."""
    levels = [tuple(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        levels.append((*pairs, *below[len(pairs) * 2 :]))
    return tuple(levels)


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash over these leaf hashes; of none, SHA-256 of nothing."""
    return grow(leaves)[-1][0] if leaves else hashlib.sha256().digest()


def proof(tree: Levels, index: int) -> tuple[bytes, ...]:
    """The neighbours from this leaf up: with them the root can be computed from the leaf alone."""
    path = []
    for level in tree[:-1]:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        index //= 2
    return tuple(path)


def proves(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether this leaf hash is at `index` of the tree of `size` leaves with the root `expected`."""
    if not 0 <= index < size:
        return False
    left, now = list(path), leaf
    while size > 1:
        if index % 2 or index + 1 < size:
            if not left:
                return False
            beside = left.pop(0)
            now = node_hash(beside, now) if index % 2 else node_hash(now, beside)
        index, size = index // 2, (size + 1) // 2
    return not left and now == expected
