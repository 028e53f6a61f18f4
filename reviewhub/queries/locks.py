"""The locks that stand before an attempt is scored: criteria met in earlier attempts (rule 15)."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from reviewhub.models import Attempt, CriterionLock


def locks_before(
    session: Session, attempt: Attempt, *, own: bool = False, at: datetime | None = None
) -> list[CriterionLock]:
    """Locks of earlier attempts that were not lifted; with `own` those of this attempt's result as well.

    With `at`, those that stood just after that moment, for a page that tells what was said then.
    """
    lifted = col(CriterionLock.lifted_at)
    stood: ColumnElement[bool] = lifted.is_(None) if at is None else or_(lifted.is_(None), lifted > at)
    if attempt.rubric_version_id is not None and attempt.submitted_at is not None:
        # Judged by the rubric that the learner has left: what was lost by leaving stands for this attempt.
        left = and_(col(CriterionLock.lifted_because) == "moved", lifted > attempt.submitted_at)
        stood = or_(stood, left)
    reach = col(Attempt.number) <= attempt.number if own else col(Attempt.number) < attempt.number
    return list(
        session.exec(
            select(CriterionLock)
            .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
            .where(
                CriterionLock.submission_id == attempt.submission_id,
                stood,
                reach,
            )
            .order_by(col(CriterionLock.id))
        ).all()
    )
