"""Whether a micro-credential takes new learners now."""

from sqlalchemy import and_
from sqlmodel import Session, col, select

from reviewhub.models import Issuer, MicroCredential, Plugin, RubricVersion


def takes_learners(
    session: Session, micro_credential: MicroCredential, version: RubricVersion | None
) -> bool:
    """Live, of an issuer and with code that are not in quarantine, and code that was not removed.

    Running work goes on regardless, as far as no code of a stopped issuer is asked.
    """
    if micro_credential.state != "live" or version is None:
        return False
    quarantine, state = session.exec(
        select(Issuer.quarantine, Plugin.state)
        .outerjoin(
            Plugin, and_(col(Plugin.issuer_id) == Issuer.id, col(Plugin.code_digest) == version.code_digest)
        )
        .where(Issuer.id == micro_credential.issuer_id)
        .order_by(col(Plugin.id).desc())
        .limit(1)
    ).one()
    return not quarantine and state in {None, "live"}
