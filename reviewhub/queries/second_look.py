"""What a learner can do about a result that seems wrong or unclear: one question, one appeal."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from reviewhub.domain.appeal import Told, in_time, last_day
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Appeal, Attempt, Feedback, Issuer, Question, Submission


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Both as they stand for one released feedback. `until`: last day for an appeal, None without one."""

    question: Question | None
    appeal: Appeal | None
    may_ask: bool
    may_appeal: bool
    until: date | None


def second_look(
    session: Session, calendar: Calendar, submission: Submission, feedback: Feedback, now: datetime
) -> SecondLook:
    """The question and the appeal of a released feedback, in two statements beside the issuer's row.

    An appeal needs a result that is not yet met, standing as the last word: the submission is in `revise`, no
    next attempt was begun, and there was no appeal against this attempt. A question may be asked once.
    """
    question = session.exec(select(Question).where(Question.feedback_id == feedback.id)).first()
    appeal = session.exec(select(Appeal).where(Appeal.attempt_id == feedback.attempt_id)).first()
    if feedback.released_at is None:
        return SecondLook(question, appeal, may_ask=False, may_appeal=False, until=None)
    days = session.get_one(Issuer, submission.issuer_id).appeal_days
    told = Told(
        calendar.today(feedback.released_at),
        calendar.today(question.asked_at) if question else None,
        calendar.today(question.answered_at) if question and question.answered_at else None,
    )
    timely = in_time(calendar, told, days, calendar.today(now))
    latest = _latest(session, submission)
    stands = (
        submission.state == SubmissionState.REVISE
        and latest.id == feedback.attempt_id
        and latest.state == AttemptState.RELEASED
    )
    return SecondLook(
        question,
        appeal,
        may_ask=question is None and timely and submission.state != SubmissionState.WITHDRAWN,
        may_appeal=appeal is None and stands and timely,
        until=last_day(calendar, told, days) if appeal is None and stands else None,
    )


def _latest(session: Session, submission: Submission) -> Attempt:
    return session.exec(
        select(Attempt)
        .where(Attempt.submission_id == submission.id)
        .order_by(col(Attempt.number).desc())
        .limit(1)
    ).one()
