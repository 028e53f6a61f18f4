"""An assessor is at work, although there is nothing to save yet: what they claimed is kept for longer."""

from datetime import datetime

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Refused
from reviewhub.domain.workflow.review import TRANSITIONS, ReviewState
from reviewhub.domain.workflow.step import take
from reviewhub.services.candidates import CLAIM_OVER
from reviewhub.services.claims import extend_claim
from reviewhub.services.kit import Kit
from reviewhub.services.scope import lock_review, review_facts


def keep_claim(kit: Kit, actor: Actor, review_pid: str) -> datetime | None:
    """Until when it is kept from now on; None for what was given out.

    NotFound; Refused when it is over, with code `claim_over` where it went back to the pile.
    """
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        if review.state == ReviewState.EXPIRED and review.end_reason == CLAIM_OVER:
            raise Refused("It went back to the pile.", "claim_over")
        facts = review_facts(scope.submission, review, tx.now)
        take(TRANSITIONS, ReviewState(review.state), Action.SAVE, actor, facts)
        extend_claim(tx, scope, review)
        return review.claim_until
