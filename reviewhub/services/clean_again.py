"""A coordinator has the clean copies of a piece made again that an assessor cannot open."""

import tempfile
from pathlib import Path

from sqlmodel import col, delete, select, update

from reviewhub.domain.access import SYSTEM, Actor
from reviewhub.domain.errors import Refused, Stale
from reviewhub.models import Artifact, Attempt, CleanCopy, Concern, FileGrant, Submission
from reviewhub.services.answer_concern import lock_concern
from reviewhub.services.clean_copies import Copies, make_copies, store_copies
from reviewhub.services.evidence import discard
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.open_concerns import close_concern
from reviewhub.services.ports import MissingObject

DONE = "The copies of this piece were made anew. Open it again; if it still does not work, please say so."
_CHUNK = 256 * 1024
_LOST = "The stored file is missing, so no copy can be made of it."


def ask_clean_again(kit: Kit, actor: Actor, concern_pid: str) -> None:
    """Have them made; the assessor is told when it is done.

    NotFound; Refused (answered, being made already, or there is no file).
    """
    with kit.write() as tx:
        submission, concern = lock_concern(tx, actor, concern_pid)
        if concern.answered_at is not None:
            raise Refused("This was answered already.", "answered")
        if concern.again_at is not None and not concern.again_note:
            raise Refused("The copies are being made already.", "already")
        artifact = tx.session.get(Artifact, concern.artifact_id) if concern.artifact_id else None
        if artifact is None or artifact.key is None:
            raise Refused("No file was named of which copies could be made.", "no_file")
        concern.again_at, concern.again_note = tx.now, ""
        facts = {"concern": concern.public_id, "artifact": artifact.public_id}
        tx.event(submission, "concern.clean_again", actor, facts=facts)
        assert concern.id is not None
        tx.later("clean_again", concern_id=concern.id)


def clean_again(kit: Kit, job: Job, concern_id: int) -> None:
    """Job: make new copies under new ids, and put them in the place of the old ones in one commit.

    The concern is answered with it. Where no copy can be made the old ones stay, and the coordinator reads
    why. Nothing happens to what was answered, replaced or taken away meanwhile.
    """
    with kit.read() as session:
        wanted = _wanted(session.get_one(Concern, concern_id))
        artifact = session.get(Artifact, wanted) if wanted else None
    if artifact is None or artifact.key is None:
        with kit.write() as tx:
            tx.done(job)
        return
    made = Copies()
    try:
        _make(kit, artifact.key, artifact.media_type, made)
    except BaseException:
        discard(kit, [copy.key for copy in made.copies])
        raise
    try:
        kept, old = _record(kit, job, concern_id, artifact.key, made)
    except Stale:
        discard(kit, [copy.key for copy in made.copies])
        raise
    # Whatever else interrupts may do so after the commit: better to leave an object lying than to lose it.
    discard(kit, old if kept else [copy.key for copy in made.copies])


def _wanted(concern: Concern) -> int | None:
    """The artifact, while somebody still waits for its copies."""
    waits = concern.answered_at is None and concern.again_at is not None and not concern.again_note
    return concern.artifact_id if waits else None


def _make(kit: Kit, key: str, media_type: str, made: Copies) -> None:
    with tempfile.TemporaryDirectory(prefix="reviewhub-again-") as name:
        path, folder = Path(name) / "file", Path(name) / "clean"
        folder.mkdir()
        try:
            with kit.storage.open(key) as stream, path.open("wb") as out:
                while chunk := stream.read(_CHUNK):
                    out.write(chunk)
        except MissingObject:
            made.not_cleanable = _LOST
            return
        make_copies(kit, path, media_type, folder, made)


def _record(kit: Kit, job: Job, concern_id: int, key: str, made: Copies) -> tuple[bool, list[str]]:
    """Whether the new copies are in place, and the keys of old objects that nothing else refers to."""
    keys = [copy.key for copy in made.copies]
    with kit.write() as tx:
        tx.done(job)
        submission_id = tx.session.get_one(Concern, concern_id).submission_id
        submission = tx.lock(Submission, submission_id)
        concern = tx.session.get_one(Concern, concern_id, populate_existing=True)
        wanted = _wanted(concern)
        row = tx.session.get(Artifact, wanted, populate_existing=True) if wanted else None
        if row is None or row.key != key:
            return False, []
        if made.not_cleanable:
            concern.again_note = made.not_cleanable
            return False, []
        old = _take_out(tx, row)
        store_copies(tx, row, made)
        facts = {"artifact": row.public_id, "copies": len(keys)}
        tx.event(submission, "artifact.cleaned_again", SYSTEM, facts=facts)
        close_concern(tx, submission, concern, SYSTEM, "carry_on", DONE)
        return True, [] if _shared(tx, submission, row) else old


def _shared(tx: Tx, submission: Submission, row: Artifact) -> bool:
    """Whether another attempt's artifact names the same objects."""
    copied = (
        select(Artifact.id)
        .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
        .where(Attempt.submission_id == submission.id, Artifact.copied_from_id == row.id)
    )
    return row.copied_from_id is not None or tx.session.exec(copied).first() is not None


def _take_out(tx: Tx, row: Artifact) -> list[str]:
    """The rows of the old copies go; that somebody opened them stays on record with the artifact."""
    copies = tx.session.exec(select(CleanCopy).where(CleanCopy.artifact_id == row.id)).all()
    tx.session.execute(
        update(FileGrant).where(col(FileGrant.artifact_id) == row.id).values(clean_copy_id=None)
    )
    tx.session.execute(delete(CleanCopy).where(col(CleanCopy.artifact_id) == row.id))
    return [copy.key for copy in copies]
