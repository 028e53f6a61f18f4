"""What every act of a learner begins with: the own submission, locked, and its latest attempt."""

from dataclasses import dataclass

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Facts
from reviewhub.domain.conditions import for_choices
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.attempt import TRANSITIONS, AttemptState
from reviewhub.domain.workflow.step import take
from reviewhub.models import Artifact, Attempt, RubricVersion, Submission
from reviewhub.services.coordinated import facts_of
from reviewhub.services.kit import Tx


@dataclass(frozen=True, slots=True)
class OwnWork:
    """The learner's locked submission, its latest attempt, the pinned rubric: whole, and as they chose."""

    submission: Submission
    attempt: Attempt
    whole: Rubric
    facts: Facts

    @property
    def rubric(self) -> Rubric:
        """What of the rubric holds for the attempt, by what was chosen in it."""
        return for_choices(self.whole, self.attempt.choices)


def lock_own(tx: Tx, actor: Actor, public_id: str) -> OwnWork:
    """Take the actor's own submission, and note that they are active; NotFound for anybody else's."""
    submission_id = tx.session.exec(
        select(Submission.id).where(
            Submission.public_id == public_id, Submission.learner_id == actor.person_id
        )
    ).first()
    if submission_id is None:
        raise NotFound
    submission = tx.lock(Submission, submission_id)
    submission.active_at = tx.now
    return OwnWork(
        submission, latest_attempt(tx, submission), rubric_of(tx, submission), facts_of(submission)
    )


def lock_draft(tx: Tx, actor: Actor, public_id: str) -> OwnWork:
    """The same where the evidence may be changed now; Refused once it was sent or is held."""
    work = lock_own(tx, actor, public_id)
    take(TRANSITIONS, AttemptState(work.attempt.state), Action.EDIT, actor, work.facts)
    return work


def latest_attempt(tx: Tx, submission: Submission) -> Attempt:
    """The attempt with the highest number, as it is now."""
    return tx.session.exec(
        select(Attempt)
        .where(Attempt.submission_id == submission.id)
        .order_by(col(Attempt.number).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one()


def rubric_of(tx: Tx, submission: Submission) -> Rubric:
    """The rubric that the submission is pinned to, whole."""
    return from_json(tx.session.get_one(RubricVersion, submission.rubric_version_id).body)


def attempts_left(rubric: Rubric, submission: Submission, number: int) -> bool:
    """Whether another attempt may follow that number: by the rubric, or allowed by a coordinator."""
    limit = rubric.policies.decision.attempts
    return limit is None or number < limit + submission.extra_attempts


def artifacts_of(tx: Tx, attempt: Attempt) -> list[Artifact]:
    """The attempt's artifacts in their order, as they are now."""
    return list(
        tx.session.exec(
            select(Artifact)
            .where(Artifact.attempt_id == attempt.id)
            .order_by(col(Artifact.requirement_id), col(Artifact.position), col(Artifact.id))
            .execution_options(populate_existing=True)
        )
    )
