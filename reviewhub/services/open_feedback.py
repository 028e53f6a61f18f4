"""A lead opens a feedback for the first time: it gets a name for them, and that they read it is kept."""

import contextlib

from sqlmodel import col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import NotFound, Stale
from reviewhub.models import Attempt, Feedback, FeedbackReading, Submission
from reviewhub.queries.lead import open_to
from reviewhub.services.kit import Kit
from reviewhub.services.name_cases import name_cases
from reviewhub.services.scope import stored


def open_feedback(kit: Kit, actor: Actor, feedback_pid: str) -> None:
    """Make the alias, and note the reading, where either is missing. NotFound for what is not the actor's.

    Whoever has read a result is not asked to adjudicate a later attempt while others may (rule 16).
    """
    name_cases(kit, actor, [feedback_pid])
    with contextlib.suppress(Stale):  # the same page in another window was faster
        _note(kit, actor, feedback_pid)


def _note(kit: Kit, actor: Actor, feedback_pid: str) -> None:
    with kit.write() as tx:
        feedback_id = tx.session.exec(
            select(Feedback.id)
            .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
            .join(Submission, col(Submission.id) == Attempt.submission_id)
            .where(Feedback.public_id == feedback_pid, *open_to(actor))
        ).first()
        if feedback_id is None:
            raise NotFound
        key = (feedback_id, stored(actor.person_id))
        if tx.session.get(FeedbackReading, key) is None:
            tx.session.add(FeedbackReading(feedback_id=key[0], person_id=key[1], read_at=tx.now))
