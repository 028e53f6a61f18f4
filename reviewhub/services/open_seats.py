"""The reviews that somebody holds in the rounds of issuers, each with its locked submission."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from reviewhub.domain.errors import Stale
from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Person, Review, Round, Submission
from reviewhub.services.kit import Tx

UNFINISHED = tuple(s.value for s in RoundState if s not in {RoundState.RESOLVED, RoundState.VOID})
"""States of a round that has no result yet."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One review with what it hangs on."""

    submission: Submission
    round: Round
    review: Review


def lock_seats(
    tx: Tx,
    assessor_id: int,
    *issuer_ids: int,
    learner_id: int | None = None,
    also: Sequence[int] = (),
    resolved: bool = False,
) -> tuple[Seat, ...]:
    """Lock the submissions where the assessor is seated, and those `also` given, in order of id; then read.

    At these issuers, or with none named at all of them. In unfinished rounds; with `resolved` also in those
    that have a result. With `learner_id`, only that learner's. One order for everybody, so that two who do
    this cannot block each other. Stale where a seat came up at this very moment in a submission that is not
    locked.
    """
    states = (*UNFINISHED, RoundState.RESOLVED.value) if resolved else UNFINISHED
    where: list[ColumnElement[bool] | bool] = [col(Round.state).in_(states)]
    if issuer_ids:
        where.append(col(Submission.issuer_id).in_(issuer_ids))
    if learner_id is not None:
        where.append(Submission.learner_id == learner_id)
    locked = {seat.submission.id for seat in _held(tx, assessor_id, where)} | set(also)
    for key in sorted(key for key in locked if key is not None):
        tx.lock(Submission, key)
    # Whoever fills seats holds their people: a seat is given before this line, or after our commit.
    tx.session.exec(select(Person.id).where(Person.id == assessor_id).with_for_update(key_share=True))
    seats = _held(tx, assessor_id, where)
    if any(seat.submission.id not in locked for seat in seats):
        raise Stale
    return seats


def _held(tx: Tx, assessor_id: int, where: Sequence[ColumnElement[bool] | bool]) -> tuple[Seat, ...]:
    rows = tx.session.exec(
        select(Submission, Round, Review)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(
            *where,
            Review.assessor_id == assessor_id,
            col(Review.state).in_([s.value for s in SEATED]),
        )
        .order_by(col(Submission.id), col(Review.id))
        .execution_options(populate_existing=True)
    )
    return tuple(Seat(*row) for row in rows)
