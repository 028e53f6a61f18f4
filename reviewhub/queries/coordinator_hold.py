"""One job that failed too often, for its coordinator."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as columns
from sqlmodel import Session, col

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import NotFound
from reviewhub.models import Hold, Outbox, Submission


@dataclass(frozen=True, slots=True)
class HoldPage:
    """The job, its tries, its last failure as a code; `submission` is "" where it concerns none."""

    public_id: str
    job: str
    tries: int
    error: str
    since: datetime
    submission: str


def hold_page(session: Session, actor: Actor, public_id: str) -> HoldPage:
    """One statement. NotFound for another issuer's, and for what was tried again already."""
    row = session.execute(
        columns(Hold, Outbox, col(Submission.public_id))
        .join(Outbox, col(Outbox.id) == Hold.subject_id)
        .outerjoin(Submission, col(Submission.id) == Hold.submission_id)
        .where(
            col(Hold.public_id) == public_id,
            col(Hold.subject) == "job",
            col(Hold.closed_at).is_(None),
            col(Hold.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
        )
    ).first()
    if row is None:
        raise NotFound
    hold, job, submission = row
    return HoldPage(public_id, job.job, job.tries, job.last_error, hold.opened_at, submission or "")
