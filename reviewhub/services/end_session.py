from sqlmodel import col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import NotFound
from reviewhub.models import Session
from reviewhub.services.kit import Kit
from reviewhub.services.sessions import end_sessions


def end_session(kit: Kit, actor: Actor, public_id: str) -> int:
    """Revoke one of the actor's own sessions and give its id. NotFound for anybody else's."""
    with kit.write() as tx:
        row = tx.session.exec(
            select(Session).where(Session.public_id == public_id, Session.person_id == actor.person_id)
        ).first()
        if row is None or row.id is None:
            raise NotFound
        row.revoked_at = row.revoked_at or tx.now
        return row.id


def sign_out(kit: Kit, session_id: int) -> None:
    """Revoke the session that asks for it."""
    with kit.write() as tx:
        row = tx.session.exec(select(Session).where(col(Session.id) == session_id)).one()
        row.revoked_at = row.revoked_at or tx.now


def end_other_sessions(kit: Kit, actor: Actor, keep: int) -> None:
    """Revoke all of the actor's sessions but the one that asks."""
    assert actor.person_id is not None
    with kit.write() as tx:
        end_sessions(tx, actor.person_id, keep=keep)
