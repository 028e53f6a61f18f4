"""Chains to seal, to prove and to tamper with."""

from sqlalchemy import text
from sqlmodel import select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.audit import GENESIS, digest
from reviewhub.models import Checkpoint, CheckpointLeaf, Event, Issuer, Submission
from reviewhub.services import seal
from tests.cases import Cases
from tests.chain import links


class Record:
    """`one` and `two` are issuers, `first` and `second` submissions of the first."""

    def __init__(self, kit, world):
        self.kit, self.world = kit, world
        self.one, self.two = world.issuer("north"), world.issuer("south")
        micro = world.micro_credential(issuer=self.one)
        cases = Cases(world)
        self.first = cases.open(world.person("Lee Learner"), micro).submission
        self.second = cases.open(world.person("Kim Keen"), micro).submission

    @property
    def all(self):
        return self.first, self.second, self.one, self.two

    def grow(self, root, count=1, words="Because"):
        for n in range(count):
            with self.kit.write() as tx:
                tx.event(
                    tx.lock(type(root), root.id), "thing.done", SYSTEM, facts={"n": n}, text=f"{words} {n}"
                )

    def seal(self):
        """Seal all there is; gives how many checkpoints that took."""
        count = 0
        while seal.seal(self.kit):
            count += 1
        return count

    def sql(self, statement, **values):
        with self.kit.write() as tx:
            tx.session.execute(text(statement), values)

    def rows(self, table, *where, order=None):
        with self.kit.read() as session:
            return session.exec(
                select(table).where(*where).order_by(*(order or table.__table__.primary_key))
            ).all()

    def checkpoints(self):
        return self.rows(Checkpoint)

    def leaves(self):
        return self.rows(CheckpointLeaf)

    def root(self, root):
        with self.kit.read() as session:
            return session.get_one(type(root), root.id)

    def chain(self, root):
        return self.rows(
            Event, Event.aggregate == kind(root), Event.aggregate_id == root.id, order=[Event.seq]
        )

    # ------------------------------------------------------------ tampering, as somebody with the database

    def cut(self, root, seq, *, head=True, mark=False):
        """Take away every event from this one on; with `head`, so that the row knows nothing of them."""
        chain = self.chain(root)
        gone = [event.id for event in chain if event.seq >= seq]
        for one in gone:
            self.sql("DELETE FROM event_text WHERE event_id = :id", id=one)
            self.sql("DELETE FROM event WHERE id = :id", id=one)
        left = chain[seq - 2].hash if seq > 1 else GENESIS
        if head:
            self.set_root(root, audit_seq=seq - 1, audit_head=left)
        if mark:
            self.set_root(root, sealed_seq=seq - 1)

    def set_root(self, root, **values):
        sets = ", ".join(f"{name} = :{name}" for name in values)
        self.sql(f"UPDATE {kind(root)} SET {sets} WHERE id = :id", id=root.id, **values)

    def rewrite(self, root, seq, action="thing.undone"):
        """Change an event and hash everything after it afresh: a chain that follows from itself."""
        previous = None
        for event, (link, _) in zip(self.chain(root), links(self.chain(root)), strict=True):
            if event.seq < seq:
                continue
            changed = {"action": action} if event.seq == seq else {"previous": previous}
            values = {name: changed.get(name, getattr(link, name)) for name in link.__dataclass_fields__}
            previous = digest(type(link)(**values))
            self.sql(
                "UPDATE event SET action = :action, previous = :previous, hash = :hash WHERE id = :id",
                action=values["action"],
                previous=values["previous"],
                hash=previous,
                id=event.id,
            )
        self.set_root(root, audit_head=previous)


def kind(root):
    return {Submission: "submission", Issuer: "issuer"}[type(root)]
