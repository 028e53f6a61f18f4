"""Whether a micro-credential takes new learners now."""

from sqlmodel import Session, col, select

from reviewhub.models import MicroCredential, Plugin, RubricVersion


def takes_learners(
    session: Session, micro_credential: MicroCredential, version: RubricVersion | None
) -> bool:
    """Live, with a rubric whose code is neither quarantined nor removed. Running work goes on regardless."""
    if micro_credential.state != "live" or version is None:
        return False
    state = session.exec(
        select(Plugin.state)
        .where(Plugin.issuer_id == micro_credential.issuer_id, Plugin.code_digest == version.code_digest)
        .order_by(col(Plugin.id).desc())
        .limit(1)
    ).first()
    return state in {None, "live"}
