"""An assessor doubts a criterion that is locked, or takes the doubt back (rule 15).

Nothing changes for the learner or the other seat: an adjudicator looks at it when the sheets are in.
"""

from dataclasses import dataclass

from sqlmodel import select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import CriterionLock, Objection, Review
from reviewhub.queries.locks import locks_before
from reviewhub.services.claims import extend_claim
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import Scope, about_seat, lock_review, review_facts, stored

REASON_MOST = 2_000
_OPEN = frozenset({ReviewState.OFFERED, ReviewState.CLAIMED})


@dataclass(frozen=True, slots=True)
class _Doubted:
    """A locked criterion of a locked review."""

    scope: Scope
    review: Review
    lock: CriterionLock
    kept: Objection | None
    """Raised before by this review, whatever became of it."""


def object_to_lock(kit: Kit, actor: Actor, review_pid: str, criterion_id: str, reason: str) -> None:
    """Raise an objection, or give another reason for it.

    NotFound, also for a criterion that is not locked; Refused once the sheet is in, and for an adjudicator;
    Invalid (field `doubt-<criterion>`) without a reason, or with more than 2,000 characters.
    """
    with kit.write() as tx:
        found = _find(tx, actor, review_pid, criterion_id)
        facts = review_facts(found.scope.submission, found.review, tx.now)
        if found.review.role in ("adjudicator", "completeness"):
            raise Refused("Only whoever scores independently objects.", "role")
        words = _need_reason(criterion_id, reason)
        about = {**about_seat(found.scope.round, found.review), "criterion": criterion_id}
        # Its words are about the evidence: the record, which coordinators read, goes without them.
        tx.move(found.scope.submission, found.review, Action.OBJECT, actor, facts, about=about)
        extend_claim(tx, found.scope, found.review)
        if found.kept is not None:
            found.kept.reason, found.kept.raised_at = words, tx.now
            found.kept.outcome, found.kept.ended_at = "", None
            return
        tx.session.add(
            Objection(
                public_id=public_id(),
                review_id=stored(found.review.id),
                lock_id=stored(found.lock.id),
                reason=words,
                raised_at=tx.now,
            )
        )


def take_back(kit: Kit, actor: Actor, review_pid: str, criterion_id: str) -> None:
    """Drop one's objection. NotFound where there is none; Refused once the sheet is final."""
    with kit.write() as tx:
        found = _find(tx, actor, review_pid, criterion_id)
        facts = review_facts(found.scope.submission, found.review, tx.now)
        if found.kept is None or found.kept.outcome == "dropped":
            raise NotFound
        if found.review.state not in _OPEN and not facts.undo_open:
            raise Refused("Your sheet is final; so is what you objected to.", "state")
        found.kept.outcome, found.kept.ended_at = "dropped", tx.now
        about = {
            "review": found.review.public_id,
            **about_seat(found.scope.round, found.review),
            "criterion": criterion_id,
        }
        tx.event(found.scope.submission, "objection.take_back", actor, facts=about)
        extend_claim(tx, found.scope, found.review)


def _find(tx: Tx, actor: Actor, review_pid: str, criterion_id: str) -> _Doubted:
    scope, review = lock_review(tx, actor, review_pid)
    locks = (
        locks_before(tx.session, scope.attempt, own=scope.appeal)
        if scope.rubric.policies.decision.locks
        else []
    )
    judged = {criterion.id for criterion in scope.rubric.criteria}  # of what a choice hides nothing is said
    lock = next((one for one in locks if one.criterion_id == criterion_id in judged), None)
    if lock is None:
        raise NotFound
    kept = tx.session.exec(
        select(Objection).where(Objection.review_id == review.id, Objection.lock_id == lock.id)
    ).first()
    return _Doubted(scope, review, lock, kept)


def _need_reason(criterion_id: str, reason: str) -> str:
    words, field = reason.strip(), f"doubt-{criterion_id}"
    if not words:
        raise Invalid(Problem(field, "Say in a sentence what makes you doubt it."))
    if len(words) > REASON_MOST:
        raise Invalid(Problem(field, f"Give the reason in at most {REASON_MOST:,} characters.", words))
    return words
