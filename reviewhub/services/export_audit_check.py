"""Check an export of the record on its own: no database, no settings, only the file and a public key."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewhub.domain.audit import GENESIS, canonical
from reviewhub.domain.merkle import leaf_hash, proves
from reviewhub.services.export_audit import FORMAT
from reviewhub.services.ports import Signer

Line = Mapping[str, Any]


class Unsound(Exception):
    """The export does not prove itself; the message says what does not fit."""


@dataclass(slots=True)
class _Root:
    """A checkpoint of the file: its root, how many leaves it has, and how many of them were seen."""

    root: bytes
    leaves: int
    seen: int = 0


@dataclass(slots=True)
class _Reader:
    """What has been read so far: all checkpoints, and of the chains only the present one."""

    signer: Signer
    keys: Mapping[str, str]
    since: int = 0
    until: int = 0
    last: int = 0
    previous: str = GENESIS
    roots: dict[int, _Root] = field(default_factory=dict)
    chain: tuple[str, int] = ("", 0)
    name: str = ""
    seq: int = 0
    head: str = GENESIS
    sealed: bool = True
    events: int = 0
    ended: bool = False


def check_export(signer: Signer, lines: Iterable[str], keys: Mapping[str, str]) -> tuple[bool, str]:
    """Whether everything in it follows from checkpoints that were signed with one of these keys, by id.

    And a sentence that says so, or the first line that does not fit.
    """
    reader = _Reader(signer, keys)
    number = 0
    try:
        for number, line in enumerate(_parsed(lines), 1):
            _take(reader, number, line)
        _finish(reader)
    except Unsound as unsound:
        return False, f"Broken: line {number}: {unsound}."
    except (KeyError, TypeError, ValueError, AttributeError):
        return False, f"Broken: line {number + 1} is no line of an export."
    after = f" after checkpoint {reader.since}" if reader.since else ""
    return True, (
        f"Whole: {reader.events:,} events{after} follow from each other, and {len(reader.roots):,} "
        f"checkpoints up to {reader.until} are signed."
    )


def _parsed(lines: Iterable[str]) -> Iterator[Line]:
    for text in lines:
        line = json.loads(text)
        if not isinstance(line, dict):
            raise TypeError
        yield line


def _take(reader: _Reader, number: int, line: Line) -> None:
    if reader.ended or (number == 1) != (line["type"] == FORMAT):
        raise Unsound("it does not belong here")
    match line["type"]:
        case "checkpoint":
            _checkpoint(reader, line["checkpoint"], line["signature"])
        case "chain":
            _chain(reader, line)
        case "event":
            _event(reader, line["event"], line["hash"])
        case "leaf":
            _leaf(reader, line)
        case "end":
            reader.ended = True
            if line["events"] != reader.events:
                raise Unsound("events are missing")
        case _ if number == 1:
            reader.since, reader.until, reader.previous = line["since"], line["until"], line["previous"]
            reader.last = reader.since
            if not reader.since and reader.previous != GENESIS:
                raise Unsound("the first checkpoint follows from another")
        case _:
            raise Unsound("it is of no known type")


def _checkpoint(reader: _Reader, body: Line, signature: str) -> None:
    name = f"checkpoint {body['number']}"
    if body["number"] != reader.last + 1 or body["previous"] != reader.previous or reader.name:
        raise Unsound(f"{name} does not follow from the one before")
    if body["key"] not in reader.keys:
        raise Unsound(
            f"{name} is signed with the key {body['key']}, which is not known here: give it as --key"
        )
    if not reader.signer.verifies(reader.keys[body["key"]], canonical(body), signature):
        raise Unsound(f"{name} has a signature that is not valid")
    reader.last, reader.previous = body["number"], hashlib.sha256(canonical(body)).hexdigest()
    reader.roots[reader.last] = _Root(bytes.fromhex(body["root"]), body["leaves"])


def _chain(reader: _Reader, line: Line) -> None:
    _sealed(reader)
    chain = (line["aggregate"], line["id"])
    if chain <= reader.chain:
        raise Unsound("chains are not in order")
    reader.chain, reader.name = chain, f"{line['aggregate']} {line['public_id']}"
    reader.seq, reader.head = 0, GENESIS


def _sealed(reader: _Reader) -> None:
    if not reader.sealed:
        raise Unsound(f"{reader.name}, event {reader.seq} is in no checkpoint")


def _event(reader: _Reader, body: Line, digest: str) -> None:
    name = f"{reader.name}, event {body['seq']}"
    begins = reader.seq == 0 and reader.since > 0  # the part before is in an earlier export
    follows = body["seq"] == reader.seq + 1 and body["previous"] == reader.head
    if not (begins or follows) or (body["aggregate"], body["aggregate_id"]) != reader.chain:
        raise Unsound(f"{name} does not follow from the one before")
    if hashlib.sha256(canonical(body)).hexdigest() != digest:
        raise Unsound(f"{name} is not what was hashed")
    reader.seq, reader.head, reader.sealed = body["seq"], digest, False
    reader.events += 1


def _leaf(reader: _Reader, line: Line) -> None:
    name = f"{reader.name}, event {reader.seq}"
    checkpoint = reader.roots[line["checkpoint"]]
    if reader.sealed or line["leaf"] != [*reader.chain, reader.seq, reader.head]:
        raise Unsound(f"{name} is not the one that checkpoint {line['checkpoint']} sealed")
    path = [bytes.fromhex(step) for step in line["proof"]]
    leaf = leaf_hash(canonical(line["leaf"]))
    if not proves(leaf, line["position"], checkpoint.leaves, path, checkpoint.root):
        raise Unsound(f"{name} is not in checkpoint {line['checkpoint']}")
    checkpoint.seen += 1
    reader.sealed = True


def _finish(reader: _Reader) -> None:
    _sealed(reader)
    if not reader.ended or reader.last != reader.until:
        raise Unsound("the file ends too early")
    short = next((n for n, one in reader.roots.items() if one.seen != one.leaves), None)
    if short is not None:
        raise Unsound(f"chains of checkpoint {short} are missing")
