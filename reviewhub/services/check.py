"""The check of one file: copied, hashed, looked at, cleaned. check_attempt follows when all are through."""

import hashlib
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.errors import Stale
from reviewhub.domain.evidence import examine
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Artifact, Attempt, Submission
from reviewhub.services.clean_copies import Copies, make_copies, store_copies
from reviewhub.services.evidence import discard
from reviewhub.services.ids import public_id
from reviewhub.services.issuer_check import Opinion, Piece, ask_issuer, read_piece, want_check
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.ports import MissingObject

_HEAD = 8 * 1024
_CHUNK = 256 * 1024
_LOST = "The file did not arrive whole. Send it again, please."


@dataclass(frozen=True, slots=True)
class _File:
    """What the check of one file begins with."""

    piece: Piece
    staging_key: str


@dataclass(slots=True)
class _Result(Copies):
    """What was found. `finding` says why the file is refused; then nothing of it is kept."""

    key: str = ""
    size: int = 0
    sha256: str = ""
    media_type: str = ""
    finding: str = ""
    opinion: Opinion = field(default_factory=Opinion)

    def keys(self) -> list[str]:
        """Everything that was written for it."""
        return [key for key in (self.key, *(copy.key for copy in self.copies)) if key]


def check_artifact(kit: Kit, job: Job, artifact_id: int) -> None:
    """Copy the staged bytes to their final key, hash and look at that copy, make the clean copies.

    What the learner may still be writing to staging changes nothing. A file that was taken away or replaced
    meanwhile is forgotten. StorageDown is tried again by the ticker.
    """
    file = _load(kit, artifact_id)
    if file is None:
        with kit.write() as tx:
            tx.done(job)
        return
    result = _Result()
    try:
        _evaluate(kit, file, result)
    except BaseException:
        discard(kit, result.keys())
        raise
    try:
        kept = _record(kit, job, file, result)
    except Stale:
        discard(kit, result.keys())
        raise
    # Whatever else interrupts may do so after the commit: better to leave an object lying than to lose it.
    discard(kit, [file.staging_key, *([] if kept else result.keys())])


def _load(kit: Kit, artifact_id: int) -> _File | None:
    piece = read_piece(kit, artifact_id)
    if piece is None or piece.artifact.state != "arrived" or piece.artifact.staging_key is None:
        return None
    return _File(piece, piece.artifact.staging_key)


def _evaluate(kit: Kit, file: _File, result: _Result) -> None:
    result.key = f"final/{public_id()}"
    try:
        kit.storage.copy(file.staging_key, result.key)
    except MissingObject:
        result.key, result.finding = "", _LOST
        return
    with tempfile.TemporaryDirectory(prefix="reviewhub-check-") as folder:
        path = Path(folder) / "file"
        head = _fetch(kit, path, result)
        result.media_type = kit.converter.sniff(head, file.piece.artifact.title)
        _look(kit, file.piece, result)
        if not result.finding:
            pages = Path(folder) / "clean"
            pages.mkdir()
            make_copies(kit, path, result.media_type, pages, result)


def _look(kit: Kit, piece: Piece, result: _Result) -> None:
    """Our own rules first; what they let pass, the issuer's check looks at."""
    limit = kit.settings.upload_bytes
    name = piece.artifact.title
    findings = examine(piece.requirement, name, result.size, result.media_type, limit=limit)
    result.finding = " ".join(finding.message for finding in findings if finding.severity == "refuse")
    if result.finding:
        return
    facts = replace(piece.facts, media_type=result.media_type, size=result.size, sha256=result.sha256)
    result.opinion = ask_issuer(kit, piece, facts)
    if result.opinion.check == "refuse":
        result.finding = result.opinion.words


def _fetch(kit: Kit, path: Path, result: _Result) -> bytes:
    """Bring the final copy here, hash it on the way; its first bytes."""
    digest, head = hashlib.sha256(), b""
    with kit.storage.open(result.key) as stream, path.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            head = head or chunk[:_HEAD]
            digest.update(chunk)
            out.write(chunk)
            result.size += len(chunk)
    result.sha256 = digest.hexdigest()
    return head


def _record(kit: Kit, job: Job, file: _File, result: _Result) -> bool:
    """Write what was found, unless the file is no longer wanted; whether the objects are kept."""
    with kit.write() as tx:
        tx.done(job)
        submission = tx.lock(Submission, file.piece.submission_id)
        row = tx.session.get(Artifact, file.piece.artifact.id, populate_existing=True)
        if row is None or row.state != "arrived" or row.staging_key != file.staging_key:
            return False
        _fill(tx, row, result)
        if row.state == "checked" and row.url != file.piece.artifact.url:
            want_check(tx, submission, row)
        facts = {"artifact": row.public_id, "state": row.state, "size": row.size, "sha256": row.sha256}
        tx.event(submission, "artifact.checked", SYSTEM, before="arrived", after=row.state, facts=facts)
        attempt = tx.session.get_one(Attempt, row.attempt_id, populate_existing=True)
        if attempt.state == AttemptState.CHECKING:
            assert attempt.id is not None
            tx.later("check_attempt", attempt_id=attempt.id)
        return not result.finding


def _fill(tx: Tx, row: Artifact, result: _Result) -> None:
    row.staging_key = None
    row.version += 1
    row.size, row.sha256, row.media_type = result.size or row.size, result.sha256, result.media_type
    row.issuer_check, row.finding = result.opinion.check, result.finding or result.opinion.words
    if result.finding:
        row.state = "refused"
        return
    row.state, row.key = "checked", result.key
    store_copies(tx, row, result)
