from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from reviewhub.models import Session
from reviewhub.services.kit import Kit

SEEN_EVERY = timedelta(minutes=15)
"""How exact "last seen" is; a write at every request would be one too many."""


def touch_session(kit: Kit, session_id: int) -> None:
    """Record that the session was used, and move its end on."""
    with kit.write() as tx:
        end = tx.now + timedelta(days=tx.settings.session_days)
        tx.session.execute(
            update(Session).where(col(Session.id) == session_id).values(seen_at=tx.now, expires_at=end)
        )
