"""Rule 15: a criterion once met stays met. The hash says later whether it is still the same."""

from collections.abc import Iterable, Mapping

from reviewhub.domain.rubric_json import criterion_structure_hash
from reviewhub.models import CriterionLock
from reviewhub.queries.locks import locks_before
from reviewhub.queries.pinned import rubric_now
from reviewhub.services.kit import Tx
from reviewhub.services.lock_evidence import attach_evidence
from reviewhub.services.scope import Scope


def lock_criteria(tx: Tx, scope: Scope, criteria: Iterable[str], levels: Mapping[str, str]) -> None:
    """Lock the criteria at the levels that the round's result gives them; others are left alone.

    What is locked already stays as it is, be it by an earlier attempt or by an earlier round of this one.
    Where the learner has moved to another version since, only what is judged the same there is locked.
    """
    goes_on = _structures(tx, scope)
    kept = {lock.criterion_id for lock in locks_before(tx.session, scope.attempt, own=True)}
    for criterion_id in criteria:
        structure = criterion_structure_hash(scope.rubric.criterion(criterion_id))
        if criterion_id in levels and criterion_id not in kept and goes_on.get(criterion_id) == structure:
            lock = CriterionLock(
                submission_id=scope.submission_id,
                attempt_id=scope.attempt_id,
                criterion_id=criterion_id,
                level_id=levels[criterion_id],
                structure_hash=structure,
                locked_at=tx.now,
            )
            attach_evidence(tx, scope, lock)


def _structures(tx: Tx, scope: Scope) -> dict[str, str]:
    """By criterion of the rubric that the submission pins now."""
    moved_on = scope.attempt.rubric_version_id is not None
    rubric = rubric_now(tx.session, scope.submission) if moved_on else scope.whole
    return {criterion.id: criterion_structure_hash(criterion) for criterion in rubric.criteria}
