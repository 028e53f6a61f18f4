"""Whether the issuer has shipped newer code for the very rubric that a submission pins."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.models import Issuer, Plugin, RubricVersion, Submission


@dataclass(frozen=True, slots=True)
class Repaired:
    """The newest code for a rubric, by the key of its snapshot; `taken_in` is when it last went live."""

    rubric_version_id: int
    digest: str
    issuer: str
    taken_in: datetime


def repaired(session: Session, submission: Submission) -> Repaired | None:
    """Newer code for the same rubric, in one statement; None where the pinned code is the newest.

    The same rubric: of the same micro-credential, with the same version and content. Newest is what went live
    last, also if the issuer has shipped another version of the rubric since, or nothing any more. A snapshot
    without code is none: its policies would be another rule in place of the issuer's own.
    """
    pinned = aliased(RubricVersion)
    found = session.exec(
        select(RubricVersion.id, RubricVersion.code_digest, Issuer.slug, Plugin.synced_at)
        .select_from(Plugin)
        .join(RubricVersion, col(RubricVersion.code_digest) == Plugin.code_digest)
        .join(pinned, col(pinned.micro_credential_id) == RubricVersion.micro_credential_id)
        .join(Issuer, col(Issuer.id) == Plugin.issuer_id)
        .where(
            Plugin.issuer_id == submission.issuer_id,
            Plugin.state != "quarantined",
            pinned.id == submission.rubric_version_id,
            RubricVersion.rubric_version == pinned.rubric_version,
            RubricVersion.content_hash == pinned.content_hash,
        )
        .order_by(col(Plugin.id).desc())
        .limit(1)
    ).first()
    if found is None or found[1] == submission.code_digest:
        return None
    key, digest, issuer, taken_in = found
    assert key is not None
    return Repaired(key, digest, issuer, taken_in)
