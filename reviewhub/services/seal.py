"""Seal the heads of all chains that have changed into signed checkpoints, each hour, by itself."""

from dataclasses import asdict

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, SQLModel, col, select

from reviewhub.domain.audit import GENESIS, Seal, Sealed, canonical, tree_over
from reviewhub.models import Checkpoint, CheckpointLeaf, Issuer, Submission
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.renewing import ask_again, next_hour

SEAL = "seal_chains"
MOST_LEAVES = 500
"""A checkpoint's chains: as many as a short transaction can write."""
ROOTS: tuple[tuple[str, type[Submission] | type[Issuer]], ...] = (
    ("submission", Submission),
    ("issuer", Issuer),
)
"""In the order in which they are locked."""


def seal_chains(kit: Kit, job: Job) -> None:
    """Seal whatever changed since the last time, then ask for the next time.

    Nothing changed: two reads and no checkpoint. Each row asks for one that comes after it, so there is
    always exactly one, however often, late or in whichever order by the clock they run.
    """
    while seal(kit):
        pass
    with kit.write() as tx:
        tx.done(job)
        ask_again(tx, SEAL, job.id, next_hour(tx.now))


def seal(kit: Kit, most: int = MOST_LEAVES) -> bool:
    """Write one checkpoint over at most so many changed chains; False when none has changed.

    Stale when another worker sealed at the same moment.
    """
    with kit.read() as session:
        leaves = _changed(session, most)
        before = last_checkpoint(session) if leaves else None
    if not leaves:
        return False
    made = Seal(
        number=before.number + 1 if before else 1,
        sealed_at=kit.clock.now(),
        root=tree_over(leaves)[-1][0].hex(),
        leaves=len(leaves),
        previous=seal_of(before).digest() if before else GENESIS,
        key_id=kit.signer.key_id(),
    )
    signature = kit.signer.sign(canonical(made.body()))
    with kit.write() as tx:
        _record(tx, made, signature, leaves)
    return True


def last_checkpoint(session: Session) -> Checkpoint | None:
    """The newest checkpoint."""
    return session.exec(select(Checkpoint).order_by(col(Checkpoint.number).desc()).limit(1)).first()


def seal_of(row: Checkpoint) -> Seal:
    """A stored checkpoint as what was signed."""
    return Seal(row.number, row.sealed_at, row.root, row.leaves, row.previous, row.key_id)


def sealed_as(row: CheckpointLeaf) -> Sealed:
    """A stored leaf as what was hashed."""
    return Sealed(row.aggregate, row.aggregate_id, row.seq, row.head)


def _changed(session: Session, most: int) -> list[Sealed]:
    found: list[Sealed] = []
    for aggregate, root in ROOTS:
        query = (
            select(root.id, root.audit_seq, root.audit_head)
            .where(col(root.audit_seq) > col(root.sealed_seq))
            .order_by(col(root.id))
            .limit(most - len(found))
        )
        found += [Sealed(aggregate, key or 0, seq, head) for key, seq, head in session.exec(query)]
    return found


def _record(tx: Tx, made: Seal, signature: str, leaves: list[Sealed]) -> None:
    tx.session.execute(insert(Checkpoint).values(**asdict(made), signature=signature))
    tx.session.execute(
        insert(CheckpointLeaf),
        [
            {"checkpoint": made.number, "position": position, **asdict(leaf)}
            for position, leaf in enumerate(leaves)
        ],
    )
    for aggregate, root in ROOTS:
        sealed = [{"root": x.aggregate_id, "seq": x.seq} for x in leaves if x.aggregate == aggregate]
        if sealed:
            _mark(tx, root, sealed)


def _mark(tx: Tx, root: type[SQLModel], sealed: list[dict[str, int]]) -> None:
    """Only the mark: neither version nor state, so nobody who works there is disturbed."""
    table = root.__table__  # type: ignore[attr-defined]
    statement = update(table).where(table.c.id == bindparam("root")).values(sealed_seq=bindparam("seq"))
    tx.session.connection().execute(statement, sealed)
