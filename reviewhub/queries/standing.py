"""Which of an attempt's rounds its result comes from, and what that result is."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import BESIDE, RoundState
from reviewhub.models import DecisionRow, ResolutionRow, Review, Round


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt came to: met or not_yet, per criterion that it scored the level, and which are met."""

    outcome: str
    levels: Mapping[str, str]
    met: frozenset[str]


def counts() -> ColumnElement[bool]:
    """For a statement that selects from Round: those that decide their attempt, or decided it.

    Not a completeness check, not what ended without a result, no rescore unless a coordinator let it count.
    """
    return and_(
        col(Round.state) != RoundState.VOID.value,
        col(Round.kind) != "completeness",
        or_(col(Round.kind).not_in(BESIDE), col(Round.ruling) == "take_back"),
    )


def is_adjudicated(session: Session, round_id: int) -> bool:
    """Whether an adjudicator's final sheet is there."""
    found = session.exec(
        select(Review.id).where(
            Review.round_id == round_id,
            Review.role == "adjudicator",
            Review.state == ReviewState.FINAL.value,
        )
    ).first()
    return found is not None


def standing_rounds(session: Session, attempt_id: int, before: int | None = None) -> tuple[Round, ...]:
    """The rounds that the attempt's result rests on, first to last; `before` one with this number, if given.

    An appeal adds to what was met before it; a rescore that counts takes the place of all before it.
    """
    rounds = session.exec(
        select(Round)
        .where(Round.attempt_id == attempt_id, counts(), True if before is None else Round.number < before)
        .order_by(col(Round.number))
        .execution_options(populate_existing=True)
    ).all()
    start = max((at for at, one in enumerate(rounds) if one.kind == "rescore"), default=0)
    return tuple(rounds[start:])


def standing_result(session: Session, attempt_id: int) -> Result | None:
    """What the attempt came to, in three statements; None before its first decision."""
    keys = [one.id for one in standing_rounds(session, attempt_id) if one.id is not None]
    return results_of(session, keys)


def results_of(session: Session, round_ids: list[int]) -> Result | None:
    """What these rounds came to, each adding to those before it. None where none is decided."""
    decisions = {
        row.round_id: row
        for row in session.exec(
            select(DecisionRow).where(
                col(DecisionRow.round_id).in_(round_ids), col(DecisionRow.replaced_at).is_(None)
            )
        )
    }
    levels: dict[str, str] = {}
    met: set[str] = set()
    outcome = ""
    rows = session.exec(
        select(ResolutionRow).where(
            col(ResolutionRow.round_id).in_(round_ids), col(ResolutionRow.replaced_at).is_(None)
        )
    ).all()
    for key in (key for key in round_ids if key in decisions):
        here = {row.criterion_id: row.level_id for row in rows if row.round_id == key}
        levels |= here
        met = (met - set(here)) | set(decisions[key].met)
        outcome = decisions[key].outcome
    return Result(outcome, levels, frozenset(met)) if outcome else None
