"""Plugins that managers ship from the browser: folders under the data folder, each written once.

`<root>/<issuer>/<number>/<name>/` with the highest number counts. A folder comes into being by one rename, so
that a sync never meets half of one, and of two managers who ship at once one is told.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reviewhub.domain.errors import Stale

KEPT = 3
"""Folders of an issuer that stay; what they shipped is kept by digest anyway."""


class AuthoredFolders:
    """Reads and writes them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def places(self) -> tuple[Path, ...]:
        """Where a sync finds each issuer's newest."""
        if not self._root.is_dir():
            return ()
        issuers = sorted(path for path in self._root.iterdir() if path.is_dir() and path.name[0] != ".")
        return tuple(home / str(number) for home in issuers if (number := _newest(home)))

    def newest(self, issuer: str) -> tuple[int, dict[str, str]]:
        """The number of an issuer's newest folder and its files: {relative path: text}; (0, {}) for none."""
        home = self._root / issuer
        number = _newest(home)
        if not number:
            return 0, {}
        folder = next((home / str(number)).iterdir())
        found = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return number, {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}

    def write(self, issuer: str, number: int, name: str, files: Mapping[str, str]) -> Path:
        """Write the folder with this number; where a sync finds it. Stale when somebody was faster."""
        home = self._root / issuer
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".", dir=home))
        place = home / str(number)
        try:
            for path, text in files.items():
                target = scratch / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8", newline="\n")
            scratch.chmod(0o755)
            if place.exists() or _newest(home) >= number:
                raise Stale("Somebody shipped a moment ago. Look at what is live now, then ship again.")
            try:
                scratch.rename(place)
            except OSError as there:  # a folder that is not empty is not replaced
                raise Stale("Somebody shipped a moment ago. Look at what is live now.") from there
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        for old in _numbers(home)[:-KEPT]:
            shutil.rmtree(home / str(old), ignore_errors=True)
        return place

    @contextmanager
    def alone(self, issuer: str) -> Iterator[None]:
        """Nobody else ships for this issuer meanwhile. Stale where somebody does."""
        home = self._root / issuer
        home.mkdir(parents=True, exist_ok=True)
        with (home / ".shipping").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Stale(
                    "Somebody ships at this moment. Look at what is live now, then ship again."
                ) from None
            yield

    def take_back(self, issuer: str, number: int) -> None:
        """Remove a folder that was not taken in: the one before counts again."""
        place = self._root / issuer / str(number)
        gone = place.with_name(f".refused-{number}")
        place.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _numbers(home: Path) -> list[int]:
    if not home.is_dir():
        return []
    return sorted(int(path.name) for path in home.iterdir() if path.name.isdecimal())


def _newest(home: Path) -> int:
    return max(_numbers(home), default=0)
