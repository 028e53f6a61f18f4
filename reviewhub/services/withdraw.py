"""End a submission without a result."""

from sqlmodel import col, select, update

from reviewhub.domain.access import Action, Actor, Facts, Role
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.domain.workflow import attempt as attempt_table
from reviewhub.domain.workflow import review as review_table
from reviewhub.domain.workflow import round as round_table
from reviewhub.domain.workflow import submission as submission_table
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.step import take
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Hold, MicroCredential, Person, Review, Round, Submission
from reviewhub.services.coordinated import REASON_MOST, facts_of, need_reason
from reviewhub.services.evidence import tidy
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters.learner import withdrawn
from reviewhub.services.own_work import latest_attempt

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
        _step_submission(tx, root, actor, reason)
        attempt = latest_attempt(tx, root)
        for open_round in _open_rounds(tx, root):
            _void(tx, root, open_round, actor)
        if attempt.state not in _ATTEMPT_ENDED:
            _drop(tx, root, attempt, actor)
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


def _step_submission(tx: Tx, root: Submission, actor: Actor, reason: str) -> None:
    before = SubmissionState(root.state)
    step = take(submission_table.TRANSITIONS, before, Action.WITHDRAW, actor, facts_of(root))
    assert step.to is not None
    root.state, root.held_from, root.ended_at = step.to.value, None, tx.now
    tx.event(root, Action.WITHDRAW.value, actor, before=before.value, after=root.state, text=reason)


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
    before = RoundState(row.state)
    step = take(round_table.TRANSITIONS, before, Action.VOID, actor, facts_of(root))
    assert step.to is not None
    row.state, row.held_from, row.waits_for = step.to.value, None, ""
    row.version += 1
    facts = {"round": row.public_id}
    tx.event(root, Action.VOID.value, actor, before=before.value, after=row.state, facts=facts)
    reviews = tx.session.exec(
        select(Review)
        .where(Review.round_id == row.id, col(Review.state).in_(_TAKEN_AWAY))
        .execution_options(populate_existing=True)
    )
    for review in reviews:
        _take_away(tx, root, review, actor)


def _take_away(tx: Tx, root: Submission, review: Review, actor: Actor) -> None:
    before = ReviewState(review.state)
    facts = Facts(issuer_id=root.issuer_id, learner_id=root.learner_id, assessor_id=review.assessor_id)
    step = take(review_table.TRANSITIONS, before, Action.TAKE_AWAY, actor, facts)
    assert step.to is not None
    review.state, review.ended_at, review.end_reason = step.to.value, tx.now, "withdrawn"
    review.version += 1
    about = {"review": review.public_id}
    tx.event(root, Action.TAKE_AWAY.value, actor, before=before.value, after=review.state, facts=about)


def _drop(tx: Tx, root: Submission, attempt: Attempt, actor: Actor) -> None:
    before = AttemptState(attempt.state)
    step = take(attempt_table.TRANSITIONS, before, Action.DROP, actor, facts_of(root))
    assert step.to is not None
    attempt.state = step.to.value
    attempt.version += 1
    facts = {"attempt": attempt.public_id}
    tx.event(root, Action.DROP.value, actor, before=before.value, after=attempt.state, facts=facts)


def _close_holds(tx: Tx, root: Submission, actor: Actor) -> None:
    tx.session.execute(
        update(Hold)
        .where(col(Hold.submission_id) == root.id, col(Hold.closed_at).is_(None))
        .values(closed_at=tx.now, closed_by=actor.person_id)
    )
