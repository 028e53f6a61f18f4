"""Objects in a folder: the embedded default, safe on one machine. `server` shows them to browsers."""

import contextlib
import hashlib
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from reviewhub.adapters.clock import SystemClock
from reviewhub.adapters.storage.signing import Signer, Ticket, check_key
from reviewhub.receiving import FULL
from reviewhub.services.ports import (
    AlreadyStored,
    Clock,
    MissingObject,
    SignedPut,
    StorageDown,
    StorageFull,
    Stored,
)

_CHUNK = 256 * 1024


class WrongSize(ValueError):
    """The bytes that came are not as many as were announced."""


class Folder:
    """Write-once files under one folder, one file a key. Both LocalStorage and the server stand on it.

    Not `durable` leaves it to the system when bytes reach the disk: for whoever syncs once at the end.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root
        self._durable = durable
        # Made once, at the start: a folder that goes missing later is a fault to report, not to paper over.
        with contextlib.suppress(OSError):
            root.mkdir(parents=True, exist_ok=True)

    def alive(self) -> None:
        """Raise StorageDown where the folder is not to be had."""
        if not self.root.is_dir():
            raise StorageDown(f"the folder {self.root} is missing")

    def sweep(self, older_than: float) -> None:
        """Remove what interrupted uploads left behind before this time (seconds since 1970)."""
        for path in (self.root / "incoming").glob("*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < older_than:
                    path.unlink()

    def path(self, key: str) -> Path:
        """Where a key's bytes are; ValueError for what is not a key, so nothing leads out of the folder."""
        return self.root / "objects" / check_key(key)

    def write(self, key: str, data: BinaryIO, size: int | None = None) -> Stored:
        """Store what `data` holds (exactly `size` bytes where given), durable when this returns.

        Raises AlreadyStored, WrongSize, StorageFull, StorageDown; then nothing is there that was not before.
        """
        target = self.path(key)
        if target.exists():
            raise AlreadyStored(key)
        self.alive()
        with _as_storage_errors(), self._temporary() as temporary:
            digest, written = _copy(data, temporary, size, sync=self._durable)
            if size is not None and written != size:
                raise WrongSize(f"{written} bytes came, {size} were announced")
            self._publish(temporary, target)
        return Stored(key, written, digest)

    def link(self, source: str, target: str) -> Stored:
        """Give an object a second key. Files never change once they are here, so both may share the bytes."""
        origin, goal = self.path(source), self.path(target)
        self.alive()
        with _as_storage_errors():
            if not origin.is_file():
                raise MissingObject(source)
            self._publish(origin, goal)
            return Stored(target, goal.stat().st_size)

    @contextmanager
    def _temporary(self) -> Iterator[Path]:
        folder = self.root / "incoming"
        folder.mkdir(exist_ok=True)
        path = folder / secrets.token_hex(16)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _publish(self, source: Path, target: Path) -> None:
        """Make `source` appear under `target` at once or not at all; a hard link never replaces."""
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except FileExistsError:
            raise AlreadyStored(target.name) from None
        if self._durable:
            _sync_folder(target.parent)


class LocalStorage:
    """The Storage port over a folder. Its signed addresses are served by `reviewhub storage`.

    `files_url` is that server's public origin, `secret` is shared with it. The clock is real time, as the
    server's is: a demo's moved clock must not make addresses that have not begun or never end.
    """

    def __init__(
        self, root: Path, files_url: str, secret: str, clock: Clock | None = None, *, durable: bool = True
    ) -> None:
        self._folder = Folder(root, durable=durable)
        self._files_url = files_url.rstrip("/")
        self._signer = Signer(secret, clock or SystemClock())

    def presign_put(self, key: str, *, size: int, media_type: str, expires: timedelta) -> SignedPut:
        """A request that writes exactly `size` bytes of this media type under the key, once."""
        ticket = Ticket("PUT", check_key(key), self._signer.expiry(expires), media_type, size)
        headers = {"Content-Type": media_type, "If-None-Match": "*"}
        return SignedPut(self._address(ticket), "PUT", headers)

    def presign_get(self, key: str, *, media_type: str, filename: str | None, expires: timedelta) -> str:
        """An address that shows or saves the object until it expires. Whether it exists is not checked."""
        ticket = Ticket(
            "GET", check_key(key), self._signer.expiry(expires), media_type, filename=filename or ""
        )
        return self._address(ticket)

    def put(self, key: str, data: BinaryIO | bytes, *, media_type: str) -> Stored:
        """Store; raises AlreadyStored or StorageDown. The media type is given again when signing."""
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        return self._folder.write(key, stream)

    def copy(self, source: str, target: str) -> Stored:
        """Store the source's bytes under the target too; MissingObject, AlreadyStored or StorageDown."""
        return self._folder.link(source, target)

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """The object's bytes, to read; MissingObject or StorageDown."""
        with _as_storage_errors():
            self._folder.alive()
            try:
                stream = self._folder.path(key).open("rb")
            except FileNotFoundError:
                raise MissingObject(key) from None
        with stream:
            yield stream

    def head(self, key: str) -> Stored | None:
        """The object's size, or None; the hash is not known without reading."""
        with _as_storage_errors():
            self._folder.alive()
            try:
                return Stored(key, self._folder.path(key).stat().st_size)
            except FileNotFoundError:
                return None

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens where there is none."""
        with _as_storage_errors():
            self._folder.path(key).unlink(missing_ok=True)

    def staged(self) -> Iterator[str]:
        """The keys of all objects under `staging/`; StorageDown."""
        with _as_storage_errors():
            self._folder.alive()
            folder = self._folder.path("staging")
            names = [path.name for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
        yield from (f"staging/{name}" for name in names)

    def ready(self) -> None:
        """Raise StorageDown unless the folder can be written and the disk has 10 MB left."""
        with _as_storage_errors():
            self._folder.alive()
            if not os.access(self._folder.root, os.W_OK | os.X_OK):
                raise StorageDown(f"the folder {self._folder.root} cannot be written")
            if shutil.disk_usage(self._folder.root).free < 10 * 1024 * 1024:
                raise StorageFull("less than 10 MB are left on the disk")

    def _address(self, ticket: Ticket) -> str:
        return f"{self._files_url}/o/{ticket.key}?{self._signer.query(ticket)}"


def _copy(data: BinaryIO, path: Path, size: int | None, *, sync: bool) -> tuple[str, int]:
    """Write the stream to a new file, with `sync` to the disk itself; SHA-256 in hex and bytes written.

    Stops one byte past `size`, so that a body without end fills no disk.
    """
    digest, written = hashlib.sha256(), 0
    with path.open("xb") as out:
        while size is None or written <= size:
            room = _CHUNK if size is None else min(_CHUNK, size + 1 - written)
            chunk = data.read(room)
            if not chunk:
                break
            out.write(chunk)
            digest.update(chunk)
            written += len(chunk)
        if sync:
            out.flush()
            os.fsync(out.fileno())
    return digest.hexdigest(), written


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _as_storage_errors() -> Iterator[None]:
    """The operating system's errors as those of the port."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull("no room left on the disk") from error
        raise StorageDown(error.strerror or "the disk does not answer") from error
