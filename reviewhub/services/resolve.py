"""From final sheets to a result: close what is in, ask the owner's rules, record once.

Three steps, so that nothing slow happens inside a transaction: close (one commit), judge (no session open),
record (one commit, by compare-and-set on the round's version). Whoever comes second finds the version moved.
"""

from datetime import timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Facts
from reviewhub.domain.errors import PluginFault, Stale
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Review
from reviewhub.services.completed import UNJUDGED, complete
from reviewhub.services.judged import Question, judge, read_question
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.open_concerns import concern_open
from reviewhub.services.quarantine import hold_quarantined, quarantined
from reviewhub.services.recorded import record_fault, record_judgement
from reviewhub.services.renewing import ask_again
from reviewhub.services.scope import Scope, about_seat, lock_round, review_facts

_JUDGED_IN = frozenset({RoundState.RESOLVING, RoundState.ADJUDICATING})


def resolve_round(kit: Kit, job: Job, round_id: int) -> None:
    """Job: resolve the round when all its sheets are final; else do nothing, since each sheet asks anew.

    A fault of the owner's code, or its quarantine, holds the round with its reason. Stale when another worker
    was first.
    """
    if not _close(kit, job, round_id):
        return
    with kit.read() as session:
        question = read_question(session, round_id)
        stopped = question.code.digest and quarantined(session, question.code.issuer)
    if stopped:
        _hold(kit, job, question)
        return
    try:
        judgement = judge(kit.judge, question)
    except PluginFault as fault:
        with kit.write() as tx:
            scope = _unchanged(tx, question)
            record_fault(tx, scope, fault)
            tx.done(job)
        return
    with kit.write() as tx:
        scope = _unchanged(tx, question)
        if not _waits(tx, scope):
            record_judgement(tx, scope, judgement)
        tx.done(job)


def _hold(kit: Kit, job: Job, question: Question) -> None:
    with kit.write() as tx:
        if not hold_quarantined(tx, _unchanged(tx, question), question.code):
            raise Stale("The issuer's code was released meanwhile.")
        tx.done(job)


def _close(kit: Kit, job: Job, round_id: int) -> bool:
    """Make final what is in. True when the round is ready to be judged; otherwise the job is done."""
    with kit.write() as tx:
        scope = lock_round(tx, round_id)
        ready = not _waits(tx, scope) and _all_in(tx, scope)
        if ready:
            _finalise(tx, scope)
        else:
            _ask_for_people(tx, scope)
            _wait_for_windows(tx, scope, job)
        judged = ready and scope.round.kind not in UNJUDGED
        if ready and not judged:
            complete(tx, scope)
        if not judged:
            tx.done(job)
        return judged


def _waits(tx: Tx, scope: Scope) -> bool:
    """Whether nothing is resolved now: it is stopped, or a coordinator has to answer a concern first."""
    return scope.stopped or concern_open(tx.session, scope.submission_id)


def _all_in(tx: Tx, scope: Scope) -> bool:
    state = RoundState(scope.round.state)
    if state is RoundState.RESOLVING:
        return True
    if state is RoundState.SCORING:
        wanted = scope.seats
    elif state is RoundState.ADJUDICATING:
        wanted = 1
    else:
        return False
    seated = _seated(tx, scope)
    return len(seated) == wanted and all(_is_in(tx, review) for review in seated)


def _seated(tx: Tx, scope: Scope) -> list[Review]:
    """The reviews that the round waits for now: the adjudicator's, or the independent ones."""
    role = "adjudicator" if scope.round.state == RoundState.ADJUDICATING else scope.role
    return list(
        tx.session.exec(
            select(Review)
            .where(
                Review.round_id == scope.round_id,
                Review.role == role,
                col(Review.state).in_([state.value for state in SEATED]),
            )
            .order_by(col(Review.seat))
            .execution_options(populate_existing=True)
        ).all()
    )


def _is_in(tx: Tx, review: Review) -> bool:
    if review.state == ReviewState.FINAL:
        return True
    return review.state == ReviewState.SUBMITTED and not (review.undo_until and tx.now < review.undo_until)


def _finalise(tx: Tx, scope: Scope) -> None:
    for review in _seated(tx, scope):
        if review.state != ReviewState.SUBMITTED:
            continue
        facts = review_facts(scope.submission, review, tx.now)
        about = about_seat(scope.round, review)
        tx.move(scope.submission, review, Action.CLOSE, SYSTEM, facts, about=about)
        review.ended_at = tx.now
        scope.round.version += 1
    if scope.round.state == RoundState.SCORING:
        tx.move(scope.submission, scope.round, Action.ALL_IN, SYSTEM, Facts())


def _ask_for_people(tx: Tx, scope: Scope) -> None:
    """A round that comes back from a hold may have lost somebody meanwhile."""
    if scope.round.state in (RoundState.WAITING, RoundState.ADJUDICATING):
        tx.later("fill_seats", round_id=scope.round_id)


def _wait_for_windows(tx: Tx, scope: Scope, job: Job) -> None:
    """Come back when the last undo window that is open now has ended, whatever became of each sheet's job.

    A sheet from a future that did not come, since the clock was put back, gets its window anew: as long as
    it should be, and no longer.
    """
    if _waits(tx, scope):
        return
    window = timedelta(seconds=tx.settings.undo_seconds)
    ends = []
    for review in _seated(tx, scope):
        if review.state != ReviewState.SUBMITTED or review.undo_until is None or review.undo_until <= tx.now:
            continue
        if review.submitted_at is not None and review.submitted_at > tx.now:
            review.submitted_at, review.undo_until = tx.now, tx.now + window
            scope.round.version += 1
        ends.append(review.undo_until)
    if ends:
        ask_again(tx, "resolve", job.id, max(ends), round_id=scope.round_id)


def _unchanged(tx: Tx, question: Question) -> Scope:
    """The round, locked, if it is the one that was judged; else Stale, and the result is thrown away."""
    scope = lock_round(tx, question.round_id)
    if scope.round.version != question.version or RoundState(scope.round.state) not in _JUDGED_IN:
        raise Stale("The round changed while it was judged.")
    return scope
