"""A coordinator lets a lead know who one learner is, for some days, or does not (rule 19)."""

from datetime import timedelta

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.models import Attempt, Feedback, Person, Reveal, Submission
from reviewhub.services.alias import alias_for
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.coordinated import facts_of, need_reason
from reviewhub.services.gives_away import gives_away, marks_of_learner
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import staff
from reviewhub.services.open_seats import lock_seats
from reviewhub.services.scope import stored
from reviewhub.services.sees_names import step_aside

MOST_DAYS = 7


def grant_reveal(kit: Kit, actor: Actor, reveal_pid: str, days: int, reason: str) -> int:
    """Show the name for 1 to 7 days; gives how many seats were emptied.

    From now on, and for good, the lead scores nothing of this learner's: what they hold anywhere is given to
    others. NotFound; Refused (decided, or one's own); Invalid (days, reason); Stale.
    """
    words = need_reason(reason)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(Problem("days", f"Choose 1 to {MOST_DAYS} days.", str(days)))
    with kit.write() as tx:
        learner_id, submission_id, lead_id = _find(tx, actor, reveal_pid)
        seats = lock_seats(tx, lead_id, learner_id=learner_id, also=[submission_id])
        submission, row = _decide(tx, actor, submission_id, reveal_pid, "granted", words)
        row.until_at = tx.now + timedelta(days=days)
        facts = {"reveal": row.public_id, "until": row.until_at.isoformat(), "seats": len(seats)}
        tx.event(submission, "reveal.granted", actor, facts=facts, text=words)
        step_aside(tx, seats)
        _tell(tx, submission, row)
        return len(seats)


def refuse_reveal(kit: Kit, actor: Actor, reveal_pid: str, reason: str, *, anyway: bool = False) -> None:
    """Let the learner stay nameless; the lead reads the reason.

    NotFound; Refused (decided, or one's own); Invalid (reason; gives_away unless `anyway`).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        _, submission_id, _ = _find(tx, actor, reveal_pid)
        locked = tx.lock(Submission, submission_id)
        tells = gives_away("reason", words, marks_of_learner(tx, locked), "the lead")
        if tells and not anyway:
            raise Invalid(*tells)
        submission, row = _decide(tx, actor, submission_id, reveal_pid, "refused", words)
        tx.event(submission, "reveal.refused", actor, facts={"reveal": row.public_id}, text=words)
        _tell(tx, submission, row)


def _find(tx: Tx, actor: Actor, reveal_pid: str) -> tuple[int, int, int]:
    """Learner, submission and lead of what the actor may decide; nothing is locked yet."""
    found = tx.session.exec(
        select(Reveal.asked_by, Submission)
        .join(Submission, col(Submission.id) == Reveal.submission_id)
        .where(Reveal.public_id == reveal_pid)
    ).first()
    if found is None or not may(actor, Action.DECIDE_REVEAL, facts_of(found[1])):
        raise NotFound
    if found[0] == actor.person_id:
        raise Refused("Somebody else decides what you ask for.", "own")
    return found[1].learner_id, stored(found[1].id), found[0]


def _decide(
    tx: Tx, actor: Actor, submission_id: int, reveal_pid: str, state: str, words: str
) -> tuple[Submission, Reveal]:
    submission = tx.session.get_one(Submission, submission_id)
    query = select(Reveal).where(Reveal.public_id == reveal_pid)
    row = tx.session.exec(query.execution_options(populate_existing=True)).one()
    if row.state != "asked":
        raise Refused("This was decided already.", "decided")
    row.state, row.answer, row.decided_by, row.decided_at = state, words, actor.person_id, tx.now
    return submission, row


def _tell(tx: Tx, submission: Submission, row: Reveal) -> None:
    feedback = tx.session.exec(
        select(Feedback.public_id)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .where(
            Attempt.submission_id == submission.id,
            col(Feedback.composed_at) <= row.asked_at,
            col(Feedback.state).in_(["draft", "released"]),
        )
        .order_by(col(Feedback.id).desc())
        .limit(1)
    ).first()
    lead = tx.session.get_one(Person, row.asked_by)
    case = alias_for(tx, stored(submission.id), row.asked_by).case_ref
    calendar = issuer_calendar(tx.session, submission.issuer_id)
    until = calendar.today(row.until_at) if row.until_at else None
    tx.letter(lead, *staff.reveal_decided(tx.settings, lead, case, feedback or "", row.answer, until))
