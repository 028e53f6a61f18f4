"""Somebody works on what went back to the pile: it is theirs again, where it still can be."""

from reviewhub.domain.access import Actor
from reviewhub.services.claims import renew_claim
from reviewhub.services.kit import Kit
from reviewhub.services.scope import lock_review


def claim_again(kit: Kit, actor: Actor, review_pid: str) -> None:
    """Claim one's own review once more, although what was sent cannot be saved yet: the page is theirs again.

    Nothing for a review whose claim is not over. Refused as `renew_claim` says; NotFound.
    """
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        renew_claim(tx, scope, review, actor)
