"""After all of an attempt's files are checked: it arrives, goes back to the learner, or is held."""

from sqlmodel import select

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.conditions import for_choices
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Artifact, Attempt, Hold, Person, Submission
from reviewhub.services.arrive import arrive
from reviewhub.services.completeness import asked_for, being_checked, waits_for_copy
from reviewhub.services.coordinated import facts_of
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.letters.learner import needs_fix
from reviewhub.services.own_work import artifacts_of, rubric_of


def check_attempt(kit: Kit, job: Job, attempt_id: int) -> None:
    """Let the attempt arrive, fail or be held.

    Nothing happens while a piece is still being checked (its check asks again), nor while the submission is
    held (releasing the hold asks again).
    """
    with kit.write() as tx:
        tx.done(job)
        submission_id = tx.session.exec(select(Attempt.submission_id).where(Attempt.id == attempt_id)).one()
        submission = tx.lock(Submission, submission_id)
        attempt = tx.session.get_one(Attempt, attempt_id, populate_existing=True)
        if attempt.state != AttemptState.CHECKING or submission.state == SubmissionState.HELD:
            return
        rubric = for_choices(rubric_of(tx, submission), attempt.choices)
        artifacts = asked_for(rubric, artifacts_of(tx, attempt))
        if any(being_checked(artifact) for artifact in artifacts):
            return
        refused = [a for a in artifacts if a.state != "checked" or a.issuer_check == "refuse"]
        if refused:
            _fail(tx, submission, attempt, refused)
        elif waiting := [artifact for artifact in artifacts if waits_for_copy(artifact)]:
            _hold(tx, submission, attempt, waiting)
        else:
            about = {"pieces": len(artifacts)}
            tx.move(submission, attempt, Action.PASSED, SYSTEM, facts_of(submission), about=about)
            arrive(tx, submission, attempt, SYSTEM, rubric)


def _fail(tx: Tx, submission: Submission, attempt: Attempt, refused: list[Artifact]) -> None:
    about = {"artifacts": [artifact.public_id for artifact in refused]}
    tx.move(submission, attempt, Action.FAILED, SYSTEM, facts_of(submission), about=about)
    rubric = rubric_of(tx, submission)
    learner = tx.session.get_one(Person, submission.learner_id)
    findings = [_why(rubric, artifact) for artifact in refused]
    tx.letter(learner, *needs_fix(tx.settings, submission.public_id, rubric.about.name, findings))


def _why(rubric: Rubric, artifact: Artifact) -> str:
    """What is wrong, with a name for the piece: the issuer's check does not know what it is called."""
    if artifact.issuer_check == "refuse":
        piece = artifact.title or rubric.requirement(artifact.requirement_id).name
        return f"{piece}: {artifact.finding}"
    return artifact.finding or f"“{artifact.title}” has not arrived."


def _hold(tx: Tx, submission: Submission, attempt: Attempt, waiting: list[Artifact]) -> None:
    about = {"artifacts": [a.public_id for a in waiting]}
    tx.move(submission, attempt, Action.HOLD_ATTEMPT, SYSTEM, facts_of(submission), about=about)
    assert attempt.id is not None
    tx.session.add(
        Hold(
            public_id=public_id(),
            issuer_id=submission.issuer_id,
            submission_id=submission.id,
            subject="attempt",
            subject_id=attempt.id,
            code="no_clean_copy",
            back_to=AttemptState.SUBMITTED.value,
            opened_at=tx.now,
            detail=" ".join(dict.fromkeys(a.clean_note for a in waiting)),
        )
    )
