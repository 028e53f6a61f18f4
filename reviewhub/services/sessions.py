"""Opening and ending sign-ins inside a unit of work."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from reviewhub.models import Person, Session
from reviewhub.services.ids import fingerprint, public_id, token
from reviewhub.services.kit import Tx


def open_session(tx: Tx, person: Person, device: str) -> str:
    """Add a session and give the secret for the cookie, which is stored nowhere."""
    secret = token()
    assert person.id is not None
    tx.session.add(
        Session(
            public_id=public_id(),
            token_hash=fingerprint(secret),
            person_id=person.id,
            device=device[:120],
            created_at=tx.now,
            seen_at=tx.now,
            expires_at=tx.now + timedelta(days=tx.settings.session_days),
        )
    )
    return secret


def end_sessions(tx: Tx, person_id: int, *, keep: int | None = None) -> None:
    """Revoke all of a person's sessions but the one to keep; they end with their next request."""
    query = update(Session).where(col(Session.person_id) == person_id, col(Session.revoked_at).is_(None))
    if keep is not None:
        query = query.where(col(Session.id) != keep)
    tx.session.execute(query.values(revoked_at=tx.now))
