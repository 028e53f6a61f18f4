"""Give a lead a name for each learner whose work they are to look at: random, and theirs alone."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Stale
from reviewhub.models import Attempt, Correction, Feedback, Review, Round, Submission
from reviewhub.queries.leads import led_by
from reviewhub.services.alias import alias_for
from reviewhub.services.kit import Kit


def name_cases(kit: Kit, actor: Actor, feedback_pids: Iterable[str]) -> None:
    """Make the aliases that are missing, once and for good; feedback that is not the actor's is left out."""
    chosen = select(Feedback.attempt_id).where(col(Feedback.public_id).in_(list(feedback_pids)))
    _name_all(kit, actor, col(Attempt.id).in_(chosen))


def name_corrections(kit: Kit, actor: Actor, correction_pids: Iterable[str]) -> None:
    """The same for requests to correct a sheet."""
    chosen = (
        select(Round.attempt_id)
        .join(Review, col(Review.round_id) == Round.id)
        .join(Correction, col(Correction.review_id) == Review.id)
        .where(col(Correction.public_id).in_(list(correction_pids)))
    )
    _name_all(kit, actor, col(Attempt.id).in_(chosen))


def _name_all(kit: Kit, actor: Actor, which: ColumnElement[bool]) -> None:
    try:
        _name(kit, actor, which)
    except Stale:
        _name(kit, actor, which)  # the same list in another window: its names are there now


def _name(kit: Kit, actor: Actor, which: ColumnElement[bool]) -> None:
    assert actor.person_id is not None
    query = (
        select(Attempt.submission_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(which, *led_by(actor))
        .distinct()
        .order_by(col(Attempt.submission_id))
    )
    with kit.write() as tx:
        for submission_id in tx.session.exec(query).all():
            alias_for(tx, submission_id, actor.person_id)
