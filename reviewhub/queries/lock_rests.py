"""What a learner's locks rest on, by the names they gave themselves."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.models import Artifact, Attempt, CriterionLock, LockEvidence
from reviewhub.queries.own import Own


@dataclass(frozen=True, slots=True)
class RestingPiece:
    """One piece: its name, and its id where it opens."""

    name: str
    public_id: str


@dataclass(frozen=True, slots=True)
class Rests:
    """The attempt that met a criterion, and the evidence that it was met with."""

    attempt: int
    pieces: tuple[RestingPiece, ...]


def rests_of(session: Session, own: Own) -> dict[str, Rests]:
    """By locked criterion, in one statement, whatever replaced the evidence since (rule 15)."""
    rows = session.exec(
        select(CriterionLock.criterion_id, Attempt.number, Artifact)
        .join(LockEvidence, col(LockEvidence.lock_id) == CriterionLock.id)
        .join(Artifact, col(Artifact.id) == LockEvidence.artifact_id)
        .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
        .where(
            CriterionLock.submission_id == own.submission.id,
            col(CriterionLock.lifted_at).is_(None),
        )
        .order_by(col(CriterionLock.id), col(Artifact.requirement_id), col(Artifact.position))
    ).all()
    names = {requirement.id: requirement.name for requirement in own.whole.requirements}
    found: dict[str, Rests] = {}
    for criterion_id, number, row in rows:
        piece = RestingPiece(
            row.title or row.url or names.get(row.requirement_id, row.requirement_id),
            row.public_id if row.key else "",
        )
        before = found.get(criterion_id, Rests(number, ()))
        found[criterion_id] = Rests(number, (*before.pieces, piece))
    return found
