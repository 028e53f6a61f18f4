"""The issuer's own check of a piece of evidence: what it is asked with, when, and what it said."""

from dataclasses import dataclass

from sqlmodel import col, select

from reviewhub.domain.evidence import NOT_CHECKED, EvidenceFacts
from reviewhub.domain.rubric import Requirement, Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import Artifact, Attempt, Issuer, RubricVersion, Submission
from reviewhub.services.completeness import facts_of_artifact
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.ports import CodeRef


@dataclass(frozen=True, slots=True)
class Piece:
    """One artifact, as it was read, with what its checks need."""

    artifact: Artifact
    submission_id: int
    rubric: Rubric
    code: CodeRef
    quarantined: bool

    @property
    def requirement(self) -> Requirement:
        """What it is given for."""
        return self.rubric.requirement(self.artifact.requirement_id)

    @property
    def facts(self) -> EvidenceFacts:
        """What may be said of it without a name."""
        return facts_of_artifact(self.artifact)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the check said: one of models.ISSUER_CHECKS, and its words for the learner."""

    check: str = "none"
    words: str = ""


def read_piece(kit: Kit, artifact_id: int) -> Piece | None:
    """The artifact as it is now, in one statement; None when it was taken away."""
    with kit.read() as session:
        found = session.exec(
            select(Artifact, Submission, RubricVersion.body, Issuer)
            .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
            .join(Submission, col(Submission.id) == Attempt.submission_id)
            .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
            .join(Issuer, col(Issuer.id) == Submission.issuer_id)
            .where(Artifact.id == artifact_id)
        ).first()
    if found is None:
        return None
    artifact, submission, body, issuer = found
    assert submission.id is not None
    code = CodeRef(issuer.slug, submission.code_digest)
    return Piece(artifact, submission.id, from_json(body), code, quarantined=bool(issuer.quarantine))


def ask_issuer(kit: Kit, piece: Piece, facts: EvidenceFacts) -> Opinion:
    """Run the owner's check in the sandbox, in no transaction. A fault is a warning, so is a quarantine."""
    if not piece.code.digest:
        return Opinion()
    if piece.quarantined:
        return Opinion("warn", NOT_CHECKED.message)
    found = kit.judge.check_evidence(piece.code, piece.rubric, piece.requirement, facts)
    for check in ("refuse", "warn"):
        words = [finding.message for finding in found if finding.severity == check]
        if words:
            return Opinion(check, " ".join(words))
    return Opinion("clear")


def want_check(tx: Tx, submission: Submission, row: Artifact) -> None:
    """The words of a text or link were changed: what was said of the earlier ones no longer holds.

    Asks anew where the owner has code and there is something to look at; once while an answer is awaited.
    """
    awaited = row.issuer_check == "asked"
    words = row.url if row.kind == "link" else row.body
    row.finding, row.issuer_check = "", "asked" if submission.code_digest and words.strip() else "none"
    if row.issuer_check == "asked" and not awaited:
        tx.session.flush()
        assert row.id is not None
        tx.later("check_words", artifact_id=row.id)
