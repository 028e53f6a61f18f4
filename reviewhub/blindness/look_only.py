"""A kit that looks and cannot write: what a page would note on the way is thought of, and forgotten."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from reviewhub.services.kit import Database, Kit


class _Forgetful(Session):
    """Rows that are added never reach the database; statements that change something are refused by it."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Send nothing."""

    def commit(self) -> None:
        """Keep nothing."""
        self.rollback()


class LookOnly:
    """The database behind transactions that only read: SQLite's query_only, PostgreSQL's READ ONLY."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner

    def reading(self) -> AbstractContextManager[Session]:
        """A session that refuses to write."""
        return self._inner.reading()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The same, with what is added forgotten at the end: a page that only notes a look can be shown."""
        with (
            self._inner.reading() as session,
            _Forgetful(session.get_bind(), expire_on_commit=False, autoflush=False) as forgetful,
        ):
            yield forgetful

    def ready(self) -> None:
        """Raise when the database does not answer."""
        self._inner.ready()

    def close(self) -> None:
        """End every connection."""
        self._inner.close()


def look_only(kit: Kit) -> Kit:
    """The same kit, without a way to write."""
    return replace(kit, db=LookOnly(kit.db))
