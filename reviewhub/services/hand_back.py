"""An assessor gives a review back: somebody else scores, nobody asks why (rule 12)."""

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.services.evidence import tidy
from reviewhub.services.kit import Kit
from reviewhub.services.scope import lock_review
from reviewhub.services.seats import empty_seat

WORD_MOST = 2_000


def hand_back(kit: Kit, actor: Actor, review_pid: str, word: str = "") -> None:
    """End one's own review that is not handed in; its draft is kept and never counts, the seat is refilled.

    `word` is for the coordinator, and may be empty. NotFound, Refused, Invalid (word).
    """
    words = tidy(word).strip()
    if len(words) > WORD_MOST:
        raise Invalid(Problem("word", f"Say it in at most {WORD_MOST:,} characters.", words))
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        empty_seat(tx, scope.submission, scope.round, review, actor, Action.HAND_BACK, words)
