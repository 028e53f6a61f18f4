"""The database: one way to read, one way to write, on SQLite and PostgreSQL."""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import Session

from reviewhub.domain.errors import Refused


class Database:
    """Sessions on one engine. Reading cannot write; writing locks at once on SQLite."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        self._reads = self.engine.execution_options(postgresql_readonly=True, **_snapshot(self.engine))
        self._writes = self.engine.execution_options(writing=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one snapshot that refuses to write."""
        with Session(self._reads, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a write transaction; the caller commits, anything else rolls back."""
        with Session(self._writes, expire_on_commit=False) as session:
            yield session

    def ready(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        """End every connection; for a process that goes on without the database."""
        self.engine.dispose()


def _snapshot(engine: Engine) -> dict[str, str]:
    """SQLite reads one snapshot by itself; PostgreSQL would look anew with every statement."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


def connect(url: str) -> Engine:
    """An engine with SQLite's traps closed: explicit BEGIN, WAL, full sync, foreign keys."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    # Parameters are people's words and addresses: they stay out of errors and so out of logs.
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    _dispose_after_fork(engine)
    return engine


def _dispose_after_fork(engine: Engine) -> None:
    """A child must not use its parent's connections; a weak reference, so that engines can still end."""
    reference = weakref.ref(engine)

    def dispose() -> None:
        alive = reference()
        if alive is not None:
            alive.dispose(close=False)

    os.register_at_fork(after_in_child=dispose)


def _open_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = bool(connection.get_execution_options().get("writing"))
    connection.exec_driver_sql(f"PRAGMA query_only={int(not writing)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the packaged migrations and this database."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(url: str) -> None:
    """Bring the schema to the newest migration; does nothing when it is there.

    Refused (code `schema`) for a database whose migration is not among ours.
    """
    try:
        command.upgrade(alembic_config(url), "head")
    except CommandError as unknown:
        text = (
            "This database was made by another version of ReviewHub, newer than this one or never released. "
            "Use that version, or start with an empty data folder (the demo: --fresh)."
        )
        raise Refused(text, "schema") from unknown
