"""A lead looks at a name that they were granted: each look is an event (rule 19)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.errors import NotFound
from reviewhub.models import Attempt, Feedback, Person, Reveal, Submission
from reviewhub.queries.lead import open_to
from reviewhub.services.coordinated import facts_of
from reviewhub.services.kit import Kit


@dataclass(frozen=True, slots=True)
class Identity:
    """Who it is, and until when the lead may look."""

    name: str
    email: str
    until: datetime


def look_at_identity(kit: Kit, actor: Actor, feedback_pid: str) -> Identity:
    """The learner of one's granted submission. NotFound without a grant, and when its days are over."""
    with kit.write() as tx:
        found = tx.session.exec(
            select(Reveal, Submission.id)
            .join(Submission, col(Submission.id) == Reveal.submission_id)
            .join(Attempt, col(Attempt.submission_id) == Submission.id)
            .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
            .where(
                Feedback.public_id == feedback_pid,
                Reveal.asked_by == actor.person_id,
                Reveal.state == "granted",
                col(Reveal.until_at) > tx.now,
                *open_to(actor),
            )
            .order_by(col(Reveal.id).desc())
        ).first()
        if found is None or found[1] is None:
            raise NotFound
        row = found[0]
        submission = tx.lock(Submission, found[1])
        if not may(actor, Action.ASK_REVEAL, facts_of(submission)):
            raise NotFound
        if not sees(Viewer.LEAD, Field.LEARNER_NAME, When.AFTER_GRANT) or row.until_at is None:
            raise NotFound
        learner = tx.session.get_one(Person, submission.learner_id)
        tx.event(submission, "reveal.look", actor, facts={"reveal": row.public_id})
        return Identity(learner.name, learner.email or "", row.until_at)
