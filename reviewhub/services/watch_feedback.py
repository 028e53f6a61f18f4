"""Feedback that is ready: its leads are told at once, and reminded when it has waited for some days."""

from datetime import date, timedelta

from sqlmodel import select

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.deadlines import REMIND_DAYS, Told, morning
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Feedback, MicroCredential, Person, Review, Submission
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.letters.staff import feedback_waits
from reviewhub.services.letters.waiting import feedback_ready
from reviewhub.services.renewing import ask_again
from reviewhub.services.staff_of import leads_of
from reviewhub.services.watch import WATCH_FEEDBACK, carried, carry


def watch_feedback(
    kit: Kit, job: Job, feedback_id: int, about: str = "", step: str = "", on: str = ""
) -> None:
    """Job: tell that it is ready, then remind once; and look on, until it is released or replaced.

    Says nothing while the submission is on hold, nor while the feedback is going to release itself. What
    waits past its promise stands in the coordinators' letter.
    """
    told = carried(about, step, on)
    with kit.write() as tx:
        attempt_id = tx.session.exec(select(Feedback.attempt_id).where(Feedback.id == feedback_id)).one()
        submission_id = tx.session.exec(select(Attempt.submission_id).where(Attempt.id == attempt_id)).one()
        submission = tx.lock(Submission, submission_id)
        feedback = tx.session.get_one(Feedback, feedback_id, populate_existing=True)
        attempt = tx.session.get_one(Attempt, attempt_id, populate_existing=True)
        tx.done(job)
        if feedback.state != "draft" or attempt.state != AttemptState.DECIDED:
            return
        calendar = issuer_calendar(tx.session, submission.issuer_id)
        today = calendar.today(tx.now)
        if submission.state != SubmissionState.HELD and feedback.releases_on is None:
            due = _due(calendar, today, told)
            if due:
                _tell(tx, submission, attempt, feedback, first=due == "ready")
                told = Told(today if told is None else told.about, due, today)
        again = morning(calendar, calendar.next_open(today + timedelta(1)))
        ask_again(tx, WATCH_FEEDBACK, job.id, again, feedback_id=feedback_id, **carry(told))


def _due(calendar: Calendar, today: date, told: Told | None) -> str:
    """`about` is the day on which it was told to be ready."""
    if told is None:
        return "ready"
    waits = calendar.is_open(today) and calendar.working_days_between(told.about, today) >= REMIND_DAYS
    return "waits" if told.step == "ready" and waits else ""


def _tell(tx: Tx, submission: Submission, attempt: Attempt, feedback: Feedback, *, first: bool) -> None:
    name = tx.session.get_one(MicroCredential, submission.micro_credential_id).name
    write = feedback_ready if first else feedback_waits
    for lead in _readers(tx, submission, feedback):
        tx.letter(lead, *write(tx.settings, lead, name, attempt.promised_on))


def _readers(tx: Tx, submission: Submission, feedback: Feedback) -> list[Person]:
    """The lead who adjudicated, for they know it already; else every lead."""
    leads = leads_of(tx, submission)
    judges = tx.session.exec(
        select(Review.assessor_id).where(
            Review.round_id == feedback.round_id,
            Review.role == "adjudicator",
            Review.state == ReviewState.FINAL.value,
        )
    ).all()
    return [lead for lead in leads if lead.id in judges] or leads
