"""A coordinator gives a seat to somebody else: to a person of their choice, or to whom assignment chooses."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.assignment import adjudicators_rule, bars
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Person, Review, Round, Submission
from reviewhub.services.assign import offer, scorers
from reviewhub.services.candidates import load_pool
from reviewhub.services.coordinated import facts_of, lock_submission, need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import Scope, lock_round, stored
from reviewhub.services.seats import empty_seat


def reassign(kit: Kit, actor: Actor, review_pid: str, assessor_pid: str, reason: str) -> None:
    """Take a review out of its seat; seat `assessor_pid`, or with "" whoever is the least loaded.

    What was written is kept and does not count. NotFound, Refused (the scores are final), Invalid (assessor
    with what bars them, reason).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        scope, review = _lock(tx, actor, review_pid)
        person = _choice(tx, scope, review, assessor_pid) if assessor_pid else None
        if person is None:  # first in line, before what would lay the seat into a pile
            tx.later("fill_seats", round_id=scope.round_id, give_out=1)
        empty_seat(tx, scope.submission, scope.round, review, actor, Action.TAKE_AWAY, words)
        tx.session.flush()
        if person is not None:
            offer(tx, scope, review.role, review.seat, person, "chosen by a coordinator")


def fill_again(kit: Kit, actor: Actor, submission_pid: str) -> None:
    """Look for assessors at once where seats are empty; what lies in a pile is given out. NotFound."""
    with kit.write() as tx:
        submission, _ = lock_submission(tx, actor, submission_pid)
        empty = [RoundState.WAITING.value, RoundState.ADJUDICATING.value]
        for round_id in tx.session.exec(
            select(Round.id)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(Attempt.submission_id == submission.id, col(Round.state).in_(empty))
        ):
            tx.later("fill_seats", round_id=stored(round_id), give_out=1)


def _lock(tx: Tx, actor: Actor, review_pid: str) -> tuple[Scope, Review]:
    found = tx.session.exec(
        select(Review.id, Review.round_id, Submission)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Review.public_id == review_pid)
    ).first()
    if found is None or not may(actor, Action.REASSIGN, facts_of(found[2])):
        raise NotFound
    scope = lock_round(tx, found[1])
    query = select(Review).where(Review.id == found[0]).execution_options(populate_existing=True)
    return scope, tx.session.exec(query).one()


def _choice(tx: Tx, scope: Scope, review: Review, assessor_pid: str) -> Person:
    pools = [load_pool(tx.session, scope, role, tx.now) for role in scorers(review.role)]
    again: str = scope.rubric.policies.eligibility.again if review.role == "independent" else "any"
    if review.role == "adjudicator":
        again = adjudicators_rule(one for pool in pools for one in pool.candidates)
    for pool in pools:
        person = next((p for p in pool.people.values() if p.public_id == assessor_pid), None)
        if person is None:
            continue
        candidate = next(c for c in pool.candidates if c.person_id == person.id)
        against = bars(candidate, again=again)
        if against:
            because = ", ".join(bar.value for bar in against)
            raise Invalid(Problem("assessor", f"{person.name} cannot score this: {because}.", assessor_pid))
        return person
    raise Invalid(Problem("assessor", "Choose somebody from the list.", assessor_pid))
