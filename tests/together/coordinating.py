"""What a coordinator may do about a submission, its seats, its people and its result."""

import re
from datetime import timedelta

from sqlmodel import col, select

from reviewhub.models import LetterRow, Round
from reviewhub.services import hold
from reviewhub.services.accept_invitation import accept_invitation
from reviewhub.services.end_membership import end_membership
from reviewhub.services.extend import decline, extend
from reviewhub.services.grant_qualification import grant, revoke
from reviewhub.services.invite import invite
from reviewhub.services.reassign import fill_again, reassign
from reviewhub.services.record_conflict import end_conflict, record_conflict
from reviewhub.services.rescore import rescore
from reviewhub.services.rule_on_rescore import rule_on_rescore
from tests.together.acting import WORDS, Acting


class Coordinating(Acting):
    """Among People: `cora` is the coordinator, `micro` the micro-credential."""

    def coordinate(self, verb, learner):
        root = self.submission(learner)
        if root is not None:
            self.attempt(getattr(hold, verb), self.world.actor(self.cora), root.public_id, WORDS)

    def reassign(self, person, to):
        review = self.review(person, "offered", "claimed", "submitted")
        if review:
            choice = to.public_id if to else ""
            self.attempt(reassign, self.world.actor(self.cora), review.public_id, choice, WORDS)

    def look_again(self, learner):
        root = self.submission(learner)
        if root is not None:
            self.attempt(fill_again, self.world.actor(self.cora), root.public_id)

    def part(self, person, learner):
        root = self.submission(learner)
        if root is not None:
            actor = self.world.actor(self.cora)
            self.attempt(record_conflict, actor, root.public_id, person.public_id, WORDS)

    def reconcile(self, person, learner):
        actor = self.world.actor(self.cora)
        self.attempt(end_conflict, actor, person.public_id, learner.public_id, WORDS)

    def end(self, person, role):
        self.attempt(end_membership, self.world.actor(self.cora), "harbor", person.public_id, role, WORDS)

    def take_on(self, person, role):
        """Invited by the coordinator, accepted by the person."""
        if not self.attempt(invite, self.world.actor(self.cora), self.micro.issuer_id, person.email, role):
            return
        letter = self.last(
            select(LetterRow).where(LetterRow.kind == "invitation").order_by(col(LetterRow.id).desc())
        )
        secret = re.search(r"/invitation/(\S+)", letter.body)[1]
        self.attempt(accept_invitation, self.world.actor(person), secret)

    def qualify(self, person):
        actor = self.world.actor(self.cora)
        self.attempt(grant, actor, person.public_id, self.micro.public_id, "agreed on 10")

    def disqualify(self, person):
        actor = self.world.actor(self.cora)
        self.attempt(revoke, actor, person.public_id, self.micro.public_id, WORDS)

    def rescore(self, learner, number):
        root = self.submission(learner)
        if root is not None:
            self.attempt(rescore, self.world.actor(self.cora), root.public_id, number, WORDS)

    def rule(self, ruling):
        waiting = select(Round).where(Round.kind == "rescore", Round.state == "resolved", Round.ruling == "")
        for row in self.all(waiting):
            self.attempt(rule_on_rescore, self.world.actor(self.cora), row.public_id, ruling, WORDS)

    def answer_about_time(self, person, ahead, *, gives):
        review = self.review(person, "offered", "claimed")
        if review and gives:
            day = review.due_on + timedelta(ahead)
            self.attempt(extend, self.world.actor(self.cora), review.public_id, day, WORDS)
        elif review:
            self.attempt(decline, self.world.actor(self.cora), review.public_id, WORDS)
