"""When a hold ends, every day that somebody was given moves by the working days that went by."""

from datetime import datetime

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.promise import after_stop, stopped_since
from reviewhub.models import Attempt, Hold, Promise, Review, Round, Submission
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.candidates import OPEN
from reviewhub.services.kit import Tx
from reviewhub.services.late_promise import be_honest
from reviewhub.services.promise import OVER, RUNNING, promise


def move_days(tx: Tx, submission: Submission, round_: Round | None = None) -> None:
    """Move the promised day and the due days of open reviews; of `round_` alone, where only that one stood.

    The submission is locked, and the hold that ends is still open. What was given during the stop counts
    from then. Nothing is promised while evidence is still being checked, so nothing moves then.
    """
    calendar = issuer_calendar(tx.session, submission.issuer_id)
    since = _stopped_since(tx, submission)
    for review in _open_reviews(tx, submission, round_):
        _move_due(tx, submission, review, calendar, max(since, review.offered_at))
    attempt = tx.session.exec(
        select(Attempt)
        .where(Attempt.submission_id == submission.id, col(Attempt.state).in_(RUNNING))
        .order_by(col(Attempt.number).desc())
        .limit(1)
    ).first()
    if attempt is None or attempt.promised_on is None:
        return
    since = max(since, _counted_until(tx, attempt))
    day = after_stop(calendar, attempt.promised_on, calendar.today(since), calendar.today(tx.now))
    promise(tx, submission, attempt, max(day, attempt.promised_on), "hold")
    be_honest(tx, submission, attempt)


def _stopped_since(tx: Tx, submission: Submission) -> datetime:
    holds = tx.session.exec(
        select(Hold.opened_at, Hold.closed_at).where(
            Hold.submission_id == submission.id, col(Hold.subject).in_(["submission", "round"])
        )
    )
    return stopped_since(holds, tx.now)


def _counted_until(tx: Tx, attempt: Attempt) -> datetime:
    """When the day was last computed from what remained; a changed calendar only counts it anew."""
    return tx.session.exec(
        select(Promise.made_at)
        .where(Promise.attempt_id == attempt.id, Promise.reason != "calendar")
        .order_by(col(Promise.id).desc())
        .limit(1)
    ).one()


def _open_reviews(tx: Tx, submission: Submission, round_: Round | None) -> list[Review]:
    query = (
        select(Review)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .where(
            Attempt.submission_id == submission.id,
            col(Round.state).not_in(OVER),
            col(Review.state).in_(OPEN),
        )
        .order_by(col(Review.id))
        .execution_options(populate_existing=True)
    )
    return list(tx.session.exec(query if round_ is None else query.where(Round.id == round_.id)))


def _move_due(tx: Tx, submission: Submission, review: Review, calendar: Calendar, since: datetime) -> None:
    before = review.due_on
    review.due_on = after_stop(calendar, before, calendar.today(since), calendar.today(tx.now))
    if review.due_on == before:
        return
    days = {"before": before.isoformat(), "day": review.due_on.isoformat()}
    facts = {"review": review.public_id, **days, "reason": "hold"}
    tx.event(submission, "review.due_moved", SYSTEM, facts=facts)
