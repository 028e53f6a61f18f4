"""A claim: who may begin one, how it begins, and how long it is kept."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Actor, Facts
from reviewhub.domain.assignment import Bar, bars
from reviewhub.domain.claim import claim_ends
from reviewhub.domain.errors import Refused
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Issuer, Review
from reviewhub.queries.pile import newest_claim
from reviewhub.services.alias import alias_for
from reviewhub.services.assign import add_review, again_rule, due_day, empty_seats
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.candidates import CLAIM_OVER, load_candidate
from reviewhub.services.kit import Tx
from reviewhub.services.pile import take_off_pile
from reviewhub.services.promise import remake_promise
from reviewhub.services.scope import Scope, about_seat, review_facts, stored
from reviewhub.services.watch import WATCH_CLAIM

WHY = "claimed it from the pile"
OWN = (Bar.FULL, Bar.AWAY)
"""What bars somebody from every round alike, and they can change. Any other bar may tell of the learner."""


def extend_claim(tx: Tx, scope: Scope, review: Review) -> None:
    """Some work was done: what was claimed is kept for the issuer's hours from now on.

    Nothing for what was given out: it has a day and no clock.
    """
    if review.claim_until is not None:
        review.claim_until = claim_ends(tx.now, _hours(tx, scope))


def why_not(tx: Tx, scope: Scope, person_id: int) -> tuple[Bar, ...] | None:
    """What bars somebody from a seat of the locked round; None where no seat of it lies in a pile."""
    if scope.round.pile is None or scope.round.state != RoundState.WAITING or scope.stopped:
        return None
    if not empty_seats(tx, scope, scope.role, scope.seats):
        return None
    candidate = load_candidate(tx.session, scope, person_id, tx.now)
    return (Bar.INACTIVE,) if candidate is None else bars(candidate, again=again_rule(scope, scope.role))


def claim(tx: Tx, scope: Scope, actor: Actor) -> Review:
    """Give the actor an empty seat of the locked round, from which nothing bars them, and their draft."""
    assert actor.person_id is not None
    empty = empty_seats(tx, scope, scope.role, scope.seats)
    review = _before(tx, scope, actor.person_id)
    if review is None:
        review = add_review(tx, scope, scope.role, empty[0], actor.person_id, WHY)
    else:
        review.seat, review.offered_at = empty[0], tx.now
        review.due_on = due_day(tx, scope, issuer_calendar(tx.session, scope.submission.issuer_id))
    facts = replace(review_facts(scope.submission, review, tx.now), from_pile=scope.round.pile is not None)
    about = about_seat(scope.round, review)
    tx.move(scope.submission, review, Action.CLAIM_NEXT, actor, facts, about=about)
    review.claimed_at, review.ended_at, review.end_reason = _after_the_newest(tx, actor), None, ""
    review.claim_until = claim_ends(tx.now, _hours(tx, scope))
    tx.session.flush()
    alias_for(tx, scope.submission_id, actor.person_id)
    key = f"{WATCH_CLAIM}:{review.id}:{scope.submission.audit_seq}"
    tx.later(WATCH_CLAIM, due_at=review.claim_until, dedup=key, review_id=stored(review.id))
    if len(empty) == 1:
        take_off_pile(scope)
        scope.round.waits_for, scope.round.waits_since = "", None
        tx.move(scope.submission, scope.round, Action.SEATED, SYSTEM, Facts())
    else:
        scope.round.version += 1
        if scope.round.waits_for:  # says how many seats are empty
            tx.later("fill_seats", round_id=scope.round_id)
    if not scope.beside:
        remake_promise(tx, scope.submission, scope.attempt, "people")
    return review


def _after_the_newest(tx: Tx, actor: Actor) -> datetime:
    """Now; or after what they claimed last, where a clock that was set back says that it is to come."""
    newest = newest_claim(tx.session, actor)
    last = newest.claimed_at if newest is not None else None
    return tx.now if last is None else max(tx.now, last + timedelta(microseconds=1))


def renew_claim(tx: Tx, scope: Scope, review: Review, actor: Actor) -> None:
    """Claim a locked review once more if its claim is over; nothing for any other.

    Refused with code full or away; `claim_over` for whatever else, since the reason may tell of the learner
    (rule 4).
    """
    if review.state != ReviewState.EXPIRED or review.end_reason != CLAIM_OVER:
        return
    against = why_not(tx, scope, review.assessor_id)
    if against != ():
        own = next((bar.name.lower() for bar in OWN if bar in (against or ())), "claim_over")
        raise Refused("This cannot be claimed now.", own)
    claim(tx, scope, actor)


def _before(tx: Tx, scope: Scope, person_id: int) -> Review | None:
    """Their own claim of the round that went back to the pile."""
    return tx.session.exec(
        select(Review)
        .where(
            Review.round_id == scope.round_id,
            Review.assessor_id == person_id,
            Review.role == scope.role,
            Review.state == ReviewState.EXPIRED.value,
            Review.end_reason == CLAIM_OVER,
        )
        .order_by(col(Review.id).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()


def _hours(tx: Tx, scope: Scope) -> int:
    return tx.session.get_one(Issuer, scope.submission.issuer_id).claim_hours
