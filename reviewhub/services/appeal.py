"""A learner appeals: the attempt is scored afresh by people who see nothing of the first round (rule 18).

What is met stays met; only the rest is scored again, so that nobody can lose by asking.
"""

from dataclasses import replace

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Actor, Role
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.models import Appeal, Attempt, DecisionRow, Feedback, Person, Submission
from reviewhub.queries.second_look import second_look
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.evidence import tidy
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import appeal as letters
from reviewhub.services.open_round import open_round
from reviewhub.services.own_work import OwnWork, lock_own
from reviewhub.services.promise import remake_promise
from reviewhub.services.scope import stored
from reviewhub.services.staff_of import staff_of

GROUNDS_MOST = 3_000


def appeal(kit: Kit, actor: Actor, submission_pid: str, grounds: str) -> None:
    """Open a fresh round for the latest attempt. NotFound, Invalid (field `grounds`).

    Refused (code `guard`) when it is too late, there was an appeal before, or the next attempt has begun.
    """
    with kit.write() as tx:
        work = lock_own(tx, actor, submission_pid)
        words = _grounds(grounds)
        feedback = _released(tx, work)
        calendar = issuer_calendar(tx.session, work.submission.issuer_id)
        look = second_look(tx.session, calendar, work.submission, feedback, tx.now)
        facts = replace(work.facts, appeal_open=look.may_appeal)
        about = {"attempt": work.attempt.public_id}
        tx.move(work.submission, work.submission, Action.APPEAL, actor, facts, about=about, text=words)
        tx.move(work.submission, work.attempt, Action.REOPEN, SYSTEM, facts)
        opened = open_round(tx, work.submission, work.attempt, "appeal")
        tx.session.add(
            Appeal(
                public_id=public_id(),
                issuer_id=work.submission.issuer_id,
                attempt_id=stored(work.attempt.id),
                round_id=stored(opened.id),
                grounds=words,
                asked_at=tx.now,
            )
        )
        remake_promise(tx, work.submission, work.attempt, "appeal")
        _tell(tx, work, actor)


def close_appeal(tx: Tx, submission: Submission, feedback: Feedback) -> None:
    """With the release of its feedback an appeal is decided: it changed something, or it did not."""
    row = tx.session.exec(
        select(Appeal).where(Appeal.round_id == feedback.round_id, col(Appeal.ended_at).is_(None))
    ).first()
    if row is None:
        return
    newly_met = tx.session.exec(
        select(DecisionRow.met).where(
            DecisionRow.round_id == feedback.round_id, col(DecisionRow.replaced_at).is_(None)
        )
    ).one()
    row.outcome, row.ended_at = "changed" if newly_met else "confirmed", tx.now
    tx.event(submission, "appeal.decided", SYSTEM, facts={"appeal": row.public_id, "outcome": row.outcome})


def drop_appeal(tx: Tx, attempt: Attempt) -> None:
    """The submission ended: an appeal that runs for this attempt ends without a result."""
    row = tx.session.exec(
        select(Appeal).where(Appeal.attempt_id == attempt.id, col(Appeal.ended_at).is_(None))
    ).first()
    if row is not None:
        row.outcome, row.ended_at = "dropped", tx.now


def _grounds(text: str) -> str:
    words = tidy(text).strip()
    if not words:
        raise Invalid(Problem("grounds", "Say what you think was judged wrongly, in a sentence or two."))
    if len(words) > GROUNDS_MOST:
        raise Invalid(Problem("grounds", f"Keep it under {GROUNDS_MOST:,} characters.", words))
    return words


def _released(tx: Tx, work: OwnWork) -> Feedback:
    found = tx.session.exec(
        select(Feedback)
        .where(Feedback.attempt_id == work.attempt.id, Feedback.state == "released")
        .order_by(col(Feedback.id).desc())
    ).first()
    if found is None:
        raise NotFound
    return found


def _tell(tx: Tx, work: OwnWork, actor: Actor) -> None:
    name, submission = work.rubric.about.name, work.submission
    learner = tx.session.get_one(Person, submission.learner_id)
    assert work.attempt.promised_on is not None
    tx.letter(learner, *letters.received(tx.settings, submission, name, work.attempt.promised_on))
    for coordinator in staff_of(tx, submission.issuer_id, Role.COORDINATOR, without=actor.person_id):
        tx.letter(coordinator, *letters.to_coordinator(tx.settings, submission, name))
