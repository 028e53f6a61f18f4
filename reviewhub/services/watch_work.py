"""Work that nobody touches is kept for a long time, and then lapses: two notices, then its end, no result."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.deadlines import LAST_NOTICE, Told, active_for, idle_due, kept_until
from reviewhub.domain.workflow.attempt import EDITABLE
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import Issuer, MicroCredential, Outbox, Person, Submission
from reviewhub.services.calendars import calendar_of
from reviewhub.services.coordinated import facts_of
from reviewhub.services.ending import end_work
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.letters import idle as letters
from reviewhub.services.own_work import attempts_left, latest_attempt, rubric_of
from reviewhub.services.renewing import ask_again
from reviewhub.services.seats import open_rounds
from reviewhub.services.watch import WATCH_WORK, carried, carry

SELDOM = timedelta(days=30)
"""The longest time between two looks: the issuer may have changed how long work is kept."""
_FIRST_LOOK = timedelta(days=1)


def watch_work(kit: Kit, job: Job, submission_id: int, about: str = "", step: str = "", on: str = "") -> None:
    """Job: do what today asks for, and ask for the next look, until the submission has ended.

    Only while it is the learner's turn: nothing lapses that is checked, scored or held. Nor does anything
    lapse without the last notice a week before: one that comes late keeps the work until then.
    """
    told = carried(about, step, on)
    with kit.write() as tx:
        submission = tx.lock(Submission, submission_id)
        tx.done(job)
        if SubmissionState(submission.state) in ENDED:
            return
        issuer = tx.session.get_one(Issuer, submission.issuer_id)
        again = tx.now + SELDOM
        if issuer.idle_days and _is_learners_turn(tx, submission):
            due, told = _look(tx, submission, issuer, told)
            again = min(again, due)
        elif issuer.idle_days:
            # When it becomes the learner's turn the count begins anew, so nothing is due before its notices.
            again = min(again, tx.now + max(_FIRST_LOOK, timedelta(issuer.idle_days) - SELDOM))
        if SubmissionState(submission.state) not in ENDED:
            ask_again(tx, WATCH_WORK, job.id, again, submission_id=submission_id, **carry(told))


def watch_again(tx: Tx, submission: Submission) -> None:
    """See that somebody looks at a locked submission that may have ended before, as when a result falls."""
    there = select(Outbox.id).where(
        Outbox.job == WATCH_WORK,
        col(Outbox.done_at).is_(None),
        col(Outbox.stuck_at).is_(None),
        col(Outbox.args)["submission_id"].as_integer() == submission.id,
    )
    if tx.session.exec(there).first() is None:
        assert submission.id is not None
        key = f"{WATCH_WORK}:{submission.id}:{submission.audit_seq}"
        tx.later(WATCH_WORK, due_at=tx.now + _FIRST_LOOK, dedup=key, submission_id=submission.id)


def _is_learners_turn(tx: Tx, submission: Submission) -> bool:
    if submission.state == SubmissionState.OPEN:
        return latest_attempt(tx, submission).state in EDITABLE
    return submission.state == SubmissionState.REVISE and not open_rounds(tx, submission)


def _look(tx: Tx, submission: Submission, issuer: Issuer, told: Told | None) -> tuple[datetime, Told | None]:
    """Do what is due; when to look again, and the last notice by then."""
    calendar = calendar_of(issuer)
    due = idle_due(calendar, submission.active_at, issuer.idle_days, tx.now, told)
    if due.step == "lapse":
        _lapse(tx, submission, issuer)
    elif due.step:
        if due.step == "last":
            _keep_a_week(tx, submission, issuer, calendar)
        until = kept_until(calendar, submission.active_at, issuer.idle_days)
        told = Told(until, due.step, calendar.today(tx.now))
        _tell(tx, submission, issuer, told)
        due = idle_due(calendar, submission.active_at, issuer.idle_days, tx.now, told)
    return due.again, told


def _keep_a_week(tx: Tx, submission: Submission, issuer: Issuer, calendar: Calendar) -> None:
    """A notice that comes late is given its week all the same, and every page says the same day."""
    earliest = calendar.today(tx.now) + LAST_NOTICE
    if kept_until(calendar, submission.active_at, issuer.idle_days) < earliest:
        submission.active_at = active_for(calendar, earliest, issuer.idle_days)


def _tell(tx: Tx, submission: Submission, issuer: Issuer, told: Told) -> None:
    rubric = rubric_of(tx, submission)
    number = latest_attempt(tx, submission).number
    used_up = submission.state == SubmissionState.REVISE and not attempts_left(rubric, submission, number)
    name = rubric.about.name
    words = letters.kept_until(tx.settings, submission, issuer, name, told.about, used_up=used_up)
    tx.letter(tx.session.get_one(Person, submission.learner_id), *words)


def _lapse(tx: Tx, submission: Submission, issuer: Issuer) -> None:
    tx.move(submission, submission, Action.LAPSE, SYSTEM, facts_of(submission))
    end_work(tx, submission, SYSTEM, "lapsed")
    micro = tx.session.get_one(MicroCredential, submission.micro_credential_id)
    words = letters.lapsed(tx.settings, submission, issuer, micro.name, micro.slug)
    tx.letter(tx.session.get_one(Person, submission.learner_id), *words)
