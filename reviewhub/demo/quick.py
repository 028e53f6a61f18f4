"""What makes the filling quick: each file converted once, one password hash, no waiting for the disk."""

import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import event

from reviewhub.adapters.db import Database
from reviewhub.adapters.queue import NoQueue
from reviewhub.adapters.storage.local import LocalStorage
from reviewhub.demo.files import DemoFile
from reviewhub.domain.evidence import EvidenceFacts, Finding
from reviewhub.domain.rubric import Requirement, Rubric
from reviewhub.host.judge import PluginHost
from reviewhub.services.kit import Kit
from reviewhub.services.ports import Cleaned, Clock, CodeRef, Converter, Hasher, NotCleanable, Storage
from reviewhub.settings import kept_secret

_THREADS = 2
Outcome = Cleaned | NotCleanable


class OnceHasher:
    """Makes the hash of a password once: argon2 takes 0.2 s, and everybody here has the same password."""

    def __init__(self, inner: Hasher) -> None:
        self._inner = inner
        self._made: dict[str, str] = {}

    def hash(self, password: str) -> str:
        """An encoded hash, the same one for the same password."""
        if password not in self._made:
            self._made[password] = self._inner.hash(password)
        return self._made[password]

    def verify(self, password: str, hashed: str) -> bool:
        """As the real one."""
        return self._inner.verify(password, hashed)


class OnceConverter:
    """Converts each file once, by its SHA-256 and ahead of time, and hands out copies of the result."""

    def __init__(self, inner: Converter, folder: Path, threads: ThreadPoolExecutor) -> None:
        self._inner = inner
        self._folder = folder
        self._threads = threads
        self._made: dict[str, Future[Outcome]] = {}

    def warm(self, wanted: Iterable[DemoFile]) -> None:
        """Begin to convert these while the story goes on."""
        for file in wanted:
            key = sha256(file.data).hexdigest()
            path = self._folder / key
            path.write_bytes(file.data)
            self._begin(key, path, file.media_type)

    def sniff(self, head: bytes, name: str) -> str:
        """As the real one."""
        return self._inner.sniff(head, name)

    def clean(self, path: Path, media_type: str, folder: Path) -> Outcome:
        """Clean copies in `folder`."""
        key = sha256(path.read_bytes()).hexdigest()
        if key not in self._made:
            self._begin(key, Path(shutil.copyfile(path, self._folder / key)), media_type)
        made = self._made[key].result()
        if isinstance(made, NotCleanable):
            return made
        return replace(
            made,
            pages=tuple(
                replace(page, path=Path(shutil.copyfile(page.path, folder / page.path.name)))
                for page in made.pages
            ),
        )

    def _begin(self, key: str, path: Path, media_type: str) -> None:
        kept = self._folder / f"{key}-clean"
        kept.mkdir()
        self._made[key] = self._threads.submit(self._inner.clean, path, media_type, kept)


class QuickHost(PluginHost):
    """Judges as the real one, but does not ask issuers about evidence: a process for each piece takes long.

    They would have nothing to say of what the demo's learners hand in; a test asks them.
    """

    def check_evidence(
        self, code: CodeRef, rubric: Rubric, requirement: Requirement, evidence: EvidenceFacts
    ) -> tuple[Finding, ...]:
        """Nothing found."""
        return ()


def _without_sync(kit: Kit) -> Storage:
    """The same folder, where files are kept in one: nobody waits for the disk before the end."""
    if not isinstance(kit.storage, LocalStorage):
        return kit.storage
    settings = kit.settings
    return LocalStorage(settings.data / "files", settings.files_url, kept_secret(settings), durable=False)


def _leave_to_system(connection: Any, _record: object) -> None:  # noqa: ANN401  # a driver's connection
    """SQLite: leave writing out to the system. A filling that a power cut interrupts starts afresh anyway."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def quick_kit(kit: Kit, clock: Clock, folder: Path, files: Iterable[DemoFile]) -> Iterator[Kit]:
    """The same kit on the story's clock, with the quick parts; it works its jobs off itself."""
    database = Database(kit.settings.database)
    if database.engine.dialect.name == "sqlite":
        event.listen(database.engine, "connect", _leave_to_system)
    with ThreadPoolExecutor(_THREADS) as threads:
        converter = OnceConverter(kit.converter, folder, threads)
        converter.warm(files)
        try:
            yield replace(
                kit,
                db=database,
                clock=clock,
                queue=NoQueue(),
                hasher=OnceHasher(kit.hasher),
                converter=converter,
                judge=QuickHost(kit.settings.data / "plugins"),
                storage=_without_sync(kit),
            )
        finally:
            threads.shutdown(cancel_futures=True)
            database.engine.dispose()
            os.sync()
