"""Which rubric an attempt is judged by: the submission's, or the one it had before the learner moved on."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col

from reviewhub.domain.conditions import for_choices
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import for_reader
from reviewhub.models import Attempt, RubricVersion, Submission


def pinned() -> ColumnElement[int]:
    """For a statement that selects from Attempt and Submission: the id of the attempt's rubric version."""
    return func.coalesce(col(Attempt.rubric_version_id), col(Submission.rubric_version_id))


def rubric_of_attempt(
    session: Session, rubric: Rubric, attempt: Attempt, reads: Sequence[str] = ()
) -> Rubric:
    """What this attempt is judged by (rule 7), as chosen in it; `rubric` is what its submission pins, whole.

    For a reader who `reads` these languages, best first; as it was written for nobody.
    """
    return for_choices(whole_of_attempt(session, rubric, attempt, reads), attempt.choices)


def whole_of_attempt(session: Session, rubric: Rubric, attempt: Attempt, reads: Sequence[str] = ()) -> Rubric:
    """The same, with what the attempt's choices hide."""
    if attempt.rubric_version_id is None:
        return rubric
    return for_reader(from_json(session.get_one(RubricVersion, attempt.rubric_version_id).body), reads)


def rubric_now(session: Session, submission: Submission) -> Rubric:
    """The rubric that the submission pins, and its next attempt is judged by."""
    return from_json(session.get_one(RubricVersion, submission.rubric_version_id).body)
