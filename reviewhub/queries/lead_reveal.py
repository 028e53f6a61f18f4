"""What a lead has asked about one learner's name, and how it stands; never the name itself."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, and_, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import NotFound
from reviewhub.models import Alias, Attempt, Feedback, MicroCredential, Reveal, Submission
from reviewhub.queries.lead import open_to
from reviewhub.queries.todays import todays


@dataclass(frozen=True, slots=True)
class OwnReveal:
    """The newest request: `state` "" where there is none, "over" when its days are past.

    `answer` is the coordinator's where it was refused. Days are those at the issuer.
    """

    feedback: str
    name: str
    alias: str
    case_ref: str
    state: str
    reason: str
    asked_on: date | None
    answer: str
    until_on: date | None


def own_reveal(session: Session, actor: Actor, feedback_pid: str, now: datetime) -> OwnReveal:
    """In three statements. NotFound for a feedback that the lead may not open, or has not opened yet."""
    found = session.exec(
        select(Submission, MicroCredential.name, Alias)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(
            Alias,
            and_(col(Alias.submission_id) == Submission.id, col(Alias.viewer_id) == actor.person_id),
        )
        .where(Feedback.public_id == feedback_pid, *open_to(actor))
    ).first()
    if found is None:
        raise NotFound
    submission, name, alias = found
    row = session.exec(
        select(Reveal)
        .where(Reveal.submission_id == submission.id, Reveal.asked_by == actor.person_id)
        .order_by(col(Reveal.id).desc())
        .limit(1)
    ).first()
    dates = todays(session, actor, now, Role.LEAD)
    state = row.state if row else ""
    if row is not None and row.until_at is not None and row.until_at <= now:
        state = "over"
    until = row.until_at if row else None
    return OwnReveal(
        feedback=feedback_pid,
        name=name,
        alias=alias.name,
        case_ref=alias.case_ref,
        state=state,
        reason=row.reason if row else "",
        asked_on=dates.day_of(submission.issuer_id, row.asked_at) if row else None,
        answer=row.answer if row and row.state == "refused" else "",
        until_on=dates.day_of(submission.issuer_id, until) if until else None,
    )
