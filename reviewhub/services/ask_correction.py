"""Rule 9: after the undo window an assessor asks a lead whether a superseding sheet may be appended."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.giveaway import given_away
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Conflict, Correction, Review, Submission
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.coordinated import need_reason
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import about_seat, lock_review, review_facts, stored

DAYS = 10
"""Working days after a sheet is final in which its assessor may ask, whatever became of its round."""
OPEN = ("asked", "granted")


def last_day(calendar: Calendar, review: Review) -> date | None:
    """The last day on which to ask: the same for all, by the own sheet alone. None while it is not in."""
    if review.undo_until is None:
        return None
    return calendar.add_working_days(calendar.today(review.undo_until), DAYS)


def is_final(review: Review, now: datetime) -> bool:
    """Whether the sheet can no longer be taken back; whether the round has closed it plays no part."""
    if review.state == ReviewState.FINAL:
        return True
    past = review.undo_until is not None and review.undo_until <= now
    return review.state == ReviewState.SUBMITTED and past


def ask_correction(kit: Kit, actor: Actor, review_pid: str, reason: str) -> None:
    """Ask, with a reason that a lead reads without knowing who wrote it. NotFound, Invalid (reason).

    Refused: the sheet can still be taken back, the days are past, or it was asked for already.
    """
    words = need_reason(reason)
    if given_away(words, [name for name in (actor.name, actor.email) if name]):
        message = "Leave out who you are: whoever decides reads this without knowing."
        raise Invalid(Problem("reason", message, words))
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        facts = review_facts(scope.submission, review, tx.now)
        if not may(actor, Action.ASK_CORRECTION, facts) or kept_apart(tx.session, scope.submission, actor):
            raise NotFound
        _possible(tx, scope.submission, review)
        row = Correction(
            public_id=public_id(),
            issuer_id=scope.submission.issuer_id,
            review_id=stored(review.id),
            reason=words,
            asked_at=tx.now,
        )
        tx.session.add(row)
        about = {"correction": row.public_id, "review": review.public_id, **about_seat(scope.round, review)}
        tx.event(scope.submission, Action.ASK_CORRECTION.value, actor, facts=about, text=words)


def correction_open(session: Session, round_id: int) -> bool:
    """Whether a request to correct a sheet of the round waits for an answer, or for the corrected sheet."""
    query = (
        select(Correction.id)
        .join(Review, col(Review.id) == Correction.review_id)
        .where(Review.round_id == round_id, col(Correction.state).in_(OPEN))
    )
    return session.exec(query.limit(1)).first() is not None


def kept_apart(session: Session, submission: Submission, actor: Actor) -> bool:
    """Whether a conflict between the actor and the submission's learner is open."""
    found = session.exec(
        select(Conflict.id).where(
            Conflict.assessor_id == actor.person_id,
            Conflict.learner_id == submission.learner_id,
            col(Conflict.ended_at).is_(None),
        )
    ).first()
    return found is not None


def _possible(tx: Tx, submission: Submission, review: Review) -> None:
    if review.role == "completeness" or not is_final(review, tx.now):
        raise Refused("Only a sheet that is final can be corrected.", "state")
    calendar = issuer_calendar(tx.session, submission.issuer_id)
    until = last_day(calendar, review)
    if until is None or calendar.today(tx.now) > until:
        raise Refused(
            f"You can ask in the {DAYS} working days after a sheet is final; they are past.", "late"
        )
    asked = select(Correction.id).where(Correction.review_id == review.id, col(Correction.state).in_(OPEN))
    if tx.session.exec(asked).first() is not None:
        raise Refused("You have asked already; a lead answers.", "already")
