"""A random share of resolved rounds is scored once more, to watch the quality; no result changes by it."""

import secrets

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.models import DecisionRow, Issuer
from reviewhub.services.kit import Tx
from reviewhub.services.open_round import open_round
from reviewhub.services.scope import Scope

_HUNDRED = 100


def plan_audit(tx: Tx, scope: Scope) -> None:
    """Draw whether an initial round that was just resolved is audited; then open the audit beside it.

    The draw depends on nothing but chance and the issuer's share. An assessor cannot tell an audit from any
    other review.
    """
    percent = tx.session.get_one(Issuer, scope.submission.issuer_id).audit_percent
    if scope.round.kind != "initial" or secrets.randbelow(_HUNDRED) >= percent or _drawn(tx, scope):
        return
    opened = open_round(tx, scope.submission, scope.attempt, "audit")
    about = {"attempt": scope.attempt.public_id, "round": opened.public_id}
    tx.event(scope.submission, "round.audit", SYSTEM, facts=about)


def _drawn(tx: Tx, scope: Scope) -> bool:
    """A round that is judged again before its release is drawn once; one after a cleared one, anew."""
    found = select(DecisionRow.id).where(
        DecisionRow.round_id == scope.round_id, col(DecisionRow.replaced_at).is_not(None)
    )
    return tx.session.exec(found).first() is not None
