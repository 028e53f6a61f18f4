"""The hash chain of an aggregate's events: what is hashed, and how a chain is checked."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

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
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
