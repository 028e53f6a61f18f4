"""Claims among the interleavings: the issuer changes its ways, and assessors claim, work on, and forget."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlmodel import select

from reviewhub.models import Issuer
from reviewhub.services.claim_next import claim_next
from reviewhub.services.keep_claim import keep_claim
from reviewhub.services.practice import practice_of
from reviewhub.services.score import save_draft, submit
from reviewhub.services.set_practice import set_practice
from tests.together.people import WORDS
from tests.together.results import SHEETS

who = st.integers(0, 4)


class ClaimRules:
    """Rules for a machine that has `people`, `staff` and `kit`."""

    @rule(assignment=st.sampled_from(["push", "pull", "pull", "both"]), hours=st.sampled_from([2, 8]))
    def ways(self, assignment, hours):
        (issuer,) = self.people.all(select(Issuer))
        seen, cora = practice_of(issuer), self.people.world.actor(self.people.cora)
        columns = {"assignment": assignment, "claim_hours": hours}
        wanted = type(seen)(**{name: getattr(seen, name) for name in seen.__slots__} | columns)
        self.people.attempt(
            lambda kit, actor: set_practice(kit, actor, issuer.slug, seen.stamp, wanted, WORDS, move=False),
            cora,
        )

    @rule(n=who, again=st.booleans())
    def claims(self, n, again):
        for _ in range(1 + again):
            self.people.attempt(claim_next, self._actor(n))

    @rule(n=who, hours=st.integers(1, 9))
    def hours_go_by(self, n, hours):
        self.kit.clock.move(hours=hours)
        review = self.people.review(self.staff[n], "claimed", "expired")
        if review:
            self.people.attempt(keep_claim, self._actor(n), review.public_id)

    @rule(n=who, levels=st.sampled_from(SHEETS), hands_in=st.booleans())
    def comes_back_late(self, n, levels, hands_in):
        review = self.people.review(self.staff[n], "expired")
        if review:
            act, sheet = submit if hands_in else save_draft, self.people.sheet(review, levels)
            self.people.attempt(act, self._actor(n), review.public_id, sheet, review.draft_version)
