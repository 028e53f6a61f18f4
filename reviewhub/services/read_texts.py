"""Clean copies that are text are shown in the page itself: permission and record as for every file."""

from collections.abc import Sequence

from reviewhub.domain.access import Actor
from reviewhub.models import FileGrant
from reviewhub.queries.files import OpenFile, open_file
from reviewhub.services.kit import Kit
from reviewhub.services.ports import MissingObject, StorageDown

MOST_BYTES = 400_000


def read_texts(kit: Kit, actor: Actor, public_ids: Sequence[str]) -> dict[str, str]:
    """The texts by public id, cut at 400 kB; what cannot be read just now is absent. NotFound."""
    if not public_ids:
        return {}
    found: dict[str, OpenFile] = {}
    with kit.write() as tx:
        for public_id in public_ids:
            file = found[public_id] = open_file(tx.session, actor, public_id)
            assert actor.person_id is not None
            tx.session.add(
                FileGrant(
                    person_id=actor.person_id,
                    artifact_id=file.artifact_id,
                    clean_copy_id=file.clean_copy_id,
                    granted_at=tx.now,
                )
            )
    texts = {}
    for public_id, file in found.items():
        try:
            with kit.storage.open(file.key) as stream:
                texts[public_id] = stream.read(MOST_BYTES).decode("utf-8", "replace")
        except (MissingObject, StorageDown):
            continue
    return texts
