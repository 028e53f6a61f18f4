"""The clock of a claim: one row that looks again until it ends. Nobody worked for hours: back to the pile."""

from datetime import datetime, timedelta

from sqlmodel import select

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.claim import claim_ends
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Issuer, Review
from reviewhub.services.candidates import CLAIM_OVER
from reviewhub.services.claims import extend_claim
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.promise import remake_promise
from reviewhub.services.renewing import ask_again
from reviewhub.services.scope import Scope, lock_round
from reviewhub.services.seats import empty_seat
from reviewhub.services.watch import WATCH_CLAIM
from reviewhub.services.watch_review import is_over, stands_still

_SOON = timedelta(hours=1)


def watch_claim(kit: Kit, job: Job, review_id: int) -> None:
    """Job: end the claim if its time is over, and look again when it may be, while there is a claim.

    The draft stays: whoever claims the round again finds it. While a hold or a concern stops the work, the
    clock stands still. Early, late or twice: what this moment asks for, once.
    """
    with kit.write() as tx:
        round_id = tx.session.exec(select(Review.round_id).where(Review.id == review_id)).one()
        scope = lock_round(tx, round_id)
        review = tx.session.get_one(Review, review_id, populate_existing=True)
        tx.done(job)
        if is_over(scope, review) or review.claim_until is None:
            return
        again = _look(tx, scope, review, review.claim_until)
        if again is not None:
            ask_again(tx, WATCH_CLAIM, job.id, again, review_id=review_id)


def _look(tx: Tx, scope: Scope, review: Review, until: datetime) -> datetime | None:
    """Do what is due; when to look again, None once the claim has ended."""
    if review.state == ReviewState.SUBMITTED:
        return max(review.undo_until or tx.now, tx.now + _SOON)
    if review.state != ReviewState.CLAIMED:
        return None
    if stands_still(tx, scope, review):
        extend_claim(tx, scope, review)
        return tx.now + _SOON
    issuer = tx.session.get_one(Issuer, scope.submission.issuer_id)
    # A clock that ran ahead, or hours that were made fewer: never more than the hours from now.
    review.claim_until = min(until, claim_ends(tx.now, issuer.claim_hours))
    if tx.now < review.claim_until:
        return review.claim_until
    empty_seat(tx, scope.submission, scope.round, review, SYSTEM, Action.EXPIRE, "", code=CLAIM_OVER)
    if not scope.beside:
        remake_promise(tx, scope.submission, scope.attempt, "people")
    return None
