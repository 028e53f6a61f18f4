"""The locks that stand before an attempt is scored: criteria met in earlier attempts (rule 15)."""

from sqlmodel import Session, col, select

from reviewhub.models import Attempt, CriterionLock


def locks_before(session: Session, attempt: Attempt, *, own: bool = False) -> list[CriterionLock]:
    """Locks of earlier attempts that were not lifted; with `own` those of this attempt's result as well."""
    reach = col(Attempt.number) <= attempt.number if own else col(Attempt.number) < attempt.number
    return list(
        session.exec(
            select(CriterionLock)
            .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
            .where(
                CriterionLock.submission_id == attempt.submission_id,
                col(CriterionLock.lifted_at).is_(None),
                reach,
            )
            .order_by(col(CriterionLock.id))
        ).all()
    )
