"""Job: count the days that were given before a change of the calendar anew, by the changed one."""

from datetime import date, datetime

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.promise import recounted
from reviewhub.models import Attempt, Event, Promise, Review, Round, Submission
from reviewhub.services.candidates import OPEN
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.promise import OVER, RUNNING, promise
from reviewhub.services.set_practice import RECOUNT

BATCH = 10
"""Submissions of one commit, so that each stays short."""


class _Change:
    """A change of the calendar: when it was made, and how days were counted before and after."""

    def __init__(self, event: Event) -> None:
        facts, self.at = event.facts, event.at
        self.old, self.new = (
            Calendar(
                frozenset(facts["week"][n]),
                frozenset(date.fromisoformat(day) for day in facts["closed"][n]),
                facts["zone"][n],
            )
            for n in (0, 1)
        )

    def later(self, day: date) -> date:
        """The same day under the changed calendar, never an earlier one."""
        return recounted(self.old, self.new, day, self.new.today(self.at))


def recount_days(kit: Kit, job: Job, issuer_id: int, seq: int, after: int) -> None:
    """Job: move promises and due days of the issuer's next submissions, and ask for those behind them.

    `seq` is the event of the change in the issuer's chain. What was given after the change counts by the new
    calendar already, and stays. Days only become later; a day that is past stays.
    """
    with kit.write() as tx:
        event = tx.session.exec(
            select(Event).where(
                Event.aggregate == "issuer", Event.aggregate_id == issuer_id, Event.seq == seq
            )
        ).one()
        change, keys = _Change(event), _next(tx, issuer_id, after)
        for key in keys:
            submission = tx.lock(Submission, key)
            _move_promise(tx, submission, change)
            _move_due_days(tx, submission, change)
        if len(keys) == BATCH:
            last = keys[-1]
            tx.later(
                RECOUNT, dedup=f"{RECOUNT}:{issuer_id}:{seq}:{last}", issuer_id=issuer_id, seq=seq, after=last
            )
        tx.done(job)


def _next(tx: Tx, issuer_id: int, after: int) -> list[int]:
    """Submissions behind this one for which somebody waits, or scores, in order of id."""
    waits = select(Attempt.id).where(Attempt.submission_id == Submission.id, col(Attempt.state).in_(RUNNING))
    scores = (
        select(Review.id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .where(Attempt.submission_id == Submission.id, col(Review.state).in_(OPEN))
    )
    rows = tx.session.exec(
        select(Submission.id)
        .where(
            Submission.issuer_id == issuer_id,
            col(Submission.id) > after,
            waits.exists() | scores.exists(),
        )
        .order_by(col(Submission.id))
        .limit(BATCH)
    )
    return [key for key in rows if key is not None]


def _move_promise(tx: Tx, submission: Submission, change: _Change) -> None:
    attempt = tx.session.exec(
        select(Attempt)
        .where(Attempt.submission_id == submission.id, col(Attempt.state).in_(RUNNING))
        .execution_options(populate_existing=True)
    ).first()
    if attempt is None or attempt.promised_on is None or _made_at(tx, attempt) >= change.at:
        return
    promise(tx, submission, attempt, change.later(attempt.promised_on), "calendar")


def _made_at(tx: Tx, attempt: Attempt) -> datetime:
    query = select(Promise.made_at).where(Promise.attempt_id == attempt.id)
    return tx.session.exec(query.order_by(col(Promise.id).desc()).limit(1)).one()


def _move_due_days(tx: Tx, submission: Submission, change: _Change) -> None:
    reviews = tx.session.exec(
        select(Review)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .where(
            Attempt.submission_id == submission.id,
            col(Round.state).not_in(OVER),
            col(Review.state).in_(OPEN),
            col(Review.offered_at) < change.at,
        )
        .order_by(col(Review.id))
        .execution_options(populate_existing=True)
    )
    for review in reviews:
        before, review.due_on = review.due_on, change.later(review.due_on)
        if review.due_on != before:
            facts = {
                "review": review.public_id,
                "before": before.isoformat(),
                "day": review.due_on.isoformat(),
            }
            tx.event(submission, "review.due_moved", SYSTEM, facts=facts | {"reason": "calendar"})
