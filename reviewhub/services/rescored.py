"""A rescore has a result: the same as the one that stands, or one that a coordinator has to rule on."""

from reviewhub.domain.access import SYSTEM
from reviewhub.queries.standing import results_of, standing_result
from reviewhub.services.kit import Tx
from reviewhub.services.scope import Scope


def compare(tx: Tx, scope: Scope) -> bool:
    """Confirm the result that stands where the round has the same outcome and the same criteria met.

    False where they differ: nothing changes, and the round waits for a coordinator's ruling.
    """
    tx.session.flush()
    given = standing_result(tx.session, scope.attempt_id)
    found = results_of(tx.session, [scope.round_id])
    assert given is not None  # only what was released is scored again
    assert found is not None
    same = (given.outcome, given.met) == (found.outcome, found.met)
    about = {"attempt": scope.attempt.public_id, "round": scope.round.public_id}
    if same:
        scope.round.ruling, scope.round.ruled_at = "confirmed", tx.now
        tx.event(scope.submission, "rescore.confirmed", SYSTEM, facts=about)
    else:
        tx.event(scope.submission, "rescore.differs", SYSTEM, facts=about)
    return same
