"""What follows from a conflict for all that somebody holds of a learner, before and after a result (rule 11).

Without a result the seat is emptied. With a result that is not released the sheet is excluded, the seat
filled anew and the round judged again. What was released stands, and others score it again beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Round
from reviewhub.queries.standing import standing_rounds
from reviewhub.services.kit import Tx
from reviewhub.services.open_seats import Seat
from reviewhub.services.reopen import can_reopen, judge_again, refill
from reviewhub.services.rescore import ENDED_WITHOUT, open_rescore
from reviewhub.services.scope import Scope, read_round, stored
from reviewhub.services.seats import empty_seat, end_review


@dataclass(frozen=True, slots=True)
class Parted:
    """How many seats were emptied, and how many released results are scored again."""

    emptied: int = 0
    rescored: int = 0


def part(tx: Tx, actor: Actor, seats: Iterable[Seat], reason: str, *, code: str = "") -> Parted:
    """Exclude the seats' holder from all of them; `lock_seats(…, resolved=True)` has locked and read them.

    `reason` and `code` as in `empty_seat`.
    """
    emptied = rescored = 0
    for seat in seats:
        if seat.round.state != RoundState.RESOLVED:
            empty_seat(tx, seat.submission, seat.round, seat.review, actor, Action.EXCLUDE, reason, code=code)
            emptied += 1
            continue
        scope = read_round(tx.session, stored(seat.round.id))
        if scope.submission.state in ENDED_WITHOUT:
            continue
        if can_reopen(tx.session, scope):
            _exclude(tx, actor, scope, seat, reason, code)
            emptied += 1
        elif _rests_on(tx, scope) and not _scored_since(tx, scope):
            rescored += open_rescore(tx, scope.submission, scope.attempt, actor, "conflict") is not None
    return Parted(emptied, rescored)


def _exclude(tx: Tx, actor: Actor, scope: Scope, seat: Seat, reason: str, code: str) -> None:
    review = seat.review
    end_review(tx, scope.submission, scope.round, review, actor, Action.EXCLUDE, reason, code=code)
    if review.role == "adjudicator":
        judge_again(tx, scope, review)
    else:
        refill(tx, scope)


def _rests_on(tx: Tx, scope: Scope) -> bool:
    """Whether a released result comes from this round, or was confirmed by it.

    An appeal adds to what was met before: while it runs, the result before it is released all the same.
    An attempt that was only looked through has no such round.
    """
    rounds = [one.id for one in standing_rounds(tx.session, scope.attempt_id)]
    released = scope.attempt.state == AttemptState.RELEASED
    return scope.round_id in rounds[:-1] or (
        released and (scope.round_id in rounds or scope.round.ruling == "confirmed")
    )


def _scored_since(tx: Tx, scope: Scope) -> bool:
    """Whether others have scored the attempt again since: it is not asked for twice."""
    found = tx.session.exec(
        select(Round.id).where(
            Round.attempt_id == scope.attempt_id,
            Round.kind == "rescore",
            Round.state != RoundState.VOID.value,
            Round.number > scope.round.number,
        )
    ).first()
    return found is not None
