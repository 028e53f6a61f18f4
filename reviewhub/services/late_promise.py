"""Jobs that look at promises when a day has passed, and tell what could not be told the day before."""

from sqlmodel import select

from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Promise, Submission
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.promise import RUNNING, remake_promise, tell


def check_promise(kit: Kit, job: Job, promise_id: int) -> None:
    """Job, due on the day after a promised one: where that day passed without a result, set an honest one.

    Does nothing where the day has moved since, the result is there, or a hold stops everything: its release
    moves the day. Late, twice or after a jump of the clock: the new day counts from the day it runs on.
    """
    with kit.write() as tx:
        attempt_id = tx.session.exec(select(Promise.attempt_id).where(Promise.id == promise_id)).one()
        submission, attempt = _lock(tx, attempt_id)
        if submission.state == SubmissionState.UNDER_REVIEW:
            be_honest(tx, submission, attempt)
        tx.done(job)


def be_honest(tx: Tx, submission: Submission, attempt: Attempt) -> None:
    """Where the promised day is past and nothing is there, promise a day that can be kept."""
    today = issuer_calendar(tx.session, submission.issuer_id).today(tx.now)
    if attempt.promised_on is not None and attempt.promised_on < today:
        remake_promise(tx, submission, attempt, "late")


def tell_promise(kit: Kit, job: Job, attempt_id: int) -> None:
    """Job, on the morning after a day moved more than once: the letter about where it stands now."""
    with kit.write() as tx:
        submission, attempt = _lock(tx, attempt_id)
        if attempt.state in RUNNING:
            tell(tx, submission, attempt)
        tx.done(job)


def _lock(tx: Tx, attempt_id: int) -> tuple[Submission, Attempt]:
    submission_id = tx.session.exec(select(Attempt.submission_id).where(Attempt.id == attempt_id)).one()
    submission = tx.lock(Submission, submission_id)
    attempt = tx.session.exec(
        select(Attempt).where(Attempt.id == attempt_id).execution_options(populate_existing=True)
    ).one()
    return submission, attempt
