"""How far the demo's staged attempt is on its way from two drafts to a resubmission."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Review, Round, Submission

_IN = (ReviewState.SUBMITTED.value, ReviewState.FINAL.value)


@dataclass(frozen=True, slots=True)
class Tour:
    """The staged attempt; `done` has what is over: a, b, adjudicated, confirmed, resubmitted."""

    done: frozenset[str]


def tour(session: Session, people: dict[str, int]) -> Tour | None:
    """The learner's newest first attempt that both assessors of the cards got; None where there is none."""
    rows = session.exec(
        select(Submission, Attempt, Round, Review)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(
            Submission.learner_id == people["learner"],
            Attempt.number == 1,
            Review.role == "independent",
            col(Review.assessor_id).in_([people["assessor-a"], people["assessor-b"]]),
        )
        .order_by(col(Submission.id).desc(), col(Review.id).desc())
        .limit(2)
    ).all()
    if len(rows) < 2 or rows[0][0].id != rows[1][0].id:  # noqa: PLR2004  # two seats
        return None
    submission, attempt, round_, _ = rows[0]
    seats = {review.assessor_id: review.state for _, _, _, review in rows}
    behind = {
        "a": seats.get(people["assessor-a"]) in _IN,
        "b": seats.get(people["assessor-b"]) in _IN,
        "adjudicated": round_.state == RoundState.RESOLVED,
        "confirmed": attempt.state == AttemptState.RELEASED,
        "resubmitted": attempt.state == AttemptState.RELEASED and submission.state != SubmissionState.REVISE,
    }
    return Tour(frozenset(step for step, passed in behind.items() if passed))
