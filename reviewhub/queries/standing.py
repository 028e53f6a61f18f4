"""Which of an attempt's rounds its result comes from: the newest that does not stand beside it."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from reviewhub.domain.workflow.round import BESIDE, RoundState
from reviewhub.models import DecisionRow, Round


def counts() -> ColumnElement[bool]:
    """For a statement that selects from Round: those that decide their attempt, or decided it.

    Not a completeness check, not what ended without a result, not a rescore unless a coordinator let it count.
    """
    return and_(
        col(Round.state) != RoundState.VOID.value,
        col(Round.kind) != "completeness",
        or_(col(Round.kind).not_in(BESIDE), col(Round.ruling) == "take_back"),
    )


def standing_round(session: Session, attempt_id: int) -> Round | None:
    """The round whose result stands, or will once it is resolved; None before the first."""
    return session.exec(
        select(Round)
        .where(Round.attempt_id == attempt_id, counts())
        .order_by(col(Round.number).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()


def standing_decision(session: Session, attempt_id: int) -> DecisionRow | None:
    """The newest decision of the attempt that stands; None before the first."""
    return session.exec(
        select(DecisionRow)
        .join(Round, col(Round.id) == DecisionRow.round_id)
        .where(Round.attempt_id == attempt_id, counts(), col(DecisionRow.replaced_at).is_(None))
        .order_by(col(Round.number).desc())
        .limit(1)
    ).first()
