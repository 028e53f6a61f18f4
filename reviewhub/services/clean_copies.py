"""The clean copies of one file: made before a commit, stored with it."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from reviewhub.models import Artifact, CleanCopy
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.ports import Cleaned, NotCleanable


@dataclass(slots=True)
class Copies:
    """What the converter made: rows of objects that are in the storage, or why there are none."""

    copies: list[CleanCopy] = field(default_factory=list)
    note: str = ""
    not_cleanable: str = ""


def make_copies(kit: Kit, path: Path, media_type: str, folder: Path, into: Copies) -> None:
    """Make them of the file at `path`, in an empty folder, and put them into the storage.

    Written into `into` one by one, so that whoever is interrupted knows what to discard.
    """
    made = kit.converter.clean(path, media_type, folder)
    match made:
        case NotCleanable(reason):
            into.not_cleanable = reason
        case Cleaned(pages, note):
            into.note = note
            for position, page in enumerate(pages):
                copy = CleanCopy(
                    public_id=public_id(),
                    artifact_id=0,
                    position=position,
                    kind=page.kind,
                    media_type=page.media_type,
                    key=f"clean/{public_id()}",
                    size=page.path.stat().st_size,
                    sha256=_hash(page.path),
                    width=page.width,
                    height=page.height,
                )
                into.copies.append(copy)
                with page.path.open("rb") as stream:
                    kit.storage.put(copy.key, stream, media_type=page.media_type)


def store_copies(tx: Tx, row: Artifact, made: Copies) -> None:
    """Give them to a stored artifact that has none."""
    row.clean_state = "not_cleanable" if made.not_cleanable else "clean"
    row.clean_note = made.not_cleanable or made.note
    assert row.id is not None
    for copy in made.copies:
        copy.artifact_id = row.id
        tx.session.add(copy)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
