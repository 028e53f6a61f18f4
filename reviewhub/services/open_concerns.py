"""While a concern is open nothing is resolved or released; answering it lets all that waited go on."""

from sqlmodel import Session, col, select

from reviewhub.domain.access import SYSTEM, Action, Actor
from reviewhub.domain.promise import after_stop, stopped_since
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.models import Concern, MicroCredential, Person, Review, Submission
from reviewhub.services.alias import alias_for
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.kit import Tx
from reviewhub.services.letters import assessor as letters
from reviewhub.services.scope import stored

_RUNS = frozenset({ReviewState.OFFERED, ReviewState.CLAIMED})


def concern_open(session: Session, submission_id: int) -> bool:
    """Whether a coordinator still has to answer something that an assessor said about this submission."""
    query = select(Concern.id).where(
        Concern.submission_id == submission_id, col(Concern.answered_at).is_(None)
    )
    return session.exec(query.limit(1)).first() is not None


def close_concern(
    tx: Tx, submission: Submission, concern: Concern, actor: Actor, outcome: str, reply: str
) -> None:
    """Write the answer down, move the due day by the working days it took, tell whoever raised it.

    The submission is locked. What waited for the answer is asked for again.
    """
    review = tx.session.exec(
        select(Review).where(Review.id == concern.review_id).execution_options(populate_existing=True)
    ).one()
    concern.outcome, concern.reply = outcome, reply
    concern.answered_by = actor.person_id
    if concern.answered_at is None and review.state in _RUNS:
        _move_due_day(tx, submission, review)
    concern.answered_at = tx.now
    facts = {"concern": concern.public_id, "review": review.public_id, "outcome": outcome}
    tx.event(submission, Action.ANSWER_CONCERN.value, actor, facts=facts, text=reply)
    _tell(tx, submission, review, reply)
    tx.later("resolve", round_id=review.round_id)


def _move_due_day(tx: Tx, submission: Submission, review: Review) -> None:
    """Concerns that overlap count once: each answer moves the day by what went by since the one before."""
    spans = tx.session.exec(
        select(Concern.raised_at, Concern.answered_at).where(Concern.review_id == review.id)
    )
    calendar = issuer_calendar(tx.session, submission.issuer_id)
    since, before = stopped_since(spans, tx.now), review.due_on
    review.due_on = after_stop(calendar, before, calendar.today(since), calendar.today(tx.now))
    if review.due_on == before:
        return
    days = {"before": before.isoformat(), "day": review.due_on.isoformat()}
    facts = {"review": review.public_id, **days, "reason": "concern"}
    tx.event(submission, "review.due_moved", SYSTEM, facts=facts)


def _tell(tx: Tx, submission: Submission, review: Review, reply: str) -> None:
    alias = alias_for(tx, stored(submission.id), review.assessor_id)
    name = tx.session.get_one(MicroCredential, submission.micro_credential_id).name
    link = review.public_id if ReviewState(review.state) in SEATED else ""
    words = letters.concern_answered(tx.settings, alias, name, reply, link)
    tx.letter(tx.session.get_one(Person, review.assessor_id), *words)
