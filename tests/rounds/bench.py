"""A house with enough people to score everything twice, and one attempt brought as far as wanted."""

from types import SimpleNamespace

from sqlmodel import col, select

from reviewhub.models import (
    Attempt,
    CriterionLock,
    DecisionRow,
    Feedback,
    Person,
    ResolutionRow,
    Review,
    Round,
    Submission,
)
from reviewhub.services.release import Said, release
from tests.assessor.desk import GOOD, WEAK, Desk

POOR = {**WEAK, "honest": "no"}


class Bench(Desk):
    """Seven assessors, two leads, a coordinator, a learner."""

    def __init__(self, world, rubric=None):
        micro = world.micro_credential(rubric)
        names = ("Ana Silva", "Ben Okafor", "Cleo Marsh", "Dev Rao", "Eva Lind", "Finn Hall", "Gia Moro")
        assessors = world.assessors(micro, *names)
        people = SimpleNamespace(
            lead=world.person("Lena Lund", "lead"),
            other_lead=world.person("Lars Ek", "lead"),
            cora=world.person("Cora Cord", "coordinator"),
        )
        super().__init__(world, micro, world.person("Lee Learner"), people)
        self.assessors = assessors
        self.cora = world.actor(people.cora)

    # ------------------------------------------------------------ what is stored

    def rounds(self):
        return self.all(Round)

    def seats(self, round_id, role="independent"):
        """The reviews that hold a seat now, in order of seat."""
        with self.kit.read() as session:
            return session.exec(
                select(Review)
                .where(
                    Review.round_id == round_id,
                    Review.role == role,
                    col(Review.state).in_(["offered", "claimed", "submitted", "final"]),
                )
                .order_by(col(Review.seat))
            ).all()

    def person(self, review):
        return self.one(Person, Person.id == review.assessor_id)

    def attempt(self):
        return self.all(Attempt, Attempt.submission_id == self.submission.id)[-1]

    def now(self):
        """The submission as it is stored."""
        return self.one(Submission, Submission.id == self.submission.id)

    def locks(self):
        return sorted(
            lock.criterion_id for lock in self.all(CriterionLock, col(CriterionLock.lifted_at).is_(None))
        )

    def decision(self, round_id):
        return self.one(DecisionRow, DecisionRow.round_id == round_id, col(DecisionRow.replaced_at).is_(None))

    def results(self, round_id):
        rows = self.all(
            ResolutionRow, ResolutionRow.round_id == round_id, col(ResolutionRow.replaced_at).is_(None)
        )
        return {row.criterion_id: row.level_id for row in rows}

    def feedback(self, *states):
        return self.all(Feedback, col(Feedback.state).in_(states or ["draft", "released"]))

    # ------------------------------------------------------------ what people do

    def score(self, round_id, *sheets):
        """The seated assessors hand in, one sheet each, and the undo windows end."""
        for review, levels in zip(self.seats(round_id), sheets, strict=True):
            if review.state in {"offered", "claimed"}:
                self.submit(self.person(review), levels, round_id)
        self.pass_undo()

    def adjudicate(self, round_id, levels):
        (review,) = self.seats(round_id, "adjudicator")
        self.submit(self.person(review), levels, round_id)
        self.submit(self.person(review), levels, round_id)
        self.pass_undo()

    def decided(self, levels=WEAK):
        """An attempt on which both agreed; gives the round's id."""
        round_id = self.seated()
        self.score(round_id, levels, levels)
        return round_id

    def disputed(self, first=GOOD, second=WEAK):
        round_id = self.seated()
        self.score(round_id, first, second)
        return round_id

    def release(self, by=None):
        self.release_only(by)
        self.run()

    def release_only(self, by=None, feedback=None):
        """Without the work that follows; `feedback`: the draft that was read before."""
        if feedback is None:
            (feedback,) = self.feedback("draft")
        said = {item["criterion"]: Said("What we saw here.", "What to do.") for item in feedback.items}
        actor = self.actor(by or self.people.lead)
        release(self.kit, actor, feedback.public_id, feedback.version, said, "Thank you.")

    def released(self, levels=WEAK):
        """An attempt whose result the learner has; gives the round's id."""
        round_id = self.decided(levels)
        self.release()
        return round_id
