"""Open a round of an attempt: numbered after those before it, and looking for its people by itself."""

from sqlmodel import func, select

from reviewhub.domain.access import SYSTEM
from reviewhub.models import Attempt, Round, Submission
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Tx
from reviewhub.services.scope import stored


def open_round(tx: Tx, submission: Submission, attempt: Attempt, kind: str) -> Round:
    """The new round, stored and on record. The submission is locked; its caller says on record why."""
    last = tx.session.exec(select(func.max(Round.number)).where(Round.attempt_id == attempt.id)).one()
    opened = Round(
        public_id=public_id(),
        attempt_id=stored(attempt.id),
        number=(last or 0) + 1,
        kind=kind,
        created_at=tx.now,
    )
    tx.session.add(opened)
    tx.session.flush()
    about = {"attempt": attempt.public_id, "round": opened.public_id, "kind": kind}
    tx.event(submission, "round.open", SYSTEM, after=opened.state, facts=about)
    tx.later("fill_seats", round_id=stored(opened.id))
    return opened
