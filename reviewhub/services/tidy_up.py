"""Each day: uploads that never arrived, staging that nothing names, and outbox rows done long ago go away."""

from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import CursorResult, delete
from sqlmodel import col, func, or_, select

from reviewhub.models import Artifact, Attempt, Outbox, Submission
from reviewhub.services.evidence import discard
from reviewhub.services.kit import Job, Kit
from reviewhub.services.renewing import CHAINED, ask_again

TIDY = "tidy_up"
STALE = timedelta(days=1)
"""How long an upload that was allowed is waited for; its address works for an hour."""
DONE = timedelta(days=30)
"""How long a finished row of the outbox is kept."""
ONCE = timedelta(days=400)
"""How long one is kept whose key says that something happens only once: longer than anybody asks again."""
BATCH = 500
_DAY = timedelta(days=1)


def tidy_up(kit: Kit, job: Job) -> None:
    """Job: do all of it, then ask for tomorrow. Each part may be stopped at any point, and begun again."""
    drop_stale_uploads(kit)
    drop_lost_objects(kit)
    while purge_outbox(kit):
        pass
    with kit.write() as tx:
        tx.done(job)
        ask_again(tx, TIDY, job.id, tx.now + _DAY)


def drop_stale_uploads(kit: Kit) -> None:
    """Take back the places of files that were announced and never came; a link keeps its address."""
    with kit.read() as session:
        found = session.exec(
            select(Artifact.id, Attempt.submission_id)
            .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
            .where(Artifact.state == "expected", col(Artifact.staged_at) < kit.clock.now() - STALE)
            .order_by(col(Artifact.id))
        ).all()
    for artifact_id, submission_id in found:
        assert artifact_id is not None
        _drop(kit, artifact_id, submission_id)


def _drop(kit: Kit, artifact_id: int, submission_id: int) -> None:
    """One of them, if it still waits."""
    with kit.write() as tx:
        tx.lock(Submission, submission_id)
        row = tx.session.get(Artifact, artifact_id, populate_existing=True)
        stale = row is not None and row.staged_at is not None and row.staged_at < tx.now - STALE
        if row is None or row.state != "expected" or not stale:
            return
        tx.session.get_one(Attempt, row.attempt_id, populate_existing=True).version += 1
        key, row.staging_key, row.staged_at = row.staging_key, None, None
        if row.url:
            row.title, row.size = "", 0
            row.version += 1
        else:
            tx.session.delete(row)
    discard(kit, [key] if key else [])


def drop_lost_objects(kit: Kit) -> None:
    """Delete staged objects that no artifact names: what came after its place was taken back or given anew.

    A key is in a committed row before anything can be written under it, so one that no row names has no use.
    """
    staged = iter(kit.storage.staged())
    while keys := list(islice(staged, BATCH)):
        with kit.read() as session:
            named = set(
                session.exec(select(Artifact.staging_key).where(col(Artifact.staging_key).in_(keys))).all()
            )
        discard(kit, [key for key in keys if key not in named])


def purge_outbox(kit: Kit) -> int:
    """Delete one batch of rows done long ago; how many. The newest row stays: ids count up from it."""
    with kit.write() as tx:
        newest = select(func.max(Outbox.id)).scalar_subquery()
        old = tx.now - DONE
        ids = tx.session.exec(
            select(Outbox.id)
            .where(
                col(Outbox.done_at) < old,
                col(Outbox.id) < newest,
                or_(
                    col(Outbox.dedup_key).is_(None),
                    col(Outbox.dedup_key).like(f"%{CHAINED}%"),
                    col(Outbox.done_at) < tx.now - ONCE,
                ),
            )
            .order_by(col(Outbox.id))
            .limit(BATCH)
        ).all()
        gone: CursorResult[Any] = tx.session.execute(  # type: ignore[assignment]  # a DELETE gives one
            delete(Outbox).where(col(Outbox.id).in_(ids))
        )
        return gone.rowcount
