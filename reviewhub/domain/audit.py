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
    return commit_to(_canonical(words).decode(), salt)


def digest(link: Link) -> str:
    """SHA-256 (hex) of the link in canonical JSON, the previous hash included."""
    body = {
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
    return hashlib.sha256(_canonical(body)).hexdigest()


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

    def data(self) -> bytes:
        """What the leaf's hash is made of: a JSON list without blanks."""
        return _canonical([self.aggregate, self.aggregate_id, self.seq, self.head])


@dataclass(frozen=True, slots=True)
class Seal:
    """A checkpoint without its signature: the root over `leaves` chains, the digest of the seal before."""

    number: int
    sealed_at: datetime
    root: str
    leaves: int
    previous: str
    key_id: str

    def body(self) -> bytes:
        """What is signed: canonical JSON that also says what it is."""
        return _canonical(
            {
                "type": "reviewhub checkpoint 1",
                "number": self.number,
                "sealed_at": self.sealed_at.isoformat(timespec="microseconds"),
                "root": self.root,
                "leaves": self.leaves,
                "previous": self.previous,
                "key": self.key_id,
            }
        )

    def digest(self) -> str:
        """SHA-256 (hex) of the body: the next seal names it."""
        return hashlib.sha256(self.body()).hexdigest()


def tree_over(leaves: Iterable[Sealed]) -> Levels:
    """The tree over these leaves, in the order given."""
    return grow([leaf_hash(leaf.data()) for leaf in leaves])


def _canonical(data: object) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
