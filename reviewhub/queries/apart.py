"""Whose work somebody must not see any more: they have said that they know the learner, or others have."""

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from reviewhub.domain.access import Actor
from reviewhub.models import Conflict, Submission


def apart(actor: Actor) -> ColumnElement[bool]:
    """For a statement that selects from Submission: its learner and the actor are kept apart by a conflict.

    So it shows nowhere whether a conflict came before or after a result: in either case all is gone.
    """
    learners = (
        select(Conflict.learner_id)
        .where(Conflict.assessor_id == actor.person_id, col(Conflict.ended_at).is_(None))
        .correlate(None)
    )
    return col(Submission.learner_id).in_(learners)
