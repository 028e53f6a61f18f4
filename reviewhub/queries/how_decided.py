"""How a released result came about, as the learner may know it: how many looked, never who gave what."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from reviewhub.domain.objection import LIFTED, STANDS
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import ResolutionRow, Review, Round


@dataclass(frozen=True, slots=True)
class HowDecided:
    """`seats` people scored blind; of `scored` criteria they differed on `differed`, which another decided.

    Criteria that were met before are not counted; what became of doubts about them is told elsewhere.
    """

    seats: int
    scored: int
    differed: int
    rule: str


def how_decided(session: Session, round_id: int, rule: str) -> HowDecided:
    """In three statements, for a round whose feedback is released."""
    round_ = session.get_one(Round, round_id)
    seats = session.exec(
        select(func.count())
        .select_from(Review)
        .where(
            Review.round_id == round_id,
            Review.role == "independent",
            Review.state == ReviewState.FINAL.value,
        )
    ).one()
    scored = session.exec(
        select(ResolutionRow.criterion_id).where(
            ResolutionRow.round_id == round_id,
            col(ResolutionRow.replaced_at).is_(None),
            col(ResolutionRow.rule).not_in([STANDS, LIFTED]),
        )
    ).all()
    return HowDecided(seats, len(scored), len(set(scored) & set(round_.disputed)), rule)
