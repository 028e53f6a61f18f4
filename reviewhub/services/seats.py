"""Take a review out of its seat. The seat is filled anew; what was written is kept and counts no more."""

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Actor
from reviewhub.domain.workflow import review as reviews
from reviewhub.domain.workflow import round as rounds
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.step import take
from reviewhub.models import Review, Round, Submission
from reviewhub.services.candidates import REOPENED
from reviewhub.services.kit import Tx
from reviewhub.services.scope import blind_given, review_facts, stored


def empty_seat(
    tx: Tx, submission: Submission, round_: Round, review: Review, actor: Actor, action: Action, reason: str
) -> None:
    """End a review by TAKE_AWAY, EXCLUDE or EXPIRE, and ask for somebody else. The submission is locked.

    `reason` is kept as erasable text of the event. Refused when the round is over already: what follows
    from a result is undone by a new round, not by taking a sheet out of an old one.
    """
    independent = review.role != "adjudicator"
    before = RoundState(round_.state)
    if independent and before is not RoundState.HELD:
        facts = review_facts(submission, review, tx.now)
        after = take(rounds.TRANSITIONS, before, Action.UNSEATED, actor, facts).to
        assert after is not None
        round_.state = after.value
    end_review(tx, submission, review, actor, action, reason)
    if independent:
        _start_over(tx, submission, round_)
    if round_.state != before:
        tx.event(
            submission,
            Action.UNSEATED.value,
            actor,
            before=before.value,
            after=round_.state,
            facts={"round": stored(round_.id)},
        )
    round_.version += 1
    tx.later("fill_seats", round_id=stored(round_.id))


def end_review(
    tx: Tx,
    submission: Submission,
    review: Review,
    actor: Actor,
    action: Action,
    reason: str,
    *,
    code: str = "",
) -> None:
    """Write the end of one review, and nothing else. `code` stands in for the action's name as its reason."""
    before = review.state
    facts = review_facts(submission, review, tx.now)
    step = take(reviews.TRANSITIONS, ReviewState(before), action, actor, facts)
    assert step.to is not None
    review.state, review.ended_at = step.to.value, tx.now
    review.end_reason = code or action.value.partition(".")[2]
    review.version += 1
    tx.event(
        submission,
        action.value,
        actor,
        before=before,
        after=review.state,
        facts={
            "review": stored(review.id),
            "round": review.round_id,
            "role": review.role,
            "seat": review.seat,
        },
        text=reason,
    )


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
        end_review(tx, submission, adjudicator, SYSTEM, Action.EXPIRE, "")
        return
    # Whoever has seen the sheets cannot be blind again; before that, the same person may be asked again.
    code = "" if blind_given(tx.session, adjudicator) else REOPENED
    end_review(tx, submission, adjudicator, SYSTEM, Action.TAKE_AWAY, "", code=code)
