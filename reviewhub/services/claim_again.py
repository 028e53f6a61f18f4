"""Somebody works on what went back to the pile: it is theirs again, where it still can be."""

from sqlmodel import select

from reviewhub.domain.access import Actor
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Review
from reviewhub.services.candidates import CLAIM_OVER
from reviewhub.services.claims import renew_claim
from reviewhub.services.kit import Kit
from reviewhub.services.scope import lock_review


def claim_again(kit: Kit, actor: Actor, review_pid: str) -> None:
    """Claim one's own review once more, although what was sent cannot be saved yet: the page is theirs again.

    Nothing for a review whose claim is not over: it is looked up first, so that what is refused writes
    nothing. Refused as `renew_claim` says; NotFound.
    """
    with kit.read() as session:
        over = session.exec(
            select(Review.id).where(
                Review.public_id == review_pid,
                Review.assessor_id == actor.person_id,
                Review.state == ReviewState.EXPIRED.value,
                Review.end_reason == CLAIM_OVER,
            )
        ).first()
    if over is None:
        return
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        renew_claim(tx, scope, review, actor)
