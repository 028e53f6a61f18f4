"""Exits, absences and reveals among the interleavings: an assessor, a lead and a coordinator do them."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlmodel import col, select

from reviewhub.models import Concern, Feedback, Reveal
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.clean_again import ask_clean_again
from reviewhub.services.decide_reveal import grant_reveal, refuse_reveal
from reviewhub.services.hand_back import hand_back
from reviewhub.services.hand_over import hand_over, hand_over_for
from reviewhub.services.raise_concern import Said, raise_concern
from reviewhub.services.set_away import set_away
from tests.together.people import WORDS

who = st.integers(0, 3)
kinds = st.sampled_from(["cannot_open", "copying", "danger", "name_shown"])
outcomes = st.sampled_from(["carry_on", "carry_on", "given_back", "held"])


class ExitRules:
    """Rules for a machine that has `people`, `staff` and `kit`."""

    @rule(n=who, kind=kinds, knows=st.booleans())
    def concern(self, n, kind, knows):
        review = self.people.review(self.staff[n], "offered", "claimed")
        if review:
            said = Said(kind, WORDS, 1 if kind == "cannot_open" else 0, knows and kind == "name_shown")
            self.people.attempt(raise_concern, self._actor(n), review.public_id, said)

    @rule(outcome=outcomes, again=st.booleans())
    def answer(self, outcome, again):
        cora = self.people.world.actor(self.people.cora)
        waiting = select(Concern).where(col(Concern.answered_at).is_(None) | (Concern.outcome == "held"))
        for row in self.people.all(waiting.order_by(col(Concern.id))):
            if again and self.people.attempt(ask_clean_again, cora, row.public_id):
                continue
            self.people.attempt(answer_concern, cora, row.public_id, Answer(outcome, WORDS, WORDS))

    @rule(n=who, state=st.sampled_from(["offered", "claimed"]))
    def back(self, n, state):
        review = self.people.review(self.staff[n], state)
        if review:
            self.people.attempt(hand_back, self._actor(n), review.public_id, WORDS)

    @rule(n=who, days=st.integers(0, 3), by_coordinator=st.booleans())
    def absence(self, n, days, by_coordinator):
        until = self.kit.clock.now().date() + timedelta(days) if days else None
        cora, person = self.people.world.actor(self.people.cora), self.staff[n]
        if by_coordinator:
            self.people.attempt(set_away, cora, until, person.public_id)
            self.people.attempt(hand_over_for, cora, person.public_id, WORDS)
        else:
            self.people.attempt(set_away, self._actor(n), until)
            self.people.attempt(hand_over, self._actor(n))

    @rule(n=who, grant=st.booleans(), days=st.integers(1, 7))
    def reveal(self, n, grant, days):
        cora = self.people.world.actor(self.people.cora)
        for row in self.people.all(select(Feedback).order_by(col(Feedback.id))):
            self.people.attempt(ask_reveal, self._actor(n), row.public_id, WORDS)
        for row in self.people.all(select(Reveal).where(Reveal.state == "asked")):
            if grant:
                self.people.attempt(grant_reveal, cora, row.public_id, days, WORDS)
            else:
                self.people.attempt(refuse_reveal, cora, row.public_id, WORDS)

    def _actor(self, n):
        return self.people.world.actor(self.staff[n])
