"""The demo that runs on a data folder, for a command beside it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reviewhub.settings import Settings
from reviewhub.supervise.folder import LOCK, FolderError

if TYPE_CHECKING:
    from reviewhub.services.kit import Kit

ADDRESS = "address"
"""In the data folder: where the demo that runs answers."""


@contextmanager
def demo_kit(data: Path) -> Iterator[Kit]:
    """Everything on the demo's database. FolderError where no demo runs: nothing else is ever touched."""
    from reviewhub.bootstrap import build  # noqa: PLC0415  # only what is tried needs it

    data = data.expanduser().absolute()
    if not (data / "demo").is_file():
        raise FolderError(
            f"{data} holds no demo. Name the folder of one with --data: no server is for trying."
        )
    if not (_is_held(data) and (data / ADDRESS).is_file()):
        raise FolderError(
            f"No demo runs on {data}. Start it with `reviewhub demo --data {data}`, then try again."
        )
    address = (data / ADDRESS).read_text()
    kit = build(Settings(data=data, public_url=address, demo=True))
    try:
        yield kit
    finally:
        kit.db.close()


def _is_held(data: Path) -> bool:
    """Whether a supervisor holds the folder now."""
    try:
        with (data / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
