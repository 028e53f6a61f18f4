"""What an assessor has not begun is given to others in one go, as before an absence."""

from collections.abc import Sequence

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Role
from reviewhub.domain.errors import NotFound
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Membership, Person
from reviewhub.services.coordinated import need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.open_seats import lock_seats
from reviewhub.services.seats import empty_seat


def hand_over(kit: Kit, actor: Actor) -> int:
    """Hand back all of one's own reviews that are not begun; gives how many. NotFound, Stale."""
    issuers = actor.issuers(Role.ASSESSOR, Role.LEAD)
    if not issuers or actor.person_id is None:
        raise NotFound
    with kit.write() as tx:
        return _hand_over(tx, actor, actor.person_id, issuers, Action.HAND_BACK, "")


def hand_over_for(kit: Kit, actor: Actor, person_pid: str, reason: str) -> int:
    """The same for a member of the coordinator's issuers. NotFound, Stale, Invalid (reason)."""
    words = need_reason(reason)
    issuers = actor.issuers(Role.COORDINATOR)
    with kit.write() as tx:
        person_id = tx.session.exec(
            select(Person.id)
            .join(Membership, col(Membership.person_id) == Person.id)
            .where(Person.public_id == person_pid, col(Membership.issuer_id).in_(issuers))
        ).first()
        if person_id is None:
            raise NotFound
        return _hand_over(tx, actor, person_id, issuers, Action.TAKE_AWAY, words)


def _hand_over(
    tx: Tx, actor: Actor, person_id: int, issuers: Sequence[int], action: Action, words: str
) -> int:
    seats = [
        seat
        for seat in lock_seats(tx, person_id, *issuers)
        if seat.review.state == ReviewState.OFFERED and seat.submission.learner_id != actor.person_id
    ]
    for seat in seats:
        empty_seat(tx, seat.submission, seat.round, seat.review, actor, action, words)
    return len(seats)
