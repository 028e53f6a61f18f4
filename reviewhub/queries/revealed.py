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


def closed_by_reveal(actor: Actor) -> ColumnElement[bool]:
    """Whether the selected Feedback, of the selected Submission, is closed to a lead who was told a name.

    All work of that learner is, but for what was composed before the grant in the submission that it names.
    """
    theirs = aliased(Submission)
    same = and_(
        col(Reveal.submission_id) == Submission.id, col(Feedback.composed_at) <= col(Reveal.decided_at)
    )
    return (
        select(Reveal.id)
        .join(theirs, col(theirs.id) == Reveal.submission_id)
        .where(
            Reveal.asked_by == actor.person_id,
            Reveal.state == "granted",
            theirs.learner_id == Submission.learner_id,
            ~same,
        )
        .correlate(Feedback, Submission)
        .exists()
    )
