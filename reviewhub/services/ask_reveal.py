"""A lead asks who the learner of one submission is, with a reason (rule 19)."""

from sqlmodel import col, or_, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import Attempt, Feedback, Reveal, Submission
from reviewhub.queries.lead import open_to
from reviewhub.services.coordinated import facts_of, need_reason
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import stored


def ask_reveal(kit: Kit, actor: Actor, feedback_pid: str, reason: str) -> None:
    """Ask from a feedback that the lead may open. A coordinator decides.

    NotFound; Refused (asked already, or granted and not over: code `already`); Invalid (reason).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        submission = _lock(tx, actor, feedback_pid)
        assert actor.person_id is not None
        pending = select(Reveal.id).where(
            Reveal.submission_id == submission.id,
            Reveal.asked_by == actor.person_id,
            or_(
                col(Reveal.state) == "asked",
                (col(Reveal.state) == "granted") & (col(Reveal.until_at) > tx.now),
            ),
        )
        if tx.session.exec(pending).first() is not None:
            raise Refused("You have asked this already.", "already")
        row = Reveal(
            public_id=public_id(),
            issuer_id=submission.issuer_id,
            submission_id=stored(submission.id),
            asked_by=actor.person_id,
            reason=words,
            asked_at=tx.now,
        )
        tx.session.add(row)
        facts = {"reveal": row.public_id}
        tx.event(submission, Action.ASK_REVEAL.value, actor, facts=facts, text=words)


def _lock(tx: Tx, actor: Actor, feedback_pid: str) -> Submission:
    found = tx.session.exec(
        select(Submission.id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .where(Feedback.public_id == feedback_pid, *open_to(actor))
    ).first()
    if found is None:
        raise NotFound
    submission = tx.lock(Submission, found)
    if not may(actor, Action.ASK_REVEAL, facts_of(submission)):
        raise NotFound
    return submission
