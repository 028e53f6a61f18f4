"""Job: carry out what a coordinator decided about new policies, one running submission a commit."""

from sqlmodel import col, select, update

from reviewhub.domain.access import SYSTEM, Action, Facts
from reviewhub.domain.policy_change import Choice, effect_on, takes_away
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.models import Attempt, CriterionLock, PolicyChange, Round, RubricVersion, Submission
from reviewhub.queries.policy_pair import is_under_way, needed_attempt, released_locks
from reviewhub.queries.running_policies import running, versions_named
from reviewhub.queries.standing import is_adjudicated
from reviewhub.services.change_policy import APPLY
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.open_round import open_round
from reviewhub.services.own_work import latest_attempt
from reviewhub.services.promise import remake_promise
from reviewhub.services.reopen import judge_by_others, put_aside
from reviewhub.services.scope import Scope, read_round, stored
from reviewhub.services.seats import void_round

CLEARED = "cleared"


def apply_policy(kit: Kit, job: Job, change_id: int, after: int) -> None:
    """Job: the next running submission behind `after`, and ask for the one behind it.

    What has ended or moved on meanwhile is left alone; so is what would lose something by it. Twice or late:
    whatever is pinned to the newer version already is not looked at again.
    """
    with kit.write() as tx:
        change = tx.session.get_one(PolicyChange, change_id)
        olds = {stored(one.id): one for one in _olds(tx, change)}
        key = _next(tx, change, list(olds), after)
        if key is None:
            change.ended_at = change.ended_at or tx.now
        else:
            submission = tx.lock(Submission, key)
            if submission.rubric_version_id in olds and submission.state not in ENDED:
                if _apply(tx, change, submission, olds[submission.rubric_version_id]):
                    change.moved += 1
                else:
                    change.stayed += 1
            tx.later(APPLY, dedup=f"{APPLY}:{change_id}:{key}", change_id=change_id, after=key)
        tx.done(job)


def _olds(tx: Tx, change: PolicyChange) -> list[RubricVersion]:
    return versions_named(tx.session, change.micro_credential_id, change.version_before)


def _next(tx: Tx, change: PolicyChange, olds: list[int], after: int) -> int | None:
    return tx.session.exec(
        select(Submission.id)
        .where(
            col(Submission.rubric_version_id).in_(olds),
            running(),
            col(Submission.id) > after,
            col(Submission.learner_id) != change.decided_by,
        )
        .order_by(col(Submission.id))
        .limit(1)
    ).first()


def _apply(tx: Tx, change: PolicyChange, submission: Submission, old: RubricVersion) -> bool:
    """Whether the submission is judged by the newer policies now."""
    new, attempt = tx.session.get_one(RubricVersion, change.to_id), latest_attempt(tx, submission)
    before, after = from_json(old.body), from_json(new.body)
    needed, extra = needed_attempt(submission, attempt), submission.extra_attempts
    if takes_away(before, after, locks=_has_locks(tx, submission), needed=needed, extra=extra):
        return False
    _keep_what_was_released(tx, submission)
    _pin(tx, change, submission, old, new)
    tx.session.flush()
    if is_under_way(attempt):
        choice: Choice = "clear" if change.choice == "clear" else "recalculate"
        _judge_anew(tx, submission, attempt, choice, after)
    return True


def _has_locks(tx: Tx, submission: Submission) -> bool:
    found = tx.session.exec(
        select(CriterionLock.id)
        .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
        .where(CriterionLock.submission_id == submission.id, *released_locks())
    ).first()
    return found is not None


def _keep_what_was_released(tx: Tx, submission: Submission) -> None:
    """Attempts with a result that their learner has keep the rubric of it, also in an appeal or an audit."""
    tx.session.execute(
        update(Attempt)
        .where(
            col(Attempt.submission_id) == submission.id,
            col(Attempt.rubric_version_id).is_(None),
            col(Attempt.released_at).is_not(None),
        )
        .values(rubric_version_id=submission.rubric_version_id)
    )


def _pin(
    tx: Tx, change: PolicyChange, submission: Submission, old: RubricVersion, new: RubricVersion
) -> None:
    code_before = submission.code_digest
    submission.rubric_version_id, submission.code_digest = stored(new.id), new.code_digest
    facts = {
        "change": change.public_id,
        "choice": change.choice,
        "rubric_before": old.public_id,
        "rubric_after": new.public_id,
        "code_before": code_before,
        "code_after": new.code_digest,
    }
    tx.event(submission, "submission.change_policy", SYSTEM, facts=facts)


def _judge_anew(tx: Tx, submission: Submission, attempt: Attempt, choice: Choice, after: Rubric) -> None:
    rounds = tx.session.exec(
        select(Round.id)
        .where(Round.attempt_id == attempt.id, Round.state != RoundState.VOID.value)
        .order_by(col(Round.number))
    ).all()
    void, checked = False, False
    for key in rounds:
        scope = read_round(tx.session, stored(key))
        adjudicated = is_adjudicated(tx.session, scope.round_id)
        state, back_to = RoundState(scope.round.state), scope.round.held_from or ""
        effect = effect_on(
            choice, scope.round.kind, state, back_to=back_to, adjudicated=adjudicated, after=after
        )
        checked = checked or (scope.round.kind == "completeness" and effect == "goes_on")
        if effect == "void":
            void = True
            _void(tx, scope)
        elif effect == "goes_on":
            scope.round.version += 1  # a judgement that is being made by the old policies is thrown away
        else:
            judge_by_others(tx, scope)
    if void:
        check_first = after.policies.eligibility.completeness and not checked
        open_round(tx, submission, attempt, "completeness" if check_first else "initial")
        remake_promise(tx, submission, attempt, "again")


def _void(tx: Tx, scope: Scope) -> None:
    """End the round without a result; its sheets stay as they were given."""
    if scope.round.state != RoundState.RESOLVED:
        void_round(tx, scope.submission, scope.round, SYSTEM, CLEARED)
        return
    if scope.round.kind == "initial":
        put_aside(tx, scope)
    tx.move(scope.submission, scope.round, Action.CLEAR, SYSTEM, Facts())
