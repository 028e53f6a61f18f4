"""What the attempt before had, for a judgement that must not be stricter without a reason (rule 15)."""

from sqlmodel import Session, col, select

from reviewhub.domain.conditions import hidden_requirements
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.evidence_change import Before
from reviewhub.domain.rubric import Rubric
from reviewhub.models import Artifact, Attempt, DecisionRow, Feedback
from reviewhub.services.completeness import facts_of_artifact
from reviewhub.services.scope import Scope


def attempt_before(session: Session, scope: Scope) -> Before | None:
    """Criteria that the newest earlier attempt with a released result met, and its evidence.

    None for a first attempt, and where the rubric locks what is met: there nothing is scored twice.
    """
    if scope.rubric.policies.decision.locks:
        return None
    found = session.exec(
        select(Attempt, DecisionRow.met)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .join(DecisionRow, col(DecisionRow.round_id) == Feedback.round_id)
        .where(
            Attempt.submission_id == scope.submission_id,
            col(Attempt.number) < scope.attempt.number,
            Feedback.state == "released",
            col(DecisionRow.replaced_at).is_(None),
        )
        .order_by(col(Attempt.number).desc(), col(Feedback.id).desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    attempt, met = found
    return Before(frozenset(met), evidence_of(session, scope.whole, attempt))


def evidence_of(session: Session, whole: Rubric, attempt: Attempt) -> tuple[EvidenceFacts, ...]:
    """The attempt's evidence as it arrived, without names, and without what its choices hide."""
    hidden = hidden_requirements(whole, attempt.choices)
    rows = session.exec(
        select(Artifact)
        .where(Artifact.attempt_id == attempt.id, Artifact.state == "checked")
        .order_by(col(Artifact.requirement_id), col(Artifact.position), col(Artifact.id))
    ).all()
    return tuple(facts_of_artifact(row) for row in rows if row.requirement_id not in hidden)
