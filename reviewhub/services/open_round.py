"""Open a round of an attempt: numbered after those before it, and looking for its people by itself."""

from sqlmodel import func, select

from reviewhub.models import Attempt, Round
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Tx
from reviewhub.services.scope import stored


def open_round(tx: Tx, attempt: Attempt, kind: str) -> Round:
    """The new round, stored. The submission is locked, and whoever opens it writes the event."""
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
    tx.later("fill_seats", round_id=stored(opened.id))
    return opened
