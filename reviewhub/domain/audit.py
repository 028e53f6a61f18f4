"""What is hashed and signed: the chain of an aggregate's events, and the seals over the chains' heads."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from reviewhub.domain.merkle import Levels, grow, leaf_hash

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One event as it enters the chain. `facts` holds ids and codes, never personal text."""

    aggregate: str
    aggregate_id: int
    seq: int
    at: datetime
    actor_id: int | None
    action: str
    from_state: str
    to_state: str
    facts: Mapping[str, object]
    commitment: str
    previous: str


def commit_to(text: str, salt: str) -> str:
    """A salted SHA-256 (hex) of a text: erasing text and salt leaves the chain whole."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def pin(words: object, salt: str) -> str:
    """The commitment to words that are kept elsewhere, as canonical JSON: shows later that they are the same.

    Without the salt nobody can try out words against it.
    """
    return commit_to(canonical(words).decode(), salt)


def body_of(link: Link) -> dict[str, object]:
    """The link as JSON values: what is hashed, the previous hash included."""
    return {
        "aggregate": link.aggregate,
        "aggregate_id": link.aggregate_id,
        "seq": link.seq,
        "at": link.at.isoformat(timespec="microseconds"),
        "actor": link.actor_id,
        "action": link.action,
        "from": link.from_state,
        "to": link.to_state,
        "facts": link.facts,
        "commitment": link.commitment,
        "previous": link.previous,
    }


def digest(link: Link) -> str:
    """SHA-256 (hex) of the link in canonical JSON."""
    return hashlib.sha256(canonical(body_of(link))).hexdigest()


def first_broken(chain: Iterable[tuple[Link, str]], head: str) -> int | None:
    """The sequence number of the first event that does not follow from the one before; None if all do.

    `chain` is (link, stored hash) in order of seq; `head` is the hash on the aggregate's row. A chain that
    was cut short is broken at the number that is missing.
    """
    previous, expected = GENESIS, 1
    for link, stored in chain:
        if link.seq != expected or link.previous != previous or digest(link) != stored:
            return expected
        previous, expected = stored, expected + 1
    return None if previous == head else expected


@dataclass(frozen=True, slots=True)
class Sealed:
    """One chain at the moment of a seal: the hash of its event number `seq`. A leaf of the seal's tree."""

    aggregate: str
    aggregate_id: int
    seq: int
    head: str

    def body(self) -> list[object]:
        """The leaf as JSON values: what is hashed."""
        return [self.aggregate, self.aggregate_id, self.seq, self.head]


@dataclass(frozen=True, slots=True)
class Seal:
    """A checkpoint without its signature: the root over `leaves` chains, the digest of the seal before."""

    number: int
    sealed_at: datetime
    root: str
    leaves: int
    previous: str
    key_id: str

    def body(self) -> dict[str, object]:
        """The seal as JSON values, which also say what it is: its canonical JSON is signed."""
        return {
            "type": "reviewhub checkpoint 1",
            "number": self.number,
            "sealed_at": self.sealed_at.isoformat(timespec="microseconds"),
            "root": self.root,
            "leaves": self.leaves,
            "previous": self.previous,
            "key": self.key_id,
        }

    def digest(self) -> str:
        """SHA-256 (hex) of its canonical JSON: the next seal names it."""
        return hashlib.sha256(canonical(self.body())).hexdigest()


def tree_over(leaves: Iterable[Sealed]) -> Levels:
    """The tree over these leaves, in the order given."""
    return grow([leaf_hash(canonical(leaf.body())) for leaf in leaves])


def canonical(data: object) -> bytes:
    """One byte sequence for equal JSON values: sorted keys, no blanks, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
