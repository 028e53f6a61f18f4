"""A coordinator reminds the leads of feedback that waits: once a day for each submission."""

from datetime import timedelta

from sqlmodel import select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Refused
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Attempt, Event, MicroCredential, Submission
from reviewhub.services.coordinated import lock_submission
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import staff
from reviewhub.services.staff_of import leads_of

ACTION = "feedback.reminded"
EVERY = timedelta(days=1)


def remind_leads(kit: Kit, actor: Actor, submission_pid: str) -> int:
    """Write to every lead of the issuer; gives how many.

    NotFound. Refused: nothing waits, somebody did so within a day, or there is no lead.
    """
    with kit.write() as tx:
        submission, _ = lock_submission(tx, actor, submission_pid)
        attempt = _waiting(tx, submission)
        _not_lately(tx, submission)
        leads = leads_of(tx, submission)
        if not leads:
            raise Refused("There is no lead to remind. Invite one, or make somebody one.", "no_lead")
        name = tx.session.get_one(MicroCredential, submission.micro_credential_id).name
        for lead in leads:
            tx.letter(lead, *staff.feedback_waits(tx.settings, lead, name, attempt.promised_on))
        tx.event(submission, ACTION, actor, facts={"attempt": attempt.public_id, "leads": len(leads)})
        return len(leads)


def _waiting(tx: Tx, submission: Submission) -> Attempt:
    attempt = tx.session.exec(
        select(Attempt).where(
            Attempt.submission_id == submission.id, Attempt.state == AttemptState.DECIDED.value
        )
    ).first()
    if attempt is None:
        raise Refused("No feedback of this submission waits for a lead.", "state")
    return attempt


def _not_lately(tx: Tx, submission: Submission) -> None:
    lately = select(Event.id).where(
        Event.aggregate == "submission",
        Event.aggregate_id == submission.id,
        Event.action == ACTION,
        Event.at > tx.now - EVERY,
    )
    if tx.session.exec(lately).first() is not None:
        raise Refused("The leads were reminded of this within the last day.", "lately")
