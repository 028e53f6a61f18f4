"""Learners' questions about their feedback, as leads see them: an alias, a case, the words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.models import Alias, Attempt, Feedback, MicroCredential, Question, Submission
from reviewhub.queries.lead import named_for, open_to

PAGE = 25
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that waits. `alias` is None until the learner has a name for this lead."""

    feedback: str
    alias: str | None
    case_ref: str | None
    name: str
    text: str
    asked_at: datetime


def waiting_questions(session: Session, actor: Actor) -> tuple[Asked, ...]:
    """The oldest 25 that nobody has answered, of feedback that the actor may see."""
    rows = session.execute(
        columns(col(Feedback.public_id), Alias, col(MicroCredential.name), Question)
        .select_from(Question)
        .join(Feedback, col(Feedback.id) == Question.feedback_id)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .outerjoin(Alias, named_for(actor))
        .where(col(Question.answered_at).is_(None), *open_to(actor))
        .order_by(col(Question.id))
        .limit(PAGE)
    ).all()
    return tuple(
        Asked(
            feedback=feedback,
            alias=alias.name if alias else None,
            case_ref=alias.case_ref if alias else None,
            name=name,
            text=question.text,
            asked_at=question.asked_at,
        )
        for feedback, alias, name, question in rows
    )


def count_questions(session: Session, actor: Actor) -> int:
    """How many wait, 1,001 at most."""
    waiting = (
        select(Question.id)
        .join(Feedback, col(Feedback.id) == Question.feedback_id)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(col(Question.answered_at).is_(None), *open_to(actor))
        .limit(MOST + 1)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(waiting)).one()


def question_about(session: Session, feedback_id: int) -> Question | None:
    """The one question about a feedback, answered or not."""
    return session.exec(select(Question).where(Question.feedback_id == feedback_id)).first()
