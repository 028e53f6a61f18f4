"""Which submissions somebody may look at as a lead."""

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Attempt, Review, Round, Submission
from reviewhub.queries.apart import apart
from reviewhub.queries.in_hand import may_be_claimed_again
from reviewhub.queries.revealed import told_by_another

OPEN = (ReviewState.OFFERED.value, ReviewState.CLAIMED.value, ReviewState.SUBMITTED.value)
"""States of a review whose assessor may still change it."""


def led_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Submissions of the lead's issuers, save their own work, a conflict's, and what they score just now.

    Nor another one of a learner whom they were told.

    Whoever scores a later attempt must not see earlier levels until their sheet is final (rule 16).
    """
    # Not asked for each row: the database looks once at what the lead has open, however long the list.
    scoring = (
        select(Attempt.submission_id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(
            Review.assessor_id == actor.person_id, or_(col(Review.state).in_(OPEN), may_be_claimed_again())
        )
        .correlate(None)
    )
    return (
        col(Submission.issuer_id).in_(actor.issuers(Role.LEAD)),
        col(Submission.learner_id) != actor.person_id,
        ~apart(actor),
        ~told_by_another(actor),
        col(Submission.id).not_in(scoring),
    )
