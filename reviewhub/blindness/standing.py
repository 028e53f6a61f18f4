"""What the tables alone tell: seats of people who may know the learner, and names that two people share."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import Session, col, or_, select

from reviewhub.domain.access import IDENTITY_ROLES
from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Alias, Attempt, Conflict, Membership, Reveal, Review, Round, Submission


@dataclass(frozen=True, slots=True)
class Knows:
    """A seat that should be somebody else's, and why."""

    submission: str
    review: str
    why: str


def seats_that_know(session: Session) -> Iterator[Knows]:
    """Seats held, or sheets given, by whoever could know then who the learner is (rules 4, 11 and 19)."""
    seats = (
        select(Submission.public_id, Review.public_id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(col(Review.state).in_([s.value for s in SEATED]), Round.state != RoundState.VOID.value)
        .distinct()
    )
    reasons = {
        "it is the learner's own work": seats.where(Review.assessor_id == Submission.learner_id),
        "holds or held a role that sees learners' names": seats.join(
            Membership,
            (col(Membership.person_id) == Review.assessor_id)
            & (col(Membership.issuer_id) == Submission.issuer_id),
        ).where(
            col(Membership.role).in_([role.value for role in IDENTITY_ROLES]),
            _before_the_sheet(Membership.granted_at),
        ),
        "is kept apart from the learner": seats.join(
            Conflict,
            (col(Conflict.assessor_id) == Review.assessor_id)
            & (col(Conflict.learner_id) == Submission.learner_id),
        ).where(
            _before_the_sheet(Conflict.recorded_at),
            or_(col(Conflict.ended_at).is_(None), col(Conflict.ended_at) > Review.offered_at),
        ),
        "was told who the learner is": seats.join(Reveal, col(Reveal.asked_by) == Review.assessor_id).where(
            col(Reveal.submission_id).in_(_of_the_same_learner()),
            Reveal.state == "granted",
            _before_the_sheet(Reveal.decided_at),
        ),
    }
    for why, query in reasons.items():
        for submission, review in session.exec(query).all():
            yield Knows(submission, review, why)


def shared_names(session: Session) -> Iterator[str]:
    """Submissions that two viewers know by one name: they would find out that they score the same."""
    yield from session.exec(
        select(Submission.public_id)
        .join(Alias, col(Alias.submission_id) == Submission.id)
        .group_by(col(Submission.public_id), Alias.name)
        .having(func.count() > 1)
        .distinct()
    ).all()


def _before_the_sheet(moment: object) -> ColumnElement[bool]:
    """A sheet that was given blind stands, whatever its author learned afterwards."""
    assert isinstance(moment, InstrumentedAttribute)
    return or_(col(Review.submitted_at).is_(None), moment <= Review.submitted_at)


def _of_the_same_learner() -> ColumnElement[int]:
    theirs = Submission.__table__.alias("theirs")  # type: ignore[attr-defined]  # SQLModel sets it
    return (
        select(theirs.c.id)
        .where(theirs.c.learner_id == Submission.learner_id)
        .correlate(Submission)
        .scalar_subquery()
    )
