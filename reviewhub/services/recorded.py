"""Write down what was judged: a dispute, a result with all that follows from it, or a fault."""

from reviewhub.domain.access import SYSTEM, Action, Facts
from reviewhub.domain.decision import Decision
from reviewhub.domain.errors import PluginFault
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import DecisionRow, Feedback, Hold, ResolutionRow
from reviewhub.queries.standing import is_adjudicated
from reviewhub.services.doubts import close_objections
from reviewhub.services.ids import public_id
from reviewhub.services.judged import Dispute, Judgement, Verdict
from reviewhub.services.kit import Tx
from reviewhub.services.lock_criteria import lock_criteria
from reviewhub.services.names_in import flag_names, names_of
from reviewhub.services.plan_audit import plan_audit
from reviewhub.services.promise import remake_promise
from reviewhub.services.release_by_rule import plan_release
from reviewhub.services.rescored import compare
from reviewhub.services.scope import Scope
from reviewhub.services.watch import watch


def record_judgement(tx: Tx, scope: Scope, judgement: Judgement) -> None:
    """Store the answer of the owner's rules. The submission is locked and the round unchanged.

    Every round keeps its result and decision. What follows from them depends on the kind: an initial round or
    an appeal decides its attempt, locks what is met and drafts the feedback; a rescore or an audit stands
    beside the result that was given, and changes nothing by itself.
    """
    if isinstance(judgement, Dispute):
        disputed = list(judgement.disputed)
        about = {"disputed": disputed}
        tx.move(scope.submission, scope.round, Action.DISAGREED, SYSTEM, Facts(), about=about)
        scope.round.disputed = disputed
        # After a superseding sheet of the adjudicator's own, or where other policies judge the same sheets,
        # nobody is to be asked: the decision is there.
        decided = is_adjudicated(tx.session, scope.round_id)
        tx.later("resolve" if decided else "fill_seats", round_id=scope.round_id)
        if not scope.beside:
            remake_promise(tx, scope.submission, scope.attempt, "adjudication")
        return
    ended = Action.ADJUDICATED if scope.round.state == RoundState.ADJUDICATING else Action.AGREED
    tx.move(scope.submission, scope.round, ended, SYSTEM, Facts())
    scope.round.resolved_at = tx.now
    _store(tx, scope, judgement)
    close_objections(tx, scope, judgement.doubted, judgement.lifted)
    if not scope.beside:
        levels = {one.criterion_id: one.level_id for one in judgement.resolution.results}
        lock_criteria(tx, scope, judgement.decision.locked, levels)
        _decide_attempt(tx, scope, judgement.decision)
        feedback = _keep_feedback(tx, scope, judgement, "draft")
        adjudicated = is_adjudicated(tx.session, scope.round_id)
        plan_release(tx, scope, feedback, adjudicated=adjudicated)
        watch(tx, feedback, tx.now)
        plan_audit(tx, scope)
    elif scope.round.kind == "rescore" and not compare(tx, scope):
        _keep_feedback(tx, scope, judgement, "aside")


def record_fault(tx: Tx, scope: Scope, fault: PluginFault, code: str = "plugin_fault") -> None:
    """Hold the round: it goes on from here, without anybody scoring again, once the code is repaired."""
    about = {"hook": fault.hook}
    before = tx.move(scope.submission, scope.round, Action.FAULTED, SYSTEM, Facts(), about=about)
    tx.session.add(
        Hold(
            public_id=public_id(),
            issuer_id=scope.submission.issuer_id,
            submission_id=scope.submission_id,
            subject="round",
            subject_id=scope.round_id,
            code=code,
            detail=fault.message,
            back_to=before,
            opened_at=tx.now,
        )
    )


def _store(tx: Tx, scope: Scope, verdict: Verdict) -> None:
    results = verdict.resolution.results
    tx.session.add_all(
        ResolutionRow(
            round_id=scope.round_id,
            criterion_id=one.criterion_id,
            level_id=one.level_id,
            value=f"{one.value.normalize():f}",
            rule=one.rule,
        )
        for one in results
    )
    scored = {one.criterion_id for one in results}
    tx.session.add(
        DecisionRow(
            round_id=scope.round_id,
            attempt_id=scope.attempt_id,
            outcome=verdict.decision.outcome,
            met=[cid for cid in verdict.decision.met if cid in scored],
            locked=[cid for cid in verdict.decision.locked if cid in scored],
            rule=verdict.decision.rule,
            code_digest=scope.code.digest,
            decided_at=tx.now,
        )
    )


def _decide_attempt(tx: Tx, scope: Scope, decision: Decision) -> None:
    about = {"outcome": decision.outcome, "locked": list(decision.locked)}
    tx.move(scope.submission, scope.attempt, Action.DECIDE, SYSTEM, Facts(), about=about)
    scope.attempt.decided_at = tx.now


def _keep_feedback(tx: Tx, scope: Scope, verdict: Verdict, state: str) -> Feedback:
    """The words that were composed: a draft for whoever confirms it, or aside until they count."""
    apart = {
        one.criterion_id
        for one in verdict.resolution.results
        if scope.rubric.criterion(one.criterion_id).has_code(one.level_id, "not_applicable")
    }
    items = [
        {
            "criterion": item.criterion_id,
            "saw": item.saw,
            "do": item.do,
            "flags": list(item.flags),
            "apart": item.criterion_id in apart,
        }
        for item in verdict.feedback.items
    ]
    feedback = Feedback(
        public_id=public_id(),
        attempt_id=scope.attempt_id,
        issuer_id=scope.submission.issuer_id,
        round_id=scope.round_id,
        state=state,
        summary=verdict.feedback.summary,
        items=flag_names(items, names_of(tx, scope.submission)),
        composed_at=tx.now,
    )
    tx.session.add(feedback)
    tx.session.flush()
    return feedback
