"""The issuer's check of words that a learner saved: of a text answer, or of a link's new address."""

from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Artifact, Attempt, Submission
from reviewhub.services.completeness import facts_of_artifact
from reviewhub.services.issuer_check import Opinion, Piece, ask_issuer, read_piece
from reviewhub.services.kit import Job, Kit, Tx


def check_words(kit: Kit, job: Job, artifact_id: int) -> None:
    """Ask about the words as they are now; an answer about words changed meanwhile is thrown away."""
    piece = read_piece(kit, artifact_id)
    if piece is None or piece.artifact.issuer_check != "asked":
        with kit.write() as tx:
            tx.done(job)
        return
    opinion = ask_issuer(kit, piece, piece.facts)
    with kit.write() as tx:
        tx.done(job)
        tx.lock(Submission, piece.submission_id)
        _record(tx, piece, opinion)


def _record(tx: Tx, piece: Piece, opinion: Opinion) -> None:
    row = tx.session.get(Artifact, piece.artifact.id, populate_existing=True)
    if row is None or row.issuer_check != "asked":
        return
    assert row.id is not None
    if facts_of_artifact(row) != piece.facts:
        tx.later("check_words", artifact_id=row.id)
        return
    row.issuer_check, row.finding = opinion.check, opinion.words
    row.version += 1
    attempt = tx.session.get_one(Attempt, row.attempt_id, populate_existing=True)
    if attempt.state == AttemptState.CHECKING:
        assert attempt.id is not None
        tx.later("check_attempt", attempt_id=attempt.id)
