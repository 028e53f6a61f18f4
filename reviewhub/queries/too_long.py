"""What has waited too long for a coordinator, in numbers: for the letter that goes out once a day at most."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy import select as columns
from sqlmodel import Session, col

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.deadlines import waited_since
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Concern, Extension, Feedback, Hold, Review, Round, Submission
from reviewhub.queries.coordinator import NOT_IN


def too_long(
    session: Session, issuer_id: int, coordinator_id: int, calendar: Calendar, now: datetime
) -> Mapping[str, int]:
    """How much waits, by the groups of the coordinator's page, without their own learning; no 0."""
    today, old = calendar.today(now), waited_since(calendar, now)
    mine = (col(Submission.issuer_id) == issuer_id, col(Submission.learner_id) != coordinator_id)
    reviewed = (*mine, col(Submission.state) == SubmissionState.UNDER_REVIEW.value)
    near = calendar.add_working_days(today, 1)
    counts = {
        "concerns": _count(session, _concerns(*mine, col(Concern.raised_at) < old)),
        "more_time": _count(session, _reviews(*reviewed).join(Extension, _asked())),
        "overdue": _count(session, _reviews(*reviewed, col(Review.due_on) < today)),
        "holds": _count(session, _holds(issuer_id, coordinator_id, old)),
        "nobody": _count(session, _rounds(*reviewed, col(Round.waits_since) < old)),
        "confirm": _count(session, _feedback(*reviewed, near=near)),
    }
    return {group: count for group, count in counts.items() if count}


def _count(session: Session, query: Select[Any]) -> int:
    found: int = session.execute(columns(func.count()).select_from(query.subquery())).scalar_one()
    return found


def _concerns(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        columns(col(Concern.id))
        .join(Submission, col(Submission.id) == Concern.submission_id)
        .where(col(Concern.answered_at).is_(None), *where)
    )


def _asked() -> ColumnElement[bool]:
    return (col(Extension.review_id) == Review.id) & (col(Extension.state) == "asked")


def _reviews(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        columns(col(Review.id))
        .select_from(Submission)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(*where, col(Review.state).in_(NOT_IN), col(Round.state).not_in(OVER))
    )


OVER = (RoundState.RESOLVED.value, RoundState.VOID.value)


def _holds(issuer_id: int, coordinator_id: int, old: datetime) -> Select[Any]:
    return (
        columns(col(Hold.id))
        .outerjoin(Submission, col(Submission.id) == Hold.submission_id)
        .where(
            col(Hold.issuer_id) == issuer_id,
            col(Hold.closed_at).is_(None),
            col(Hold.opened_at) < old,
            col(Submission.learner_id).is_distinct_from(coordinator_id),
        )
    )


def _rounds(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        columns(col(Round.id))
        .select_from(Submission)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .where(*where, col(Round.waits_for) != "", col(Round.state).not_in(OVER))
    )


def _feedback(*where: ColumnElement[bool], near: date) -> Select[Any]:
    return (
        columns(col(Feedback.id))
        .select_from(Submission)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .where(
            *where,
            col(Feedback.state) == "draft",
            col(Attempt.state) == AttemptState.DECIDED.value,
            col(Attempt.promised_on) <= near,
        )
    )
