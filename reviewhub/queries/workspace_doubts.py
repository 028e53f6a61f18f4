"""Doubted locks in the workspace: one's own objections, and what an adjudicator is shown of others'."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Artifact, Attempt, CriterionLock, LockEvidence, Objection, Review
from reviewhub.queries.workspace_evidence import Exhibit, exhibits_of


@dataclass(frozen=True, slots=True)
class NotScored:
    """A criterion that stays met from before. `doubt` is what oneself objects, or ""."""

    id: str
    name: str
    doubt: str = ""


def own_doubts(session: Session, review: Review) -> dict[str, str]:
    """By criterion: what this review objects to, unless it was taken back."""
    rows = session.exec(
        select(CriterionLock.criterion_id, Objection.reason)
        .join(Objection, col(Objection.lock_id) == CriterionLock.id)
        .where(Objection.review_id == review.id, Objection.outcome != "dropped")
    ).all()
    return dict(rows)


def reasons(session: Session, review: Review) -> dict[str, tuple[str, ...]]:
    """By criterion: why the final sheets' assessors doubt the lock, nameless, for who decides."""
    rows = session.exec(
        select(CriterionLock.criterion_id, Objection.reason)
        .join(Objection, col(Objection.lock_id) == CriterionLock.id)
        .join(Review, col(Review.id) == Objection.review_id)
        .where(
            Review.round_id == review.round_id,
            Review.state == ReviewState.FINAL.value,
            Objection.outcome != "dropped",
        )
        .order_by(col(Review.seat))
    ).all()
    found: dict[str, tuple[str, ...]] = {}
    for criterion_id, reason in rows:
        found[criterion_id] = (*found.get(criterion_id, ()), reason)
    return found


def rests_on(
    session: Session, rubric: Rubric, attempt: Attempt, criteria: Collection[str], shown: tuple[Exhibit, ...]
) -> Mapping[str, tuple[Exhibit, ...]]:
    """By doubted criterion: evidence that its lock rests on and that this attempt does not hold any more.

    Numbered after what is shown, in clean copies like everything else.
    """
    if not criteria:
        return {}
    rows = session.exec(
        select(CriterionLock.criterion_id, Artifact)
        .join(LockEvidence, col(LockEvidence.lock_id) == CriterionLock.id)
        .join(Artifact, col(Artifact.id) == LockEvidence.artifact_id)
        .where(
            CriterionLock.submission_id == attempt.submission_id,
            CriterionLock.attempt_id != attempt.id,
            col(CriterionLock.criterion_id).in_(criteria),
        )
        .order_by(col(CriterionLock.id), col(Artifact.position), col(Artifact.id))
    ).all()
    now = session.exec(select(Artifact).where(Artifact.attempt_id == attempt.id)).all()
    held = {_content(one) for one in now if one.state == "checked"}
    known = {requirement.id for requirement in rubric.requirements}
    gone = {row.id: row for _, row in rows if _content(row) not in held and row.requirement_id in known}
    pieces = dict(zip(gone, exhibits_of(session, rubric, list(gone.values()), len(shown) + 1), strict=True))
    return {
        cid: tuple(pieces[row.id] for c, row in rows if c == cid and row.id in pieces) for cid in criteria
    }


def _content(row: Artifact) -> tuple[str, str, str, str]:
    return row.requirement_id, row.sha256, row.body, row.url
