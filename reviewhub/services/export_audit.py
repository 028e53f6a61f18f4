"""The sealed record as JSON lines, to be kept elsewhere and checked without this database.

First a head, then every checkpoint, then chain by chain its events and the leaves that seal them, each leaf
with the proof that it is in its checkpoint. Nobody's words are in it: events hold commitments alone.
docs/operators/audit.md describes the lines.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from reviewhub.domain.audit import GENESIS, Sealed, body_of, tree_over
from reviewhub.domain.errors import NotFound
from reviewhub.domain.merkle import Levels, proof
from reviewhub.models import Checkpoint, CheckpointLeaf
from reviewhub.services.kit import Kit
from reviewhub.services.seal import last_checkpoint, seal_of, sealed_as
from reviewhub.services.verify_audit_chains import ROOTS, Root, events_of, link_of

FORMAT = "reviewhub audit export 1"
BATCH = 200
"""Chains or checkpoints a statement."""
TREES = 128
"""Checkpoints whose trees are kept at hand: chains of the same time are in the same ones."""


@dataclass(frozen=True, slots=True)
class Span:
    """A chain's part of an export: events after number `after`, up to number `until`."""

    id: int
    public_id: str
    after: int
    until: int


def export_record(kit: Kit, since: int, out: TextIO) -> str:
    """Write what was sealed after checkpoint number `since` (0: everything); a sentence of how much it was.

    NotFound where nothing was sealed after it. What is not sealed yet is left for the next export.
    """
    with kit.read() as session:
        last = last_checkpoint(session)
        before = session.get(Checkpoint, since) if since else None
    if last is None or last.number <= since:
        raise NotFound("Nothing was sealed after that checkpoint.")
    head = {
        "type": FORMAT,
        "since": since,
        "until": last.number,
        "previous": seal_of(before).digest() if before else GENESIS,
        "keys": dict(kit.signer.known()),
    }
    events = 0
    _write(out, head)
    for row in _checkpoints(kit, since, last.number):
        _write(out, {"type": "checkpoint", "checkpoint": seal_of(row).body(), "signature": row.signature})
    tree = lru_cache(maxsize=TREES)(lambda number: _tree(kit, number))
    for aggregate, root in ROOTS:
        for spans in _spans(kit, aggregate, root, since, last.number):
            events += _chains(kit, aggregate, spans, tree, out)
    _write(out, {"type": "end", "events": events})
    return f"{events:,} events and the checkpoints {since + 1:,} to {last.number:,}."


def _write(out: TextIO, line: dict[str, object]) -> None:
    out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _checkpoints(kit: Kit, since: int, until: int) -> Iterator[Checkpoint]:
    for after in range(since, until, BATCH):
        with kit.read() as session:
            yield from session.exec(
                select(Checkpoint)
                .where(col(Checkpoint.number) > after, col(Checkpoint.number) <= min(after + BATCH, until))
                .order_by(col(Checkpoint.number))
            ).all()


def _spans(kit: Kit, aggregate: str, root: Root, since: int, until: int) -> Iterator[list[Span]]:
    """The chains with leaves in these checkpoints, in order of their ids."""
    after = 0
    while True:
        with kit.read() as session:
            found = _some_spans(session, aggregate, root, since, until, after)
        if not found:
            return
        yield found
        after = found[-1].id


def _some_spans(
    session: Session, aggregate: str, root: Root, since: int, until: int, after: int
) -> list[Span]:
    leaf = CheckpointLeaf
    known = func.max(case((col(leaf.checkpoint) <= since, leaf.seq), else_=0))
    newest = func.max(case((col(leaf.checkpoint) <= until, leaf.seq), else_=0))
    rows = session.exec(
        select(root.id, root.public_id, known, newest)
        .join(leaf, (col(leaf.aggregate) == aggregate) & (col(leaf.aggregate_id) == root.id))
        .where(col(root.id) > after)
        .group_by(col(root.id), col(root.public_id))
        .having(newest > known)
        .order_by(col(root.id))
        .limit(BATCH)
    )
    return [Span(key or 0, public_id, low, high) for key, public_id, low, high in rows]


def _chains(kit: Kit, aggregate: str, spans: list[Span], tree: Callable[[int], Levels], out: TextIO) -> int:
    """Write these chains; gives how many events that were."""
    by_id = {span.id: span for span in spans}
    count, begun = 0, 0
    for event in events_of(kit, aggregate, list(by_id)):
        span = by_id[event.aggregate_id]
        if not span.after < event.seq <= span.until:
            continue
        if span.id != begun:
            begun = span.id
            _write(out, {"type": "chain", "aggregate": aggregate, "id": span.id, "public_id": span.public_id})
        _write(out, {"type": "event", "event": body_of(link_of(event)), "hash": event.hash})
        count += 1
        if event.checkpoint is not None and event.position is not None:
            path = [step.hex() for step in proof(tree(event.checkpoint), event.position)]
            where = {"checkpoint": event.checkpoint, "position": event.position, "proof": path}
            leaf = Sealed(aggregate, event.aggregate_id, event.seq, event.hash)
            _write(out, {"type": "leaf", "leaf": leaf.body(), **where})
    return count


def _tree(kit: Kit, number: int) -> Levels:
    with kit.read() as session:
        leaves = session.exec(
            select(CheckpointLeaf)
            .where(CheckpointLeaf.checkpoint == number)
            .order_by(col(CheckpointLeaf.position))
        ).all()
    return tree_over(sealed_as(leaf) for leaf in leaves)
