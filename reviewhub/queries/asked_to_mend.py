"""What a coordinator has asked a learner to mend in an attempt that was given back."""

from sqlmodel import Session, col, select

from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Concern
from reviewhub.queries.own import Own


def asked_to_mend(session: Session, own: Own) -> str:
    """The coordinator's words, until the attempt is sent again; "" where it was not given back."""
    if own.attempt.state != AttemptState.NEEDS_FIX or own.attempt.sent_at is None:
        return ""
    found = session.exec(
        select(Concern.mend)
        .where(
            Concern.submission_id == own.submission.id,
            Concern.outcome == "given_back",
            col(Concern.answered_at) >= own.attempt.sent_at,
        )
        .order_by(col(Concern.answered_at).desc(), col(Concern.id).desc())
        .limit(1)
    ).first()
    return found or ""
