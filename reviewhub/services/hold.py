"""A coordinator stops a submission, and lets what is held go on: each with a reason that is kept.

The days that a stop took move due days and the promise, see services/after_stop.py.
"""

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Actor, Facts
from reviewhub.domain.errors import NotFound, Refused
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Artifact, Attempt, Hold, Person, Round, Submission
from reviewhub.services.after_stop import move_days
from reviewhub.services.arrive import arrive
from reviewhub.services.completeness import waits_for_copy
from reviewhub.services.coordinated import lock_submission, need_reason
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import staff
from reviewhub.services.own_work import rubric_of
from reviewhub.services.repair import move_to_repaired_code

_UNFINISHED = ("waiting", "scoring", "resolving", "adjudicating")


def hold(kit: Kit, actor: Actor, submission_pid: str, reason: str) -> None:
    """Stop a submission where it is. NotFound, Refused, Invalid (reason)."""
    words = need_reason(reason)
    with kit.write() as tx:
        submission, facts = lock_submission(tx, actor, submission_pid)
        put_on_hold(tx, submission, facts, actor, words)


def put_on_hold(tx: Tx, submission: Submission, facts: Facts, actor: Actor, words: str) -> None:
    """The same within another verb's commit; the submission is locked. Refused."""
    before = tx.move(submission, submission, Action.HOLD, actor, facts, text=words)
    assert submission.id is not None
    tx.session.add(
        Hold(
            public_id=public_id(),
            issuer_id=submission.issuer_id,
            submission_id=submission.id,
            subject="submission",
            subject_id=submission.id,
            code="coordinator",
            back_to=before,
            opened_at=tx.now,
            opened_by=actor.person_id,
        )
    )


def release_hold(kit: Kit, actor: Actor, submission_pid: str, reason: str) -> None:
    """Let a held submission go on from where it was and ask again for what waited.

    NotFound, Refused, Invalid (reason).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        submission, facts = lock_submission(tx, actor, submission_pid)
        let_go(tx, submission, facts, actor, words)


def let_go(tx: Tx, submission: Submission, facts: Facts, actor: Actor, words: str) -> None:
    """The same within another verb's commit; the submission is locked. NotFound, Refused."""
    tx.move(submission, submission, Action.RELEASE_HOLD, actor, facts, text=words)
    move_days(tx, submission)
    assert submission.id is not None
    close_hold(tx, "submission", submission.id, actor)
    _ask_again(tx, submission.id)


def go_on(kit: Kit, actor: Actor, submission_pid: str, reason: str) -> None:
    """Let a held attempt be scored although some evidence has no clean copy. NotFound, Refused, Invalid."""
    words = need_reason(reason)
    with kit.write() as tx:
        submission, facts = lock_submission(tx, actor, submission_pid)
        attempt = _held_attempt(tx, submission)
        assert attempt.id is not None
        tx.move(submission, attempt, Action.GO_ON, actor, facts, text=words)
        close_hold(tx, "attempt", attempt.id, actor)
        arrive(tx, submission, attempt, SYSTEM, rubric_of(tx, submission))


def return_to_learner(kit: Kit, actor: Actor, submission_pid: str, reason: str) -> None:
    """Ask the learner for another form of what could not be shown; the reason goes to them by letter.

    NotFound, Refused, Invalid (reason).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        submission, facts = lock_submission(tx, actor, submission_pid)
        attempt = _held_attempt(tx, submission)
        assert attempt.id is not None
        tx.move(submission, attempt, Action.RETURN, actor, facts, text=words)
        _refuse_what_cannot_be_shown(tx, attempt.id, words)
        close_hold(tx, "attempt", attempt.id, actor)
        learner = tx.session.get_one(Person, submission.learner_id)
        tx.letter(learner, *staff.returned(tx.settings, learner, submission, words))


def resume(kit: Kit, actor: Actor, submission_pid: str, reason: str) -> None:
    """Ask the issuer's rules again after a fault: the repaired ones where there are any.

    NotFound, Refused, Invalid (reason).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        submission, facts = lock_submission(tx, actor, submission_pid)
        round_ = tx.session.exec(
            select(Round)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(Attempt.submission_id == submission.id, Round.state == RoundState.HELD.value)
        ).first()
        if round_ is None:
            raise Refused("No scoring of this submission is on hold.", "state")
        let_round_go(tx, submission, round_, facts, actor, words)


def let_round_go(
    tx: Tx, submission: Submission, round_: Round, facts: Facts, actor: Actor, words: str = ""
) -> None:
    """The same within another verb's commit; the submission is locked, the round held. NotFound, Refused."""
    assert round_.id is not None
    tx.move(submission, round_, Action.RESUME, actor, facts, text=words)
    move_days(tx, submission, round_)
    close_hold(tx, "round", round_.id, actor)
    move_to_repaired_code(tx, submission, actor)
    tx.later("fill_seats", round_id=round_.id)  # it may have lost somebody meanwhile
    tx.later("resolve", round_id=round_.id)


def close_hold(tx: Tx, subject: str, subject_id: int, actor: Actor) -> None:
    """Close the open hold of a thing that was locked by its root. NotFound when there is none."""
    row = tx.session.exec(
        select(Hold).where(
            Hold.subject == subject, Hold.subject_id == subject_id, col(Hold.closed_at).is_(None)
        )
    ).first()
    if row is None:
        raise NotFound
    row.closed_at, row.closed_by = tx.now, actor.person_id


def _held_attempt(tx: Tx, submission: Submission) -> Attempt:
    attempt = tx.session.exec(
        select(Attempt).where(
            Attempt.submission_id == submission.id, Attempt.state == AttemptState.HELD.value
        )
    ).first()
    if attempt is None:
        raise Refused("No attempt of this submission is on hold.", "state")
    return attempt


def _refuse_what_cannot_be_shown(tx: Tx, attempt_id: int, words: str) -> None:
    for artifact in tx.session.exec(select(Artifact).where(Artifact.attempt_id == attempt_id)):
        if waits_for_copy(artifact):
            artifact.state = "refused"
            artifact.finding = words
            artifact.version += 1


def _ask_again(tx: Tx, submission_id: int) -> None:
    """Jobs that found the submission held have ended; those that are not due do nothing."""
    for attempt in tx.session.exec(
        select(Attempt).where(
            Attempt.submission_id == submission_id, Attempt.state == AttemptState.CHECKING.value
        )
    ):
        assert attempt.id is not None
        tx.later("check_attempt", attempt_id=attempt.id)
    for round_id in tx.session.exec(
        select(Round.id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .where(Attempt.submission_id == submission_id, col(Round.state).in_(_UNFINISHED))
    ):
        assert round_id is not None
        tx.later("fill_seats", round_id=round_id)
        tx.later("resolve", round_id=round_id)
