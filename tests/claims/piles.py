"""An issuer whose assessors claim: evidence that lies in the pile, and who claims it."""

from dataclasses import dataclass
from typing import Any

from reviewhub.models import Review
from reviewhub.queries.pile import waiting
from reviewhub.services.claim_next import claim_next
from tests.assessor.desk import WEAK


@dataclass
class Piles:
    """What the assessors of one desk do."""

    desk: Any

    def lay(self, name="Lee Learner", **more):
        """Evidence of a new learner arrives and lies in the pile; gives the round's id."""
        learner = self.desk.learner if name == "Lee Learner" else self.desk.world.person(name)
        return self.desk.seated(learner=learner, **more)

    def lay_again(self, name="Lee Learner"):
        """What Ana and Ben found weak comes a second time; gives that round's id."""
        first = self.lay(name)
        for person in (self.desk.people.ana, self.desk.people.ben):
            self.claim(person)
            self.desk.submit(person, WEAK, first)
        self.desk.pass_undo()
        second = self.desk.arrive(number=2)
        self.desk.run()
        return second

    def claim(self, person, seen=None):
        """The review that they get."""
        pid = claim_next(self.desk.kit, self.desk.actor(person), seen)
        return self.desk.one(Review, Review.public_id == pid)

    def waiting(self, person):
        with self.desk.kit.read() as session:
            return waiting(session, self.desk.actor(person), self.desk.kit.clock.now())

    def now(self, review):
        return self.desk.one(Review, Review.id == review.id)
