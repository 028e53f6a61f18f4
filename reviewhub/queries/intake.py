"""Whether a micro-credential takes new learners now, and whom."""

from sqlalchemy import and_, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.models import Issuer, LetIn, MicroCredential, Plugin, RubricVersion


def takes_learners(
    session: Session, micro_credential: MicroCredential, version: RubricVersion | None
) -> bool:
    """Live or a pilot, of an issuer and with code that are not in quarantine, and code that was not removed.

    Running work goes on regardless, as far as no code of a stopped issuer is asked.
    """
    if micro_credential.state == "retired" or version is None:
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


def let_in(session: Session, actor: Actor, micro_credential: MicroCredential) -> bool:
    """Whether the actor may start it: for a pilot one statement, else none and yes."""
    if micro_credential.state != "pilot":
        return True
    found = select(LetIn.id).where(
        LetIn.micro_credential_id == micro_credential.id, LetIn.email == actor.email
    )
    return actor.signed_in and session.exec(found).first() is not None


def offered_to(actor: Actor) -> ColumnElement[bool]:
    """Of micro-credentials: those that the actor finds in the catalogue, live ones and their pilots."""
    live = col(MicroCredential.state) == "live"
    if not actor.signed_in:
        return live
    own = select(LetIn.micro_credential_id).where(LetIn.email == actor.email)
    return or_(live, and_(col(MicroCredential.state) == "pilot", col(MicroCredential.id).in_(own)))
