"""Whom a grant told who a learner is, and what that closes to them from then on (rules 4 and 19)."""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.models import Feedback, Reveal, Submission


def told(session: Session, learner_id: int) -> set[int]:
    """Everybody who was ever told who this learner is: that does not end with the days of the grant."""
    return set(
        session.exec(
            select(Reveal.asked_by)
            .join(Submission, col(Submission.id) == Reveal.submission_id)
            .where(Submission.learner_id == learner_id, Reveal.state == "granted")
        ).all()
    )


def told_by_another(actor: Actor) -> ColumnElement[bool]:
    """Whether the selected Submission is work, other than that which a grant names, of a learner they know.

    A reveal covers one submission: the others are not shown, so that nobody sees whose they are.
    """
    theirs = aliased(Submission)
    named = select(Reveal.submission_id).where(Reveal.asked_by == actor.person_id, Reveal.state == "granted")
    learners = (
        select(theirs.learner_id)
        .join(Reveal, col(Reveal.submission_id) == theirs.id)
        .where(Reveal.asked_by == actor.person_id, Reveal.state == "granted")
    )
    return and_(
        col(Submission.learner_id).in_(learners.correlate(None)),
        col(Submission.id).not_in(named.correlate(None)),
    )


def composed_after_grant(actor: Actor) -> ColumnElement[bool]:
    """Whether the selected Feedback, of the selected Submission, came after the actor was told the name."""
    return (
        select(Reveal.id)
        .where(
            Reveal.submission_id == Submission.id,
            Reveal.asked_by == actor.person_id,
            Reveal.state == "granted",
            col(Reveal.decided_at) < Feedback.composed_at,
        )
        .correlate(Feedback, Submission)
        .exists()
    )
