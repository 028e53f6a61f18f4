"""The objections of a round: which of them an adjudicator is to look at, and what became of each."""

from sqlmodel import Session, col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.objection import LIFTED
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import CriterionLock, Objection, ResolutionRow, Review
from reviewhub.queries.locks import locks_before
from reviewhub.services.kit import Tx
from reviewhub.services.scope import Scope, doubted_on_sheet


def doubted(session: Session, scope: Scope) -> tuple[str, ...]:
    """Locked criteria that an adjudicator has to look at, or has looked at, in this round.

    While the sheets are compared: those that a final review objects to. While an adjudicator decides: those
    on their sheet, whatever was raised since.
    """
    locked = {lock.criterion_id for lock in locks_before(session, scope.attempt, own=scope.appeal)}
    if scope.round.state == RoundState.ADJUDICATING:
        found = set(doubted_on_sheet(scope.round))
    else:
        found = {
            lock.criterion_id
            for objection, lock, state in _open(session, scope)
            if state == ReviewState.FINAL
        }
    return tuple(c.id for c in scope.rubric.criteria if c.id in found & locked)


def close_objections(tx: Tx, scope: Scope, doubted: tuple[str, ...], lifted: tuple[str, ...]) -> None:
    """End every open objection of a round whose result is being recorded, and lift what is to be lifted.

    What nobody looked at is dropped. A round that stands beside the result that was given lifts nothing.
    """
    for objection, lock, state in _open(tx.session, scope):
        heard = state == ReviewState.FINAL and lock.criterion_id in doubted
        outcome = "lifted" if lock.criterion_id in lifted else "stands"
        objection.outcome = outcome if heard else "dropped"
        objection.ended_at = tx.now
    if scope.beside:
        return
    for lock in locks_before(tx.session, scope.attempt, own=scope.appeal):
        if lock.criterion_id in lifted:
            _lift(tx, scope, lock)
    tx.session.flush()


def lifts_a_lock(session: Session, round_id: int) -> bool:
    """Whether the round's result lifts a lock: a letter must not say then that what is met stays met."""
    found = session.exec(
        select(ResolutionRow.id).where(
            ResolutionRow.round_id == round_id,
            ResolutionRow.rule == LIFTED,
            col(ResolutionRow.replaced_at).is_(None),
        )
    ).first()
    return found is not None


def reopen_objections(tx: Tx, scope: Scope) -> None:
    """The round is to be judged again: what its result made of the objections is undone."""
    rows = tx.session.exec(
        select(Objection, CriterionLock)
        .join(CriterionLock, col(CriterionLock.id) == Objection.lock_id)
        .join(Review, col(Review.id) == Objection.review_id)
        .where(Review.round_id == scope.round_id, col(Objection.outcome).in_(["stands", "lifted"]))
    ).all()
    for objection, lock in rows:
        if objection.outcome == "lifted" and lock.lifted_because == "objection":
            lock.lifted_at, lock.lifted_because = None, ""
        objection.outcome, objection.ended_at = "", None


def _open(session: Session, scope: Scope) -> list[tuple[Objection, CriterionLock, str]]:
    rows = session.exec(
        select(Objection, CriterionLock, Review.state)
        .join(CriterionLock, col(CriterionLock.id) == Objection.lock_id)
        .join(Review, col(Review.id) == Objection.review_id)
        .where(Review.round_id == scope.round_id, Objection.outcome == "")
        .order_by(col(Objection.id))
    ).all()
    return list(rows)


def _lift(tx: Tx, scope: Scope, lock: CriterionLock) -> None:
    lock.lifted_at, lock.lifted_because = tx.now, "objection"
    facts = {"criterion": lock.criterion_id, "because": "objection", "round": scope.round.public_id}
    tx.event(scope.submission, "lock.lift", SYSTEM, facts=facts)
