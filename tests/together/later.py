"""What comes after a result or beside it, among the interleavings: appeals, questions, newer rubrics."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlmodel import col, select

from reviewhub.domain.rubric_json import content_hash, from_json, structure_hash, to_json
from reviewhub.models import MicroCredential, Question, RubricVersion
from reviewhub.services.allow_attempt import allow_attempt
from reviewhub.services.answer_question import answer_question
from reviewhub.services.appeal import appeal
from reviewhub.services.ask_question import ask_question
from reviewhub.services.change_policy import change_policy
from reviewhub.services.ids import public_id
from reviewhub.services.move_rubric import move_rubric
from tests.together.people import WORDS

GROUNDS = "The second page answers this, and nobody seems to have seen it."
learner = st.integers(0, 1)


class LaterRules:
    """Rules for a machine that has `people`, `staff`, `learners` and `kit`."""

    @rule(n=learner)
    def appeal(self, n):
        root = self.people.submission(self.learners[n])
        if root is not None:
            self.people.attempt(appeal, self.people.world.actor(self.learners[n]), root.public_id, GROUNDS)

    @rule(n=learner, number=st.integers(1, 2), answers=st.booleans())
    def question(self, n, number, answers):
        root, actor = self.people.submission(self.learners[n]), self.people.world.actor
        if root is not None:
            self.people.attempt(ask_question, actor(self.learners[n]), root.public_id, number, GROUNDS)
        for row in self.people.all(select(Question)) if answers else ():
            self.people.attempt(answer_question, actor(self.people.lena), row.public_id, WORDS)

    @rule(n=learner)
    def allow_one_more(self, n):
        root = self.people.submission(self.learners[n])
        if root is not None:
            cora = self.people.world.actor(self.people.cora)
            self.people.attempt(allow_attempt, cora, root.public_id, WORDS)

    @rule(n=learner, comes=st.booleans(), other=st.booleans())
    def newer_rubric(self, n, comes, other):
        """A newer version may come out; the learner moves to it. `other`: of a criterion with other words."""
        if comes:
            self._publish(other=other)
        root, live = self.people.submission(self.learners[n]), self._live()
        if root is not None:
            actor = self.people.world.actor(self.learners[n])
            self.people.attempt(move_rubric, actor, root.public_id, live.public_id)

    @rule(choice=st.sampled_from(["keep", "recalculate", "clear"]))
    def policies(self, choice):
        """A version comes with one more criterion that may fall short; a coordinator says for whom."""
        self._publish(other=False)
        live, cora = self._live(), self.people.world.actor(self.people.cora)
        for row in self.people.all(select(RubricVersion).where(RubricVersion.id != live.id)):
            self.people.attempt(
                change_policy,
                cora,
                self.people.micro.public_id,
                row.rubric_version,
                live.public_id,
                choice,
                WORDS,
            )

    def _live(self):
        with self.kit.read() as session:
            micro = session.get_one(MicroCredential, self.people.micro.id)
            return session.get_one(RubricVersion, micro.rubric_version_id)

    def _publish(self, *, other):
        """As a sync does: the version is stored and live, and what runs stays with its own."""
        before = self._live()
        known = self.people.all(select(RubricVersion).order_by(col(RubricVersion.id)))
        rubric = replace(from_json(before.body), version=f"1.{len(known)}")
        tolerance = 1 - rubric.policies.decision.tolerance
        decision = replace(rubric.policies.decision, tolerance=tolerance)
        rubric = replace(rubric, policies=replace(rubric.policies, decision=decision))
        if other:
            first, *parts = rubric.parts
            goal, *criteria = first.criteria
            goal = replace(goal, met_from="tested" if goal.met_from == "clear" else "clear")
            rubric = replace(rubric, parts=(replace(first, criteria=(goal, *criteria)), *parts))
        made = self.people.world.add(
            RubricVersion(
                public_id=public_id(),
                micro_credential_id=before.micro_credential_id,
                rubric_version=rubric.version,
                content_hash=content_hash(rubric),
                structure_hash=structure_hash(rubric),
                code_digest=before.code_digest,
                body=to_json(rubric),
                stored_at=self.kit.clock.now(),
            )
        )
        with self.kit.write() as tx:
            tx.session.get_one(MicroCredential, before.micro_credential_id).rubric_version_id = made.id
