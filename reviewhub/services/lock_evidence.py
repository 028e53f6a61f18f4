"""What a lock rests on: the artifacts of the attempt that met the criterion, attached for good."""

from sqlmodel import col, select

from reviewhub.models import Artifact, CriterionLock, LockEvidence
from reviewhub.services.kit import Tx
from reviewhub.services.scope import Scope, stored


def attach_evidence(tx: Tx, scope: Scope, lock: CriterionLock) -> None:
    """Attach what the criterion looks at; all of the attempt where it names nothing (rule 15).

    A later attempt works on copies of its own: replacing one there leaves this version attached.
    """
    asked = {requirement.id for requirement in scope.rubric.requirements}
    wanted = [one for one in scope.rubric.criterion(lock.criterion_id).requirements if one in asked]
    query = select(Artifact.id).where(Artifact.attempt_id == scope.attempt_id, Artifact.state == "checked")
    if wanted:
        query = query.where(col(Artifact.requirement_id).in_(wanted))
    tx.session.add(lock)
    tx.session.flush()
    for artifact_id in tx.session.exec(query.order_by(col(Artifact.id))).all():
        tx.session.add(LockEvidence(lock_id=stored(lock.id), artifact_id=stored(artifact_id)))
