"""The deadline of a review: one row that goes on until it ends reminds, says that it is late, and ends it."""

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.deadlines import Told, morning, review_due
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import Concern, Issuer, Person, Review
from reviewhub.services.alias import alias_for
from reviewhub.services.assign import somebody_else
from reviewhub.services.calendars import calendar_of
from reviewhub.services.candidates import CLAIM_OVER, OPEN
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.letters import due as letters
from reviewhub.services.promise import remake_promise
from reviewhub.services.renewing import ask_again
from reviewhub.services.scope import Scope, lock_round
from reviewhub.services.seats import empty_seat
from reviewhub.services.watch import WATCH_REVIEW, carried, carry

_OVER = frozenset({RoundState.RESOLVED, RoundState.VOID})
_WATCHED = frozenset({*OPEN, ReviewState.SUBMITTED.value})
"""States from which a review may still become, or is, somebody's open work."""


def watch_review(kit: Kit, job: Job, review_id: int, about: str = "", step: str = "", on: str = "") -> None:
    """Job: do what today asks for, and ask for the next look. The last notice is carried from row to row.

    A sheet that was handed in is never touched; while the submission, the round or a concern about the review
    stops the work, nothing is said and nothing ends. Late, twice or after a jump of the clock: what the days
    as they stand ask for today, once (domain/deadlines.py).
    """
    told = carried(about, step, on)
    with kit.write() as tx:
        round_id = tx.session.exec(select(Review.round_id).where(Review.id == review_id)).one()
        scope = lock_round(tx, round_id)
        review = tx.session.get_one(Review, review_id, populate_existing=True)
        tx.done(job)
        if is_over(scope, review):
            return
        again, told = _look(tx, scope, review, told)
        if again is not None:
            ask_again(tx, WATCH_REVIEW, job.id, again, review_id=review_id, **carry(told))


def _look(tx: Tx, scope: Scope, review: Review, told: Told | None) -> tuple[datetime | None, Told | None]:
    """Do what is due; when to look again (None: this review has ended), and the last notice by then."""
    issuer = tx.session.get_one(Issuer, scope.submission.issuer_id)
    calendar = calendar_of(issuer)
    today = calendar.today(tx.now)
    tomorrow = morning(calendar, today + timedelta(1))  # at the latest: the day may move meanwhile
    if stands_still(tx, scope, review):
        return tomorrow, told
    offered_on = calendar.today(review.offered_at)
    due = review_due(calendar, review.due_on, offered_on, issuer.grace_days, tx.now, told)
    if due.step == "expire":
        # Where nobody else could score it, somebody who is late is better than nobody.
        if not somebody_else(tx, scope, review.role):
            return tomorrow, told
        _expire(tx, scope, review)
        return None, told
    if due.step:
        _tell(tx, scope, review, due.step, _last_day(calendar, review, issuer))
        told = Told(review.due_on, due.step, today)
    return min(due.again, tomorrow), told


def is_over(scope: Scope, review: Review) -> bool:
    """Whether nobody will work on the review any more; a claim that ended may be claimed again."""
    comes_back = review.state in _WATCHED or review.end_reason == CLAIM_OVER
    if not comes_back or scope.round.state in _OVER:
        return True
    return SubmissionState(scope.submission.state) in ENDED and not scope.beside


def stands_still(tx: Tx, scope: Scope, review: Review) -> bool:
    """Whether nothing is asked of the assessor now: they handed in, or something else has to happen first."""
    if review.state not in OPEN or scope.stopped or scope.round.state == RoundState.HELD:
        return True
    concern = select(Concern.id).where(Concern.review_id == review.id, col(Concern.answered_at).is_(None))
    return tx.session.exec(concern).first() is not None


def _last_day(calendar: Calendar, review: Review, issuer: Issuer) -> date | None:
    return calendar.add_working_days(review.due_on, issuer.grace_days) if issuer.grace_days else None


def _tell(tx: Tx, scope: Scope, review: Review, step: str, last: date | None) -> None:
    person = tx.session.get_one(Person, review.assessor_id)
    alias = alias_for(tx, scope.submission_id, review.assessor_id)
    name = scope.rubric.about.name
    if step == "late":
        tx.letter(person, *letters.late(tx.settings, review, alias, name, last))
    else:
        write = letters.due_soon if step == "soon" else letters.due_today
        tx.letter(person, *write(tx.settings, review, alias, name))


def _expire(tx: Tx, scope: Scope, review: Review) -> None:
    """The draft is kept and never counts (rule 1); so does an adjudicator's blind sheet."""
    empty_seat(tx, scope.submission, scope.round, review, SYSTEM, Action.EXPIRE, "")
    if not scope.beside:
        remake_promise(tx, scope.submission, scope.attempt, "people")
