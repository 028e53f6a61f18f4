"""The files of somebody who was erased: originals and clean copies, deleted from storage."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, delete, or_, select

from reviewhub.models import Artifact, Attempt, CleanCopy, FileGrant, Submission
from reviewhub.services.kit import Job, Kit
from reviewhub.services.upload import UPLOAD_ENDS

ERASE_FILES = "erase_files"
BATCH = 100
"""Artifacts a commit."""
_GRACE = timedelta(minutes=5)


def erase_files(kit: Kit, job: Job, person_id: int, last: int = 0) -> None:
    """Delete every object that a row of theirs names, then the names; in small steps that can be repeated.

    An upload that was allowed before may still come in: its name is kept until that has ended, for a `last`
    run. StorageDown is tried again by the ticker.
    """
    late, after = False, 0
    while artifacts := _some(kit, person_id, after):
        _erase(kit, artifacts, keep_staging=not last)
        late = late or any(row.staging_key for row in artifacts)
        after = artifacts[-1].id or 0
    with kit.write() as tx:
        tx.done(job)
        if late and not last:
            tx.later(ERASE_FILES, due_at=tx.now + UPLOAD_ENDS + _GRACE, person_id=person_id, last=1)


def _some(kit: Kit, person_id: int, after: int) -> Sequence[Artifact]:
    copies = select(CleanCopy.id).where(CleanCopy.artifact_id == Artifact.id).exists()
    with kit.read() as session:
        return session.exec(
            select(Artifact)
            .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
            .join(Submission, col(Submission.id) == Attempt.submission_id)
            .where(
                Submission.learner_id == person_id,
                col(Artifact.id) > after,
                or_(col(Artifact.key).is_not(None), col(Artifact.staging_key).is_not(None), copies),
            )
            .order_by(col(Artifact.id))
            .limit(BATCH)
        ).all()


def _erase(kit: Kit, artifacts: Sequence[Artifact], *, keep_staging: bool) -> None:
    ids = [row.id for row in artifacts]
    mine = col(CleanCopy.artifact_id).in_(ids)
    with kit.read() as session:
        copies = session.exec(select(CleanCopy.key).where(mine)).all()
    for key in (*copies, *(key for row in artifacts for key in (row.key, row.staging_key) if key)):
        kit.storage.delete(key)
    with kit.write() as tx:
        tx.session.execute(
            update(FileGrant)
            .where(col(FileGrant.clean_copy_id).in_(select(CleanCopy.id).where(mine)))
            .values(clean_copy_id=None)
        )
        tx.session.execute(delete(CleanCopy).where(mine))
        kept = {} if keep_staging else {"staging_key": None}
        tx.session.execute(update(Artifact).where(col(Artifact.id).in_(ids)).values(key=None, **kept))
