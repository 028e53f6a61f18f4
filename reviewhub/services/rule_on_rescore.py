"""A coordinator rules on a rescore whose result differs from the one that was released.

keep: what was released stands. take_back: the new result counts, whole; its feedback goes to a lead, as any
does. lift: of an attempt with a later one after it, what the rescore does not support is open again.
"""

from collections.abc import Iterable

from sqlmodel import Session, col, select, update

from reviewhub.domain.access import SYSTEM, Action, Actor, Facts, may
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.workflow.attempt import EDITABLE, AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, CriterionLock, DecisionRow, Feedback, Issuer, Person, Round, Submission
from reviewhub.queries.standing import Result, results_of, standing_result
from reviewhub.services.coordinated import facts_of, need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import rescore as letters
from reviewhub.services.lock_criteria import lock_criteria
from reviewhub.services.open_concerns import concern_open
from reviewhub.services.promise import remake_promise
from reviewhub.services.rescore import ENDED_WITHOUT
from reviewhub.services.scope import Scope, lock_round
from reviewhub.services.watch import watch
from reviewhub.services.watch_work import watch_again

RULINGS = ("keep", "take_back", "lift")


def rule_on_rescore(kit: Kit, actor: Actor, round_pid: str, ruling: str, reason: str) -> None:
    """Rule, with a reason. NotFound, Invalid (ruling, reason).

    Refused where there is nothing to rule on, or not now: an appeal runs, or a later attempt is being scored.
    """
    words = need_reason(reason)
    if ruling not in RULINGS:
        raise Invalid(Problem("ruling", "Choose what is to stand.", ruling))
    with kit.write() as tx:
        scope, facts = _lock(tx, actor, round_pid)
        if ruling not in choices_for(tx.session, scope):
            raise Refused("This is not possible now. Look at the page again: something has changed.", "state")
        about = {"attempt": scope.attempt.public_id, "round": scope.round.public_id, "ruling": ruling}
        tx.event(scope.submission, Action.RULE_ON_RESCORE.value, actor, facts=about, text=words)
        given, found = standing_result(tx.session, scope.attempt_id), results_of(tx.session, [scope.round_id])
        assert given is not None
        assert found is not None
        scope.round.ruling, scope.round.ruled_at = ruling, tx.now
        scope.round.version += 1
        if ruling == "take_back":
            _take_back(tx, actor, scope, facts, found, better=_better(given, found))
            return
        _feedback(tx, scope, "replaced")
        if ruling == "lift":
            _lift(tx, actor, scope, facts)


def choices_for(session: Session, scope: Scope) -> tuple[str, ...]:
    """The rulings that are possible now, none during an appeal or a hold or while a concern is open.

    A lock can be lifted while nobody scores without it: before a later attempt is sent, or after its result.
    """
    if scope.round.kind != "rescore" or scope.round.state != RoundState.RESOLVED or scope.round.ruling:
        return ()
    if scope.attempt.state != AttemptState.RELEASED or scope.submission.state == SubmissionState.HELD:
        return ()
    if concern_open(session, scope.submission_id):
        return ()
    if scope.submission.state in ENDED_WITHOUT:
        return ("keep",)
    newest = session.exec(
        select(Attempt)
        .where(Attempt.submission_id == scope.submission_id)
        .order_by(col(Attempt.number).desc())
        .limit(1)
    ).one()
    if newest.id == scope.attempt_id:
        return ("keep", "take_back")
    settled = AttemptState(newest.state) in EDITABLE | {AttemptState.RELEASED}
    return ("keep", "lift") if settled and unsupported(session, scope) else ("keep",)


def unsupported(session: Session, scope: Scope) -> tuple[CriterionLock, ...]:
    """The attempt's locks on criteria that the rescore scored, and does not have stay met."""
    found, locked = results_of(session, [scope.round_id]), _locked(session, scope)
    assert found is not None
    return tuple(
        lock
        for lock in _own_locks(session, scope)
        if lock.criterion_id in found.levels and lock.criterion_id not in locked
    )


def _lock(tx: Tx, actor: Actor, round_pid: str) -> tuple[Scope, Facts]:
    row = tx.session.exec(
        select(Round.id, Submission)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Round.public_id == round_pid)
    ).first()
    if row is None or row[0] is None or not may(actor, Action.RULE_ON_RESCORE, facts_of(row[1])):
        raise NotFound
    scope = lock_round(tx, row[0])
    return scope, facts_of(scope.submission)


def _better(given: Result, found: Result) -> bool:
    """Whether nothing is lost for the learner, and something won."""
    return found.met >= given.met and found.outcome in {"met", given.outcome}


def _take_back(tx: Tx, actor: Actor, scope: Scope, facts: Facts, found: Result, *, better: bool) -> None:
    submission, attempt = scope.submission, scope.attempt
    about = {"attempt": attempt.public_id, "round": scope.round.public_id}
    tx.move(submission, submission, Action.TAKE_BACK, actor, facts, about=about)
    submission.ended_at = None
    tx.move(submission, attempt, Action.REOPEN, SYSTEM, facts)
    locked = _locked(tx.session, scope)
    changed = [
        lock
        for lock in _own_locks(tx.session, scope)
        if lock.criterion_id in locked and lock.level_id != found.levels[lock.criterion_id]
    ]
    _lift_locks(tx, scope, (*unsupported(tx.session, scope), *changed))
    lock_criteria(tx, scope, locked, found.levels)
    told = {"outcome": found.outcome, "locked": locked}
    tx.move(submission, attempt, Action.DECIDE, SYSTEM, facts, about=told)
    attempt.decided_at = tx.now
    _feedback(tx, scope, "draft")
    drafts = select(Feedback).where(Feedback.round_id == scope.round_id, Feedback.state == "draft")
    for feedback in tx.session.exec(drafts.execution_options(populate_existing=True)):
        watch(tx, feedback, tx.now)
    promised = remake_promise(tx, submission, attempt, "taken_back")
    assert promised is not None
    learner, issuer, name = _people(tx, scope)
    tx.letter(learner, *letters.taken_back(tx.settings, submission, issuer, name, promised, better=better))


def _lift(tx: Tx, actor: Actor, scope: Scope, facts: Facts) -> None:
    lifted = unsupported(tx.session, scope)
    _lift_locks(tx, scope, lifted)
    names = [scope.rubric.criterion(lock.criterion_id).name for lock in lifted]
    if scope.submission.state == SubmissionState.MET:
        tx.move(scope.submission, scope.submission, Action.OPEN_AGAIN, actor, facts)
        scope.submission.ended_at = None
        watch_again(tx, scope.submission)
    learner, issuer, name = _people(tx, scope)
    tx.letter(learner, *letters.opened_again(tx.settings, scope.submission, issuer, name, names))


def _locked(session: Session, scope: Scope) -> list[str]:
    """What the rescore's decision would have stay met."""
    return list(
        session.exec(
            select(DecisionRow.locked).where(
                DecisionRow.round_id == scope.round_id, col(DecisionRow.replaced_at).is_(None)
            )
        ).one()
    )


def _own_locks(session: Session, scope: Scope) -> list[CriterionLock]:
    return list(
        session.exec(
            select(CriterionLock)
            .where(CriterionLock.attempt_id == scope.attempt_id, col(CriterionLock.lifted_at).is_(None))
            .order_by(col(CriterionLock.id))
        ).all()
    )


def _lift_locks(tx: Tx, scope: Scope, locks: Iterable[CriterionLock]) -> None:
    for lock in locks:
        lock.lifted_at, lock.lifted_because = tx.now, "judged_again"
        about = {"criterion": lock.criterion_id, "because": "rescore", "round": scope.round.public_id}
        tx.event(scope.submission, "lock.lift", SYSTEM, facts=about)
    tx.session.flush()


def _feedback(tx: Tx, scope: Scope, state: str) -> None:
    """What was composed for the rescore is a lead's to confirm now, or of no use any more."""
    tx.session.execute(
        update(Feedback)
        .where(col(Feedback.round_id) == scope.round_id, col(Feedback.state) == "aside")
        .values(state=state, version=Feedback.version + 1)
    )


def _people(tx: Tx, scope: Scope) -> tuple[Person, Issuer, str]:
    submission = scope.submission
    learner = tx.session.get_one(Person, submission.learner_id)
    return learner, tx.session.get_one(Issuer, submission.issuer_id), scope.rubric.about.name
