"""Prove the record: checkpoints, their signatures, every chain; name the first thing that does not fit."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from reviewhub.domain.audit import GENESIS, canonical, tree_over
from reviewhub.models import Checkpoint, CheckpointLeaf, Event, Submission
from reviewhub.services.kit import Kit
from reviewhub.services.seal import seal_of, sealed_as
from reviewhub.services.verify_audit_chains import ROOTS, Head, Root, heads, prove, seal_broken
from reviewhub.services.verify_audit_states import states_of, wrong_state

BATCH = 200
"""Aggregates a statement."""
CHECKPOINTS = 100
"""Checkpoints a statement."""


class Broken(Exception):
    """Something does not fit; the message says what and where."""


@dataclass(slots=True)
class Tally:
    """What a run has proved. Chains that have not changed since checkpoint `since` are not read again."""

    since: int
    keys: Mapping[str, str]
    batch: int
    last: int = 0
    last_digest: str = GENESIS
    last_at: datetime | None = None
    events: int = 0
    chains: int = 0
    proved: int = 0
    unsealed: int = 0
    counts: list[str] = field(default_factory=list)


def verify_all(kit: Kit, batch: int = BATCH, keys: Mapping[str, str] | None = None) -> tuple[bool, str]:
    """Prove everything from the first event and the first checkpoint on: whether it is whole, and a sentence.

    `keys`: the public keys to trust, by id; without them those that signed here. Erased texts are no break.
    """
    return _verify(kit, Tally(0, keys or kit.signer.known(), batch))


def verify_new(kit: Kit, batch: int = BATCH, keys: Mapping[str, str] | None = None) -> tuple[bool, str]:
    """Prove what is new since the last run that found all whole.

    The checkpoints after the one noted then; the chains in them, or changed since, each from its first event;
    and that every chain still ends as it was sealed. Without such a run: everything.
    """
    since, _ = _noted(kit)
    return _verify(kit, Tally(since, keys or kit.signer.known(), batch))


def _verify(kit: Kit, tally: Tally) -> tuple[bool, str]:
    try:
        _checkpoints(kit, tally)
        for aggregate, root in ROOTS:
            _chains(kit, aggregate, root, tally)
            _orphans(kit, aggregate, root, tally)
    except Broken as broken:
        return False, f"Broken: {broken}."
    if tally.last:
        _note(kit, tally)
    return True, _sentence(tally)


def _sentence(tally: Tally) -> str:
    if tally.since:
        text = (
            f"Whole since checkpoint {tally.since}: {tally.events:,} events of {tally.proved:,} chains "
            f"follow from each other, all {tally.chains:,} chains end as they were sealed."
        )
    else:
        text = f"Whole: {tally.events:,} events of {' and '.join(tally.counts)} follow from each other."
    if tally.last_at is None:
        return f"{text} There is no checkpoint yet."
    at = f"{tally.last_at:%Y-%m-%d %H:%M} UTC"
    return f"{text} Checkpoint {tally.last} of {at} holds; {tally.unsealed:,} chains have changed since."


# ---------------------------------------------------------------- checkpoints


def _checkpoints(kit: Kit, tally: Tally) -> None:
    """Each is there, names the one before, is signed with a known key, and has the leaves that it signed."""
    noted, digest = _noted(kit)
    tally.last = max(0, tally.since - 1)
    for row in _rows(kit, tally.since):
        if row.number != tally.last + 1:
            raise Broken(f"checkpoint {tally.last + 1} is missing")
        if row.number > tally.since:
            _one_checkpoint(kit, row, tally)
        tally.last, tally.last_digest, tally.last_at = row.number, seal_of(row).digest(), row.sealed_at
        if row.number == noted and tally.last_digest != digest:
            raise Broken(f"checkpoint {noted} is not the one that was proved before")
    if tally.last < noted:
        raise Broken(f"checkpoint {noted} is missing: it was proved before")
    with kit.read() as session:
        count = session.exec(select(func.count()).where(col(Checkpoint.number) <= tally.last)).one()
    if count != tally.last:
        raise Broken(f"{tally.last - count} of the checkpoints up to {tally.last} are missing")


def _rows(kit: Kit, since: int) -> Iterator[Checkpoint]:
    """Checkpoints from number `since` on, in order."""
    after = since - 1
    while True:
        with kit.read() as session:
            rows = session.exec(
                select(Checkpoint)
                .where(col(Checkpoint.number) > after)
                .order_by(col(Checkpoint.number))
                .limit(CHECKPOINTS)
            ).all()
        yield from rows
        if len(rows) < CHECKPOINTS:
            return
        after = rows[-1].number


def _one_checkpoint(kit: Kit, row: Checkpoint, tally: Tally) -> None:
    seal, name = seal_of(row), f"checkpoint {row.number}"
    if row.previous != tally.last_digest:
        raise Broken(f"{name} does not follow from the one before")
    if row.key_id not in tally.keys:
        raise Broken(f"{name} is signed with the key {row.key_id}, which is not known here")
    if not kit.signer.verifies(tally.keys[row.key_id], canonical(seal.body()), row.signature):
        raise Broken(f"{name} has a signature that is not valid")
    with kit.read() as session:
        leaves = session.exec(
            select(CheckpointLeaf)
            .where(CheckpointLeaf.checkpoint == row.number)
            .order_by(col(CheckpointLeaf.position))
        ).all()
    tree = tree_over(sealed_as(leaf) for leaf in leaves)
    if len(leaves) != row.leaves or not leaves or tree[-1][0].hex() != row.root:
        raise Broken(f"{name} does not have the leaves that it signed")


# ---------------------------------------------------------------- chains


def _chains(kit: Kit, aggregate: str, root: Root, tally: Tally) -> None:
    count = 0
    for batch in heads(kit, aggregate, root, tally.batch):
        for head in batch:
            tally.unsealed += head.length > head.sealed_seq
        count += len(batch)
        _batch(kit, aggregate, root, batch, tally)
    tally.chains += count
    tally.counts.append(f"{count:,} {aggregate}s")


def _batch(kit: Kit, aggregate: str, root: Root, batch: list[Head], tally: Tally) -> None:
    changed = [head for head in batch if not tally.since or head.changed_since(tally.since)]
    rows = states_of(kit, [head.id for head in changed]) if root is Submission else {}
    for head, proved in prove(kit, aggregate, changed):
        if not proved.wrong and proved.beyond and proved.beyond > _length_now(kit, root, head):
            proved.note(head.length + 1, "it is not on record: the row ends before it")
        if proved.wrong:
            raise Broken(f"{aggregate} {head.public_id}, event {proved.at} ({proved.wrong})")
        text = wrong_state(proved.replay.states, rows.get(head.id, {})) if proved.replay.begun else ""
        # The rows are read after the head: where it has moved on since, the next run compares them.
        if text and _length_now(kit, root, head) == head.length:
            raise Broken(f"{aggregate} {head.public_id}, {text}")
        tally.events += proved.count
        tally.proved += 1
    for head in batch:
        if wrong := seal_broken(head):
            raise Broken(f"{aggregate} {head.public_id}, event {wrong[0]} ({wrong[1]})")


def _length_now(kit: Kit, root: Root, head: Head) -> int:
    with kit.read() as session:
        return session.exec(select(root.audit_seq).where(root.id == head.id)).one()


def _orphans(kit: Kit, aggregate: str, root: Root, tally: Tally) -> None:
    """Leaves, and in a whole run events, whose aggregate is gone."""
    with kit.read() as session:
        gone = _orphan(session, CheckpointLeaf, aggregate, root)
        if gone is None and not tally.since:
            gone = _orphan(session, Event, aggregate, root)
    if gone is not None:
        raise Broken(f"{aggregate} number {gone[0]} is gone, its event {gone[1]} is left on record")


def _orphan(
    session: Session, table: type[CheckpointLeaf] | type[Event], aggregate: str, root: Root
) -> tuple[int, int] | None:
    return session.exec(
        select(table.aggregate_id, table.seq)
        .where(table.aggregate == aggregate, ~exists().where(col(root.id) == table.aggregate_id))
        .order_by(col(table.aggregate_id), col(table.seq))
        .limit(1)
    ).first()


# ---------------------------------------------------------------- what was proved before


def _path(kit: Kit) -> Path:
    """Outside the database: whoever can write there cannot make it forget a checkpoint."""
    return kit.settings.data / "audit-verified"


def _noted(kit: Kit) -> tuple[int, str]:
    """Number and digest of the last checkpoint that a run has proved; 0 where there was none."""
    path = _path(kit)
    if not path.exists():
        return 0, ""
    kept = json.loads(path.read_text())
    return kept["checkpoint"], kept["digest"]


def _note(kit: Kit, tally: Tally) -> None:
    """Never backwards: another run may have proved more meanwhile."""
    path = _path(kit)
    if tally.last <= _noted(kit)[0]:
        return
    fresh = path.with_suffix(f".{token_hex(4)}")
    fresh.write_text(json.dumps({"checkpoint": tally.last, "digest": tally.last_digest}) + "\n")
    fresh.replace(path)
