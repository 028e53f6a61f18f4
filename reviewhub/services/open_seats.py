"""The reviews that somebody holds in unfinished rounds of an issuer, each with its locked submission."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Review, Round, Submission
from reviewhub.services.kit import Tx

UNFINISHED = tuple(s.value for s in RoundState if s not in {RoundState.RESOLVED, RoundState.VOID})


@dataclass(frozen=True, slots=True)
class Seat:
    """One review with what it hangs on."""

    submission: Submission
    round: Round
    review: Review


def lock_seats(
    tx: Tx, assessor_id: int, issuer_id: int, *, learner_id: int | None = None, also: Sequence[int] = ()
) -> tuple[Seat, ...]:
    """Lock the submissions where the assessor is seated, and those `also` given, in order of id; then read.

    With `learner_id`, only that learner's. One order for everybody, so that two who do this cannot block each
    other.
    """
    submission_ids = (
        select(Submission.id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(
            Review.assessor_id == assessor_id,
            col(Review.state).in_([s.value for s in SEATED]),
            col(Round.state).in_(UNFINISHED),
            Submission.issuer_id == issuer_id,
        )
    )
    if learner_id is not None:
        submission_ids = submission_ids.where(Submission.learner_id == learner_id)
    found = {key for key in tx.session.exec(submission_ids) if key is not None}
    for key in sorted(found | set(also)):
        tx.lock(Submission, key)
    rows = tx.session.exec(
        select(Submission, Round, Review)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(
            col(Submission.id).in_(found),
            Review.assessor_id == assessor_id,
            col(Review.state).in_([s.value for s in SEATED]),
            col(Round.state).in_(UNFINISHED),
        )
        .order_by(col(Submission.id), col(Review.id))
        .execution_options(populate_existing=True)
    )
    return tuple(Seat(*row) for row in rows)
