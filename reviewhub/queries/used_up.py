"""Submissions with something to mend and no attempt left for it, for their coordinators."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col

from reviewhub.domain.access import Actor
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, MicroCredential, Person, RubricVersion, Submission
from reviewhub.queries.coordinator import Group, Waiting, coordinated, group


def used_up(session: Session, actor: Actor) -> Group:
    """Group used_up, the longest first, in one statement."""
    number = func.max(col(Attempt.number))
    limit = col(RubricVersion.body)["policies"]["decision"]["attempts"].as_integer()
    query = (
        columns(
            col(Submission.public_id), col(Person.name), col(MicroCredential.name), col(Submission.active_at)
        )
        .select_from(Submission)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .where(
            coordinated(actor),
            col(Submission.state) == SubmissionState.REVISE.value,
            limit.is_not(None),
        )
        .group_by(col(Submission.id), col(Person.id), col(MicroCredential.id), col(RubricVersion.id))
        .having(number >= limit + col(Submission.extra_attempts))
        .order_by(col(Submission.active_at), col(Submission.id))
    )
    return group(session, "used_up", query, _line)


def _line(submission: str, learner: str, name: str, since: datetime) -> Waiting:
    return Waiting(submission, learner, name, since=since)
