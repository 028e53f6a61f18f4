"""Have a round judged again before its result was released; what was released is never changed by this.

What the round had decided is replaced, not erased: rows stay with the moment at which they ceased to stand.
"""

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import Session, col

from reviewhub.domain.access import SYSTEM, Action, Facts
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import CriterionLock, DecisionRow, Feedback, ResolutionRow, Review
from reviewhub.queries.standing import is_adjudicated, standing_rounds
from reviewhub.services.doubts import reopen_objections
from reviewhub.services.kit import Tx
from reviewhub.services.promise import remake_promise
from reviewhub.services.scope import Scope
from reviewhub.services.seats import start_over

_RUNNING = frozenset({AttemptState.SUBMITTED, AttemptState.DECIDED})
_JUDGED = frozenset({RoundState.RESOLVED, RoundState.ADJUDICATING})


def can_reopen(session: Session, scope: Scope) -> bool:
    """Whether what the round decides can still change: its attempt's result is not released or withdrawn.

    A rescore can be judged again until its result was confirmed or ruled on; an audit's result is only
    counted, from the original sheets.
    """
    if scope.round.state == RoundState.VOID or scope.round.kind in {"audit", "completeness"}:
        return False
    if scope.beside:
        return not scope.round.ruling
    newest = standing_rounds(session, scope.attempt_id)[-1]
    return newest.id == scope.round.id and AttemptState(scope.attempt.state) in _RUNNING


def refill(tx: Tx, scope: Scope) -> None:
    """A seat of the resolved round has become empty: it is filled anew, and the round judged again.

    The submission is locked, `can_reopen` holds, the review has ended already.
    """
    put_aside(tx, scope)
    start_over(tx, scope.submission, scope.round)
    tx.move(scope.submission, scope.round, Action.REFILL, SYSTEM, Facts())
    tx.later("fill_seats", round_id=scope.round_id)
    _promise_anew(tx, scope)


def judge_again(tx: Tx, scope: Scope, changed: Review) -> None:
    """What the sheets say has changed, by a superseding sheet of `changed` or by an adjudicator's end.

    The submission is locked and `can_reopen` holds. Whoever adjudicates decides on the sheets as they were,
    so that seat is filled anew, unless the adjudicator's own sheet is the one that changed.
    """
    if scope.round.state == RoundState.RESOLVED:
        put_aside(tx, scope)
    if changed.role != "adjudicator":
        waits = scope.round.held_from == RoundState.WAITING  # a seat was emptied during the hold
        back_to = RoundState.WAITING if waits else RoundState.RESOLVING
        start_over(tx, scope.submission, scope.round, back_to=back_to.value)
    _ask_the_rules(tx, scope)


def judge_by_others(tx: Tx, scope: Scope) -> None:
    """The sheets are what they were, but other policies hold for them: the round is judged again by these.

    The submission is locked and pins them, and its attempt's result is not released. An adjudicator's final
    sheet goes on to count; whoever has not given one yet is asked anew if it is still disputed.
    """
    if scope.round.state == RoundState.RESOLVED:
        put_aside(tx, scope)
    if not is_adjudicated(tx.session, scope.round_id):
        start_over(tx, scope.submission, scope.round, back_to=RoundState.RESOLVING.value)
    _ask_the_rules(tx, scope)


def _ask_the_rules(tx: Tx, scope: Scope) -> None:
    if RoundState(scope.round.state) in _JUDGED:
        tx.move(scope.submission, scope.round, Action.JUDGE_AGAIN, SYSTEM, Facts())
    scope.round.version += 1
    tx.later("resolve", round_id=scope.round_id)
    _promise_anew(tx, scope)


def put_aside(tx: Tx, scope: Scope) -> None:
    """What the resolved round came to counts no more, and all that followed from it is undone."""
    scope.round.resolved_at = None
    for table in (ResolutionRow, DecisionRow):
        tx.session.execute(
            update(table)
            .where(col(table.round_id) == scope.round_id, col(table.replaced_at).is_(None))
            .values(replaced_at=tx.now)
        )
    tx.session.execute(
        update(Feedback)
        .where(
            col(Feedback.attempt_id) == scope.attempt_id,  # which has an index
            col(Feedback.round_id) == scope.round_id,
            col(Feedback.state).in_(["draft", "aside"]),
        )
        .values(state="replaced", version=Feedback.version + 1)
    )
    reopen_objections(tx, scope)
    if scope.beside or scope.attempt.state != AttemptState.DECIDED:
        return
    tx.move(scope.submission, scope.attempt, Action.REOPEN, SYSTEM, Facts())
    scope.attempt.decided_at = None
    _lift_locks(tx, scope)
    tx.session.flush()
    reopen_objections(tx, scope)


def _lift_locks(tx: Tx, scope: Scope) -> None:
    """What the round's result had locked is open again.

    Locks of earlier attempts stand, and those that an appeal found there: they were given with a result that
    was released.
    """
    made_here: ColumnElement[bool] = col(CriterionLock.attempt_id) == scope.attempt_id
    if scope.round.kind == "appeal":
        made_here = and_(made_here, col(CriterionLock.locked_at) >= scope.round.created_at)
    tx.session.execute(
        update(CriterionLock)
        .where(made_here, col(CriterionLock.lifted_at).is_(None))
        .values(lifted_at=tx.now, lifted_because="judged_again")
    )


def _promise_anew(tx: Tx, scope: Scope) -> None:
    if not scope.beside:
        remake_promise(tx, scope.submission, scope.attempt, "again")
