"""The assessors' side of a story: evidence that arrived, sheets that come in, what became of them."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlmodel import col, select

from reviewhub import jobs
from reviewhub.domain.access import SYSTEM
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import Attempt, Event, Outbox, Review, Round, RubricVersion, Submission
from reviewhub.services import score
from reviewhub.services.arrive import arrive
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Job

GOOD = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}
WEAK = {**GOOD, "goal": "vague"}


def entries(levels, **comments):
    """A sheet as a form gives it."""
    return {cid: {"level": level, "comment": comments.get(cid, "")} for cid, level in levels.items()}


@dataclass
class Desk:
    """One submission seen from the assessors' side."""

    world: Any
    micro: Any
    learner: Any
    people: SimpleNamespace
    submission: Any = field(default=None)

    @classmethod
    def of_three(cls, world, rubric=None):
        """An issuer with three qualified assessors, a lead, a coordinator and a learner."""
        micro = world.micro_credential(rubric)
        ana, ben, cleo = world.assessors(micro, "Ana Silva", "Ben Okafor", "Cleo Marsh")
        people = SimpleNamespace(
            ana=ana,
            ben=ben,
            cleo=cleo,
            lead=world.person("Lena Lund", "lead"),
            cora=world.person("Cora Cord", "coordinator"),
        )
        return cls(world, micro, world.person("Lee Learner"), people)

    @property
    def kit(self):
        return self.world.kit

    def arrive(self, learner=None, number=1):
        """Evidence arrives as the learner's side would have it; gives the round's id."""
        now = self.kit.clock.now()
        if number == 1:
            self.submission = self.world.add(
                Submission(
                    public_id=public_id(),
                    issuer_id=self.micro.issuer_id,
                    learner_id=(learner or self.learner).id,
                    micro_credential_id=self.micro.id,
                    rubric_version_id=self.micro.rubric_version_id,
                    code_digest="",
                    created_at=now,
                    active_at=now,
                )
            )
        with self.kit.write() as tx:
            submission = tx.lock(Submission, self.submission.id)
            submission.state = "open"
            attempt = Attempt(
                public_id=public_id(),
                submission_id=submission.id,
                number=number,
                state="submitted",
                created_at=now,
            )
            tx.session.add(attempt)
            tx.session.flush()
            rubric = from_json(tx.session.get_one(RubricVersion, submission.rubric_version_id).body)
            return arrive(tx, submission, attempt, SYSTEM, rubric).id

    def seated(self, **more):
        """Evidence arrived and both seats are filled; gives the round's id."""
        round_id = self.arrive(**more)
        self.run()
        return round_id

    def run(self):
        """Work off what is due."""
        return jobs.run_due(self.kit)

    def job(self, name, **args):
        """An outbox row of one's own, as tx.later makes it."""
        with self.kit.write() as tx:
            tx.later(name, **args)
            tx.session.flush()
            return Job(tx.session.exec(select(Outbox.id).order_by(col(Outbox.id).desc()).limit(1)).one())

    def all(self, table, *where):
        with self.kit.read() as session:
            return session.exec(select(table).where(*where).order_by(table.id)).all()

    def one(self, table, *where):
        (row,) = self.all(table, *where)
        return row

    def review(self, person, round_id=None):
        where = [Review.assessor_id == person.id]
        if round_id is not None:
            where.append(Review.round_id == round_id)
        return self.all(Review, *where)[-1]

    def round(self, round_id):
        return self.one(Round, Round.id == round_id)

    def actor(self, person):
        return self.world.actor(person)

    def submit(self, person, levels=None, round_id=None, **comments):
        """Hand in a sheet; gives the moment until which it can be taken back."""
        review = self.review(person, round_id)
        return score.submit(
            self.kit,
            self.actor(person),
            review.public_id,
            entries(levels or GOOD, **comments),
            review.draft_version,
        )

    def pass_undo(self):
        """Let the undo windows end and the jobs run."""
        self.kit.clock.move(seconds=self.kit.settings.undo_seconds)
        self.run()

    def actions(self):
        """The submission's events in words: action, from, to."""
        return [
            (event.action, event.from_state, event.to_state)
            for event in self.all(
                Event, Event.aggregate == "submission", Event.aggregate_id == self.submission.id
            )
        ]
