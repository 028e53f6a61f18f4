"""Which rubric an attempt is judged by: the submission's, or the one it had before the learner moved on."""

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col

from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import Attempt, RubricVersion, Submission


def pinned() -> ColumnElement[int]:
    """For a statement that selects from Attempt and Submission: the id of the attempt's rubric version."""
    return func.coalesce(col(Attempt.rubric_version_id), col(Submission.rubric_version_id))


def rubric_of_attempt(session: Session, submission: Submission, attempt: Attempt) -> Rubric:
    """The rubric that this attempt is judged by (rule 7)."""
    key = attempt.rubric_version_id or submission.rubric_version_id
    return from_json(session.get_one(RubricVersion, key).body)
