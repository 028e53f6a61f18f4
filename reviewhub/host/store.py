"""Issuers' code at rest: unpacked once into `<folder>/<issuer>/<digest>/`, never changed or imported."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from reviewhub.domain.errors import Invalid, Problem

MOST_FILES = 2_000
MOST_BYTES = 20 * 1024 * 1024
_INCOMING = ".incoming-"
_LEFT_SECONDS = 24 * 3600


def stored(folder: Path, issuer: str, code_digest: str) -> Path:
    """Where this code lies, or would lie."""
    return folder / issuer / code_digest


def files_of(source: Path) -> tuple[Path, ...]:
    """The files that make up a plugin, sorted by relative path; caches and hidden files are no part of it.

    Raises Invalid for symbolic links, for more than 2,000 files or 20 MB.
    """
    found: list[Path] = []
    problems: list[Problem] = []
    for root, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        for path in (
            Path(root, name) for name in names if not name.startswith(".") and not name.endswith(".pyc")
        ):
            place = os.fsencode(path.relative_to(source).as_posix()).decode(errors="replace")
            if not place.isprintable() or "\ufffd" in place:
                problems.append(Problem("files", "files: Rename this file in plain characters.", repr(place)))
            if path.is_symlink() or not path.is_file():
                problems.append(Problem(place, f"{place}: Ship the file itself, not a link or a device."))
            found.append(path)
        links = [name for name in folders if Path(root, name).is_symlink()]
        problems += [Problem(name, f"{name}: Ship the folder itself, not a link to it.") for name in links]
    if len(found) > MOST_FILES:
        problems.append(Problem("files", f"files: Ship at most {MOST_FILES} files.", str(len(found))))
    elif not problems and sum(path.stat().st_size for path in found) > MOST_BYTES:
        problems.append(Problem("files", f"files: Ship at most {MOST_BYTES // 1024**2} MB."))
    if problems:
        raise Invalid(*problems)
    return tuple(sorted(found, key=lambda path: path.relative_to(source).as_posix()))


def digest(source: Path) -> str:
    """SHA-256 (hex) over the sorted relative paths and contents, each preceded by its length."""
    whole = hashlib.sha256()
    for path in files_of(source):
        for piece in (path.relative_to(source).as_posix().encode(), path.read_bytes()):
            whole.update(len(piece).to_bytes(8, "big"))
            whole.update(piece)
    return whole.hexdigest()


@contextmanager
def unpacked(folder: Path, source: Path, package: str = "") -> Iterator[Path]:
    """A private copy of a plugin to inspect, under `package` where that is its name as a Python package.

    Removed afterwards, unless `keep` has moved it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_left(folder)
    with tempfile.TemporaryDirectory(prefix=_INCOMING, dir=folder) as scratch:
        copy = Path(scratch, "code")
        copy.mkdir()
        for path in files_of(source):
            target = copy / package / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        yield copy


def _remove_left(folder: Path) -> None:
    """What was being looked at when its process was killed; younger copies may be somebody's at work."""
    for path in folder.glob(f"{_INCOMING}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT_SECONDS:
                shutil.rmtree(path)


def keep(folder: Path, copy: Path, issuer: str, code_digest: str) -> None:
    """Move an inspected copy to its place at once, when it is safe on the disk.

    What is already there as this code stays. What was changed or half written since is put aside for it.
    """
    target = stored(folder, issuer, code_digest)
    if _is_whole(target, code_digest):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    for path in (*files_of(copy), *(path for path in copy.rglob("*") if path.is_dir()), copy):
        _sync(path)
    try:
        if target.exists():
            target.rename(copy.with_name("changed"))
        copy.rename(target)
    except OSError:
        if not _is_whole(target, code_digest):  # else somebody kept the same code in the same moment
            raise
    _sync(target.parent)


def _is_whole(target: Path, code_digest: str) -> bool:
    try:
        return target.is_dir() and digest(target) == code_digest
    except (Invalid, OSError):
        return False


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def lay_out(folder: Path, issuer: str, code_digest: str, files: Mapping[str, bytes]) -> None:
    """Write files that came from elsewhere to where this code lies. Invalid for a path that leads out.

    Whether they are that code, their digest says when it is asked.
    """
    target = stored(folder, plain_name(issuer), plain_name(code_digest))
    for place, content in files.items():
        path = target.joinpath(*(plain_name(part) for part in PurePosixPath(place).parts))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def plain_name(part: str) -> str:
    """One step of a path, as it is. Raises Invalid for what is no name of a file, or leads elsewhere."""
    if not part or part in {".", ".."} or any(c in part for c in "/\\\0"):
        raise Invalid(Problem("files", f"files: {part!r} is no name of a file."))
    return part
