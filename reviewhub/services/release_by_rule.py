"""Feedback on which all agreed, and in which nothing is flagged, releases itself where the rubric says so.

Whoever edits the draft takes it over: it then waits for a lead like any other.
"""

from datetime import timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Concern, Feedback, Submission
from reviewhub.services.ask_correction import correction_open
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.release import give_to_learner
from reviewhub.services.scope import Scope, stored

RELEASE = "release_by_rule"


def plan_release(tx: Tx, scope: Scope, feedback: Feedback, *, adjudicated: bool) -> None:
    """Set the day on which a stored draft releases itself, and ask for it; nothing where a lead is needed.

    A lead is needed where the rubric does not say otherwise, where an adjudicator decided, where a text is
    flagged, and after an appeal.
    """
    days = scope.rubric.policies.decision.release_after
    flagged = any(item["flags"] for item in feedback.items)
    if days is None or adjudicated or flagged or scope.round.kind != "initial":
        return
    calendar = issuer_calendar(tx.session, scope.submission.issuer_id)
    feedback.releases_on = calendar.add_working_days(calendar.today(tx.now), days)
    due = calendar.begins(feedback.releases_on)
    tx.later(RELEASE, due_at=due, dedup=f"{RELEASE}:{feedback.public_id}", feedback_id=stored(feedback.id))


def release_by_rule(kit: Kit, job: Job, feedback_id: int) -> None:
    """Job: release the draft if it is still the one that was planned and its day has come.

    While the submission is on hold, a concern is open, or an assessor has asked to correct a sheet, it looks
    again on the next working day.
    """
    with kit.write() as tx:
        tx.done(job)
        attempt_id = tx.session.get_one(Feedback, feedback_id).attempt_id
        submission = tx.lock(Submission, tx.session.get_one(Attempt, attempt_id).submission_id)
        attempt = tx.session.get_one(Attempt, attempt_id, populate_existing=True)
        feedback = tx.session.get_one(Feedback, feedback_id, populate_existing=True)
        planned = feedback.state == "draft" and attempt.state == AttemptState.DECIDED
        if feedback.releases_on is None or not planned:
            return
        calendar = issuer_calendar(tx.session, submission.issuer_id)
        today = calendar.today(tx.now)
        if _stopped(tx, submission, feedback) or today < feedback.releases_on:
            day = calendar.next_open(max(feedback.releases_on, today + timedelta(1)))
            tx.later(
                RELEASE,
                due_at=calendar.begins(day),
                dedup=f"{RELEASE}:{feedback.public_id}:{day}",
                feedback_id=feedback_id,
            )
            return
        give_to_learner(tx, SYSTEM, submission, attempt, feedback)


def _stopped(tx: Tx, submission: Submission, feedback: Feedback) -> bool:
    if correction_open(tx.session, feedback.round_id):
        return True
    concern = select(Concern.id).where(
        Concern.submission_id == submission.id, col(Concern.answered_at).is_(None)
    )
    return submission.state == SubmissionState.HELD or tx.session.exec(concern).first() is not None
