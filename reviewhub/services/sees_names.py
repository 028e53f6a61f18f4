"""A role or a grant that shows learners' names: whoever has it scores there no more (rule 4)."""

from collections.abc import Iterable

from reviewhub.domain.access import IDENTITY_ROLES, SYSTEM, Action
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.services.kit import Tx
from reviewhub.services.open_seats import Seat, lock_seats
from reviewhub.services.seats import empty_seat

_NOT_IN_YET = (ReviewState.OFFERED, ReviewState.CLAIMED)
_WHY = "May know now who the learner is."


def seats_at_stake(tx: Tx, person_id: int, issuer_id: int, role: str) -> tuple[Seat, ...]:
    """What the person holds that does not go with the role, locked; before the issuer is locked."""
    return lock_seats(tx, person_id, issuer_id) if role in IDENTITY_ROLES else ()


def step_aside(tx: Tx, seats: Iterable[Seat]) -> None:
    """Give to others what is not handed in. A sheet that was given blind stands, and stays as it is."""
    for seat in seats:
        if seat.review.state in _NOT_IN_YET:
            empty_seat(tx, seat.submission, seat.round, seat.review, SYSTEM, Action.TAKE_AWAY, _WHY)
        elif seat.review.undo_until is not None:
            seat.review.undo_until = min(seat.review.undo_until, tx.now)
