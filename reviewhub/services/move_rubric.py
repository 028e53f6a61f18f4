"""A learner moves to the newer version of the rubric, by choice, after seeing the difference (rule 7)."""

from sqlalchemy import update
from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.errors import Refused, Stale
from reviewhub.domain.evidence_change import without_place
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import LocksMoved, move_locks
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Artifact, Attempt, CriterionLock, MicroCredential, RubricVersion, Submission
from reviewhub.queries.newer_rubric import newer_version, refusal, standing_locks
from reviewhub.services.completeness import facts_of_artifact
from reviewhub.services.evidence import discard
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.own_work import lock_own

NO_LONGER_ASKED = "The version of the rubric that you moved to does not ask for this."


def move_rubric(kit: Kit, actor: Actor, submission: str, to: str) -> None:
    """Pin the live version `to`, a public id, and its code; attempts that were sent keep the one they had.

    Locks go along where the criterion's structure is the same. NotFound; Refused where there is nothing to
    move to now (code `state`), or it would lead nowhere; Stale where another version is live than was shown.
    """
    with kit.write() as tx:
        work = lock_own(tx, actor, submission)
        micro_credential = tx.session.get_one(MicroCredential, work.submission.micro_credential_id)
        version = newer_version(tx.session, actor, work.submission, work.attempt, micro_credential)
        if not may(actor, Action.MOVE_RUBRIC, work.facts) or version is None:
            raise Refused("There is no newer version that you can move to now.", "state")
        if version.public_id != to:
            raise Stale("A still newer version has come out. Look at what it changes first.")
        rubric = from_json(version.body)
        locks = move_locks(rubric, standing_locks(tx.session, work.submission, work.whole))
        against = refusal(rubric, locks.kept, work.submission, work.attempt)
        if against:
            raise Refused(against, "nowhere")
        _keep_what_was_sent(tx, work.submission, work.attempt)
        _pin(tx, work.submission, version, actor, locks)
        _lift(tx, work.submission, locks)
        unused = []
        if work.submission.state != SubmissionState.REVISE:
            unused = set_aside(tx, work.attempt, rubric)
            work.attempt.version += 1
    discard(kit, unused)


def _keep_what_was_sent(tx: Tx, submission: Submission, attempt: Attempt) -> None:
    draft = None if submission.state == SubmissionState.REVISE else attempt.id
    tx.session.execute(
        update(Attempt)
        .where(
            col(Attempt.submission_id) == submission.id,
            col(Attempt.rubric_version_id).is_(None),
            col(Attempt.id).is_distinct_from(draft),
        )
        .values(rubric_version_id=submission.rubric_version_id)
    )


def _pin(tx: Tx, submission: Submission, version: RubricVersion, actor: Actor, locks: LocksMoved) -> None:
    before = tx.session.get_one(RubricVersion, submission.rubric_version_id)
    assert version.id is not None
    submission.rubric_version_id, submission.code_digest = version.id, version.code_digest
    facts = {
        "rubric_before": before.public_id,
        "rubric_after": version.public_id,
        "code_before": before.code_digest,
        "code_after": version.code_digest,
        "locks_kept": list(locks.kept),
        "locks_lifted": list(locks.lost),
    }
    tx.event(submission, "submission.move_rubric", actor, facts=facts)


def _lift(tx: Tx, submission: Submission, locks: LocksMoved) -> None:
    tx.session.execute(
        update(CriterionLock)
        .where(
            col(CriterionLock.submission_id) == submission.id,
            col(CriterionLock.lifted_at).is_(None),
            col(CriterionLock.criterion_id).in_(locks.lost),
        )
        .values(lifted_at=tx.now, lifted_because="moved")
    )


def set_aside(tx: Tx, attempt: Attempt, rubric: Rubric) -> list[str]:
    """Mark what the rubric does not ask for: it goes no further, and stays in view until it is removed.

    Gives the keys of uploads that were on their way.
    """
    rows = tx.session.exec(
        select(Artifact).where(Artifact.attempt_id == attempt.id, Artifact.state != "refused")
    ).all()
    gone = set(without_place({row.public_id: facts_of_artifact(row) for row in rows}, rubric))
    unused = []
    for row in rows:
        if row.public_id not in gone:
            continue
        unused += [row.staging_key] if row.staging_key else []
        row.state, row.finding, row.issuer_check, row.staging_key = "refused", NO_LONGER_ASKED, "none", None
        row.version += 1
    return unused
