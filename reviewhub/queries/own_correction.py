"""What an assessor has asked of a lead about their own final sheet, and until when they may ask.

Nothing here depends on the other seat, the result, or whether the learner has it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.models import Attempt, Correction, Review, Round, Submission
from reviewhub.services.ask_correction import OPEN, is_final, last_day
from reviewhub.services.calendars import issuer_calendar


@dataclass(frozen=True, slots=True)
class OwnCorrection:
    """The newest request: `state` is "", asked, granted, refused or used. `until`: the last day to ask."""

    state: str
    asked_on: date | None
    answer: str
    until: date | None
    may_ask: bool


def own_correction(session: Session, actor: Actor, review_pid: str, now: datetime) -> OwnCorrection | None:
    """Of one's own review, in two statements; None while its sheet is not final, and for a mere check."""
    row = session.exec(
        select(Review, Submission.issuer_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Review.public_id == review_pid, Review.assessor_id == actor.person_id)
    ).first()
    if row is None or row[0].role == "completeness" or not is_final(row[0], now):
        return None
    review, issuer_id = row
    asked = session.exec(
        select(Correction)
        .where(Correction.review_id == review.id)
        .order_by(col(Correction.id).desc())
        .limit(1)
    ).first()
    calendar = issuer_calendar(session, issuer_id)
    until = last_day(calendar, review)
    in_time = until is not None and calendar.today(now) <= until
    return OwnCorrection(
        state=asked.state if asked else "",
        asked_on=calendar.today(asked.asked_at) if asked else None,
        answer=asked.answer if asked and asked.state == "refused" else "",
        until=until,
        may_ask=in_time and (asked is None or asked.state not in OPEN),
    )
