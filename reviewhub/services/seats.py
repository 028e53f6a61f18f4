"""Take a review out of its seat. The seat is filled anew; what was written is kept and counts no more."""

from sqlmodel import col, select, update

from reviewhub.domain.access import SYSTEM, Action, Actor
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Hold, MicroCredential, Person, Review, Round, Submission
from reviewhub.services.alias import alias_for
from reviewhub.services.candidates import CLAIM_OVER, REOPENED
from reviewhub.services.coordinated import facts_of
from reviewhub.services.kit import Tx
from reviewhub.services.letters import assessor as letters
from reviewhub.services.open_seats import UNFINISHED
from reviewhub.services.scope import about_seat, blind_given, review_facts, stored

_TAKEN_AWAY = (ReviewState.OFFERED.value, ReviewState.CLAIMED.value, ReviewState.SUBMITTED.value)
_NOBODY_SCORES = frozenset({RoundState.WAITING, RoundState.HELD})
"""Rounds that lose somebody without a step: they wait for people already, or do so after the hold."""


def empty_seat(
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
    """End a review by TAKE_AWAY, EXCLUDE, EXPIRE or HAND_BACK, and ask for somebody else.

    The submission is locked. `reason` is kept as erasable text of the event, `code` as in `end_review`.
    Refused when the round is over already: what follows from a result is undone by a new round, not by taking
    a sheet out of an old one.
    """
    facts = review_facts(submission, review, tx.now)
    end_review(tx, submission, round_, review, actor, action, reason, code=code)
    if review.role != "adjudicator":
        start_over(tx, submission, round_)
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
    """Write the end of one review and tell its assessor, and nothing else.

    `code` stands in for the action's name as its reason. Whoever ends it themselves knows it already; whose
    sheet is final has nothing left to do, and is not to learn what became of it.
    """
    facts = review_facts(submission, review, tx.now)
    before = tx.move(submission, review, action, actor, facts, about=about_seat(round_, review), text=reason)
    review.ended_at = tx.now
    review.end_reason = code or action.value.partition(".")[2]
    if actor.person_id != review.assessor_id and before != ReviewState.FINAL:
        _tell(tx, submission, review)


def void_round(tx: Tx, submission: Submission, round_: Round, actor: Actor, code: str) -> None:
    """End a round without a result: what is not final is taken back. The submission is locked.

    `code` is the end reason of its reviews. A hold that it was under is over.
    """
    tx.move(submission, round_, Action.VOID, actor, facts_of(submission))
    round_.waits_for = ""
    reviews = tx.session.exec(
        select(Review)
        .where(Review.round_id == round_.id, col(Review.state).in_(_TAKEN_AWAY))
        .execution_options(populate_existing=True)
    )
    for review in reviews:
        end_review(tx, submission, round_, review, actor, Action.TAKE_AWAY, "", code=code)
    tx.session.execute(
        update(Hold)
        .where(col(Hold.subject) == "round", col(Hold.subject_id) == round_.id, col(Hold.closed_at).is_(None))
        .values(closed_at=tx.now, closed_by=actor.person_id)
    )


def open_rounds(tx: Tx, submission: Submission) -> list[Round]:
    """The rounds of a locked submission that have no result yet, as they are now."""
    return list(
        tx.session.exec(
            select(Round)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(Attempt.submission_id == submission.id, col(Round.state).in_(UNFINISHED))
            .order_by(col(Round.id))
            .execution_options(populate_existing=True)
        )
    )


def _tell(tx: Tx, submission: Submission, review: Review) -> None:
    """By alias and case alone: why says something of the learner or of another seat."""
    alias = alias_for(tx, stored(submission.id), review.assessor_id)
    name = tx.session.get_one(MicroCredential, submission.micro_credential_id).name
    person = tx.session.get_one(Person, review.assessor_id)
    write = letters.claim_over if review.end_reason == CLAIM_OVER else letters.review_over
    tx.letter(person, *write(tx.settings, alias, name))


def start_over(tx: Tx, submission: Submission, round_: Round, *, back_to: str = "waiting") -> None:
    """An independent sheet is missing again, or says something else: nobody adjudicates what is not disputed.

    A hold of the round leads `back_to` this state.
    """
    if round_.state == RoundState.HELD and round_.held_from != back_to:
        round_.held_from = back_to
        about = {"round": round_.public_id, "back_to": back_to}
        tx.event(submission, "round.back_to", SYSTEM, before=round_.state, after=round_.state, facts=about)
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
        # It decided on sheets of which one counts no more.
        end_review(tx, submission, round_, adjudicator, SYSTEM, Action.EXPIRE, "")
        return
    # Whoever has seen the sheets cannot be blind again; before that, the same person may be asked again.
    code = "" if blind_given(tx.session, adjudicator) else REOPENED
    end_review(tx, submission, round_, adjudicator, SYSTEM, Action.TAKE_AWAY, "", code=code)
