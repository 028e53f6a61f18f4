"""Give a lead a name for each learner whose feedback waits: random, and theirs alone."""

from collections.abc import Iterable

from sqlmodel import col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Stale
from reviewhub.models import Attempt, Feedback, Submission
from reviewhub.queries.leads import led_by
from reviewhub.services.alias import alias_for
from reviewhub.services.kit import Kit


def name_cases(kit: Kit, actor: Actor, feedback_pids: Iterable[str]) -> None:
    """Make the aliases that are missing, once and for good; feedback that is not the actor's is left out."""
    pids = list(feedback_pids)
    try:
        _name(kit, actor, pids)
    except Stale:
        _name(kit, actor, pids)  # the same list in another window: its names are there now


def _name(kit: Kit, actor: Actor, feedback_pids: list[str]) -> None:
    assert actor.person_id is not None
    query = (
        select(Attempt.submission_id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(
            col(Feedback.public_id).in_(feedback_pids),
            *led_by(actor),
        )
        .distinct()
        .order_by(col(Attempt.submission_id))
    )
    with kit.write() as tx:
        for submission_id in tx.session.exec(query).all():
            alias_for(tx, submission_id, actor.person_id)
