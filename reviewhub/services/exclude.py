"""An assessor who knows the person steps aside, at any moment; it costs the learner nothing."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import NotFound
from reviewhub.domain.workflow import review as reviews
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.step import take
from reviewhub.models import Attempt, Conflict, Review, Round, Submission
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.late_conflict import part
from reviewhub.services.open_seats import Seat, lock_seats
from reviewhub.services.scope import Scope, lock_review, review_facts, stored

KNOWN = "known"
"""End reason of a review whose assessor knows the person."""
_OVER = frozenset({RoundState.RESOLVED, RoundState.VOID})


def declare_known(kit: Kit, actor: Actor, review_pid: str) -> None:
    """Record the conflict, exclude the review and have the seat filled by somebody else. NotFound, Refused.

    So with whatever else they hold of this learner there, under whatever alias. What follows where a round
    has a result already: services/late_conflict.py. The assessor is told the same in every case.
    """
    with kit.write() as tx:
        seats = seats_of_learner(tx, actor, review_pid)
        scope, review = lock_review(tx, actor, review_pid)
        leave(tx, actor, scope, review, seats)


def seats_of_learner(tx: Tx, actor: Actor, review_pid: str) -> tuple[Seat, ...]:
    """All that the actor holds of the learner of this review, locked; first of all. NotFound."""
    found = tx.session.exec(
        select(Submission)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(Review.public_id == review_pid, Review.assessor_id == actor.person_id)
    ).first()
    if found is None or actor.person_id is None:
        raise NotFound
    learner_id, this = found.learner_id, stored(found.id)
    return lock_seats(tx, actor.person_id, found.issuer_id, learner_id=learner_id, also=[this], resolved=True)


def leave(tx: Tx, actor: Actor, scope: Scope, review: Review, seats: tuple[Seat, ...]) -> None:
    """The same within somebody else's commit, with the `seats_of_learner`. Refused."""
    facts = review_facts(scope.submission, review, tx.now)
    take(reviews.TRANSITIONS, ReviewState(review.state), Action.EXCLUDE, actor, facts)
    _record(tx, scope, review, actor)
    part(tx, actor, seats, "", code=KNOWN)


def _record(tx: Tx, scope: Scope, review: Review, actor: Actor) -> None:
    known = tx.session.exec(
        select(Conflict.id).where(
            Conflict.assessor_id == review.assessor_id,
            Conflict.learner_id == scope.submission.learner_id,
            col(Conflict.ended_at).is_(None),
        )
    ).first()
    if known is not None:
        return
    tx.session.add(
        Conflict(
            issuer_id=scope.submission.issuer_id,
            assessor_id=review.assessor_id,
            learner_id=scope.submission.learner_id,
            kind="declared",
            recorded_by=review.assessor_id,
            recorded_at=tx.now,
        )
    )
    tx.event(
        scope.submission,
        "conflict.declare",
        actor,
        facts={
            "review": review.public_id,
            "round": scope.round.public_id,
            "late": scope.round.state in _OVER,
        },
    )
