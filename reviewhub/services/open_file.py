"""Let somebody to a file for five minutes, and write it down."""

from datetime import timedelta

from reviewhub.domain.access import Actor
from reviewhub.models import FileGrant
from reviewhub.queries.files import open_file as find
from reviewhub.services.kit import Kit

GRANT = timedelta(minutes=5)


def open_file(kit: Kit, actor: Actor, public_id: str) -> str:
    """An address on the files' origin that works for five minutes. NotFound without the right to it."""
    with kit.write() as tx:
        found = find(tx.session, actor, public_id)
        assert actor.person_id is not None
        tx.session.add(
            FileGrant(
                person_id=actor.person_id,
                artifact_id=found.artifact_id,
                clean_copy_id=found.clean_copy_id,
                granted_at=tx.now,
            )
        )
    return kit.storage.presign_get(
        found.key, media_type=found.media_type, filename=found.filename, expires=GRANT
    )
