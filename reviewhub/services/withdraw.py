"""End a submission without a result."""

from sqlmodel import col, select, update

from reviewhub.domain.access import Action, Actor, Role
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Hold, MicroCredential, Person, Review, Round, Submission
from reviewhub.services.coordinated import REASON_MOST, facts_of, need_reason
from reviewhub.services.evidence import tidy
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters.learner import withdrawn
from reviewhub.services.own_work import latest_attempt
from reviewhub.services.seats import end_review

_ATTEMPT_ENDED = {AttemptState.RELEASED.value, AttemptState.WITHDRAWN.value}
_ROUND_ENDED = {RoundState.RESOLVED.value, RoundState.VOID.value}
_TAKEN_AWAY = [ReviewState.OFFERED.value, ReviewState.CLAIMED.value, ReviewState.SUBMITTED.value]


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
        for open_round in _open_rounds(tx, root):
            _void(tx, root, open_round, actor)
        if attempt.state not in _ATTEMPT_ENDED:
            tx.move(root, attempt, Action.DROP, actor, facts_of(root))
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


def _open_rounds(tx: Tx, root: Submission) -> list[Round]:
    return list(
        tx.session.exec(
            select(Round)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(Attempt.submission_id == root.id, col(Round.state).not_in(_ROUND_ENDED))
            .execution_options(populate_existing=True)
        )
    )


def _void(tx: Tx, root: Submission, row: Round, actor: Actor) -> None:
    tx.move(root, row, Action.VOID, actor, facts_of(root))
    row.waits_for = ""
    reviews = tx.session.exec(
        select(Review)
        .where(Review.round_id == row.id, col(Review.state).in_(_TAKEN_AWAY))
        .execution_options(populate_existing=True)
    )
    for review in reviews:
        end_review(tx, root, row, review, actor, Action.TAKE_AWAY, "", code="withdrawn")


def _close_holds(tx: Tx, root: Submission, actor: Actor) -> None:
    tx.session.execute(
        update(Hold)
        .where(col(Hold.submission_id) == root.id, col(Hold.closed_at).is_(None))
        .values(closed_at=tx.now, closed_by=actor.person_id)
    )
