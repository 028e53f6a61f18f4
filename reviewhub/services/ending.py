"""What ends with a submission that ends without a result: rounds, seats, the running attempt, holds."""

from sqlmodel import col, update

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Hold, Submission
from reviewhub.services.appeal import drop_appeal
from reviewhub.services.coordinated import facts_of
from reviewhub.services.kit import Tx
from reviewhub.services.own_work import latest_attempt
from reviewhub.services.seats import open_rounds, void_round

_ATTEMPT_ENDED = {AttemptState.RELEASED.value, AttemptState.WITHDRAWN.value}


def end_work(tx: Tx, root: Submission, actor: Actor, code: str) -> None:
    """End all that hangs on a locked submission that was just moved to its end; earlier feedback stays.

    Open rounds are void, open reviews are taken back with `code` as the reason, a running attempt is dropped.
    """
    root.ended_at = tx.now
    for open_round in open_rounds(tx, root):
        void_round(tx, root, open_round, actor, code)
    attempt = latest_attempt(tx, root)
    if attempt.state not in _ATTEMPT_ENDED:
        tx.move(root, attempt, Action.DROP, actor, facts_of(root))
    drop_appeal(tx, attempt)
    tx.session.execute(
        update(Hold)
        .where(col(Hold.submission_id) == root.id, col(Hold.closed_at).is_(None))
        .values(closed_at=tx.now, closed_by=actor.person_id)
    )
