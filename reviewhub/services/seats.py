"""Take a review out of its seat. The seat is filled anew; what was written is kept and counts no more."""

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Actor
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Review, Round, Submission
from reviewhub.services.candidates import REOPENED
from reviewhub.services.kit import Tx
from reviewhub.services.scope import about_seat, blind_given, review_facts, stored

_NOBODY_SCORES = frozenset({RoundState.WAITING, RoundState.HELD})
"""Rounds that lose somebody without a step: they wait for people already, or do so after the hold."""


def empty_seat(
    tx: Tx, submission: Submission, round_: Round, review: Review, actor: Actor, action: Action, reason: str
) -> None:
    """End a review by TAKE_AWAY, EXCLUDE or EXPIRE, and ask for somebody else. The submission is locked.

    `reason` is kept as erasable text of the event. Refused when the round is over already: what follows
    from a result is undone by a new round, not by taking a sheet out of an old one.
    """
    facts = review_facts(submission, review, tx.now)
    end_review(tx, submission, round_, review, actor, action, reason)
    if review.role != "adjudicator":
        _start_over(tx, submission, round_)
        if round_.state not in _NOBODY_SCORES:
            tx.move(submission, round_, Action.UNSEATED, actor, facts)
    round_.version += 1
    tx.later("fill_seats", round_id=stored(round_.id))


def end_review(
    tx: Tx,
    submission: Submission,
    round_: Round,
    review: Review,
    actor: Actor,
    action: Action,
    reason: str,
    *,
    code: str = "",
) -> None:
    """Write the end of one review, and nothing else. `code` stands in for the action's name as its reason."""
    facts = review_facts(submission, review, tx.now)
    tx.move(submission, review, action, actor, facts, about=about_seat(round_, review), text=reason)
    review.ended_at = tx.now
    review.end_reason = code or action.value.partition(".")[2]


def _start_over(tx: Tx, submission: Submission, round_: Round) -> None:
    """An independent sheet is missing again: nothing is disputed yet, and nobody adjudicates."""
    if round_.state == RoundState.HELD:
        round_.held_from = RoundState.WAITING.value
    round_.disputed = []
    adjudicator = tx.session.exec(
        select(Review).where(
            Review.round_id == round_.id,
            Review.role == "adjudicator",
            col(Review.state).in_([state.value for state in SEATED]),
        )
    ).first()
    if adjudicator is None:
        return
    if adjudicator.state == ReviewState.FINAL:
        # Not recorded yet, as while a fault of the owner's rules holds the round: it decides no dispute now.
        end_review(tx, submission, round_, adjudicator, SYSTEM, Action.EXPIRE, "")
        return
    # Whoever has seen the sheets cannot be blind again; before that, the same person may be asked again.
    code = "" if blind_given(tx.session, adjudicator) else REOPENED
    end_review(tx, submission, round_, adjudicator, SYSTEM, Action.TAKE_AWAY, "", code=code)
