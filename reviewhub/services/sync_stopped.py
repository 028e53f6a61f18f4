"""Which plugins an operator has stopped, and what a sync says of them."""

from sqlmodel import Session, col, select

from reviewhub.domain.errors import Problem
from reviewhub.models import Issuer, Plugin


def stopped_plugins(session: Session) -> dict[str, Problem]:
    """The plugins of issuers in quarantine by name, and why."""
    rows = session.exec(
        select(Plugin.name, Issuer)
        .join(Issuer, col(Issuer.id) == col(Plugin.issuer_id))
        .where(Issuer.quarantine != "")
        .order_by(Plugin.name)
    )
    return {name: in_quarantine(issuer) for name, issuer in rows}


def in_quarantine(issuer: Issuer) -> Problem:
    """Why nothing of this issuer is taken in."""
    advice = f"`reviewhub plugins release {issuer.slug}` ends it."
    return Problem("issuer", f"issuer: An operator has stopped {issuer.slug}: {issuer.quarantine} {advice}")
