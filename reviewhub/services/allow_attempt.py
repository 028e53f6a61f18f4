"""A coordinator allows one attempt more than the rubric does, with a reason."""

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Refused
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Person
from reviewhub.services.coordinated import lock_submission, need_reason
from reviewhub.services.kit import Kit
from reviewhub.services.letters.learner import attempt_allowed
from reviewhub.services.own_work import attempts_left, latest_attempt, rubric_of


def allow_attempt(kit: Kit, actor: Actor, submission_pid: str, reason: str) -> None:
    """Let the learner try once more although the attempts are used up; they are told.

    NotFound, Invalid (reason). Refused: it is not their turn, or there is an attempt left.
    """
    words = need_reason(reason)
    with kit.write() as tx:
        submission, _ = lock_submission(tx, actor, submission_pid)
        rubric, attempt = rubric_of(tx, submission), latest_attempt(tx, submission)
        if submission.state != SubmissionState.REVISE or attempts_left(rubric, submission, attempt.number):
            raise Refused("The attempts are not used up.", "state")
        submission.extra_attempts += 1
        submission.active_at = tx.now
        about = {"attempt": attempt.public_id, "extra": submission.extra_attempts}
        tx.event(submission, Action.ALLOW_ATTEMPT.value, actor, facts=about, text=words)
        learner = tx.session.get_one(Person, submission.learner_id)
        tx.letter(learner, *attempt_allowed(tx.settings, submission.public_id, rubric.about.name))
