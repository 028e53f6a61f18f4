"""What whoever scores may do, one time or another: take, score, doubt, leave, ask, correct."""

from datetime import timedelta

from sqlmodel import col, select

from reviewhub.models import Attempt, Correction, CriterionLock, Rating, Review, Round, Scoresheet
from reviewhub.services import score
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.claim_next import claim_next
from reviewhub.services.exclude import declare_known
from reviewhub.services.extend import ask_extension
from reviewhub.services.object_to_lock import object_to_lock, take_back
from reviewhub.services.supersede import supersede
from tests.together.acting import WORDS, Acting


class Scoring(Acting):
    """Among People. A person without such a review does nothing."""

    def review(self, person, *states):
        found = select(Review).where(Review.assessor_id == person.id, col(Review.state).in_(states))
        return self.last(found.order_by(col(Review.id)))

    def take(self, person):
        """A claim, where there are any: whoever has one scores it first."""
        piled = select(Round.id).where(col(Round.pile).is_not(None))
        if self.last(piled) is not None and self.review(person, "offered", "claimed") is None:
            self.attempt(claim_next, self.world.actor(person))

    def sheet(self, review, levels):
        if review.role == "completeness":
            there = "missing" if levels["goal"] == "absent" else "there"
            return {key: {"level": there, "comment": "Looked at."} for key in ("plan", "why")}
        locked = self.locked(review)
        return {
            cid: {"level": lv, "comment": f"About {cid}."} for cid, lv in levels.items() if cid not in locked
        }

    def locked(self, review):
        """Criteria that an earlier attempt has met, and still has: the form does not show them."""
        attempt = self.last(
            select(Attempt)
            .join(Round, col(Round.attempt_id) == Attempt.id)
            .where(Round.id == review.round_id)
        )
        locked = self.all(
            select(CriterionLock.criterion_id).where(
                CriterionLock.submission_id == attempt.submission_id,
                CriterionLock.attempt_id < attempt.id,
                col(CriterionLock.lifted_at).is_(None),
            )
        )
        if review.role == "adjudicator":  # who is asked about the locks that somebody doubts
            (disputed,) = self.all(select(Round.disputed).where(Round.id == review.round_id))
            return [cid for cid in locked if cid not in disputed]
        return locked

    def doubt(self, person, *, back):
        review = self.review(person, "offered", "claimed", "submitted", "final")
        for cid in self.locked(review)[:1] if review else ():
            act = (take_back,) if back else (object_to_lock,)
            words = () if back else (WORDS,)
            self.attempt(*act, self.world.actor(person), review.public_id, cid, *words)

    def draft(self, person):
        review = self.review(person, "offered", "claimed")
        if review:
            self.attempt(
                score.save_draft, self.world.actor(person), review.public_id, {}, review.draft_version
            )

    def hand_in(self, person, levels):
        review = self.review(person, "offered", "claimed")
        if review:
            sheet = self.sheet(review, levels)
            self.attempt(
                score.submit, self.world.actor(person), review.public_id, sheet, review.draft_version
            )

    def undo(self, person):
        review = self.review(person, "submitted")
        if review:
            self.attempt(score.undo, self.world.actor(person), review.public_id)

    def know(self, person, state):
        review = self.review(person, state)
        if review:
            self.attempt(declare_known, self.world.actor(person), review.public_id)

    def ask_correction(self, person):
        review = self.review(person, "submitted", "final")
        if review:
            self.attempt(ask_correction, self.world.actor(person), review.public_id, WORDS)

    def correct(self, person, levels):
        review = self.last(
            select(Review)
            .join(Correction, col(Correction.review_id) == Review.id)
            .where(Review.assessor_id == person.id, Correction.state == "granted")
        )
        if review is None:
            return
        rated = self.all(
            select(Rating.criterion_id)
            .join(Scoresheet, col(Scoresheet.id) == Rating.scoresheet_id)
            .where(Scoresheet.review_id == review.id)
        )
        sheet = {cid: {"level": lv, "comment": "Corrected."} for cid, lv in levels.items() if cid in rated}
        self.attempt(supersede, self.world.actor(person), review.public_id, sheet)

    def ask_for_time(self, person, ahead):
        review = self.review(person, "offered", "claimed")
        if review:
            day = review.due_on + timedelta(ahead)
            self.attempt(ask_extension, self.world.actor(person), review.public_id, day, WORDS)
