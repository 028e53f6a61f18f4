"""Have a released attempt scored once more, beside its result, by people who had no part in it.

It changes nothing by itself: services/rescored.py compares, services/rule_on_rescore.py lets somebody rule.
"""

from sqlmodel import select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.errors import NotFound, Refused
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Round, Submission
from reviewhub.services.coordinated import lock_submission, need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.open_round import open_round

ENDED_WITHOUT = frozenset({SubmissionState.WITHDRAWN.value, SubmissionState.LAPSED.value})
"""Ends without a result: there is nothing to score again for."""


def rescore(kit: Kit, actor: Actor, submission_pid: str, number: int, reason: str) -> None:
    """A coordinator has attempt `number` scored again. NotFound, Invalid (reason).

    Refused where its result is not released, the submission has ended without one, or it is under way.
    """
    words = need_reason(reason)
    with kit.write() as tx:
        submission, facts = lock_submission(tx, actor, submission_pid)
        attempt = tx.session.exec(
            select(Attempt).where(Attempt.submission_id == submission.id, Attempt.number == number)
        ).first()
        if attempt is None or not may(actor, Action.RESCORE, facts):
            raise NotFound
        if attempt.state != AttemptState.RELEASED or submission.state in ENDED_WITHOUT:
            raise Refused("Only a result that was released can be scored again.", "state")
        if open_rescore(tx, submission, attempt, actor, "coordinator", words) is None:
            raise Refused("This attempt is being scored again already.", "already")


def open_rescore(
    tx: Tx, submission: Submission, attempt: Attempt, actor: Actor, because: str, reason: str = ""
) -> Round | None:
    """Open the round; None where one is under way or waits for a ruling. The submission is locked.

    `because`: `coordinator` or `conflict`; `reason` is kept as erasable text of the event.
    """
    if _unfinished(tx, attempt):
        return None
    opened = open_round(tx, submission, attempt, "rescore")
    about = {"attempt": attempt.public_id, "round": opened.public_id, "because": because}
    tx.event(submission, Action.RESCORE.value, actor, facts=about, text=reason)
    return opened


def _unfinished(tx: Tx, attempt: Attempt) -> bool:
    found = tx.session.exec(
        select(Round.id).where(
            Round.attempt_id == attempt.id,
            Round.kind == "rescore",
            Round.state != RoundState.VOID.value,
            Round.ruling == "",
        )
    ).first()
    return found is not None
