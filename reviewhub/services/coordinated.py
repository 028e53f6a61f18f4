"""What every act of a coordinator begins with: the thing, locked, and a reason in words."""

from sqlmodel import select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Issuer, Submission
from reviewhub.services.kit import Tx

REASON_MOST = 2_000


def need_reason(reason: str) -> str:
    """The reason, trimmed. Invalid (field `reason`) when empty or longer than 2,000 characters."""
    words = reason.strip()
    if not words:
        raise Invalid(Problem("reason", "Say why, in a sentence: it is kept with what you did."))
    if len(words) > REASON_MOST:
        raise Invalid(Problem("reason", f"Give the reason in at most {REASON_MOST:,} characters.", words))
    return words


def facts_of(submission: Submission) -> Facts:
    """What permissions and guards ask about a submission."""
    return Facts(
        issuer_id=submission.issuer_id,
        learner_id=submission.learner_id,
        submission_held=submission.state == SubmissionState.HELD,
    )


def lock_submission(tx: Tx, actor: Actor, public_id: str) -> tuple[Submission, Facts]:
    """Take a submission of the actor's issuers. NotFound for all others, and for one's own learning."""
    submission_id = tx.session.exec(
        select(Submission.id).where(
            Submission.public_id == public_id,
            Submission.issuer_id.in_(actor.issuers(Role.COORDINATOR)),  # type: ignore[attr-defined]
            Submission.learner_id != actor.person_id,
        )
    ).first()
    if submission_id is None:
        raise NotFound
    submission = tx.lock(Submission, submission_id)
    return submission, facts_of(submission)


def lock_issuer(tx: Tx, actor: Actor, slug: str, action: Action) -> Issuer:
    """Take the issuer with this slug where the actor may do this; NotFound elsewhere."""
    issuer_id = tx.session.exec(select(Issuer.id).where(Issuer.slug == slug)).first()
    if issuer_id is None or not may(actor, action, Facts(issuer_id=issuer_id)):
        raise NotFound
    return tx.lock(Issuer, issuer_id)
