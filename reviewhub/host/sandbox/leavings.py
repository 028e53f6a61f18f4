"""Takes away what a run left behind, whatever its shape."""

import os
from collections.abc import Collection
from pathlib import Path


def clear(folder: Path, kept: Collection[str]) -> None:
    """Remove everything in `folder` but what is named in `kept`."""
    for path in folder.iterdir():
        if path.name not in kept and (path.is_symlink() or not path.is_dir()):
            path.unlink()
    clear_folders(folder, kept)


def clear_folders(folder: Path, kept: Collection[str]) -> None:
    """Remove the folders in `folder` but those named in `kept`, thousands deep or closed to their owner.

    It goes down and up a step at a time with one folder open: no path becomes long, nothing calls itself.
    """
    here = os.open(folder, os.O_RDONLY)
    ways = [[name for name in _folders(here) if name not in kept]]
    try:
        while ways[0]:
            if ways[-1]:
                os.chmod(ways[-1][-1], 0o700, dir_fd=here)
                here = _go(here, ways[-1][-1])
                ways.append(_only_folders(here))
            else:
                here = _go(here, "..")
                ways.pop()
                os.rmdir(ways[-1].pop(), dir_fd=here)
    finally:
        os.close(here)


def _go(here: int, step: str) -> int:
    there = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
    os.close(here)
    return there


def _only_folders(here: int) -> list[str]:
    """The folders in a folder, after everything else in it was removed."""
    found = _folders(here)
    for name in set(os.listdir(here)).difference(found):
        os.unlink(name, dir_fd=here)
    return found


def _folders(here: int) -> list[str]:
    with os.scandir(here) as entries:
        return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
