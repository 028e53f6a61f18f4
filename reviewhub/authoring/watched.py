"""Files that somebody is writing: what they hold now, what is wrong, and what they held when all was well."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reviewhub.authoring.check import Checked, Fault, check
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import IssuerInfo
from reviewhub.plugin_api.files import issuer_from_toml

_NOBODY = IssuerInfo("preview", "", "", "")
_MOST = 2_000
"""Files that are looked at; a plugin has a few dozen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: `good` is the newest state in which nothing was wrong, `stamp` changes with any file."""

    stamp: str
    good: Checked
    faults: tuple[Fault, ...] = ()


class Watched:
    """A rubric file, or a plugin's folder or wheel; looked at anew only when a file has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen = Seen("", Checked())

    def look(self) -> Seen:
        """What is there now. What code the plugin has runs in the sandbox, as `rubric check` does it."""
        with self._lock:
            now = stamp(self.path)
            if now != self._seen.stamp:
                self._seen = self._read(now)
            return self._seen

    def _read(self, now: str) -> Seen:
        found = check(self.path) if self.path.exists() else _gone(self.path)
        return Seen(now, self._seen.good if found.faults else found, found.faults)

    def issuer(self) -> IssuerInfo:
        """Whose it is: what the plugin says, else the one that the file lies in; without words if neither."""
        known = self._seen.good.issuer
        if known:
            return known
        for folder in (self.path.parent, self.path.parent.parent):
            try:
                return issuer_from_toml(folder)
            except Invalid:
                continue
        return _NOBODY


def _gone(path: Path) -> Checked:
    return Checked(faults=(Fault(path, None, Problem("", "This is not there any more.")),))


def stamp(path: Path) -> str:
    """Another word whenever a file of it was written, came or went."""
    told = sha256()
    for one in _files(path):
        try:
            about = one.stat()
        except OSError:
            continue
        told.update(os.fsencode(f"{one}\0{about.st_mtime_ns}\0{about.st_size}\n"))
    return told.hexdigest()[:16]


def _files(path: Path) -> Iterator[Path]:
    """In one order; without what Python and editors leave beside them."""
    if not path.is_dir():
        yield path
        return
    found = (one for one in path.rglob("*") if one.is_file() and not _beside(one.relative_to(path)))
    yield from sorted(found)[:_MOST]


def _beside(place: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in place.parts)
