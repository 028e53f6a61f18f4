"""The locks that stand before an attempt is scored: criteria met in earlier attempts (rule 15)."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from reviewhub.models import Attempt, CriterionLock


def locks_before(
    session: Session, attempt: Attempt, *, own: bool = False, at: datetime | None = None
) -> list[CriterionLock]:
    """Locks of earlier attempts that were not lifted; with `own` those of this attempt's result as well.

    With `at`, those that stood just after that moment, for a page that tells what was said then.
    """
    lifted = col(CriterionLock.lifted_at)
    stood = lifted.is_(None) if at is None else or_(lifted.is_(None), lifted > at)
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
