"""End a submission without a result."""

from sqlmodel import col, select, update

from reviewhub.domain.access import Action, Actor, Role
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Hold, MicroCredential, Person, Submission
from reviewhub.services.appeal import drop_appeal
from reviewhub.services.coordinated import REASON_MOST, facts_of, need_reason
from reviewhub.services.evidence import tidy
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters.learner import withdrawn
from reviewhub.services.own_work import latest_attempt
from reviewhub.services.seats import open_rounds, void_round

_ATTEMPT_ENDED = {AttemptState.RELEASED.value, AttemptState.WITHDRAWN.value}


def withdraw(kit: Kit, actor: Actor, submission: str, reason: str) -> None:
    """The learner, or a coordinator with a reason, ends it: no result, which is not zero.

    Open rounds are void, open reviews are taken back, the running attempt is dropped; earlier feedback stays.
    NotFound for whoever has no part in it; Invalid (field `reason`); Refused when it has ended.
    """
    with kit.write() as tx:
        root = _lock(tx, actor, submission)
        reason = _reason(actor, root, reason)
        tx.move(root, root, Action.WITHDRAW, actor, facts_of(root), text=reason)
        root.ended_at = tx.now
        attempt = latest_attempt(tx, root)
        for open_round in open_rounds(tx, root):
            void_round(tx, root, open_round, actor, "withdrawn")
        if attempt.state not in _ATTEMPT_ENDED:
            tx.move(root, attempt, Action.DROP, actor, facts_of(root))
        drop_appeal(tx, attempt)
        _close_holds(tx, root, actor)
        name = tx.session.get_one(MicroCredential, root.micro_credential_id).name
        tx.letter(tx.session.get_one(Person, root.learner_id), *withdrawn(tx.settings, name))


def _lock(tx: Tx, actor: Actor, public_id: str) -> Submission:
    found = tx.session.exec(select(Submission).where(Submission.public_id == public_id)).first()
    mine = found is not None and (
        found.learner_id == actor.person_id or found.issuer_id in actor.issuers(Role.COORDINATOR)
    )
    if found is None or not mine:
        raise NotFound
    assert found.id is not None
    return tx.lock(Submission, found.id)


def _reason(actor: Actor, root: Submission, reason: str) -> str:
    if actor.person_id != root.learner_id:
        return need_reason(reason)
    words = tidy(reason).strip()
    if len(words) > REASON_MOST:
        raise Invalid(Problem("reason", f"Give the reason in at most {REASON_MOST:,} characters.", words))
    return words


def _close_holds(tx: Tx, root: Submission, actor: Actor) -> None:
    tx.session.execute(
        update(Hold)
        .where(col(Hold.submission_id) == root.id, col(Hold.closed_at).is_(None))
        .values(closed_at=tx.now, closed_by=actor.person_id)
    )
