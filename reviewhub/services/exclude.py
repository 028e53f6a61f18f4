"""An assessor who knows the person steps aside, at any moment; it costs the learner nothing."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.workflow import review as reviews
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.step import take
from reviewhub.models import Conflict, Review
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import Scope, lock_review, review_facts, stored
from reviewhub.services.seats import empty_seat

_OVER = frozenset({RoundState.RESOLVED, RoundState.VOID})


def declare_known(kit: Kit, actor: Actor, review_pid: str) -> None:
    """Record the conflict, exclude the review and have the seat filled by somebody else. NotFound, Refused.

    Where the round is over the sheet stands, since its result was given: the conflict is recorded for what
    comes, and in the submission's record for the coordinator. The assessor is told the same in either case.
    """
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        facts = review_facts(scope.submission, review, tx.now)
        take(reviews.TRANSITIONS, ReviewState(review.state), Action.EXCLUDE, actor, facts)
        _record(tx, scope, review, actor)
        if RoundState(scope.round.state) not in _OVER:
            empty_seat(tx, scope.submission, scope.round, review, actor, Action.EXCLUDE, "")


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
        facts={"review": stored(review.id), "round": scope.round_id, "late": scope.round.state in _OVER},
    )
