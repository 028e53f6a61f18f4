"""The data folder: marked as ReviewHub's, locked by one supervisor."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from pathlib import Path

MARKER = ".reviewhub"
LOCK = ".lock"
PARTS = ("files", "run", "logs", "plugins", "authored")
WAIT_SECONDS = 10.0


class FolderError(Exception):
    """The folder cannot be used; the text says why and what to do."""


def claim(data: Path) -> int:
    """Make or recognise the folder, lock it, and return the lock's descriptor.

    Whoever holds the descriptor holds the folder. After a kill -9 the guards hold it until they
    have ended what ran, so a new start waits a moment. Raises FolderError.
    """
    mark(data)
    try:
        lock = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(data, error) from error
    _take(lock, data)
    for part in PARTS:
        (data / part).mkdir(exist_ok=True)
    return lock


def mark(data: Path) -> None:
    """Make the folder ReviewHub's and its owner's alone, or see that it is. Raises FolderError."""
    marker = data / MARKER
    try:
        data.mkdir(parents=True, exist_ok=True)
        if marker.exists():
            return
        if any(data.iterdir()):
            raise FolderError(
                f"{data} holds other things and is not a ReviewHub folder. Name an empty one: "
                "--data for the demo, REVIEWHUB_DATA for a server."
            )
        data.chmod(0o700)
        marker.write_text("This folder is ReviewHub's: its database, files, plugins, logs and secret.\n")
    except OSError as error:
        raise _unwritable(data, error) from error


def _unwritable(data: Path, error: OSError) -> FolderError:
    return FolderError(
        f"cannot write to {data}: {error.strerror}. Choose another folder with --data "
        "(a server: REVIEWHUB_DATA), or make this one yours."
    )


def _take(lock: int, data: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(lock)
                raise FolderError(
                    f"ReviewHub already runs on {data}. Stop it first, or choose another --data."
                ) from None
            time.sleep(0.1)
        else:
            return


def empty(data: Path) -> None:
    """Remove everything that ReviewHub kept in a claimed folder, but the mark and the lock."""
    for path in data.iterdir():
        if path.name in (MARKER, LOCK):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    for part in PARTS:
        (data / part).mkdir(exist_ok=True)
