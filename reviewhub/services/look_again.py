"""Somebody may be able to take a seat who could not before: rounds that wait for people look again."""

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Round, Submission
from reviewhub.services.kit import Tx

MOST = 500
"""How many rounds look at once; the others at their next look: within a day, from a pile within a
working day."""


def look_again(tx: Tx, *which: ColumnElement[bool] | bool) -> None:
    """Ask for the seats of waiting rounds, and of those that found no adjudicator, of `which` submissions."""
    waiting = or_(
        col(Round.state) == RoundState.WAITING.value,
        and_(col(Round.state) == RoundState.ADJUDICATING.value, col(Round.waits_for) != ""),
    )
    rounds = tx.session.exec(
        select(Round.id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(waiting, *which)
        .order_by(col(Round.id))
        .limit(MOST)
    ).all()
    for round_id in rounds:
        assert round_id is not None
        tx.later("fill_seats", round_id=round_id)
